"""The nearest changes with which a rejected request would be minted."""
