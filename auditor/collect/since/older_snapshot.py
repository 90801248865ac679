"""The older snapshot of `--since`: whether it may be used at all, and what it has of a list."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from auditor.collect.journal.lines import plausible
from auditor.snapshot.collections import BY_NAME, Collection
from auditor.snapshot.document import Snapshot
from auditor.snapshot.ledger import CollectionStatus
from auditor.snapshot.table_digest import table_digest
from auditor.text import one_line, quoted

FULL_EVERY_S = 7 * 86_400
"""How old a list may be that is carried over, in seconds, unless the user says otherwise."""

Json = dict[str, Any]


class OlderSnapshot:
    """A snapshot that lists may be carried over from.

    Args:
        snapshot: as it was read, its ledger held against its resources.
        full_every_s: seconds after which a list is read again whatever says that it is the same.
    """

    def __init__(self, snapshot: Snapshot, full_every_s: int) -> None:
        self.full_every = timedelta(seconds=full_every_s)
        self._snapshot = snapshot

    @property
    def digest(self) -> str:
        """The digest of its content."""
        return self._snapshot.digest

    @property
    def terms(self) -> str:
        """What another run must have in common with this one to go on where it ended."""
        return f"{self.digest} {self.full_every.total_seconds():.0f}"

    @property
    def captured_at(self) -> datetime:
        """When reading it began."""
        return self._snapshot.capture.started_at.astimezone(UTC)

    def refusal(self, org_url: str, now: datetime) -> str | None:
        """Why nothing of it may be carried over, a clause; None if something may.

        Args:
            org_url: the org that is read.
            now: when reading it began.
        """
        capture = self._snapshot.capture
        if self._doubt is not None:
            return self._doubt
        if capture.plan is not None:
            return "it is of what a plan would make of the org, not of what the org was"
        if capture.org_url != org_url:
            return f"it is of another org, {one_line(capture.org_url)}"
        if capture.table != table_digest():
            version = quoted(capture.tool_version)
            return f"another version of okta-auditor made it, {version}, which read or kept less"
        return self._wrong_age(now)

    def _wrong_age(self, now: datetime) -> str | None:
        if self.captured_at > now:
            return f"it says that it was read later than now, at {self.captured_at.isoformat()}"
        if now - self.captured_at > self.full_every:
            return f"it was read more than {_days(self.full_every)} ago"
        return None

    @property
    def _doubt(self) -> str | None:
        """Why nothing of it can be believed; None if it can."""
        doubts = (
            item.reason
            for entry in self._snapshot.ledger.entries
            for item in entry.contradictions
            if not item.path
        )
        return next(doubts, None)

    def records(self, collection: str) -> dict[str, Json] | None:
        """The records of a list of the org, by id; None if it is not known to be complete."""
        row = BY_NAME[collection]
        values = self._snapshot.resources.get(row.path)
        if not isinstance(values, list) or self._in_doubt(row, row.path):
            return None
        return {one["id"]: one for one in values if isinstance(one, dict) and "id" in one}

    def values(self, row: Collection, path: str) -> tuple[Any, ...] | None:
        """What it has of a list; None if it has nothing, or not all."""
        values = self._snapshot.resources.get(path)
        if not isinstance(values, list) or self._in_doubt(row, path):
            return None
        return tuple(values) if plausible(row, {"values": values}) else None

    def read_at(self, path: str) -> datetime:
        """When a list was read, at the earliest."""
        return self._carried_over.get(path, self.captured_at)

    def _in_doubt(self, row: Collection, path: str) -> bool:
        # What was read before a refusal is not told apart from what was not, so all is in doubt.
        entry = self._snapshot.ledger.entry(row.name)
        known = entry.status in {CollectionStatus.COMPLETE, CollectionStatus.PARTIAL}
        return not known or entry.reason is not None or entry.doubts(path)

    @cached_property
    def _carried_over(self) -> dict[str, datetime]:
        return dict(self._earlier())

    def _earlier(self) -> Iterator[tuple[str, datetime]]:
        for entry in self._snapshot.ledger.entries:
            for item in entry.carried_over:
                for path in item.paths:
                    yield path, item.read_at.astimezone(UTC)


def _days(span: timedelta) -> str:
    days = span / timedelta(days=1)
    return f"{days:g} day{'' if days == 1 else 's'}" if days >= 1 else str(span)
