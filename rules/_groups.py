"""Claims that name groups of the user."""

from __future__ import annotations

from auditor.models import Claim

_ANY_NAME = frozenset({"", ".*", ".+", ".*?", "(.*)", "(.+)", "[\\s\\S]*"})
"""Regular expressions that match every name, less anchors."""


def names_all_groups(claim: Claim) -> bool:
    """Whether a claim's filter lets every group of the user through (help, "Create claims")."""
    if claim.value_type != "GROUPS":
        return False
    value = (claim.value or "").strip()
    if claim.group_filter_type in {"CONTAINS", "STARTS_WITH"}:
        return not value
    return claim.group_filter_type == "REGEX" and value.strip("^$") in _ANY_NAME
