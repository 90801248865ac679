"""What a text may hold that tells why a request failed. None of it holds a secret."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from auditor.diagnosis.api_calls import ApiCall

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ErrorClue:
    """An error, in the words of OAuth or of the Okta APIs."""

    error: str = ""
    """`error`, or `errorCode`; empty where only a sentence is there."""
    description: str = ""
    """`error_description`, or `errorSummary`."""


@dataclass(frozen=True, slots=True)
class TokenClue:
    """A JSON Web Token, taken apart. The token itself is not kept."""

    header: Json
    claims: Json
    problem: str = ""
    """Why it could not be read, as a clause; empty if it was."""


@dataclass(frozen=True, slots=True)
class RateLimitClue:
    """Headers that say how much of a rate limit is left."""

    limit: int | None = None
    remaining: int | None = None
    reset: int | None = None
    """Seconds since 1970."""
    date: int | None = None
    """When the answer was made, by its own clock."""


@dataclass(frozen=True)
class Clues:
    """All that a text holds, each thing once, in its order."""

    errors: tuple[ErrorClue, ...] = ()
    authorize_urls: tuple[str, ...] = ()
    tokens: tuple[TokenClue, ...] = ()
    rate_limit: RateLimitClue | None = None
    statuses: tuple[int, ...] = ()
    schemes: tuple[str, ...] = ()
    """Authorization schemes that were sent: `Bearer`, `SSWS`, `Basic`; `none` for a bare token."""
    api_calls: tuple[ApiCall, ...] = ()
    """Calls of the Okta APIs; those that failed, if any did."""
    text: str = field(default="", repr=False)
    """The text itself, in which the catalogue looks for sentences."""
