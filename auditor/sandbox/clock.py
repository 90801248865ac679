"""The time that the sandbox's System Log and tokens go by."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class Clock:
    """This machine's time, or a moment at which everything happens.

    Args:
        fixed: the moment; None for the time of this machine.
    """

    def __init__(self, fixed: datetime | None = None) -> None:
        self._fixed = None if fixed is None else milliseconds(fixed)

    @property
    def fixed(self) -> bool:
        """Whether the same requests make the same events."""
        return self._fixed is not None

    @property
    def now(self) -> int:
        """Milliseconds since 1970."""
        return int(time.time() * 1000) if self._fixed is None else self._fixed


def milliseconds(moment: datetime) -> int:
    """A moment in milliseconds since 1970. Finer parts are cut off, as Okta's times have none."""
    return int(moment.timestamp()) * 1000 + moment.microsecond // 1000


def iso(moment: int) -> str:
    """Milliseconds since 1970 as Okta writes times: `2026-01-31T12:00:00.000Z`."""
    seconds, rest = divmod(moment, 1000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:03}Z"
