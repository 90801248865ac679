"""Finds in any text what tells why a request failed: a log, a transcript, JSON, a URL, a HAR file.

A text is searched for the things themselves, not parsed by its format; so a stack trace with an
answer of Okta's in it does as well as the answer. Every pattern takes time that grows with the
text's length alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TypeVar
from urllib.parse import parse_qsl, urlsplit

import orjson

from auditor.diagnosis.api_calls import read_api_calls
from auditor.diagnosis.clues import Clues, ErrorClue, RateLimitClue, TokenClue
from auditor.diagnosis.json_web_token import read_token

T = TypeVar("T")

_MOST = 20
"""Things of a kind that are looked at."""
_LONGEST_TEXT = 1_000

_URL = re.compile(r"https?://[^\s\"'<>\\^`{|}]{1,8000}")
_JWT = re.compile(r"\beyJ[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*){0,4}")
_PAIR = re.compile(
    r'"(error|error_description|errorCode|errorSummary)"\s*:\s*("(?:[^"\\]|\\.){0,1000}")'
)
_BEGINNINGS = ("eyJhbGci", "eyJraWQi", "eyJ0eXAi")
"""How the header of a token begins, in base64: `{"alg`, `{"kid`, `{"typ`."""
_CODE = re.compile(r"\bE0{3,5}\d{2,3}\b")
_STATUS = re.compile(
    r"HTTP/\d(?:\.\d)?\"?\s(\d{3})\b|\bstatus(?:\s?code)?\"?[:=\s]\s?(\d{3})\b", re.IGNORECASE
)
_HEADER = re.compile(
    r"(x-rate-limit-(?:limit|remaining|reset)|date)\"?\s*:\s*\"?([^\r\n\"]{1,64})", re.IGNORECASE
)
_SCHEME = re.compile(r"authorization\"?\s*:\s*\"?\[?\"?(\w{1,20})", re.IGNORECASE)

_SCHEMES = {"bearer": "Bearer", "ssws": "SSWS", "basic": "Basic", "dpop": "DPoP"}


def read_clues(text: str) -> Clues:
    """All that a text holds.

    Args:
        text: whatever a person has, of any length.
    """
    plain = text.replace('\\"', '"')  # JSON within JSON, as loggers write it
    urls = list(_first(_URL.findall(plain)))
    return Clues(
        errors=tuple(_unique([*_errors_of_urls(urls), *_errors(plain)])),
        authorize_urls=tuple(url for url in urls if _is_authorize(url)),
        tokens=tuple(_tokens(plain)),
        rate_limit=_rate_limit(plain),
        statuses=tuple(_unique(_statuses(plain))),
        schemes=tuple(_unique(_schemes(plain))),
        api_calls=read_api_calls(plain),
        text=plain,
    )


def _errors_of_urls(urls: list[str]) -> Iterator[ErrorClue]:
    """Errors in redirects, in the query or the fragment."""
    for url in urls:
        try:
            parts = urlsplit(url)
            values = dict(parse_qsl(f"{parts.query}&{parts.fragment}", max_num_fields=100))
        except ValueError:
            continue
        if "error" in values:
            yield _clue(values["error"], values.get("error_description", ""))


def _errors(text: str) -> Iterator[ErrorClue]:
    """Errors in JSON, each with the description beside it; and codes that stand alone."""
    found: dict[str, str] = {}
    for name, literal in _first(_PAIR.findall(text), most=10 * _MOST):
        value = _unquoted(literal)
        if name in found:
            yield from _error(found)
            found = {}
        found[name] = value
    yield from _error(found)
    for code in _first(_CODE.findall(text)):
        yield ErrorClue(code)


def _error(found: dict[str, str]) -> Iterator[ErrorClue]:
    if "errorCode" in found:
        yield _clue(found["errorCode"], found.get("errorSummary", ""))
    elif "error" in found or "error_description" in found:
        yield _clue(found.get("error", ""), found.get("error_description", ""))


def _clue(error: str, description: str) -> ErrorClue:
    """An error, in whose words no token is shown."""
    shown = (_JWT.sub("(a token)", text)[:_LONGEST_TEXT] for text in (error, description))
    return ErrorClue(*shown)


def _unquoted(literal: str) -> str:
    try:
        return str(orjson.loads(literal))[:_LONGEST_TEXT]
    except orjson.JSONDecodeError:
        return literal.strip('"')[:_LONGEST_TEXT]


def _is_authorize(url: str) -> bool:
    try:
        return urlsplit(url).path.rstrip("/").endswith("/v1/authorize")
    except ValueError:
        return False


def _tokens(text: str) -> Iterator[TokenClue]:
    """Tokens. JSON in base64 begins alike, as `state` of a request often has it."""
    for token in _first(_unique(_JWT.findall(text))):
        if "." in token or token.startswith(_BEGINNINGS):
            yield read_token(token)


def _rate_limit(text: str) -> RateLimitClue | None:
    values: dict[str, str] = {}
    for name, value in _first(_HEADER.findall(text), most=200):
        values.setdefault(name.lower(), value.strip())
    numbers = {
        key: int(values[f"x-rate-limit-{key}"])
        for key in ("limit", "remaining", "reset")
        if values.get(f"x-rate-limit-{key}", "").isdecimal()
    }
    if not numbers:
        return None
    return RateLimitClue(date=_moment(values.get("date", "")), **numbers)


def _moment(text: str) -> int | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def _statuses(text: str) -> Iterator[int]:
    for groups in _first(_STATUS.findall(text)):
        number = int(next(filter(None, groups)))
        if 400 <= number <= 599:  # noqa: PLR2004 - the statuses of errors
            yield number


def _schemes(text: str) -> Iterator[str]:
    for word in _first(_SCHEME.findall(text)):
        if word.startswith("eyJ"):
            yield "none"
        elif word.lower().startswith("ssws"):
            yield "SSWS"
        elif word.lower() in _SCHEMES:
            yield _SCHEMES[word.lower()]


def _first(items: list[T], *, most: int = _MOST) -> list[T]:
    return items[:most]


def _unique(items: Iterator[T] | list[T]) -> list[T]:
    return list(dict.fromkeys(items))
