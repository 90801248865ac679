"""`snapshot --since` that is killed, resumed and planned: it is as if nothing had happened."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from changing_org import APPS, ChangingOrg, ServedOrg, served_org
from helpers import okta_auditor, write_document
from processes import asked, body, command, noted
from test_killed import wait_until

from auditor.collect.since.sameness import SAMENESS
from auditor.snapshot.collections import match

Json = dict[str, Any]


class Night:
    """A full snapshot, an org that has changed since then, and what an unbroken run makes of it."""

    def __init__(self, folder: Path, served: ServedOrg, org: ChangingOrg) -> None:
        self.served = served
        self.old, self.new = folder / "old.json", folder / "new.json"
        self.journal = folder / "new.json.partial"
        assert self.run("-o", self.old)[0] == 0
        for number in range(6):
            org.rename(f"0oa{number}")
        org.join("00g1", "00u4")
        served.becomes(org.document())
        before = served.asked()
        code, _ = self.run("-o", self.new, "--since", self.old)
        assert code == 0
        self.necessary = served.asked() - before
        self.whole = body(self.new)
        self.new.unlink()

    def run(self, *words: object) -> tuple[int, str]:
        outcome = okta_auditor("snapshot", *words, url=self.served.url)
        return outcome.exit_code, outcome.stderr


@pytest.fixture
def night(tmp_path: Path) -> Any:
    org = ChangingOrg(apps=12, groups=4, users=9)
    with served_org({**org.document(), "@latency_ms": 3}) as served:
        yield Night(tmp_path, served, org)


def test_killed_at_any_moment_and_resumed_it_carries_over_the_same(
    night: Night, tmp_path: Path
) -> None:
    interrupted = 0
    for moment in range(4, night.necessary, 9):
        start = night.served.asked()
        words = ("snapshot", "-o", night.new, "--since", night.old)
        process = command(night.served.url, tmp_path / "log", *words)
        until = start + moment
        wait_until(lambda p=process, n=until: not p.is_alive() or night.served.asked() >= n)
        process.kill()
        process.join()
        wait_until(lambda: not night.served.sandbox._server._in_flight)
        if night.journal.exists() and (had := noted(night.journal)):
            interrupted += 1
            middle = night.served.asked()
            code, said = night.run("-o", night.new, "--since", night.old, "--resume")
            assert code == 0, said
            assert not had & set(asked(night.served.sandbox.requests[middle:]))
        else:
            assert night.run("-o", night.new, "--since", night.old)[0] == 0
        assert body(night.new) == night.whole
        assert not night.journal.exists()
        night.new.unlink()
    assert interrupted >= 2


def test_what_goes_on_has_the_same_older_snapshot(night: Night, tmp_path: Path) -> None:
    night.run("-o", night.new, "--since", night.old, "--plan")
    (tmp_path / "other.json").write_bytes(night.old.read_bytes())
    full = body(night.old)

    for words in ((), ("--since", night.old, "--full-every", "1d")):
        code, said = night.run("-o", night.new, *words, "--resume")
        assert code == 2
        assert "a run with another --since or --full-every, or without" in said
    # It is what it holds that counts, and not what it is called.
    code, said = night.run("-o", night.new, "--since", tmp_path / "other.json", "--resume")
    assert code == 0, said
    assert body(night.new) == night.whole
    assert body(night.old) == full


def test_the_snapshot_itself_may_be_the_older_one(night: Night) -> None:
    code, said = night.run("-o", night.old, "--since", night.old)

    assert code == 0, said
    assert body(night.old) == night.whole


def test_a_run_that_ends_says_how_to_go_on_with_the_same_older_snapshot(night: Night) -> None:
    code, said = night.run(
        "-o", night.new, "--since", night.old, "--full-every", "2d", "--max-time", "1"
    )
    if code == 3:  # a second may be enough
        assert f"--read-since {night.old} --full-every 2d -o {night.new} --resume" in said
    _, said = night.run("-o", night.new, "--since", night.old, "--plan")
    assert f"snapshot --read-since {night.old} --full-every 7d -o {night.new} --resume" in said


def test_a_plan_says_what_the_export_sends(night: Night) -> None:
    outcome = okta_auditor(
        "snapshot", "-o", night.new, "--since", night.old, "--plan", "--format", "json",
        url=night.served.url,
    )  # fmt: skip
    assert outcome.exit_code == 0, outcome.shown
    plan = json.loads(outcome.stdout)
    before = night.served.asked()
    assert night.run("-o", night.new, "--since", night.old, "--resume")[0] == 0

    sent = night.served.asked() - before
    assert plan["requests"]["least"] <= sent <= plan["requests"]["most"]
    found = [match(request.path) for request in night.served.sandbox.requests[before:]]
    steps = {step["collection"]: step["requests"] for step in plan["collections"]}
    for name in SAMENESS.keys() - {"group_members"}:
        number = sum(bool(one) and one[0].name == name for one in found if one)
        assert steps.get(name, {"least": 0, "most": 0}) == {"least": number, "most": number}
    ledger = {e["collection"]: e for e in json.loads(night.new.read_text())["ledger"]}
    assert plan["carried_over"] == {
        name: sum(len(item["paths"]) for item in entry["carried_over"])
        for name, entry in ledger.items()
        if "carried_over" in entry
    }


def test_a_plan_in_words_says_what_is_carried_over(night: Night) -> None:
    outcome = okta_auditor(
        "snapshot", "-o", night.new, "--since", night.old, "--plan", url=night.served.url
    )

    text = " ".join(outcome.stdout.split())
    assert "Carried over: client keys 6, scope grants 6, group assignments 6, user" in text
    assert "Read again beside what is always read: 31 lists of what is new or has changed" in text


def test_a_file_that_was_planted_for_the_older_snapshot_leads_nowhere(
    night: Night, tmp_path: Path
) -> None:
    """What is carried over is judged as an answer of Okta's is: an odd record is not taken."""
    document = json.loads(night.old.read_text())
    path = f"{APPS}/0oa9/grants"
    document["resources"][path] = [{"id": "../../secret", "scopeId": "okta.apps.read"}]
    entry = next(e for e in document["ledger"] if e["collection"] == "app_grants")
    entry["objects"] = entry.get("objects", 0) + 1

    write_document(tmp_path / "planted.json", document)
    before = night.served.asked()
    code, said = night.run("-o", night.new, "--since", tmp_path / "planted.json")

    assert code == 0, said
    assert path in [request.path for request in night.served.sandbox.requests[before:]]
    assert json.loads(night.new.read_text())["resources"][path] == []
    assert "1 list that the older snapshot has not, or not all of" in said
