"""Suppressions and baselines through the real command line, as a team lives with them."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from helpers import SERVERS, Outcome, okta_auditor, snapshot_file, tenant

TODAY = "2026-11-21"
BASELINE = "okta-auditor-baseline.json"
FILE = "okta-auditor-suppressions.toml"


def wide(name: str = "Apps", *more: dict[str, Any]) -> dict[str, Any]:
    """A tenant with a policy that is open to all clients, which is one HIGH finding."""
    document = tenant()
    policy = document[f"{SERVERS}/aus1/policies"][0]
    policy |= {"name": name, "conditions": {"clients": {"include": ["ALL_CLIENTS"]}}}
    document[f"{SERVERS}/aus1/policies"] += more
    return document


def unused(id_: str) -> dict[str, Any]:
    """A policy for nobody, which is a finding."""
    return {"id": id_, "name": id_, "status": "ACTIVE", "priority": 9, "conditions": {}}


@pytest.fixture
def snapshot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    return snapshot_file(tmp_path, wide())


def audit(snapshot: Path, *words: object, as_of: str = TODAY) -> Outcome:
    return okta_auditor("audit", snapshot, "--as-of", as_of, "--select", "OAM201", *words)


def results(snapshot: Path, *words: object, as_of: str = TODAY) -> Any:
    return json.loads(audit(snapshot, "-O", "json", *words, as_of=as_of).stdout)


def suppress(snapshot: Path, *words: object, days: int = 30) -> Outcome:
    return okta_auditor(
        "suppress", snapshot, "--reason", "It is known.", "--owner", "ada", "--days", days,
        "--as-of", TODAY, *words,
    )  # fmt: skip


BY_RULE = ("--rule", "OAM201", "--target", "00p1")


def test_a_suppression_holds_until_its_last_day_and_then_says_so(snapshot: Path) -> None:
    assert audit(snapshot).exit_code == 1

    outcome = suppress(snapshot, *BY_RULE, "--ticket", "SEC-1")
    assert outcome.exit_code == 0, outcome.stderr
    assert outcome.stdout == (
        f'{FILE}:1: OAM201 on "Apps" is suppressed until 2026-12-21: 1 finding\n'
    )

    first = results(snapshot)
    assert (first["summary"]["findings"], first["summary"]["suppressed"]) == (0, 1)
    assert first["accepted"][0]["acceptance"] == {
        "by": "suppression",
        "where": f"{FILE}:1",
        "reason": "It is known.",
        "owner": "ada",
        "ticket": "SEC-1",
        "expires": "2026-12-21",
    }
    assert first["as_of"] == TODAY
    assert first["notices"] == []
    assert audit(snapshot).exit_code == 0
    assert "1 suppressed\n" in audit(snapshot).stdout

    soon = audit(snapshot, as_of="2026-12-08")
    assert soon.exit_code == 0
    assert "1 suppressed (1 expires within 14 days)" in soon.stdout
    assert "ends in 13 days, on 2026-12-21" in soon.stdout
    assert audit(snapshot, as_of="2026-12-21").exit_code == 0, "the last day counts"

    after = audit(snapshot, as_of="2026-12-22")
    assert after.exit_code == 1
    said = " ".join(after.stdout.split())
    assert f'Its suppression ({FILE}:1, owner "ada") expired on 2026-12-21.' in said
    assert "expired on 2026-12-21; 1 finding counts again" in said


def test_the_clock_comes_from_the_build_where_it_says_so(snapshot: Path) -> None:
    suppress(snapshot, *BY_RULE)
    words = ("audit", snapshot, "--select", "OAM201")
    assert okta_auditor(*words, SOURCE_DATE_EPOCH="1797811200").exit_code == 0  # 2026-12-21
    assert okta_auditor(*words, SOURCE_DATE_EPOCH="1797897600").exit_code == 1  # 2026-12-22
    for odd in ("tomorrow", "9" * 30):
        outcome = okta_auditor(*words, SOURCE_DATE_EPOCH=odd)
        assert outcome.exit_code == 2
        assert "SOURCE_DATE_EPOCH is not a number" in outcome.stderr


def test_unused_and_misnamed_entries_are_told_but_not_those_of_rules_that_did_not_run(
    snapshot: Path,
) -> None:
    suppress(snapshot, *BY_RULE)
    suppress(snapshot, "--rule", "OAM201", "--target", "00pX", "--force")
    suppress(snapshot, "--rule", "OAM102", "--target", "ausX", "--force")
    renamed = snapshot_file(snapshot.parent, wide("Renamed"))

    found = results(renamed)

    assert [notice["message"] for notice in found["notices"]] == [
        'The suppression of OAM201 on "00p1" names "Apps", but the object is called "Renamed" now.',
        'The suppression of OAM201 on "00pX" matches no finding.',
    ]
    assert [notice["where"] for notice in found["notices"]] == [f"{FILE}:1", f"{FILE}:9"]
    assert found["summary"]["suppressed"] == 1, "the id decides, not the name"

    unread = snapshot_file(snapshot.parent, wide(), unread=("policies",))
    outcome = audit(unread)
    assert outcome.exit_code == 3
    assert "matches no finding" not in outcome.stdout


def test_suppress_writes_beneath_what_is_there_and_changes_nothing_else(snapshot: Path) -> None:
    path = snapshot.parent / FILE
    kept = b"\xef\xbb\xbf# Ours.\r\n\r\n# no newline at the end"
    path.write_bytes(kept)
    path.chmod(0o640)

    outcome = suppress(snapshot, *BY_RULE)

    assert outcome.exit_code == 0, outcome.stderr
    written = path.read_bytes()
    assert written.startswith(kept + b"\r\n\r\n[[suppression]]\r\nrule = ")
    assert b"\n" not in written.replace(b"\r\n", b"")
    assert path.stat().st_mode & 0o777 == 0o640
    assert results(snapshot)["summary"]["suppressed"] == 1


def test_suppress_by_fingerprint_is_as_narrow_as_can_be(snapshot: Path) -> None:
    fingerprint = results(snapshot)["findings"][0]["fingerprint"]

    assert suppress(snapshot, fingerprint[:10]).exit_code == 0

    assert f'fingerprint = "{fingerprint}"' in (snapshot.parent / FILE).read_text()
    assert results(snapshot)["summary"]["suppressed"] == 1
    assert suppress(snapshot, "0" * 8).exit_code == 2
    assert suppress(snapshot, fingerprint[:7]).exit_code == 2


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--rule", "OAM201", "--target", "00p9"), 'no such finding on "00p9"'),
        (("--rule", "OAM2O1", "--target", "00p1"), "No rule has the code"),
        (("--rule", "OAM201"), "Say which findings"),
        ((), "Say which findings"),
        (("abcdef01", "--rule", "OAM201"), "A fingerprint says it all"),
        ((*BY_RULE, "--expires", "2026-12-01"), "either --expires DATE or --days N"),
        ((*BY_RULE, "--field", "name"), "no such finding"),
        ((*BY_RULE, "--ticket", " "), "--ticket must not be empty"),
    ],
)
def test_suppress_refuses_what_makes_no_sense(
    snapshot: Path, words: tuple[str, ...], says: str
) -> None:
    outcome = suppress(snapshot, *words)
    assert outcome.exit_code == 2
    assert says in outcome.stderr
    assert not (snapshot.parent / FILE).exists()


def test_suppress_leaves_a_file_alone_that_it_would_break_or_that_is_broken(
    snapshot: Path,
) -> None:
    path = snapshot.parent / FILE
    assert suppress(snapshot, *BY_RULE, days=366).exit_code == 2
    assert not path.exists()
    suppress(snapshot, *BY_RULE)
    once = path.read_bytes()
    assert suppress(snapshot, *BY_RULE).exit_code == 2, "it is suppressed already"
    assert path.read_bytes() == once
    path.write_text("<<<<<<< HEAD\n")
    assert suppress(snapshot, *BY_RULE).exit_code == 2
    assert path.read_text() == "<<<<<<< HEAD\n"


def test_suppress_does_not_guess_about_what_was_not_read(snapshot: Path) -> None:
    unread = snapshot_file(snapshot.parent, wide(), unread=("policies",))
    outcome = suppress(unread, *BY_RULE)
    assert outcome.exit_code == 3
    assert "not all could be checked (1 rule not evaluated: OAM201)" in outcome.stderr


@pytest.mark.slow
def test_writers_at_the_same_time_lose_nothing(snapshot: Path) -> None:
    words = [sys.executable, "-m", "auditor", "suppress", str(snapshot), "--rule", "OAM201",
             "--reason", "x", "--owner", "y", "--days", "9", "--force", "--target"]  # fmt: skip
    started = [subprocess.Popen([*words, f"00p{n}"], stdout=subprocess.DEVNULL) for n in range(6)]
    assert [process.wait() for process in started] == [0] * 6
    assert (snapshot.parent / FILE).read_text().count("[[suppression]]") == 6


def test_the_policy_of_the_configuration_holds_for_both(snapshot: Path) -> None:
    okta_auditor("baseline", snapshot)
    config = snapshot.parent / "okta-auditor.toml"
    config.write_text(f'baseline = "{BASELINE}"\n')
    assert audit(snapshot, "--config", config).exit_code == 0

    config.write_text(f'baseline = "{BASELINE}"\n[suppression_policy]\nnever = ["OAM201"]\n')
    outcome = audit(snapshot, "--config", config)
    assert outcome.exit_code == 1
    assert "may not be accepted" in " ".join(outcome.stdout.split())
    assert suppress(snapshot, *BY_RULE, "--config", config).exit_code == 2
    updated = okta_auditor("baseline", snapshot, "--update", "--config", config)
    assert "1 finding not accepted: `never`" in updated.stderr
    assert "OAM201" not in (snapshot.parent / BASELINE).read_text()

    config.write_text('[suppression_policy]\nnever = ["OAM2O1"]\n')
    assert audit(snapshot, "--config", config).exit_code == 2


def test_a_suppressions_file_that_is_named_must_exist_and_one_in_its_place_is_read(
    snapshot: Path,
) -> None:
    assert audit(snapshot, "--suppressions", "nowhere.toml").exit_code == 2
    (snapshot.parent / FILE).symlink_to("nowhere.toml")
    outcome = audit(snapshot)
    assert outcome.exit_code == 2
    assert "is a symbolic link" in outcome.stderr


def test_new_unchanged_changed_and_fixed_are_told_apart(snapshot: Path) -> None:
    folder = snapshot.parent
    snapshot_file(folder, wide("Apps", unused("00p2"), unused("00p3")))
    assert okta_auditor("baseline", snapshot).exit_code == 0
    with_baseline = ("audit", snapshot, "--baseline", BASELINE, "--fail-on", "info")
    unchanged = okta_auditor(*with_baseline)
    assert unchanged.exit_code == 0, unchanged.stdout

    changed = wide("Renamed", unused("00p3"), unused("00p4"))
    changed[f"{SERVERS}/aus1/policies"][1]["conditions"] = {"clients": {"include": []}}
    snapshot_file(folder, changed)
    outcome = okta_auditor(*with_baseline, "-O", "json")

    assert outcome.exit_code == 1
    found = json.loads(outcome.stdout)
    new = {(item["object"]["id"], bool(item["remark"])) for item in found["findings"]}
    assert {("00p3", True), ("00p4", False)} == new
    assert "00p1" in {item["object"]["id"] for item in found["accepted"]}, "a rename is no change"
    assert {item["object"]["id"] for item in found["fixed"]} == {"00p2"}
    assert {item["status"] for item in found["accepted"]} == {"unchanged"}
    summary = found["summary"]
    assert summary["unchanged"] == len(found["accepted"])
    assert summary["fixed"] == len(found["fixed"])


def test_a_suppression_comes_before_the_baseline_and_an_expired_one_overrules_it(
    snapshot: Path,
) -> None:
    okta_auditor("baseline", snapshot)
    suppress(snapshot, *BY_RULE)
    found = results(snapshot, "--baseline", BASELINE)
    assert [item["status"] for item in found["accepted"]] == ["suppressed"]
    assert found["fixed"] == []
    assert audit(snapshot, "--baseline", BASELINE, as_of="2027-01-01").exit_code == 1

    updated = okta_auditor("baseline", snapshot, "--update", "--as-of", "2027-01-01")
    assert "1 finding not accepted: a suppression of it has expired" in updated.stderr
    assert "OAM201" not in (snapshot.parent / BASELINE).read_text()


def test_a_baseline_is_drawn_anew_only_on_request(snapshot: Path) -> None:
    okta_auditor("baseline", snapshot)
    path = snapshot.parent / BASELINE
    before = path.read_bytes()
    audit(snapshot, "--baseline", BASELINE)
    refused = okta_auditor("baseline", snapshot)
    assert refused.exit_code == 2
    assert "--update" in refused.stderr
    assert path.read_bytes() == before
    again = okta_auditor("baseline", snapshot, "--update")
    assert "0 of them new and 0 changed; 0 are gone" in again.stdout
    assert path.read_bytes() == before, "same input, same bytes"


def test_a_baseline_of_an_incomplete_audit_says_so(snapshot: Path) -> None:
    folder = snapshot.parent
    snapshot_file(folder, wide(), unread=("policies",))
    refused = okta_auditor("baseline", snapshot)
    assert refused.exit_code == 3
    assert not (folder / BASELINE).exists()

    allowed = okta_auditor("baseline", snapshot, "--allow-incomplete")
    assert allowed.exit_code == 0
    assert "the baseline is incomplete" in allowed.stderr
    assert "OAM201" in json.loads((folder / BASELINE).read_text())["not_evaluated"]

    snapshot_file(folder, wide())
    outcome = audit(snapshot, "--baseline", BASELINE)
    assert outcome.exit_code == 1
    assert "1 rule could not be evaluated (OAM201)" in " ".join(outcome.stdout.split())


def test_a_baseline_of_another_org_is_an_error(snapshot: Path) -> None:
    okta_auditor("baseline", snapshot)
    other = wide() | {"/api/v1/org": {"id": "00o2", "companyName": "Other"}}
    snapshot_file(snapshot.parent, other)
    for words in (
        ("audit", snapshot, "--baseline", BASELINE),
        ("baseline", snapshot, "--update"),
    ):
        outcome = okta_auditor(*words)
        assert outcome.exit_code == 2, words
        assert f'{BASELINE}:4: the baseline is of another org: tenant "00o1"' in outcome.stderr


def test_incomplete_beats_all_that_is_accepted(snapshot: Path) -> None:
    okta_auditor("baseline", snapshot)
    suppress(snapshot, *BY_RULE)
    unread = snapshot_file(snapshot.parent, wide(), unread=("policies",))
    found = results(unread, "--baseline", BASELINE)
    assert audit(unread, "--baseline", BASELINE).exit_code == 3
    assert found["fixed"] == [], "what could not be checked is not fixed"


def test_the_schema_of_suppressions_is_printed() -> None:
    assert json.loads(okta_auditor("schema", "suppressions").stdout)["title"].endswith(
        "suppressions"
    )
