"""Tolerant, frozen models of the records a snapshot holds."""
