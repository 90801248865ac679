"""Errors as they stand in answers, redirects, logs and stack traces, each with its description.

The forms are those of public issues: JSON, also within JSON; the parameters of a redirect;
`WWW-Authenticate` (RFC 6750, 3); objects as Node prints them; the messages of Spring Security, of
ASP.NET, of openid-client, of Go's oauth2, of oauthlib and of PowerShell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote_plus

import orjson

from auditor.diagnosis.clues import ErrorClue
from auditor.diagnosis.json_web_token import IN_ITS_PLACE
from auditor.snapshot.credentials_in_text import without_credentials

_LONGEST = 1_000
_NEAR = 3_000
"""Characters between an error and its description."""
_MOST = 200

_PAIR = re.compile(
    r"""(?<![A-Za-z0-9_])["']?
    (?P<name>error_description|errorCode|errorSummary|error)
    (?:["']?\s*[:=]\s*(?:Some\()?
        (?:(?P<double>"(?:[^"\\]|\\.){0,1000}")|'(?P<single>.{0,1000}?)'(?=\s*(?:[,;})\]\r\n]|$)))
    |=(?P<query>[^&\s"'<>\\]{1,1000})
    |:\ (?P<bare>[A-Za-z0-9_]{4,40}(?=[,;\]\r\n])|(?<=Summary:\ )[^;\r\n"]{1,300}))""",
    re.VERBOSE,
)
_WORDS = (
    "access_denied|consent_required|interaction_required|invalid_[a-z_]{4,30}|login_required|"
    "server_error|slow_down|temporarily_unavailable|unauthorized_client|unsupported_[a-z_]{4,30}|"
    "authorization_pending|expired_token|insufficient_scope|insufficient_authentication_context|"
    "use_dpop_nonce"
)
"""Errors of RFC 6749, 6750, 8628, 9449, OpenID Connect Core and Okta's own."""
_REASONS = "no_matching_policy|user_not_assigned"
"""`outcome.reason` of events of the System Log, copied without the event."""
_IN_BRACKETS = re.compile(rf"[\[(]({_WORDS})[\])]:?\s*([^\r\n]{{0,300}})")
_WITH_BRACKETS = re.compile(
    rf"\b({_WORDS})\b\"?\s(?:\(([^\r\n]{{0,300}}?)\)|\"([^\"\r\n]{{0,300}})\")"
)
_AT_A_LINE = re.compile(rf"(?m)^\W{{0,5}}({_WORDS}|{_REASONS})\b(?:: ([^\r\n]{{1,300}}))?")
_CODE = re.compile(r"\bE0{3,5}\d{2,3}\b")
_WORD = re.compile(r"[A-Za-z0-9_.-]{1,60}")


def read_errors(text: str) -> Iterator[ErrorClue]:
    """The errors of a text, the best described first.

    Args:
        text: without backslashes before its quotation marks.
    """
    yield from _pairs(text)
    for match in _first(_IN_BRACKETS.finditer(text)):
        yield _clue(match[1], match[2].rstrip(". ") and match[2], match.start())
    for match in _first(_WITH_BRACKETS.finditer(text)):
        yield _clue(match[1], match[2] or match[3] or "", match.start())
    for match in _first(_AT_A_LINE.finditer(text)):
        yield _clue(match[1], match[2] or "", match.start())
    for match in _first(_CODE.finditer(text)):
        yield ErrorClue(match[0], at=match.start())


def _pairs(text: str) -> Iterator[ErrorClue]:
    """Names with their values, put together where they stand together."""
    values: dict[str, str] = {}
    at = 0
    for match in _first(_PAIR.finditer(text)):
        name, value = match["name"], _value(match)
        if name in values or (values and match.start() - at > _NEAR):
            yield from _error(values, at)
            values = {}
        values[name] = value
        at = match.start()
    yield from _error(values, at)


def _value(match: re.Match[str]) -> str:
    if match["double"] is not None:
        try:
            return str(orjson.loads(match["double"]))
        except orjson.JSONDecodeError:
            return match["double"].strip('"')
    if match["query"] is not None:
        return unquote_plus(match["query"], errors="replace")
    return match["single"] or match["bare"] or ""


def _error(values: dict[str, str], at: int) -> Iterator[ErrorClue]:
    if "errorCode" in values:
        yield _clue(values["errorCode"], values.get("errorSummary", ""), at)
    elif "error_description" in values:
        yield _clue(values.get("error", ""), values["error_description"], at)
    elif _WORD.fullmatch(word := values.get("error", "")):
        yield _clue(word, "", at)


def _clue(error: str, description: str, at: int) -> ErrorClue:
    """An error, in whose words no token and no secret is shown."""
    word, words = (without_credentials(text[:_LONGEST]) for text in (error, description))
    return ErrorClue(
        word.replace(IN_ITS_PLACE, "(a token)"), words.replace(IN_ITS_PLACE, "(a token)"), at
    )


def _first(matches: Iterable[re.Match[str]]) -> Iterator[re.Match[str]]:
    for count, match in enumerate(matches):
        if count == _MOST:
            return
        yield match
