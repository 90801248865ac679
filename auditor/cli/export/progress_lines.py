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

_QUIET_S = 5.0
"""A run that is over sooner prints no progress."""

_WORTH_A_LINE_S = 5.0
_SILENT_S = 30.0
"""So long without a line, and the next request prints one: a log shows that the run goes on."""
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
    """A line where a phase ends, where a wait of 5 s or more begins, and every half a minute.

    None for a run that is soon over.

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
        self._last_line = self._began
        self._waits_until: dict[str, float] = {}

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
        """Print how far it is, but not with each request: there are too many."""
        del exchange
        if self._clock() - self._last_line >= _SILENT_S:
            read = sum(extent.read for extent in self._phases.extents.values())
            self._print(
                f"{counted(read, 'list')} read after {self._elapsed:.0f} s; {self._left}.",
                at_once=True,
            )

    def waiting(self, bucket: str, seconds: float) -> None:
        """Print a line for a long wait."""
        self._wait(bucket, f"Waiting {seconds:.0f} s for the rate limit of {bucket}", seconds)

    def pausing(self, why: str, seconds: float) -> None:
        """Print a line for a long pause."""
        self._wait("", f"Asking again in {seconds:.0f} s, {one_line(why)}", seconds)

    def _wait(self, what: str, line: str, seconds: float) -> None:
        """Print a line for a wait that is worth it, unless it is one that was told already."""
        now = self._clock()
        if seconds < _WORTH_A_LINE_S or now < self._waits_until.get(what, 0.0):
            return
        self._waits_until[what] = now + seconds
        self._print(f"{line}; {self._left}.", at_once=True)

    @property
    def _left(self) -> str:
        left = sum(extent.left for extent in self._phases.extents.values())
        return f"at least {counted(left, 'request')} to go"

    @property
    def _elapsed(self) -> float:
        return self._clock() - self._began

    def _print(self, line: str, *, at_once: bool = False) -> None:
        self._delayed.append(line)
        if at_once or self._elapsed >= self.quiet_s:
            for delayed in self._delayed:
                self._say(self._start + delayed)
            self._delayed.clear()
            self._last_line = self._clock()


class RequestLines(ProgressLines):
    """A line for each request too; never a header or a body, so never a token."""

    quiet_s = 0.0

    def sent(self, exchange: Exchange) -> None:
        """Print the request."""
        self._say(self._start + request_line(exchange))


def request_line(exchange: Exchange) -> str:
    """A request, what became of it, and what the rate limit leaves."""
    # The address of a next page is what the server said it is.
    target = one_line(exchange.target)
    if len(target) > _LONGEST_TARGET:
        target = f"{target[:_LONGEST_TARGET]}…"
    outcome = one_line(exchange.error) if exchange.status is None else str(exchange.status)
    left = f"  {one_line(exchange.remaining)[:20]} left" if exchange.remaining else ""
    return f"{exchange.method} {target}  {outcome}  {exchange.seconds * 1000:.0f} ms{left}"
