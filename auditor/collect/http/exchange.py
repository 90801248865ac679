"""What may be told of an HTTP request: no header and no body, so no token either."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Exchange:
    """One HTTP request and what came of it. Holds no header and no body, so no token either."""

    method: str
    target: str
    """Path and query as they were sent; the address of a next page is Okta's choice."""
    status: int | None
    """None if there was no complete answer."""
    seconds: float
    remaining: str = ""
    """`X-Rate-Limit-Remaining` as it came; empty without one."""
    error: str = ""
    """Why there was no complete answer."""
