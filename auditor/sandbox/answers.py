"""What the sandbox answers with, before it meets HTTP."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson

Header = tuple[str, str]

_JSON = ("Content-Type", "application/json")
_HTML = ("Content-Type", "text/html; charset=utf-8")

# Code and summary as Okta gives them; every other status is an internal server error.
_USUAL = {
    400: ("E0000001", "Api validation failed"),
    401: ("E0000011", "Invalid token provided"),
    403: ("E0000006", "You do not have permission to perform the requested action"),
    404: ("E0000007", "Not found: Resource not found"),
    405: ("E0000022", "The endpoint does not support the provided HTTP method"),
    429: ("E0000047", "API call exceeded rate limit due to too many requests."),
}
_INTERNAL = ("E0000009", "Internal Server Error")


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, a body and header lines. The same name may head several lines."""

    status: int
    body: bytes
    headers: tuple[Header, ...] = (_JSON,)

    def with_headers(self, headers: Mapping[str, str | tuple[str, ...]]) -> Answer:
        """The same answer with some headers replaced; no lines take a header away."""
        named = {name.lower() for name in headers}
        kept = [(name, value) for name, value in self.headers if name.lower() not in named]
        for name, value in headers.items():
            lines = (value,) if isinstance(value, str) else value
            kept.extend((name, line) for line in lines)
        return replace(self, headers=tuple(kept))


def answered(value: Any, status: int = 200) -> Answer:
    """An answer with a JSON body."""
    return Answer(status, orjson.dumps(value))


def page_of_html(text: str, status: int = 200) -> Answer:
    """An answer as a proxy or a maintenance page gives it."""
    return Answer(status, text.encode(), (_HTML,))


def refused(status: int, path: str, summary: str | None = None, code: str | None = None) -> Answer:
    """An error in Okta's shape.

    Args:
        status: the HTTP status.
        path: the path of the request.
        summary: what went wrong, where there is more to say than the code's usual words.
        code: the error code, where it is not the status's usual one.
    """
    usual_code, usual = _USUAL.get(status, _INTERNAL)
    code = code or usual_code
    return answered(
        {
            "errorCode": code,
            "errorSummary": summary or usual,
            "errorLink": code,
            # Okta's is random. This one repeats, so that recorded output can be compared.
            "errorId": "oae" + hashlib.sha256(f"{code} {path}".encode()).hexdigest()[:17],
            "errorCauses": [],
        },
        status,
    )
