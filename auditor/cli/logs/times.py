"""Times on the command line, as an age or by the calendar: `24h`, `2026-11-28T14:05:00Z`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click

from auditor.cli.durations import seconds_of


class Moment(click.ParamType[datetime]):
    """A time in the past: how long ago, or as ISO 8601 writes it, in UTC where it names no zone.

    Args:
        now: the time that ages count from; None for that of the call.
    """

    name = "time"

    def __init__(self, now: datetime | None = None) -> None:
        self._now = now

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """The time in UTC."""
        if isinstance(value, datetime):
            return value
        now = self._now or datetime.now(UTC)
        text = str(value)
        seconds = seconds_of(text) if text.strip() else None
        try:
            if seconds:
                return now - timedelta(seconds=seconds)
            when = datetime.fromisoformat(text)
            when = when if when.tzinfo else when.replace(tzinfo=UTC)
            return when.astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail(
                f"{text[:40]!r} is no time, such as 24h or 7d for an age, or 2026-11-28T14:05:00Z.",
                param,
                ctx,
            )
