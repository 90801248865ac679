"""Decisions in words: `steps.py` for each kind of step, `checks.py` for checks, `answers.py`."""
