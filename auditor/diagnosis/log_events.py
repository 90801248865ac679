"""Events of the System Log in a text: the requests that they say were refused."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from auditor.diagnosis.clues import ErrorClue, LogCounts, RequestClue
from auditor.errors import UsageError
from auditor.snapshot.credentials_in_text import without_credentials
from auditor.system_log.event import LogEvent
from auditor.system_log.event_types import is_refusal
from auditor.system_log.reading import LogFile
from auditor.tokens.grants import AUTHORIZATION_CODE, IMPLICIT, KNOWN_GRANTS

_MOST_GROUPS = 3
_LONGEST_REASON = 500
_OPENING = re.compile(r'\[\s{0,100}\{\s{0,100}"|\{\s{0,100}"')
_COLUMN = re.compile(r"\b(?:event_type|eventType)\b")
_LONGEST_HEADER = 20_000


@dataclass(frozen=True, slots=True)
class LogClues:
    """What the events of a text tell."""

    errors: tuple[ErrorClue, ...]
    """The most frequent reasons of refusals, most frequent first."""
    request: RequestClue
    """The request that was refused most often."""
    counts: LogCounts


@dataclass(frozen=True, slots=True)
class _Kind:
    reason: str
    server: str
    client: str
    grant: str
    scopes: frozenset[str] | None


def read_log_events(text: str) -> LogClues | None:
    """The refusals among log events; None for a text that has none.

    Args:
        text: an event, JSON lines, a JSON array or the CSV of the admin console; JSON may follow
            other words.
    """
    if '"eventType"' in text:
        opening = _OPENING.search(text)
        text = text[opening.start() :] if opening else text
    elif not _COLUMN.search(text.lstrip()[:_LONGEST_HEADER].partition("\n")[0]):
        return None
    file = LogFile(io.BytesIO(text.encode(errors="replace")))
    kinds: Counter[_Kind] = Counter()
    users: dict[_Kind, set[str]] = {}
    try:
        for event in file:
            if is_refusal(event.type, event.result):
                kind = _kind(event)
                kinds[kind] += 1
                some = users.setdefault(kind, set())
                if len(some) < 2:  # noqa: PLR2004 - one user, or several
                    some.add(event.user)
    except UsageError:
        return None
    if not kinds:
        return None
    # Of equally frequent ones the first in the text, which is the order of a Counter.
    frequent = [kind for kind, _ in kinds.most_common()]
    first = frequent[0]
    return LogClues(
        errors=tuple(_errors(frequent)),
        request=_request(first, users[first]),
        counts=LogCounts(
            refusals=kinds.total(), kinds=len(kinds), first=kinds[first], unread=file.reading.bad
        ),
    )


def _kind(event: LogEvent) -> _Kind:
    grant = event.grant if event.grant in KNOWN_GRANTS else ""
    if not grant and ".authorize.code" in event.type:
        grant = AUTHORIZATION_CODE
    if not grant and ".authorize.implicit" in event.type:
        grant = IMPLICIT
    return _Kind(
        reason=event.reason,
        server=event.server or event.server_name,
        client=event.client,
        grant=grant,
        scopes=event.scopes,
    )


def _errors(kinds: list[_Kind]) -> Iterator[ErrorClue]:
    for reason in list(dict.fromkeys(kind.reason for kind in kinds))[:_MOST_GROUPS]:
        words = without_credentials(reason[:_LONGEST_REASON])
        yield ErrorClue(description=words) if " " in words else ErrorClue(error=words)


def _request(kind: _Kind, users: set[str]) -> RequestClue:
    (user,) = users if len(users) == 1 else ("",)
    return RequestClue(
        server=kind.server or None,
        client=kind.client or None,
        grant=kind.grant or None,
        user=user or None,
        scopes=tuple(sorted(kind.scopes)) if kind.scopes else None,
        scope_omitted=True if kind.scopes == frozenset() else None,
    )
