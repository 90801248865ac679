"""`logs` pulls what it says it pulls, into a file that grows and loses nothing."""

from __future__ import annotations

import os
import stat
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from helpers import okta_auditor, served, tenant
from pulled_logs import LOGS, NOW, event, events_of, lines, many, stamp, uuids

from auditor.collect.system_log.queries import log_filter
from auditor.collect.system_log.terms import LogTerms
from auditor.system_log.event_types import CHANGES
from auditor.system_log.reading import LogFile


def log_tenant(*events: Any, **changes: Any) -> dict[str, Any]:
    return tenant(**changes) | {LOGS: list(events)}


def test_failing_requests_and_changes_are_pulled_and_nothing_else(tmp_path: Path) -> None:
    wanted = [
        event(1, 900),
        event(2, 800, kind="app.oauth2.as.authorize", result="DENY"),
        event(3, 700, kind="app.oauth2.as.token.detect_reuse", result="SUCCESS"),
        event(4, 600, kind="policy.rule.update", result="SUCCESS"),
        event(5, 500, kind="oauth2.scope.deleted", result="SUCCESS"),
        event(6, 400, kind="app.oauth2.client.lifecycle.update", result="SUCCESS"),
        event(7, 300, kind="inline_hook.updated", result="SUCCESS"),
    ]
    grant = event(8, 200, kind="app.oauth2.as.token.grant.access_token", result="SUCCESS")
    other = [
        event(9, 190, kind="policy.evaluate_sign_on", result="ALLOW"),
        event(10, 180, kind="user.session.start"),
        event(11, 170, kind="inline_hook.executed"),
        event(12, 160, kind="app.oauth2.client.read_client_secret", result="SUCCESS"),
        event(13, 100_000),
    ]
    path = tmp_path / "log.jsonl"
    with served(log_tenant(*wanted, grant, *other)) as sandbox:
        outcome = okta_auditor("logs", "-o", path, url=sandbox.url)
        assert outcome.exit_code == 0, outcome.stderr
        assert uuids(path) == [each["uuid"] for each in wanted]
        assert len(sandbox.requests) == 1
        assert "Read 1 request: 7 events." in outcome.stderr
        assert f"{path} written\n" in outcome.stderr

        more = tmp_path / "grants.jsonl"
        okta_auditor("logs", "-o", more, "--with-grants", url=sandbox.url)
        assert uuids(more) == [each["uuid"] for each in [*wanted, grant, other[3]]]
    first, *_, last = lines(path)
    assert (first["okta_auditor_log"], first["with_grants"]) == (1, False)
    assert first["org"] == sandbox.url
    assert last == {"complete": True, "events": 7, "unreadable": 0}
    assert lines(more)[0]["with_grants"]


def test_one_filter_asks_for_every_change_that_decides_a_request() -> None:
    people = ("application.user_membership.", "group.user_membership.", "user.lifecycle.")
    for grants in (False, True):
        text = log_filter(grants=grants)
        assert len(text.replace(" ", "+").replace('"', "%22")) < 2000
        for change in CHANGES:
            if change in people or change == "group.lifecycle.":
                continue
            parts = change.split(".")
            begun = {".".join(parts[:n]) + "." for n in range(1, len(parts))}
            assert any(f'sw "{begin}"' in text for begin in begun) or f'eq "{change}' in text


def test_pages_are_followed_and_the_order_is_that_of_publication(tmp_path: Path) -> None:
    events = many(2500)
    path = tmp_path / "log.jsonl"
    with served(log_tenant(*reversed(events))) as sandbox:
        assert okta_auditor("logs", "-o", path, url=sandbox.url).exit_code == 0
        assert len(sandbox.requests) == 3
    assert uuids(path) == [each["uuid"] for each in events]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_the_file_is_for_its_owner_and_holds_no_more_than_it_says(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    old = os.umask(0)
    try:
        with served(log_tenant(event(1))) as sandbox:
            okta_auditor("logs", "-o", path, url=sandbox.url)
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for secret in ("203.0.113.7", "curl", "Lisbon", "Lovelace", "ada@", "requestId"):
        assert secret not in path.read_text()


def test_without_a_file_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with served(log_tenant(event(1))) as sandbox:
        outcome = okta_auditor("logs", url=sandbox.url)
    assert outcome.exit_code == 0
    assert "1 event." in outcome.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_second_pull_adds_what_is_new_and_what_came_late(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    until = stamp(NOW - timedelta(seconds=1000))
    early = [event(n, 3000 - n) for n in range(5)]
    with served(log_tenant(*early)) as sandbox:
        begin = okta_auditor("logs", "--append", "-o", path, "--until", until, url=sandbox.url)
        assert begin.exit_code == 0, begin.stderr
        assert lines(path)[0]["until"] == until
        before = events_of(path).splitlines()[:-1]
        sandbox.write_event(event(50, 2000))
        sandbox.write_event(event(51, 500))
        outcome = okta_auditor("logs", "--append", "-o", path, url=sandbox.url)
    assert outcome.exit_code == 0, outcome.stderr
    assert "has 5 events already" in outcome.stderr
    assert "Read 1 request: 2 events." in outcome.stderr
    assert "note: 1 event of them came late" in outcome.stderr
    assert events_of(path).splitlines()[:5] == before
    assert uuids(path) == [each["uuid"] for each in [*early, event(50), event(51)]]
    assert lines(path)[-1] == {"complete": True, "events": 7, "unreadable": 0}
    assert lines(path)[0]["until"] > until
    assert lines(path)[0]["since"] < until
    reading = LogFile(path)
    assert len(list(reading)) == 7
    assert reading.reading.complete


def test_ten_short_nights_are_one_log(tmp_path: Path) -> None:
    """Overlaps of many pulls lie in each other; each event is there once."""
    path, whole = tmp_path / "log.jsonl", tmp_path / "whole.jsonl"
    events = many(40, 9000)
    with served(log_tenant(*events)) as sandbox:
        for night in range(10):
            until = stamp(NOW - timedelta(seconds=9000 - night * 900))
            done = okta_auditor("logs", "--append", "-o", path, "--until", until, url=sandbox.url)
            assert done.exit_code == 0, done.stderr
        okta_auditor("logs", "--append", "-o", path, url=sandbox.url)
        okta_auditor("logs", "-o", whole, url=sandbox.url)
    assert events_of(path) == events_of(whole)


def test_a_file_is_not_replaced_and_not_gone_on_with_by_mistake(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    with served(log_tenant(event(1))) as sandbox, served(log_tenant()) as other:

        def refused(*words: object, url: str = sandbox.url) -> str:
            before = path.read_bytes() if path.exists() else b""
            outcome = okta_auditor("logs", "-o", path, *words, url=url)
            assert outcome.exit_code == 2, outcome.shown
            assert (path.read_bytes() if path.exists() else b"") == before
            return outcome.stderr

        assert "nothing to resume" in refused("--resume")
        okta_auditor("logs", "-o", path, url=sandbox.url)
        assert "--append" in refused()
        assert "is complete up to" in refused("--resume")
        assert "another org" in refused("--append", url=other.url)
        assert "without --with-grants" in refused("--append", "--with-grants")
        assert "do not go together" in refused("--append", "--resume")
        path.write_text('{"some": "json"}\n')
        assert "is not a log that okta-auditor wrote" in refused("--append")
        first = LogTerms(sandbox.url, NOW - timedelta(days=1), NOW).header
        path.write_bytes(first.replace(b'"queries":["', b'"queries":["x'))
        assert "another version" in refused("--append")
        path.write_bytes(first + b"[1]\n")
        assert "no JSON object" in refused("--append")
        path.unlink()
        path.symlink_to(tmp_path / "elsewhere")
        assert "link" in refused("--append")
    assert not (tmp_path / "elsewhere").exists()


def test_no_file_claims_what_okta_no_longer_has(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    with served(log_tenant()) as sandbox:
        outcome = okta_auditor("logs", "--since", "100d", url=sandbox.url)
        assert outcome.exit_code == 2
        assert "keeps events for 90 days" in outcome.stderr
        old = LogTerms(sandbox.url, NOW - timedelta(days=200), NOW - timedelta(days=100))
        path.write_bytes(old.header + b'{"complete":true,"events":0,"unreadable":0}\n')
        outcome = okta_auditor("logs", "--append", "-o", path, url=sandbox.url)
        assert outcome.exit_code == 2
        assert "those in between are gone" in outcome.stderr


@pytest.mark.parametrize("given", ["yesterday", "-5h", "2026-13-01", "", "0s"])
def test_what_is_no_time_is_said_so(given: str) -> None:
    outcome = okta_auditor("logs", "--since", given, url="http://127.0.0.1:1")
    assert outcome.exit_code == 2
    assert "is no time" in outcome.stderr


def test_the_share_of_the_limit_is_kept_and_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    limits = [{"path": "^/api/v1/logs", "limit": 2, "window_s": 1}]
    with served(log_tenant(*many(4500), rate_limits=limits)) as sandbox:
        outcome = okta_auditor("logs", "-o", path, url=sandbox.url)
        assert outcome.exit_code == 0, outcome.stderr
        assert len(sandbox.requests) <= 6  # five pages, and at most one 429
    assert len(uuids(path)) == 4500
    assert "for the rate limit of the log" in outcome.stderr
