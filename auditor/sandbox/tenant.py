"""The tenant file: what each path answers with, and how the server should misbehave.

A key that begins with `/` is an API path, its value what the endpoint returns in full: a
list, which is paged, or an object; a list that Okta sends inside an object, such as `data` of
AI agents, may stand alone. A key that begins with `@` is a directive:

    @faults       a list of `Fault`
    @rate_limits  a list of `RateLimit`
    @concurrency  how many requests the org takes at the same time; more get a 429 without a window
    @latency_ms   milliseconds that every answer takes
    @tokens       the API tokens that are accepted; without it, every one is
    @now          the moment at which everything happens; without it, this machine's time

`okta-auditor schema tenant` prints the JSON Schema, with what each member means.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import orjson
from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails

from auditor.errors import UsageError, made_of_each
from auditor.input_files import LARGEST_TENANT_FILE, read_input

Json = dict[str, Any]


def _as_lines(value: object) -> object:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else value


HeaderLines = Annotated[
    tuple[str, ...],
    BeforeValidator(_as_lines, json_schema_input_type=tuple[str, ...] | str | None),
]
"""The lines of one header: a string is one line, null is none."""


class _Directive(BaseModel):
    # A misspelt member would otherwise be a fault that silently never happens.
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


_AIM = {"path", "query", "times", "after"}


class Fault(_Directive):
    """One way to misbehave. The first fault with hits left that matches a path applies."""

    path: re.Pattern[str]
    """Searched for in the path, without the query."""

    query: re.Pattern[str] | None = None
    """Searched for in the query as it was sent: `after=` means pages but the first."""

    times: PositiveInt | None = None
    """How many requests it applies to; None means for ever."""

    after: NonNegativeInt = 0
    """How many matching requests it lets pass first."""

    status: Annotated[int, Field(ge=200, le=599)] | None = None
    """The status to answer with. From 400 on it brings a plausible Okta error body."""

    body: Json | list[Any] | str | None = None
    """The body to answer with: a string is sent as text/html, anything else as JSON."""

    headers: Mapping[str, HeaderLines] = {}
    """Headers to put in place of the usual ones: a string, a list of lines, or null for none.

    `{origin}` in a line stands for the sandbox's own address, `{path}` for the path that was
    asked for.
    """

    drop: bool = False
    """Close the connection without an answer."""

    stall_s: NonNegativeFloat = 0
    """Seconds to hang before doing anything else."""

    truncate: bool = False
    """Announce the whole body, send half of it, and close the connection."""

    reset: bool = False
    """As truncate, but reset the connection instead of closing it."""

    bytes_per_second: PositiveInt | None = None
    """Let the body drip."""

    pad_bytes: PositiveInt | None = None
    """Send so many blanks after the body. After JSON they mean nothing but size."""

    not_utf8: bool = False
    """Send a byte in the middle of the body that UTF-8 does not allow."""

    links: Literal["folded", "twice", "next-first", "unquoted", "broken"] | None = None
    """Lay the Link headers out in another way.

    All in one line, each twice, the next page before the page itself, without the quotes that
    need not be there, or without the brackets that must be.
    """

    extra_page: Literal["empty", "same"] | None = None
    """Slip a page in: an empty one, or the page as it is.

    Its next link leads to the same place again, under an address that was never used before.
    For ever, that is an endless chain.
    """

    revoke: bool = False
    """Let every access token issued so far expire. API tokens stay."""

    @model_validator(mode="after")
    def _does_something(self) -> Fault:
        if self.model_fields_set <= _AIM:
            effects = [name for name in type(self).model_fields if name not in _AIM]
            raise ValueError(f"has no effect: give one of {', '.join(effects)}")
        return self


class RateLimit(_Directive):
    """A fixed window. The first rule that matches a path counts its requests."""

    path: re.Pattern[str]
    """Searched for in the path, without the query."""

    limit: PositiveInt
    """Requests per window."""

    window_s: PositiveFloat = 60
    """Seconds from a window's first request to its end."""

    other_clients: tuple[NonNegativeInt, ...] = ()
    """What each of the other clients sends in the time of a window, evenly spread.

    They begin when the sandbox does, count against the same limit, and do not slow down: what
    the window does not take of theirs is lost.
    """


class TenantFile(_Directive):
    """A tenant file, checked."""

    model_config = ConfigDict(title="Tenant")

    resources: Mapping[str, list[Any] | Json]
    """What each path answers with."""

    faults: tuple[Fault, ...] = ()
    """How the sandbox misbehaves."""

    rate_limits: tuple[RateLimit, ...] = ()
    """The first that matches a path counts its requests."""

    concurrency: PositiveInt | None = None
    """How many requests the org takes at the same time."""

    latency_ms: NonNegativeFloat = 0
    """Milliseconds that every answer takes."""

    tokens: frozenset[str] | None = None
    """The API tokens that are accepted; without it, every one is."""

    now: AwareDatetime | None = None
    """The moment at which everything happens, for the System Log and for tokens.

    Without it, this machine's time goes by.
    """

    @classmethod
    def load(cls, path: Path) -> TenantFile:
        """Read a tenant file.

        Raises:
            UsageError: it cannot be read, is not JSON, or is not a tenant file.
        """
        data = read_input(path, LARGEST_TENANT_FILE)
        try:
            document = orjson.loads(data)
        except orjson.JSONDecodeError as error:
            raise UsageError(
                f"{path}: line {error.lineno}, column {error.colno}: {error.msg}.",
                remedy="A tenant file is one JSON object.",
            ) from error
        return cls.from_document(document, source=str(path))

    @classmethod
    def from_document(cls, document: Mapping[str, Any], *, source: str = "tenant") -> TenantFile:
        """Check a tenant that is already in memory.

        Args:
            document: the content of a tenant file.
            source: how an error message calls it.

        Raises:
            UsageError: a key or a value is not what a tenant file may hold.
        """
        if not isinstance(document, Mapping):
            raise UsageError(f"{source}: a tenant file is one JSON object, with paths as its keys.")
        directives: Json = {}
        resources: Json = {}
        made_of_each(document.items(), lambda item: _check(source, *item))
        for key, value in document.items():
            if key.startswith("@"):
                directives[key[1:]] = value
            else:
                resources[key] = value
        try:
            # The resources are as large as a tenant and were checked above.
            return cls(resources={}, **directives).model_copy(update={"resources": resources})
        except ValidationError as error:
            first, *others = [
                f"{source}: {_problem(problem)}." for problem in error.errors(include_url=False)
            ]
            raise UsageError(first, others=others) from error

    @property
    def events(self) -> list[Any]:
        """The events of the System Log, in the order in which they were written."""
        listed = self.resources.get("/api/v1/logs")
        return listed if isinstance(listed, list) else []

    def records(self, path: str) -> list[Json]:
        """The objects in a list; empty where there is no such list."""
        resource = self.resources.get(path)
        if not isinstance(resource, list):
            return []
        return [record for record in resource if isinstance(record, dict)]


_DIRECTIVES = frozenset(TenantFile.model_fields) - {"resources"}


def _check(source: str, key: str, value: object) -> None:
    if key.startswith("@"):
        if key[1:] not in _DIRECTIVES:
            directives = ", ".join(f"@{name}" for name in sorted(_DIRECTIVES))
            raise UsageError(f"{source}: {key} is no directive.", remedy=f"There are {directives}.")
    elif not key.startswith("/") or "?" in key:
        raise UsageError(
            f"{source}: {key} is not a path.",
            remedy="A key is an API path without a query, such as /api/v1/apps, or a directive.",
        )
    elif not isinstance(value, (list, dict)):
        raise UsageError(f"{source}: {key} must be a list or an object.")


def _problem(problem: ErrorDetails) -> str:
    directive, *inner = problem["loc"]
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in inner)
    # What a validator of ours has put into words is its error; pydantic's message adds to it.
    own = problem.get("ctx", {}).get("error") if problem["type"] == "value_error" else None
    return f"@{directive}{place}: {own or problem['msg']}"
