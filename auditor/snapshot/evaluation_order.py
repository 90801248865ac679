"""The order in which Okta tries policies, and the rules of each."""

from __future__ import annotations

from typing import Any


def evaluation_order(record: Any) -> tuple[int, str, str]:
    """Ascending priority; ties, which Okta leaves undocumented, by creation and id."""
    extra = record.model_extra or {}
    priority = record.priority if record.priority is not None else 2**31
    return priority, str(extra.get("created")), record.id
