"""Files of log events in each form, and what is in them that is none."""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest

from auditor.errors import UsageError
from auditor.system_log import json_values
from auditor.system_log.event import LogEvent
from auditor.system_log.reading import LogFile, LogReading

HEADER = {
    "okta_auditor_log": 1,
    "org": "https://acme.okta.example",
    "since": "2026-11-23T00:00:00Z",
    "until": "2026-11-28T00:00:00Z",
    "queries": [],
}


def event(number: int) -> dict[str, Any]:
    return {
        "published": f"2026-11-24T14:05:{number:02}.000Z",
        "eventType": "app.oauth2.as.token.grant",
        "outcome": {"result": "FAILURE", "reason": "no_matching_policy"},
        "target": [{"id": "aus1", "type": "AuthorizationServer"}],
        "note": 'braces } ] { [ " in a text',
    }


EVENTS = [event(number) for number in range(4)]


def read(content: bytes) -> tuple[list[LogEvent], LogReading]:
    file = LogFile(io.BytesIO(content))
    return list(file), file.reading


def lines(*values: Any) -> bytes:
    return b"".join(json.dumps(value).encode() + b"\n" for value in values)


@pytest.mark.parametrize(
    "content",
    [
        lines(*EVENTS),
        b"\n \n" + lines(*EVENTS),
        b"\xef\xbb\xbf" + lines(*EVENTS),
        json.dumps(EVENTS).encode(),
        json.dumps(EVENTS, indent=2).encode(),
        b"\xef\xbb\xbf" + json.dumps(EVENTS, indent=2).encode(),
        "\n".join(json.dumps(one, indent=2) for one in EVENTS).encode(),
        gzip.compress(lines(*EVENTS)),
        gzip.compress(json.dumps(EVENTS, indent=1).encode()),
    ],
    ids=["lines", "blank", "bom", "array", "indented", "bom array", "values", "gz", "gz array"],
)
def test_each_form_holds_the_same_events(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected, reading = read(lines(*EVENTS))
    assert [one.at.second for one in expected] == [0, 1, 2, 3]
    assert read(content)[0] == expected
    assert reading == LogReading(events=4)
    (tmp_path / "log").write_bytes(content)
    assert list(LogFile(tmp_path / "log")) == expected
    monkeypatch.setattr(json_values, "_PIECE", 7)
    assert read(content)[0] == expected


def test_ours_says_whether_it_is_complete() -> None:
    events, reading = read(lines(HEADER, *EVENTS, {"complete": True, "events": 4}))
    assert len(events) == 4
    assert reading.header is not None
    assert (reading.header.org, reading.complete) == ("https://acme.okta.example", True)
    assert not reading.header.with_grants
    assert read(lines(HEADER, *EVENTS))[1].complete is False
    assert read(lines(HEADER, *EVENTS, {"complete": False}))[1].complete is False
    assert read(lines(HEADER, {"complete": True}, *EVENTS))[1].complete is False
    assert read(lines(HEADER, "x", {"complete": True}))[1].complete is False


def test_bad_lines_are_counted_and_named() -> None:
    content = lines(EVENTS[0]) + b"{broken\n[1]\n\xff\n" + lines({"eventType": "x"}, EVENTS[1])
    content += b'{"long": "' + b"x" * 2_500_000 + b'"}\n' + lines(EVENTS[2])
    events, reading = read(content)
    assert len(events) == reading.events == 3
    assert reading.bad == 5
    assert [(line.where, line.why) for line in reading.bad_lines] == [
        ("line 2", "it is no JSON"),
        ("line 3", "it is no JSON object"),
        ("line 4", "it is no JSON"),
        ("line 5", "it has no time of publication"),
        ("line 7", "it is too long"),
    ]
    assert reading.complete is False


def test_an_array_that_is_cut_off_says_where() -> None:
    events, reading = read(json.dumps(EVENTS).encode()[:-40])
    assert (len(events), reading.bad) == (3, 1)
    assert reading.bad_lines[0].where == "the rest"
    assert "after value 3" in reading.bad_lines[0].why
    deep = b"[" + lines(EVENTS[0]).strip() + b"," + b"[" * 1_500_000
    assert len(read(deep)[0]) == 1


@pytest.mark.parametrize("time", ["", "yesterday", "2026-11-24T14:05:00", "0001-01-01T00:00+14:00"])
def test_a_time_that_is_none_makes_no_event(time: str) -> None:
    events, reading = read(lines(EVENTS[0], {**EVENTS[0], "published": time}))
    assert (len(events), reading.bad) == (1, 1)


def test_the_csv_of_the_admin_console() -> None:
    text = io.StringIO()
    out = csv.writer(text)
    row = {
        "timestamp": "2026-11-24T14:05:00.000Z",
        "event_type": "app.oauth2.as.authorize",
        "outcome.result": "FAILURE",
        "outcome.reason": "user_not_assigned",
        "actor.id": "00u1",
        "actor.type": "User",
        "actor.alternate_id": "ada@acme.example",
        "debug_context.debug_data.request_uri": "/oauth2/aus1/v1/authorize",
        "target0.id": "0oa1",
        "target0.type": "AppInstance",
        "target0.display_name": 'Checkout "new",\nline',
        "target1.id": "aus1",
        "target1.type": "AuthorizationServer",
    }
    out.writerow(row)
    out.writerow(row.values())
    out.writerow(["2026-11-24T14:05:00.000Z", ""])
    events, reading = read(text.getvalue().encode("utf-8-sig"))
    assert reading.bad == 1
    assert reading.bad_lines[0].why == "it has no eventType"
    (one,) = events
    assert (one.user, one.client, one.server) == ("00u1", "0oa1", "aus1")
    assert (one.reason, one.scopes) == ("user_not_assigned", None)
    assert one.targets[0].name == 'Checkout "new",\nline'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"name,age\nada,3\n", "neither JSON nor the columns"),
        (b"\x00\x01\x02", "neither JSON nor the columns"),
        (b'{"servers": []}\n', "it has no eventType"),
        (b"{", "no JSON"),
        (gzip.compress(lines(*EVENTS))[:-20], "end is missing"),
    ],
    ids=["empty", "blank", "other csv", "binary", "other json", "cut off", "cut gz"],
)
def test_what_is_no_log_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        read(content)


def test_endless_blank_lines_are_given_up() -> None:
    """Compressed they are a small file, which would take minutes and all memory."""
    blank = io.BytesIO(b"\n" * 20_000_000)
    with pytest.raises(UsageError, match="is empty"):
        list(LogFile(blank))
    assert blank.tell() < 10_000_000


def test_an_empty_array_has_no_events() -> None:
    assert read(b"[]") == ([], LogReading())


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a folder"):
        list(LogFile(tmp_path))
