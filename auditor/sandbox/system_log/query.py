"""What a request to `/api/v1/logs` asks for.

Errors are those of the page "System Log query". Where that has no example, the code is that of the
nearest one and the words are ours: a `limit`, `sortOrder` or `after` that is none, more than ten
keywords, an expression whose operators are in order. What Okta does at the edges of `since` and
`until` is not published either; an event at the very moment belongs to both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from auditor.sandbox.answers import Answer, refused
from auditor.sandbox.clock import milliseconds
from auditor.sandbox.expressions import FilterError, Test, UnknownOperatorError, parsed
from auditor.sandbox.system_log import fields
from auditor.sandbox.system_log.keywords import has_keywords
from auditor.sandbox.system_log.log import PATH, Place

DAY = 86_400_000
RETAINED = 90 * DAY
_USUAL_SPAN = 7 * DAY
_FARTHEST = 180 * DAY
_USUAL_LIMIT, _LARGEST_LIMIT = 100, 1000
_MOST_KEYWORDS, _LONGEST_KEYWORD = 10, 40

_CURSOR = re.compile(r"(-?\d{1,15})_(\d{1,12})")
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)
_BAD_DATE = (
    "The date format in your query is not recognized. "
    "Please enter dates using ISO8601 string format."
)
_NO_DATE = "must be a valid date-time or empty."


class QueryError(Exception):
    """A request that Okta refuses, with its answer."""

    def __init__(self, summary: str, code: str = "E0000001", causes: tuple[str, ...] = ()) -> None:
        super().__init__(summary)
        answer = refused(400, PATH, summary, code)
        body = orjson.loads(answer.body)
        body["errorCauses"] = [{"errorSummary": cause} for cause in causes]
        self.answer: Answer = Answer(answer.status, orjson.dumps(body), answer.headers)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogQuery:
    """A request, understood."""

    since: int
    """The first moment that counts, in milliseconds since 1970."""

    until: int | None
    """The last moment that counts; None for a polling request, which has no end."""

    after: Place | None
    """Where the page before ended; None for the first."""

    descending: bool
    limit: int
    tests: tuple[Test, ...]
    """What an event has to pass."""

    def chooses(self, event: dict[str, Any]) -> bool:
        """Whether an event passes the filter and has the keywords."""
        return all(test(event) for test in self.tests)


def log_query(query: Mapping[str, str], now: int) -> LogQuery:
    """Understand the parameters of a request.

    Args:
        query: the parameters. Those that Okta does not know count for nothing.
        now: the time of the request, in milliseconds since 1970.

    Raises:
        QueryError: one of them is not as it must be.
    """
    since, until = _moment(query, "since"), _moment(query, "until")
    if since is not None and since < now - _FARTHEST:
        raise QueryError(
            "Invalid parameter: The since parameter is over 180 days prior to the current day.",
            "E0000053",
        )
    descending = _sort_order(query) == "DESCENDING"
    end = now if until is None else until
    begin = end - _USUAL_SPAN if since is None else since
    return LogQuery(
        since=max(begin, now - RETAINED),
        until=None if until is None and not descending else end,
        after=_cursor(query.get("after")),
        descending=descending,
        limit=_limit(query.get("limit")),
        tests=(*_filter(query.get("filter")), *_keywords(query.get("q"))),
    )


def _moment(query: Mapping[str, str], name: str) -> int | None:
    value = query.get(name)
    if not value:
        return None
    if _DATE_TIME.fullmatch(value):
        with suppress(OverflowError, ValueError):
            return milliseconds(datetime.fromisoformat(value))
    words = f"'{name}': {_BAD_DATE} '{name}': {_NO_DATE}"
    causes = (f"{name}: {_BAD_DATE}", f"{name}: {_NO_DATE}")
    raise QueryError(f"Api validation failed: {words}", causes=causes)


def _sort_order(query: Mapping[str, str]) -> str:
    order = query.get("sortOrder") or "ASCENDING"
    if order not in {"ASCENDING", "DESCENDING"}:
        raise QueryError("Api validation failed: 'sortOrder': must be ASCENDING or DESCENDING.")
    return order


def _cursor(value: str | None) -> Place | None:
    if not value:
        return None
    matched = _CURSOR.fullmatch(value)
    if matched is None:
        raise QueryError("Api validation failed: 'after': is no cursor of a next link.")
    return Place(int(matched[1]), int(matched[2]))


def _limit(value: str | None) -> int:
    if value is None:
        return _USUAL_LIMIT
    if not re.fullmatch(r"[0-9]{1,4}", value) or int(value) > _LARGEST_LIMIT:
        raise QueryError("Api validation failed: 'limit': must be between 0 and 1000.")
    return int(value)


def _filter(expression: str | None) -> tuple[Test, ...]:
    if not expression:
        return ()
    try:
        return (parsed(expression, fields.values, fields.admit),)
    except UnknownOperatorError as error:
        reason = (
            f"Unrecognized attribute operator '{error.operator}' at position {error.position}. "
            "Expected: eq,co,sw,pr,gt,ge,lt,le"
        )
    except fields.InvalidFieldError as error:
        raise QueryError(f"field is not valid: {error}", "E0000053") from error
    except fields.UnsupportedPairError as error:
        raise QueryError(
            "The supplied combination of operator and field is not currently supported. "
            f"Operator: {error.operator}, Field: {error.field}",
            "E0000031",
        ) from error
    except FilterError as error:
        reason = f"{error}."
    raise QueryError(f"Invalid filter '{expression}': {reason}", "E0000053")


def _keywords(value: str | None) -> tuple[Callable[[dict[str, Any]], bool], ...]:
    words = (value or "").split()
    if any(len(word) > _LONGEST_KEYWORD for word in words):
        raise QueryError(
            "Api validation failed: 'q': Freeform search cannot contain items longer than 40 "
            "characters. Please shorten the items in your search or use an advanced filter to "
            "query by specific fields."
        )
    if len(words) > _MOST_KEYWORDS:
        raise QueryError("Api validation failed: 'q': takes no more than 10 keywords.")
    return (has_keywords(words),) if words else ()
