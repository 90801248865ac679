"""The events of a System Log, in the order in which they were written."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from auditor.errors import UsageError
from auditor.sandbox.clock import milliseconds

Json = dict[str, Any]

PATH = "/api/v1/logs"


class Place(NamedTuple):
    """Where an event stands: when it was published, and how many were written before it."""

    published: int
    """Milliseconds since 1970."""
    number: int


class SystemLog:
    """What happened, in the order of writing, which need not be that of `published`.

    Args:
        events: those that are there from the beginning, in the order of writing.

    Raises:
        UsageError: an event is no object, or has no time of publication.
    """

    def __init__(self, events: Iterable[Any] = ()) -> None:
        self.events: list[Json] = []
        self.by_time: list[Place] = []
        """The places of all events, by `published`."""
        self._written: list[int] = []
        for number, event in enumerate(events):
            place = Place(_published(event, number), number)
            self.by_time.append(place)
            self._keep(event, place)
        self.by_time.sort()

    def append(self, event: Json) -> None:
        """Write an event, which has a `published` of the form that Okta sends."""
        place = Place(milliseconds(datetime.fromisoformat(event["published"])), len(self.events))
        self._keep(event, place)
        insort(self.by_time, place)

    def written_since(self, moment: int) -> int:
        """The number of the first event that was written at a moment (ms) or later.

        An event counts as written when it was published, but never before those ahead of it.
        """
        return bisect_left(self._written, moment)

    def _keep(self, event: Json, place: Place) -> None:
        self.events.append(event)
        before = self._written[-1] if self._written else place.published
        self._written.append(max(before, place.published))


def _published(event: Any, number: int) -> int:
    published = event.get("published") if isinstance(event, dict) else None
    try:
        moment = datetime.fromisoformat(published) if isinstance(published, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise UsageError(
            f"{PATH}[{number}]: an event of the System Log needs a time of publication.",
            remedy='Give it a member such as "published": "2026-01-31T12:00:00.000Z".',
        )
    return milliseconds(moment)
