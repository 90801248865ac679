"""Why a list could not be read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class ProblemKind(Enum):
    """The kinds of reasons why a list could not be read."""

    REFUSED = auto()
    """403, or 401 E0000015 of what every org has: the token may not read it."""
    ABSENT = auto()
    """401 E0000015, where a feature may be missing: the org does not have it."""
    NOT_FOUND = auto()
    """404 E0000007: there is no such object or endpoint. Any other 404 is not Okta's."""
    EXPIRED = auto()
    """The address to go on from is not good any more: the list is to be begun anew."""
    FAILED = auto()
    """No usable answer, however often it was asked for."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a list could not be read, in words that hold no secret."""

    kind: ProblemKind
    reason: str
    unreachable: bool = False
    """Whether no HTTP answer came back at all."""
    status: int | None = None
    """The HTTP status, where that is the problem."""
    wants_right: bool = False
    """Whether Okta itself says that whoever reads lacks a right. A gateway's 403 does not."""


def failure(reason: str) -> Problem:
    """A list that could not be read, for a reason."""
    return Problem(ProblemKind.FAILED, reason)
