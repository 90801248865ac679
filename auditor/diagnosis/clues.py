"""What a text may hold that tells why a request failed. None of it holds a secret."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from auditor.diagnosis.api_calls import ApiCall
from auditor.diagnosis.signature import Signature

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ErrorClue:
    """An error, in the words of OAuth or of the Okta APIs."""

    error: str = ""
    """`error`, or `errorCode`; empty where only a sentence is there."""
    description: str = ""
    """`error_description`, or `errorSummary`."""
    at: int = field(default=0, compare=False)
    """Where it stands in the text, in characters."""
    source: str = field(default="", compare=False)
    """The input that it is of; empty if there is one only."""


@dataclass(frozen=True, slots=True)
class TokenClue:
    """A JSON Web Token, taken apart. The token itself is not kept."""

    header: Json
    claims: Json
    problem: str = ""
    """Why it could not be read, as a clause; empty if it was."""
    scheme: str = ""
    """The authorization scheme that it stands behind: `Bearer`, `DPoP`; empty if none does."""
    signature: Signature | None = None
    """What became of checking its signature; None where there was no key to check it with."""
    broken: bool = False
    """Whether it stands on several lines."""
    pasted: bool = False
    """Whether only the claims are there, as somebody decoded them."""
    source: str = field(default="", compare=False)
    """The input that it is of; empty if there is one only."""


@dataclass(frozen=True, slots=True)
class RateLimitClue:
    """Headers that say how much of a rate limit is left."""

    limit: int | None = None
    remaining: int | None = None
    reset: int | None = None
    """Seconds since 1970."""
    date: int | None = None
    """When the answer was made, by its own clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestClue:
    """What a text says of one token request: each part as it stands there, None if it does not."""

    server: str | None = None
    """`org`, `default`, an id, or the name of a server."""
    client: str | None = None
    grant: str | None = None
    user: str | None = None
    scopes: tuple[str, ...] | None = None
    response_type: str | None = None
    redirect_uri: str | None = None
    prompt: str | None = None
    resource: str | None = None
    logout_redirect_uri: str | None = None
    pkce: bool | None = None
    scope_omitted: bool | None = None
    """Whether the whole request is there, and names no scope."""
    elsewhere: str = ""
    """Where the request is if not here: `request_uri` of one that was pushed before, or `request`
    of one that is an object of its own."""
    at: int = field(default=0, compare=False)
    """Where its last part stands in the text, in characters."""
    source: str = field(default="", compare=False)
    """The input that it is of; empty if there is one only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogCounts:
    """How many events of the System Log a text has that say of a request that it was refused."""

    refusals: int
    kinds: int
    """Of requests with the same reason, server, client, grant type and scopes."""
    first: int
    """How many are of the most frequent kind, which the clues are of."""
    unread: int
    """Lines that are no events."""
    source: str = ""
    """The input that they are of; empty if there is one only."""


@dataclass(frozen=True)
class Clues:
    """All that a text holds, each thing once, in its order."""

    errors: tuple[ErrorClue, ...] = ()
    requests: tuple[RequestClue, ...] = ()
    tokens: tuple[TokenClue, ...] = ()
    rate_limit: RateLimitClue | None = None
    date: int | None = None
    """When the first answer was made, by its own header, in seconds since 1970."""
    statuses: tuple[int, ...] = ()
    schemes: tuple[str, ...] = ()
    """Authorization schemes that were sent: `Bearer`, `SSWS`, `Basic`, `DPoP`; those that cannot be
    right are in `scheme_checks`."""
    api_calls: tuple[ApiCall, ...] = ()
    """Calls of the Okta APIs; those that failed, if any did."""
    log: LogCounts | None = None
    """None for a text without such events."""
    left_out: int = 0
    """Characters of a very large text that were not looked at."""
    text: str = field(default="", repr=False)
    """The text itself, in which the catalogue looks for sentences."""
