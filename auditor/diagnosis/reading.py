"""Finds in any text what tells why a request failed: a log, a transcript, JSON, a URL, a HAR file.

A text is searched for the things themselves, not parsed by its format; so a stack trace with an
answer of Okta's in it does as well as the answer. Every pattern takes time that grows with the
text's length alone. Tokens are taken out first, so that nothing after them sees one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import TypeVar
from urllib.parse import unquote_plus

from auditor.diagnosis.api_calls import read_api_calls
from auditor.diagnosis.clues import Clues, RateLimitClue
from auditor.diagnosis.errors_in_text import read_errors
from auditor.diagnosis.har import har_transcript
from auditor.diagnosis.json_web_token import IN_ITS_PLACE, take_tokens, token_clue
from auditor.diagnosis.large_text import parts_looked_at
from auditor.diagnosis.log_events import LogClues, read_log_events
from auditor.diagnosis.pasted_claims import pasted_claims
from auditor.diagnosis.requests_in_text import read_requests, request_of_claims
from auditor.diagnosis.scheme_checks import (
    BARE,
    KEY_AS_BEARER,
    OPAQUE,
    TOKEN_AS_KEY,
    TWICE,
)
from auditor.diagnosis.signature import PublicKey

T = TypeVar("T")

_MOST = 20
"""Things of a kind that are looked at."""

_BACKSLASHES = re.compile(r"(?<!\\)\\++(?=[\"'/])")
_ENTITIES = (
    ("&quot;", '"'), ("&#34;", '"'), ("&#x22;", '"'), ("&#39;", "'"), ("&#x27;", "'"),
    ("&#x2F;", "/"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"), ("\\u0026", "&"),
    ("\\u003c", "<"), ("\\u003e", ">"), ("\\u0027", "'"), ("\\u003d", "="),
)  # fmt: skip
"""Characters as HTML and as JSON of Go and .NET write them."""
_LONG_RUN = re.compile(r"(?<![A-Za-z0-9+/=_.%-])[A-Za-z0-9+/=_.%-]{20000,}")
"""Images and archives in base64: no word of an error is in them."""

_ENCODED_SENTENCE = re.compile(
    r"(?<![A-Za-z0-9%'.,_+-])[A-Za-z][A-Za-z0-9%'.,_-]{0,30}"
    r"(?:(?:\+|%20)[A-Za-z0-9%'.,_-]{1,30}){4,60}"
)
"""A sentence as it stands in an address."""

_STATUS = re.compile(
    r"HTTP/\d(?:\.\d)?\"?\s(\d{3})\b|\b[sS](?:tatus|TATUS)(?:[ _]?[cC]ode)?\"?[:=\s]\s?(\d{3})\b"
    r"|\b(\d{3}) (?:Bad Request|Unauthorized|Forbidden|Too Many Requests|Internal Server Error)"
)
_HEADER = re.compile(
    r"([xX]-[rR]ate-[lL]imit-(?:[lL]imit|[rR]emaining|[rR]eset)|\b[dD]ate)\"?\s*:\s*\"?"
    r"([^\r\n\"]{1,64})"
)
_SCHEME = re.compile(
    r"\b[aA](?:uthorization|UTHORIZATION)\"?\s*[:=]\s*[\"'\[]{0,3}"
    r"(\(a-token\)|\w{1,20})(?:\s+([\w(.~-]{1,60}))?"
)

_SCHEMES = {"bearer": "Bearer", "ssws": "SSWS", "basic": "Basic", "dpop": "DPoP"}
_KEY = re.compile(r"00[A-Za-z0-9_-]{38,}")
"""Okta's API tokens."""
_OPAQUE = re.compile(r"(?=\D*\d)[A-Za-z0-9_.~-]{30,}")


def read_clues(text: str, source: str = "", keys: Sequence[PublicKey] = ()) -> Clues:
    """All that a text holds.

    Args:
        text: whatever a person has, of any length.
        source: what the input is called, if there are several.
        keys: public keys with which signatures are checked.
    """
    if log := read_log_events(text):
        return _of_log(log, source)
    text = har_transcript(text) or text
    tokens, rest = take_tokens(text)
    looked_at, left_out = parts_looked_at(rest)
    plain = _plain(looked_at)
    clues = [token_clue(token, scheme, keys) for token, scheme in tokens.items()]
    clues += pasted_claims(plain)
    made = filter(None, (request_of_claims(clue.claims) for clue in clues))
    return Clues(
        errors=tuple(
            replace(one, source=source) for one in islice(_unique(read_errors(plain)), _MOST)
        ),
        requests=tuple(replace(one, source=source) for one in (*made, *read_requests(plain))),
        tokens=tuple(replace(clue, source=source) for clue in clues),
        rate_limit=_rate_limit(plain),
        date=next(filter(None, map(_moment, islice(_dates(plain), _MOST))), None),
        statuses=tuple(islice(_unique(_statuses(plain)), _MOST)),
        schemes=tuple(_unique(_schemes(plain))),
        api_calls=read_api_calls(plain),
        left_out=left_out,
        text=plain,
    )


def _of_log(log: LogClues, source: str) -> Clues:
    """The clues of events alone: other words of theirs are of other requests."""
    return Clues(
        errors=tuple(replace(error, source=source) for error in log.errors),
        requests=(replace(log.request, source=source),),
        log=replace(log.counts, source=source),
    )


def joined_clues(parts: Iterable[Clues]) -> Clues:
    """The clues of several inputs as those of one.

    Args:
        parts: in the order in which they were given.
    """
    several = list(parts)
    return Clues(
        errors=tuple(_unique(clue for part in several for clue in part.errors)),
        requests=tuple(clue for part in several for clue in part.requests),
        tokens=tuple(clue for part in several for clue in part.tokens),
        rate_limit=next((part.rate_limit for part in several if part.rate_limit), None),
        date=next((part.date for part in several if part.date), None),
        statuses=tuple(_unique(status for part in several for status in part.statuses)),
        schemes=tuple(_unique(scheme for part in several for scheme in part.schemes)),
        api_calls=tuple(call for part in several for call in part.api_calls),
        left_out=sum(part.left_out for part in several),
        log=next((part.log for part in several if part.log), None),
        text="\n".join(part.text for part in several),
    )


def _plain(text: str) -> str:
    """The text as a person reads it: JSON within JSON and entities of HTML undone."""
    if len(text) > 20_000:  # noqa: PLR2004 - the shortest run
        text = _LONG_RUN.sub("(data)", text)
    for entity, character in _ENTITIES:
        if entity in text:
            text = text.replace(entity, character)
    text = _BACKSLASHES.sub("", text) if "\\" in text else text
    sentences = islice(_ENCODED_SENTENCE.finditer(text), _MOST)
    return "\n".join([text, *(unquote_plus(match[0]) for match in sentences)])


def _rate_limit(text: str) -> RateLimitClue | None:
    values: dict[str, str] = {}
    for match in islice(_HEADER.finditer(text), 200):
        values.setdefault(match[1].lower(), match[2].strip())
    numbers = {
        key: int(values[f"x-rate-limit-{key}"])
        for key in ("limit", "remaining", "reset")
        if values.get(f"x-rate-limit-{key}", "").isdecimal()
    }
    if not numbers:
        return None
    return RateLimitClue(date=_moment(values.get("date", "")), **numbers)


def _dates(text: str) -> Iterator[str]:
    return (match[2].strip() for match in _HEADER.finditer(text) if match[1].lower() == "date")


def _moment(text: str) -> int | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def _statuses(text: str) -> Iterator[int]:
    for match in _STATUS.finditer(text):
        number = int(next(filter(None, match.groups())))
        if 400 <= number <= 599:  # noqa: PLR2004 - the statuses of errors
            yield number


def _schemes(text: str) -> Iterator[str]:
    for match in islice(_SCHEME.finditer(text), 10 * _MOST):
        first, second = match[1], match[2] or ""
        scheme = _SCHEMES.get(first.lower())
        if first == IN_ITS_PLACE:
            yield BARE
        elif scheme == "Bearer" and second.lower() == "bearer":
            yield TWICE
        elif scheme == "Bearer" and _KEY.match(second):
            yield KEY_AS_BEARER
        elif scheme == "SSWS" and second and IN_ITS_PLACE.startswith(second):
            yield TOKEN_AS_KEY
        elif scheme == "Bearer" and _OPAQUE.match(second):
            yield OPAQUE
        elif scheme:
            yield scheme
        elif first.lower().startswith("ssws"):
            yield "SSWS"


def _unique(items: Iterable[T]) -> Iterator[T]:
    seen: set[T] = set()
    for item in items:
        if item not in seen:
            seen.add(item)
            yield item
