"""Durations on the command line: `90m`, `2h`, `1h30m`, `3600`."""

from __future__ import annotations

import re

import click

_SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_DURATION = re.compile(r"(?:(\d{1,4})d)?(?:(\d{1,5})h)?(?:(\d{1,6})m)?(?:(\d{1,8})s?)?", re.ASCII)
_LONGEST_S = 30 * _SECONDS["d"]


def seconds_of(text: str) -> int | None:
    """The seconds of a duration; None if the text is none."""
    parts = _DURATION.fullmatch(text.strip().lower())
    if parts is None:
        return None
    sizes = _SECONDS.values()
    return sum(int(n or 0) * size for n, size in zip(parts.groups(), sizes, strict=True))


class Duration(click.ParamType[int]):
    """A duration of a second at least and 30 days at most; a plain number is seconds."""

    name = "duration"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """The duration in seconds."""
        if isinstance(value, int):
            return value
        seconds = seconds_of(str(value)) or 0
        if not 1 <= seconds <= _LONGEST_S:
            self.fail(
                f"{str(value)[:40]!r} is no duration between 1s and 30d, such as 90m, 2h or 3600.",
                param,
                ctx,
            )
        return seconds


def shown_duration(seconds: float) -> str:
    """A duration as the command line takes it: `1h30m`."""
    left = round(seconds)
    words = []
    for unit, size in _SECONDS.items():
        number, left = divmod(left, size)
        words += [f"{number}{unit}"] if number else []
    return "".join(words) or "0s"
