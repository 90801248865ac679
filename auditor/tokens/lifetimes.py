"""Okta's bounds for token lifetimes, in minutes (Management API, `TokenAction`)."""

SHORTEST_ACCESS = 5
LONGEST_ACCESS = 1_440
SHORTEST_WINDOW = 10
LONGEST_WINDOW = 2_628_000
UNLIMITED = 0
"""A refresh token lifetime of 0, the default, has no limit."""
