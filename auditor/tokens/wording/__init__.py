"""The steps of a decision in words: `steps.py` for each kind of step, `checks.py` for checks."""
