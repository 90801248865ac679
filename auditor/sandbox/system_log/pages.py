"""The answers of `/api/v1/logs`: a page of events, with the link to the next.

A polling request (ascending, without `until`) goes by the order of writing and always has a next
link; its cursor takes the place of `since`. Any other goes by `published` and ends.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from auditor.sandbox.answers import Answer, answered
from auditor.sandbox.paging import link
from auditor.sandbox.system_log.log import Json, Place, SystemLog
from auditor.sandbox.system_log.query import LogQuery, QueryError, log_query

if TYPE_CHECKING:
    from yarl import URL


def log_page(log: SystemLog, url: URL, now: int) -> Answer:
    """One page of the log.

    Args:
        log: the log.
        url: the address of the request, with its query.
        now: the time of the request, in milliseconds since 1970.
    """
    try:
        query = log_query(url.query, now)
    except QueryError as error:
        return error.answer
    page = _polled if query.until is None else _bounded
    events, following = page(log, query)
    links = [link(url, "self")]
    if following is not None:
        cursor = f"{following.published}_{following.number}"
        bare = url.without_query_params("since") if query.until is None else url
        links.append(link(bare.update_query(after=cursor), "next"))
    return answered(events).with_headers({"Link": tuple(links)})


def _polled(log: SystemLog, query: LogQuery) -> tuple[list[Json], Place]:
    number = log.written_since(query.since) if query.after is None else query.after.number
    events: list[Json] = []
    while number < len(log.events) and len(events) < query.limit:
        if query.chooses(log.events[number]):
            events.append(log.events[number])
        number += 1
    # The cursor says how far it was read, which may be the end: events to come lie behind it.
    return events, Place(query.since if query.after is None else query.after.published, number)


def _bounded(log: SystemLog, query: LogQuery) -> tuple[list[Json], Place | None]:
    matching = (
        place for place in _in_order(log.by_time, query) if query.chooses(log.events[place.number])
    )
    # One more than a page, which tells whether there is a next one.
    places = list(islice(matching, query.limit + 1)) if query.limit else []
    page = places[: query.limit]
    return [log.events[place.number] for place in page], page[-1] if places[query.limit :] else None


def _in_order(places: list[Place], query: LogQuery) -> Iterator[Place]:
    assert query.until is not None
    begin = bisect_left(places, Place(query.since, 0))
    end = bisect_left(places, Place(query.until + 1, 0))
    if query.after is not None and query.descending:
        end = min(end, bisect_left(places, query.after))
    elif query.after is not None:
        begin = max(begin, bisect_right(places, query.after))
    positions = range(end - 1, begin - 1, -1) if query.descending else range(begin, end)
    return (places[position] for position in positions)
