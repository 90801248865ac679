"""What an HTTP answer of Okta's means: a value, or a problem in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

from auditor.collect.api.errors import NOT_FOUND, NOT_LICENSED, OktaError
from auditor.collect.fetch.json_values import value_of
from auditor.collect.fetch.problems import Problem, ProblemKind, failure
from auditor.collect.http.response import Response
from auditor.snapshot.collections import Collection
from auditor.text import one_line


class MalformedAnswerError(Exception):
    """A 200 whose body is not what Okta sends. The message says why."""


def value_in(response: Response) -> Any:
    """The JSON value in an answer with status 200; see `json_values` for odd items of a list.

    Raises:
        MalformedAnswerError: it is not JSON. A media type that says so is believed: an empty list
            from a proxy must not pass for an empty list from Okta.
    """
    kind = response.headers.get("Content-Type", "json").partition(";")[0].strip().lower()
    if "json" not in kind and response.body.lstrip()[:1] in {b"[", b"{"}:
        raise MalformedAnswerError(f"the answer is {one_line(kind)[:40] or 'of no type'}, not JSON")
    try:
        return value_of(response.body)
    except ValueError:
        raise MalformedAnswerError(_not_json(response.body)) from None


def misshapen(value: object, expected: type) -> Problem | None:
    """The problem with a value that is not a list, or not an object, as it should be."""
    if isinstance(value, expected):
        return None
    names = {dict: "an object", list: "a list", str: "a string", type(None): "null"}
    shape = names.get(type(value), "something else")
    return failure(f"the answer is {shape}, not {names[expected]}")


def listed_values(value: object, row: Collection | None) -> object:
    """The records in an answer, where a collection's answers hold them in another shape.

    Args:
        value: the JSON value of the answer.
        row: the collection, if the path is of one.

    Returns:
        The list, each object with an id; anything else as it came.
    """
    if row is None:
        return value
    if row.member is not None:
        value = value.get(row.member) if isinstance(value, dict) else value
    return row.with_ids(value) if isinstance(value, list) else value


def refusal(response: Response, *, optional: bool) -> Problem:
    """What an answer with another status than 200 says.

    Args:
        response: the answer.
        optional: whether what was asked for is a feature that an org may lack. What every org
            has is refused where Okta calls it absent.
    """
    error = OktaError.of(response)
    status = error.status
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return failure(f"Okta answered with a redirect ({error}), which is not followed")
    if status == HTTPStatus.NOT_FOUND and error.code != NOT_FOUND:
        words = "a 404 came that is not Okta's"
        return Problem(ProblemKind.FAILED, f"{words} ({error})", status=status)
    kind, words = _WORDS.get(status, (ProblemKind.FAILED, "Okta answered"))
    if kind is ProblemKind.ABSENT and not optional:
        kind, words = _WORDS[HTTPStatus.FORBIDDEN]
    wants_right = kind is ProblemKind.REFUSED and (error.code != "" or lacks_scope(response))
    return Problem(kind, f"{words} ({error})", status=status, wants_right=wants_right)


def lacks_scope(response: Response) -> bool:
    """Whether Okta says that it is the token's scopes (RFC 6750, section 3.1)."""
    challenge = response.headers.get("WWW-Authenticate", "")
    return (
        response.status == HTTPStatus.FORBIDDEN
        and re.search(r"\binsufficient_scope\b", challenge) is not None
    )


def credentials_refused(response: Response) -> bool:
    """Whether Okta does not accept the token. A 401 can also mean a feature that is missing."""
    return (
        response.status == HTTPStatus.UNAUTHORIZED and OktaError.of(response).code != NOT_LICENSED
    )


def worth_retrying(status: int) -> bool:
    """Whether the same request may get a better answer."""
    return (
        status in {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}
        or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    )


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Seconds that a `Retry-After` header asks to wait, by the server's own clock (RFC 9110)."""
    given = headers.get("Retry-After", "").strip()
    if given.isascii() and given.isdigit():
        return float(given[:9])
    try:
        until = parsedate_to_datetime(given)
        pause = (until - parsedate_to_datetime(headers.get("Date", ""))).total_seconds()
    except (TypeError, ValueError):
        return None
    return max(pause, 0.0)


_WORDS: Mapping[int, tuple[ProblemKind, str]] = {
    HTTPStatus.UNAUTHORIZED: (ProblemKind.ABSENT, "the org does not have the feature"),
    HTTPStatus.FORBIDDEN: (ProblemKind.REFUSED, "Okta refused it"),
    HTTPStatus.NOT_FOUND: (ProblemKind.NOT_FOUND, "Okta does not know it"),
    HTTPStatus.TOO_MANY_REQUESTS: (ProblemKind.FAILED, "rate limited again and again"),
}


def _not_json(body: bytes) -> str:
    start = body[:200].lstrip().lower()
    if start.startswith(b"<"):
        return "the answer is a web page, not JSON: a maintenance page or a proxy's"
    if not start:
        return "the answer is empty"
    return "the answer is not valid JSON, or was cut off"
