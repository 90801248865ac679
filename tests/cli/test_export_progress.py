"""What an export says of itself: phases, waits, and each request with -v."""

import re
from pathlib import Path

from helpers import TOKEN, okta_auditor, served, tenant

from auditor.cli.export.progress_lines import ProgressLines, RequestLines
from auditor.collect.http.exchange import Exchange
from auditor.collect.progress.phases import Phase, Phases, phase_of
from auditor.snapshot.collections import BY_NAME, COLLECTIONS, roots

HOSTILE = "\x1b]0;owned\x07\u202e"


def test_every_collection_belongs_to_a_phase() -> None:
    assert {phase_of(row) for row in COLLECTIONS} == set(Phase)


def test_a_phase_is_over_when_nothing_can_be_found_any_more_that_belongs_to_it() -> None:
    phases = Phases()
    for row in roots():
        phases.planned(row, 1)
    for name in ("groups", "group_rules", "users"):
        phases.read(BY_NAME[name])
    assert not phases.over(Phase.PEOPLE), "an app may name a group"
    phases.planned(BY_NAME["app_groups"], 1)
    for row in roots():
        if phase_of(row) is not Phase.PEOPLE:
            phases.read(row)
    assert phases.over(Phase.SERVERS)
    assert not phases.over(Phase.CLIENTS)
    phases.planned(BY_NAME["group_members"], 1)
    phases.read(BY_NAME["app_groups"])
    assert phases.over(Phase.CLIENTS)
    assert not phases.over(Phase.PEOPLE)
    phases.read(BY_NAME["group_members"])
    assert phases.over(Phase.PEOPLE)


def test_a_phase_is_not_over_before_its_first_lists_were_planned() -> None:
    phases = Phases()
    phases.planned(BY_NAME["org"], 1)
    phases.read(BY_NAME["org"])

    assert not phases.over(Phase.SERVERS)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def read_all(lines: ProgressLines) -> None:
    for row in roots():
        lines.planned(row, 1)
    for row in roots():
        lines.read(row, 1)


def test_a_short_run_says_nothing_and_a_long_one_each_phase() -> None:
    clock, said = Clock(), list[str]()
    lines = ProgressLines("", clock, said.append)
    clock.now = 4
    read_all(lines)
    assert not said

    lines = ProgressLines("prod: ", clock, said.append)
    clock.now += 11
    read_all(lines)
    assert sorted(said) == [
        "prod: Clients: 4 lists read after 11 s.",
        "prod: Groups and people: 3 lists read after 11 s.",
        "prod: Servers and policies: 10 lists read after 11 s.",
    ]


def test_a_phase_that_ended_early_is_told_as_soon_as_the_run_turns_out_long() -> None:
    clock, said = Clock(), list[str]()
    lines = ProgressLines("", clock, said.append)
    read_all(lines)
    clock.now = 3
    lines.waiting("/api/v1/users", 57.0)

    assert len(said) == 4
    assert said[-1].startswith("Waiting 57 s for the rate limit of /api/v1/users")


def test_each_wait_is_told_once_and_no_short_one() -> None:
    clock, said = Clock(), list[str]()
    lines = ProgressLines("", clock, said.append)
    lines.waiting("/api/v1/users", 4.9)
    assert not said
    for _ in range(120):
        lines.waiting("/api/v1/apps", 60.0)
        clock.now += 1
    lines.waiting("/api/v1/users", 60.0)
    assert len(said) == 3


def test_a_run_that_waits_for_nothing_long_is_heard_every_half_a_minute() -> None:
    clock, said = Clock(), list[str]()
    lines = ProgressLines("ci: ", clock, said.append)
    lines.planned(BY_NAME["app_grants"], 200)
    for _ in range(75):
        clock.now += 1
        lines.read(BY_NAME["app_grants"], 1)
        lines.sent(Exchange("GET", "/api/v1/apps/0oa1/grants", 200, 0.1))
    assert said == [
        "ci: 30 lists read after 30 s; at least 170 requests to go.",
        "ci: 60 lists read after 60 s; at least 140 requests to go.",
    ]


def test_a_pause_after_failures_is_told_with_its_reason() -> None:
    clock, said = Clock(), list[str]()
    ProgressLines("", clock, said.append).pausing(f"the org does not answer: {HOSTILE}", 20.0)
    assert said[0].startswith("Asking again in 20 s, the org does not answer: ")
    assert not re.search("[\x00-\x1f\u202e]", said[0])


def test_verbose_shows_each_request_and_no_token(tmp_path: Path) -> None:
    with served(tenant()) as sandbox:
        outcome = okta_auditor("snapshot", "-v", "-o", tmp_path / "s.json", url=sandbox.url)
        sent = [request.path for request in sandbox.requests]

    shown = re.findall(r"^GET (\S+)  200  \d+ ms  \d+ left$", outcome.stderr, re.MULTILINE)
    assert sorted(target.partition("?")[0] for target in shown) == sorted(sent)
    assert "/api/v1/groups?limit=200" in shown
    assert "Authorization" not in outcome.stderr
    assert "SSWS" not in outcome.stderr
    assert TOKEN not in outcome.stderr


def test_verbose_escapes_what_the_server_chose() -> None:
    said = list[str]()
    RequestLines("", say=said.append).sent(
        Exchange("GET", f"/api/v1/apps?after={HOSTILE}{'x' * 999}", 200, 0.0123, HOSTILE)
    )
    RequestLines("", say=said.append).sent(Exchange("GET", "/a", None, 1, error=f"no {HOSTILE}"))

    assert not re.search("[\x00-\x1f\u202e]", "".join(said))
    assert "12 ms" in said[0]
    assert len(said[0]) < 400
    assert said[1].startswith("GET /a  no ")


def test_verbose_shows_requests_that_got_no_answer(tmp_path: Path) -> None:
    fault = {"path": "/api/v1/zones", "reset": True, "times": 1}
    with served(tenant(faults=[fault])) as sandbox:
        outcome = okta_auditor("snapshot", "-v", "-o", tmp_path / "s.json", url=sandbox.url)

    assert re.search(r"^GET /api/v1/zones\S*  [^0-9\n]+.*ms$", outcome.stderr, re.MULTILINE)
    assert outcome.exit_code == 0


def test_the_summary_says_how_long_limits_were_waited_for(tmp_path: Path) -> None:
    limit = {"path": "^/api/v1/groups", "limit": 1, "window_s": 2}
    with served(tenant(rate_limits=[limit])) as sandbox:
        waited = okta_auditor("snapshot", "-o", tmp_path / "s.json", url=sandbox.url)
    assert re.search(r"^Waited \d+ s for rate limits", waited.stderr, re.MULTILINE)
    with served(tenant()) as sandbox:
        free = okta_auditor("snapshot", "-o", tmp_path / "s.json", url=sandbox.url)
    assert "Waited" not in free.stderr
    assert len(free.stderr.splitlines()) == 2
