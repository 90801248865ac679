"""The progress of an export as bars: one for each phase, or for each tenant."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.text import Text

from auditor.cli.color_option import colour_is_refused
from auditor.collect.http.exchange import Exchange
from auditor.collect.progress.phases import Phase, phase_of
from auditor.snapshot.collections import Collection, match
from auditor.text import one_line

_BAR = 16


class Bars:
    """The bars, and beneath them what is waited for. Use it as a context manager."""

    def __init__(self) -> None:
        self._progress = Progress(
            TextColumn("Reading  {task.description}", markup=False),
            BarColumn(bar_width=_BAR),
            MofNCompleteColumn(),
            TextColumn("lists  {task.fields[rate]}  {task.fields[left]}", markup=False),
        )
        self._waits: dict[str, float] = {}
        console = Console(stderr=True, no_color=colour_is_refused() or None)
        self._live = Live(get_renderable=self._shown, console=console, transient=True)

    def __enter__(self) -> Self:
        self._live.start(refresh=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live.stop()

    def phases(self) -> ExportBars:
        """Add the bars of an export that has one for each phase."""
        return ExportBars(self, "", {phase: self.add(phase) for phase in Phase})

    def tenant(self, name: str) -> ExportBars:
        """Add the bars of an export that has one bar."""
        shown = one_line(name)
        bar = self.add(shown)
        return ExportBars(self, f"{shown}: ", dict.fromkeys(Phase, bar))

    def add(self, name: str) -> Bar:
        """Add a bar."""
        return Bar(self._progress, self._progress.add_task(name, total=None, rate="", left=""))

    def wait(self, what: str, seconds: float) -> None:
        """Show a wait until it is over."""
        self._waits[what] = time.time() + seconds

    def _shown(self) -> Group:
        now = time.time()
        self._waits = {what: until for what, until in self._waits.items() if until > now}
        lines = [
            f"{what} until {time.strftime('%H:%M:%S', time.localtime(until))}"
            for what, until in sorted(self._waits.items())
        ]
        return Group(self._progress, *(Text(f"  {line}", overflow="ellipsis") for line in lines))


class Bar:
    """One bar: lists, requests a second, and the requests that are certain to follow."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress = progress
        self._task = task
        self._began: float | None = None
        self._requests = self._planned = self._read = 0

    def planned(self, lists: int) -> None:
        """Count lists that are to be read."""
        self._began = self._began or time.monotonic()
        self._planned += lists
        self._draw()

    def read(self) -> None:
        """Count a list that was read."""
        self._read += 1
        self._draw()

    def sent(self) -> None:
        """Count a request."""
        self._requests += 1
        self._draw()

    def _draw(self) -> None:
        seconds = time.monotonic() - (self._began or time.monotonic())
        left = self._planned - self._read
        self._progress.update(
            self._task,
            total=self._planned or None,
            completed=self._read,
            rate=f"{self._requests / seconds:.1f}/s" if seconds >= 1 else "",
            # Nobody knows how many pages a list has before its last one.
            left=f"{left:,}+ requests to go" if left else "",
        )


class ExportBars:
    """The bars of one export."""

    def __init__(self, bars: Bars, start: str, by_phase: dict[Phase, Bar]) -> None:
        self._bars = bars
        self._start = start
        self._by_phase = by_phase

    def planned(self, row: Collection, lists: int) -> None:
        """Count lists that are to be read."""
        self._by_phase[phase_of(row)].planned(lists)

    def read(self, row: Collection, objects: int) -> None:
        """Count a list that was read."""
        del objects
        self._by_phase[phase_of(row)].read()

    def sent(self, exchange: Exchange) -> None:
        """Count a request on its bar."""
        matched = match(exchange.target.partition("?")[0])
        if matched is not None:
            self._by_phase[phase_of(matched[0])].sent()

    def waiting(self, bucket: str, seconds: float) -> None:
        """Say why a bar stands still."""
        self._bars.wait(f"{self._start}waiting for the rate limit of {one_line(bucket)}", seconds)

    def pausing(self, why: str, seconds: float) -> None:
        """Show a pause that failures make."""
        if seconds >= 1:
            self._bars.wait(f"{self._start}{one_line(why)}; pausing", seconds)
