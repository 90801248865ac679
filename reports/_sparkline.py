"""The history as a line of an HTML report: inline SVG, without script and style attributes."""

from __future__ import annotations

from markupsafe import Markup

from auditor.results import Run

WIDTH, HEIGHT = 240, 48
_MARGIN = 5


def sparkline(runs: tuple[Run, ...]) -> Markup:
    """The numbers of findings over time; a run that was incomplete is a hollow point.

    The graphic is hidden from screen readers: the table beside it says the same.
    """
    most = max(1, *(run.findings for run in runs))
    first, last = runs[0].captured_at, runs[-1].captured_at
    span = (last - first).total_seconds() or 1.0
    places = [
        (
            _MARGIN + (WIDTH - 2 * _MARGIN) * (run.captured_at - first).total_seconds() / span,
            HEIGHT - _MARGIN - (HEIGHT - 2 * _MARGIN) * run.findings / most,
        )
        for run in runs
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    points = Markup("").join(
        Markup('<circle cx="{}" cy="{}" r="2.5" class="{}"/>').format(
            f"{x:.1f}", f"{y:.1f}", "whole" if run.complete else "part"
        )
        for (x, y), run in zip(places, runs, strict=True)
        if not run.complete or run is runs[-1]
    )
    return Markup(
        '<svg class="sparkline" viewBox="0 0 {0} {1}" width="{0}" height="{1}" '
        'aria-hidden="true" focusable="false"><polyline points="{2}"/>{3}</svg>'
    ).format(WIDTH, HEIGHT, line, points)
