"""The progress of an export: bars on a terminal, a few lines elsewhere, each request with -v."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from auditor.cli.printing import print_line
from auditor.collect.http.exchange import Exchange
from auditor.collect.progress.phases import Phase, Phases
from auditor.collect.progress.watcher import Progress
from auditor.snapshot.collections import Collection
from auditor.text import counted, one_line

_QUIET_S = 10.0
"""A run that is over sooner prints no progress."""

_WORTH_A_LINE_S = 5.0
_BETWEEN_WAITS_S = 60.0
_LONGEST_TARGET = 300


def _to_stderr(line: str) -> None:
    print_line(line, err=True)


@contextmanager
def export_progress(*names: str, verbose: bool) -> Iterator[tuple[Progress, ...]]:
    """Show the progress of exports while the block runs.

    Args:
        names: of the tenants; none for a single tenant, whose phases are shown.
        verbose: whether to show each request.

    Returns:
        What to tell of each tenant's progress, in the same order.
    """
    starts = [f"{name}: " for name in names] or [""]
    if verbose:
        yield tuple(RequestLines(start) for start in starts)
    elif not sys.stderr.isatty() or "CI" in os.environ:
        yield tuple(ProgressLines(start) for start in starts)
    else:
        # rich takes a tenth of a second to import.
        from auditor.cli.export.progress_bars import Bars  # noqa: PLC0415

        with Bars() as bars:
            yield tuple(bars.tenant(name) for name in names) or (bars.phases(),)


class ProgressLines:
    """A line where a phase ends and where a wait begins; none for a run that is soon over.

    Args:
        start: what each line begins with.
        clock: gives seconds.
        say: takes a line.
    """

    quiet_s = _QUIET_S

    def __init__(
        self,
        start: str = "",
        clock: Callable[[], float] = time.monotonic,
        say: Callable[[str], None] = _to_stderr,
    ) -> None:
        self._start = start
        self._clock = clock
        self._say = say
        self._began = clock()
        self._phases = Phases()
        self._open = list(Phase)
        self._delayed: list[str] = []
        self._last_wait_line = -_BETWEEN_WAITS_S

    def planned(self, row: Collection, lists: int) -> None:
        """Count lists that are to be read."""
        self._phases.planned(row, lists)

    def read(self, row: Collection, objects: int) -> None:
        """Count a list that was read; print a line if it was the last of a phase."""
        del objects
        self._phases.read(row)
        for phase in [phase for phase in self._open if self._phases.over(phase)]:
            self._open.remove(phase)
            lists = counted(self._phases.extents[phase].read, "list")
            self._print(f"{phase}: {lists} read after {self._elapsed:.0f} s.")

    def sent(self, exchange: Exchange) -> None:
        """Print nothing: there are too many requests."""

    def waiting(self, bucket: str, seconds: float) -> None:
        """Print a line for a long wait, unless one was printed a short time ago."""
        now = self._elapsed
        if seconds < _WORTH_A_LINE_S or now - self._last_wait_line < _BETWEEN_WAITS_S:
            return
        self._last_wait_line = now
        left = sum(extent.left for extent in self._phases.extents.values())
        self._print(
            f"Waiting {seconds:.0f} s for the rate limit of {bucket}; "
            f"at least {counted(left, 'request')} to go.",
            at_once=True,
        )

    @property
    def _elapsed(self) -> float:
        return self._clock() - self._began

    def _print(self, line: str, *, at_once: bool = False) -> None:
        self._delayed.append(line)
        if at_once or self._elapsed >= self.quiet_s:
            for delayed in self._delayed:
                self._say(self._start + delayed)
            self._delayed.clear()


class RequestLines(ProgressLines):
    """A line for each request too; never a header or a body, so never a token."""

    quiet_s = 0.0

    def sent(self, exchange: Exchange) -> None:
        """Print the request."""
        # The address of a next page is what the server said it is.
        target = one_line(exchange.target)
        if len(target) > _LONGEST_TARGET:
            target = f"{target[:_LONGEST_TARGET]}…"
        outcome = one_line(exchange.error) if exchange.status is None else str(exchange.status)
        left = f"  {one_line(exchange.remaining)[:20]} left" if exchange.remaining else ""
        self._say(
            f"{self._start}{exchange.method} {target}  {outcome}  "
            f"{exchange.seconds * 1000:.0f} ms{left}"
        )
