"""The progress of a pull of the System Log: a few lines, each request with -v."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

from auditor.cli.export.progress_lines import request_line
from auditor.cli.printing import print_remark
from auditor.collect.http.exchange import Exchange
from auditor.text import counted, one_line

_SILENT_S = 30.0
_WORTH_A_LINE_S = 5.0


class LogLines:
    """A line for each wait of 5 s or more, and one every half a minute that says how far it is.

    Args:
        verbose: whether to print each request; never a header or a body, so never a token.
        clock: gives seconds.
        say: takes a line.
    """

    def __init__(
        self,
        *,
        verbose: bool,
        clock: Callable[[], float] = time.monotonic,
        say: Callable[[str], None] = print_remark,
    ) -> None:
        self._verbose = verbose
        self._clock = clock
        self._say = say
        self._last_line = clock()
        self._how_far = "no events read so far"

    def read(self, events: int, reached: datetime | None) -> None:
        """Note how far it is; say so if that is long ago."""
        up_to = f", up to {reached:%Y-%m-%d %H:%M} UTC" if reached else ""
        self._how_far = f"{counted(events, 'event')} read{up_to}"
        if self._clock() - self._last_line >= _SILENT_S:
            self._print(f"{self._how_far}.")

    def sent(self, exchange: Exchange) -> None:
        """Print a request."""
        if self._verbose:
            self._print(request_line(exchange))

    def waiting(self, bucket: str, seconds: float) -> None:
        """Print a line for a long wait."""
        self._wait(f"Waiting {seconds:.0f} s for the rate limit of {bucket}", seconds)

    def pausing(self, why: str, seconds: float) -> None:
        """Print a line for a long pause."""
        self._wait(f"Asking again in {seconds:.0f} s, {one_line(why)}", seconds)

    def _wait(self, line: str, seconds: float) -> None:
        if seconds >= _WORTH_A_LINE_S:
            self._print(f"{line}; {self._how_far}.")

    def _print(self, line: str) -> None:
        self._say(line)
        self._last_line = self._clock()
