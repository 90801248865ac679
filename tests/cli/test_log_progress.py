"""What a pull of the System Log prints while it goes on."""

from __future__ import annotations

from datetime import UTC, datetime

from auditor.cli.export.log_lines import LogLines
from auditor.collect.http.exchange import Exchange

AT = datetime(2026, 11, 28, 14, 5, tzinfo=UTC)


def watched(*, verbose: bool = False) -> tuple[LogLines, list[float], list[str]]:
    clock, said = [0.0], list[str]()
    return LogLines(verbose=verbose, clock=lambda: clock[0], say=said.append), clock, said


def test_a_line_every_half_a_minute_says_how_far_it_is() -> None:
    lines, clock, said = watched()
    for second in range(0, 65, 5):
        clock[0] = second
        lines.read(1000 + second, AT)
    assert said == [
        "1,030 events read, up to 2026-11-28 14:05 UTC.",
        "1,060 events read, up to 2026-11-28 14:05 UTC.",
    ]


def test_long_waits_are_told_and_short_ones_are_not() -> None:
    lines, _, said = watched()
    lines.waiting("/api/v1/logs", 4)
    lines.waiting("/api/v1/logs", 41)
    lines.read(1, None)
    lines.pausing("a 500\x1b[2J", 12)
    assert said == [
        "Waiting 41 s for the rate limit of /api/v1/logs; no events read so far.",
        "Asking again in 12 s, a 500\ufffd[2J; 1 event read.",
    ]


def test_requests_are_shown_only_if_asked_for() -> None:
    exchange = Exchange("GET", "/api/v1/logs?limit=1000", 200, 0.012, "59")
    for verbose in (False, True):
        lines, _, said = watched(verbose=verbose)
        lines.sent(exchange)
        shown = ["GET /api/v1/logs?limit=1000  200  12 ms  59 left"]
        assert said == (shown if verbose else [])
