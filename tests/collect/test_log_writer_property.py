"""However pulls are cut up, killed and gone on with, a file has each event, and once."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from hypothesis import example, given, settings
from hypothesis import strategies as st

from auditor.collect.system_log import tail
from auditor.collect.system_log.log_writer import open_log
from auditor.collect.system_log.tail import OVERLAP
from auditor.collect.system_log.terms import LogTerms, okta_time
from auditor.collect.system_log.written_events import WrittenEvents

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
MINUTES = 600


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[tuple[int, int]], list[tuple[int, int, int]]]:
    """Events with the minute of publication and how late they are shown, and pulls.

    Of a pull: when it is, how many events a page has, and after how many pages it is killed.
    """
    events = draw(
        st.lists(
            st.tuples(st.integers(0, MINUTES), st.sampled_from([0, 0, 0, 1, 30, 59])), max_size=60
        )
    )
    times = sorted(draw(st.sets(st.integers(1, MINUTES), min_size=1, max_size=12)))
    pulls = [(time, draw(st.integers(1, 9)), draw(st.integers(0, 9))) for time in times]
    return events, pulls


@settings(max_examples=80, deadline=None)
@given(histories(), st.sampled_from([60, 1 << 20]))
# The late event stands after those that the third pull asks for again.
@example(([(42, 59), (90, 0)], [(100, 9, 9), (105, 9, 9), (110, 9, 9)]), 60)
def test_each_event_is_there_once(
    history: tuple[list[tuple[int, int]], list[tuple[int, int, int]]], piece: int
) -> None:
    events, pulls = history
    with TemporaryDirectory() as folder, patch.object(tail, "_PIECE", piece):
        path = Path(folder) / "log.jsonl"
        for now, page, killed_after in [*pulls, (MINUTES + 60, 5, 99)]:
            terms = LogTerms("https://acme.example", BEGIN, BEGIN + timedelta(minutes=now))
            log = open_log(path, terms, resume=False, append=True)
            written = WrittenEvents(log, lambda event: event)
            answer = [
                {"uuid": str(number), "published": okta_time(at), "eventType": "x"}
                for number, (minute, late) in enumerate(events)
                if log.since <= (at := BEGIN + timedelta(minutes=minute)) <= log.terms.until
                and minute + late <= now
            ]
            answer.sort(key=lambda event: event["published"])
            pages = [answer[n : n + page] for n in range(0, len(answer), page)]
            for values in pages[:killed_after]:
                written.add(values)
            if killed_after >= len(pages):
                log.finish()
            log.close()
        lines = [json.loads(line) for line in path.read_text().splitlines()]
    ids = [line["uuid"] for line in lines if "uuid" in line]
    assert len(ids) == len(set(ids))
    assert set(ids) == {str(number) for number in range(len(events))}
    assert lines[-1] == {"complete": True, "events": len(events), "unreadable": 0}
    assert timedelta(hours=1) == OVERLAP  # events are up to 59 minutes late
