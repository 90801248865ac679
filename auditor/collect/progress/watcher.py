"""What whoever watches an export learns: the command line draws it, tests ignore it."""

from __future__ import annotations

from typing import Protocol

from auditor.collect.http.exchange import Exchange
from auditor.snapshot.collections import Collection


class Progress(Protocol):
    """A watcher of an export."""

    def planned(self, row: Collection, lists: int) -> None:
        """More lists of a collection are to be read."""

    def read(self, row: Collection, objects: int) -> None:
        """One list of a collection was read to its end, well or not."""

    def sent(self, exchange: Exchange) -> None:
        """A request was answered, or failed."""

    def waiting(self, bucket: str, seconds: float) -> None:
        """A rate limit makes requests of a bucket wait."""

    def pausing(self, why: str, seconds: float) -> None:
        """Requests failed, and the next one comes after a pause."""


class NoProgress:
    """Watches and says nothing."""

    def planned(self, row: Collection, lists: int) -> None:
        """Say nothing."""

    def read(self, row: Collection, objects: int) -> None:
        """Say nothing."""

    def sent(self, exchange: Exchange) -> None:
        """Say nothing."""

    def waiting(self, bucket: str, seconds: float) -> None:
        """Say nothing."""

    def pausing(self, why: str, seconds: float) -> None:
        """Say nothing."""
