"""Accepted gaps through the real command line: a token that may not see everything, every night."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from helpers import Outcome, ledger, okta_auditor, served, tenant, write_document

from auditor.sandbox import Sandbox

TODAY = "2026-11-21"
NOVEMBER, NEXT_YEAR = "1795219200", "1800000000"
FILE = "okta-auditor-suppressions.toml"
REFUSED = ("custom_roles", "role_permissions", "api_service_integrations", "client_rate_limits")
"""What the fixture's token may not see; permissions are read of roles only."""
WANTING = ("OAM811", "OAM812")
"""The rules that need it."""
FAULTS = [
    {"path": path, "status": 403}
    for path in ("/api/v1/iam/roles$", "/principal-rate-limits", "/api-services")
]
AUDIT = ("--as-of", TODAY, "--fail-on", "low")


def filled(text: str, expires: str = "2026-12-31") -> str:
    """The entries that a command printed, filled in."""
    block = text[text.index("[[accepted_gaps]]") :]
    block = block.replace('reason = ""', 'reason = "It takes <b>Super Administrator</b>."')
    block = block.replace('owner = ""', 'owner = "ada"')
    return block.replace('expires = ""', f"expires = {expires}")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    return tmp_path


@pytest.fixture
def sandbox(folder: Path) -> Iterator[Sandbox]:
    del folder
    with served(tenant(faults=FAULTS)) as sandbox:
        yield sandbox


@pytest.fixture
def snapshot(folder: Path, sandbox: Sandbox) -> Path:
    """A snapshot without what Okta refuses, and a file that accepts that."""
    path = folder / "snapshot.json"
    outcome = okta_auditor("snapshot", "-o", path, url=sandbox.url)
    assert outcome.exit_code == 3, outcome.shown
    (folder / FILE).write_text(filled(outcome.stderr))
    return path


def audit(snapshot: Path, *words: object) -> Outcome:
    return okta_auditor("audit", snapshot, *AUDIT, *words)


def shown(snapshot: Path, form: str) -> str:
    return audit(snapshot, "-O", form).stdout


def test_each_night_is_red_until_somebody_answers_for_the_gap(
    folder: Path, sandbox: Sandbox
) -> None:
    night = ("run", "-o", folder / "s.json", *AUDIT)
    red = okta_auditor(*night, url=sandbox.url)
    assert red.exit_code == 3
    assert "accepted" not in red.stdout
    assert f"add it to {FILE}" in red.stderr

    (folder / FILE).write_text(red.stderr[red.stderr.index("[[accepted_gaps]]") :])
    unfilled = okta_auditor(*night, url=sandbox.url)
    assert unfilled.exit_code == 2
    assert unfilled.stderr.count("must be text that is not empty") == 2 * len(REFUSED)

    (folder / FILE).write_text(filled(red.stderr))
    green = okta_auditor(*night, url=sandbox.url)
    assert green.exit_code == 0, green.shown
    assert "[[accepted_gaps]]" not in green.stderr
    assert "All of that is accepted (4 gaps), until 2026-12-31." in " ".join(green.stdout.split())
    assert "incomplete (4 of 34 collections)" in green.stderr
    again = okta_auditor(*night, "--require-complete", url=sandbox.url)
    assert again.exit_code == 3, "who demands everything is not put off"


def test_an_export_alone_reads_the_same_file(snapshot: Path, sandbox: Sandbox) -> None:
    words = ("snapshot", "-o", snapshot)
    outcome = okta_auditor(*words, url=sandbox.url, SOURCE_DATE_EPOCH=NOVEMBER)
    assert outcome.exit_code == 0, outcome.shown
    assert outcome.stderr.count("accepted gap: ") == len(REFUSED)
    assert "incomplete (4 of 34 collections)" in outcome.stderr
    assert {name for name, entry in ledger(snapshot).items() if entry["status"] != "complete"} >= {
        *REFUSED
    }
    late = okta_auditor(*words, url=sandbox.url, SOURCE_DATE_EPOCH=NEXT_YEAR)
    assert late.exit_code == 3
    assert late.stderr.count("expired on 2026-12-31") == len(REFUSED)
    strict = okta_auditor(*words, "--require-complete", url=sandbox.url)
    assert strict.exit_code == 3


def test_what_needs_it_stays_not_evaluated_and_nothing_is_called_complete(snapshot: Path) -> None:
    found = json.loads(shown(snapshot, "json"))

    assert found["summary"]["complete"] is False
    assert found["summary"]["unaccepted"] is False
    assert [gap["collection"] for gap in found["accepted_gaps"]] == list(REFUSED)
    assert found["accepted_gaps"][0] == {
        "collection": "custom_roles",
        "reason": "It takes <b>Super Administrator</b>.",
        "owner": "ada",
        "ticket": "",
        "expires": "2026-12-31",
        "where": f"{FILE}:1",
    }
    unread = {item["code"] for item in found["not_evaluated"] if not item["absent"]}
    assert unread == set(WANTING)
    assert found["as_of"] == TODAY


SAYS = {
    "text": "until 2026-12-31, owner ada",
    "markdown": "4 accepted gaps",
    "html": "Accepted gaps: 4",
    "controls": "Accepted gap: rate limits of clients (<code>client_rate_limits</code>)",
    "csv": "accepted gap,",
    "github": "title=Accepted gap::",
    "gitlab": "Accepted gap: rate limits of clients (client_rate_limits)",
    "junit": "Accepted gap (client_rate_limits), until 2026-12-31, owner ada",
    "sarif": "Accepted gap: rate limits of clients (client_rate_limits)",
    "json": '"expires":"2026-12-31"',
}


@pytest.mark.parametrize("form", SAYS)
def test_every_report_shows_what_is_accepted_by_whom_and_until_when(
    snapshot: Path, form: str
) -> None:
    outcome = audit(snapshot, "-O", form)
    assert outcome.exit_code == 0
    text = outcome.stdout if form != "text" else " ".join(outcome.stdout.split())
    assert SAYS[form] in text
    assert "2026-12-31" in text
    assert "ada" in text
    assert "Super Administrator" in text
    marked = {"html", "controls", "junit", "markdown"}
    assert ("<b>Super" in text) is (form not in marked), "it is quoted"

    audit(snapshot, "-O", "json=saved.json")
    again = okta_auditor("report", "saved.json", "-O", f"{form}=again.{form}")
    assert again.exit_code == 0, again.shown
    if form not in {"html", "text", "markdown"}:  # which say how it was made
        assert Path(f"again.{form}").read_text().startswith(text)


def test_machines_are_told_that_it_is_not_complete_and_not_red(snapshot: Path) -> None:
    (run,) = json.loads(shown(snapshot, "sarif"))["runs"]
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    told = invocation["toolConfigurationNotifications"]
    levels = {item["descriptor"]["id"]: item["level"] for item in told}
    assert levels == {"accepted-gap": "note", "rule-not-evaluated": "note"}

    junit = shown(snapshot, "junit")
    assert "<error" not in junit
    assert junit.count('<skipped type="skipped" message="Not evaluated: ') >= len(WANTING)
    rows = json.loads(shown(snapshot, "gitlab"))
    assert {row["severity"] for row in rows} == {"info"}
    assert "::error " not in shown(snapshot, "github")


def test_a_gap_that_is_over_is_an_error_again(snapshot: Path) -> None:
    assert audit(snapshot, "--as-of", "2026-12-31").exit_code == 0, "the last day counts"
    late = audit(snapshot, "--as-of", "2027-01-01")
    assert late.exit_code == 3
    assert late.stdout.count("expired on 2026-12-31") == len(REFUSED)
    assert "[[accepted_gaps]]" not in late.stderr, "there is an entry, which its owner decides on"


def test_one_that_is_left_out_is_named_with_its_entry_only(snapshot: Path) -> None:
    path = snapshot.parent / FILE
    path.write_text(path.read_text().replace("client_rate_limits", "app_grants"))

    outcome = audit(snapshot)

    assert outcome.exit_code == 3
    assert "3 gaps of that are accepted." in " ".join(outcome.stdout.split())
    assert "of app_grants (scope grants) is not needed" in " ".join(outcome.stdout.split())
    assert outcome.stderr.count("[[accepted_gaps]]") == 1
    assert 'collection = "client_rate_limits"' in outcome.stderr


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500},
        {"status": 404},
        {"status": 403, "body": "<html>blocked by the gateway</html>"},
        {"body": "<html>maintenance</html>"},
    ],
    ids=["500", "404", "gateway", "html"],
)
def test_nothing_but_a_right_may_be_missing(folder: Path, fault: dict[str, Any]) -> None:
    (folder / FILE).write_text(
        '[[accepted_gaps]]\ncollection = "client_rate_limits"\nreason = "r"\nowner = "o"\n'
        "expires = 2026-12-31\n"
    )
    faults = [{"path": "/principal-rate-limits", **fault}]
    with served(tenant(faults=faults)) as sandbox:
        outcome = okta_auditor("run", "-o", folder / "s.json", *AUDIT, url=sandbox.url)
    assert outcome.exit_code == 3
    said = " ".join(outcome.stdout.split())
    assert "The accepted gap of client_rate_limits (rate limits of clients) does not hold" in said
    assert "[[accepted_gaps]]" not in outcome.stderr


def test_a_snapshot_that_was_changed_is_not_excused(snapshot: Path) -> None:
    document = json.loads(snapshot.read_text())
    document["resources"]["/api/v1/iam/roles"] = []
    write_document(snapshot, document)  # with the digest of what it holds now
    assert audit(snapshot).exit_code == 0, "it says no more than it did"

    document["resources"]["/api/v1/iam/roles"] = [{"id": "cr1", "label": "Reader"}]
    write_document(snapshot, document)
    assert audit(snapshot).exit_code == 3, "the ledger says that there is none"

    for entry in document["ledger"]:
        if entry["collection"] == "scopes":
            entry |= {"status": "refused", "refused_only": True}
    write_document(snapshot, document)
    assert audit(snapshot).exit_code == 3


def test_evidence_says_it_and_follows_from_the_snapshot_again(snapshot: Path) -> None:
    exported = okta_auditor("evidence", "export", snapshot, "-o", "bundle", "--as-of", TODAY)
    assert exported.exit_code == 0, exported.shown
    assert "what could not be checked is accepted; the evidence says so" in exported.stderr
    bundle = Path("bundle")
    predicate = json.loads((bundle / "manifest.json").read_text())["predicate"]
    assert (predicate["complete"], predicate["accepted_gaps"]) == (False, list(REFUSED))
    named = json.loads((bundle / "ledger.json").read_text())["accepted_gaps"]
    assert [gap["collection"] for gap in named] == list(REFUSED)
    oscal = json.loads((bundle / "assessment-results.json").read_text())
    text = json.dumps(oscal)
    assert '"name": "accepted-gap"' in text
    assert "Accepted gap: rate limits of clients" in text
    events = [
        json.loads(line) for line in (bundle / "findings.ocsf.jsonl").read_text().splitlines()
    ]
    (event,) = [item for item in events if item["compliance"]["control"] == "OAM812"]
    assert event["compliance"]["status"] == "Warning"
    assert "Accepted gap: rate limits of clients" in event["comment"]
    assert "api_service_integrations" in (bundle / "controls.csv").read_text()
    assert "[[accepted_gaps]]" in (bundle / "suppressions.toml").read_text()
    readme = " ".join(next(bundle.glob("README*")).read_text().split())
    assert "Accepted gap: rate limits of clients (client_rate_limits)" in readme
    assert "until 2026-12-31, owner ada (suppressions.toml:" in readme

    verified = okta_auditor("evidence", "verify", bundle, "--replay")
    assert verified.exit_code == 0, verified.shown
    assert "not everything was checked" in verified.stdout
    assert f"of which nothing is known: {', '.join(sorted(REFUSED)[:-1])}" in verified.stdout


def test_redacted_evidence_does_not_name_who_answers(snapshot: Path) -> None:
    path = snapshot.parent / FILE
    login = "ada@acme.example"
    path.write_text(path.read_text().replace('"ada"', f'"{login}"').replace("It takes", login))
    exported = okta_auditor(
        "evidence", "export", snapshot, "-o", "bundle", "--redact", "people", "--as-of", TODAY,
        OKTA_AUDITOR_REDACTION_KEY="0" * 32,
    )  # fmt: skip
    assert exported.exit_code == 0, exported.shown
    files = [file.read_bytes() for file in Path("bundle").iterdir()]
    assert not any(login.encode() in data for data in files)
    results = json.loads(Path("bundle/results.json").read_text())
    assert {gap["owner"].partition("-")[0] for gap in results["accepted_gaps"]} == {"login"}


def test_evidence_that_claims_more_gaps_than_there_are_is_found_out(snapshot: Path) -> None:
    okta_auditor("evidence", "export", snapshot, "-o", "bundle", "--as-of", TODAY)
    path = Path("bundle/results.json")
    results = json.loads(path.read_text())
    results["accepted_gaps"].append({**results["accepted_gaps"][0], "collection": "groups"})
    path.write_text(json.dumps(results))
    assert okta_auditor("evidence", "verify", "bundle").exit_code == 1


def test_controls_stay_not_evaluated_and_name_the_gap(snapshot: Path) -> None:
    words = ("controls", snapshot, "--as-of", TODAY)
    outcome = okta_auditor(*words)
    assert outcome.exit_code == 0, outcome.shown
    assert "Accepted gap: rate limits of clients (client_rate_limits)" in outcome.stdout
    document = json.loads(okta_auditor(*words, "--format", "json").stdout)
    assert [gap["collection"] for gap in document["accepted_gaps"]] == list(REFUSED)
    controls = [each for item in document["frameworks"] for each in item["controls"]]
    direct = [
        control
        for control in controls
        for rule in control["rules"]
        if rule["rule"] in WANTING and rule["strength"] == "direct"
    ]
    assert all(control["status"] != "satisfied" for control in direct)
    rules = [rule for control in controls for rule in control["rules"] if rule["accepted_gaps"]]
    assert {rule["rule"] for rule in rules} <= set(WANTING)
    assert rules
    csv = okta_auditor(*words, "--format", "csv").stdout
    assert "not evaluated,0,0,api_service_integrations" in csv


def test_a_comparison_is_no_error_either_and_says_what_it_lacks(snapshot: Path) -> None:
    outcome = okta_auditor("diff", snapshot, snapshot, SOURCE_DATE_EPOCH=NOVEMBER)
    assert outcome.exit_code == 0, outcome.shown
    assert "could not be compared, which is accepted." in outcome.stdout
    assert f"covered by: accepted gap ({FILE}:1), until 2026-12-31" in outcome.stdout
    late = okta_auditor("diff", snapshot, snapshot, SOURCE_DATE_EPOCH=NEXT_YEAR)
    assert late.exit_code == 3
    (snapshot.parent / FILE).unlink()
    assert okta_auditor("diff", snapshot, snapshot).exit_code == 3


def test_a_comparison_without_any_grant_is_covered_by_that_gap(folder: Path) -> None:
    path = folder / "s.json"
    with served(tenant(faults=[{"path": "/apps/[^/]+/grants", "status": 403}])) as sandbox:
        red = okta_auditor("snapshot", "-o", path, url=sandbox.url)
    assert okta_auditor("diff", path, path).exit_code == 3

    (folder / FILE).write_text(filled(red.stderr))
    outcome = okta_auditor("diff", path, path, SOURCE_DATE_EPOCH=NOVEMBER)

    assert outcome.exit_code == 0, outcome.shown
    assert "the org authorization server: scopes that were not read" in outcome.stdout


def test_who_is_strict_takes_no_gap_for_an_answer(snapshot: Path) -> None:
    outcome = audit(snapshot, "--strict")
    assert outcome.exit_code == 3
    assert "for want of what is accepted as a gap" in outcome.stderr


def test_a_baseline_needs_no_leave_and_names_the_rules(snapshot: Path) -> None:
    outcome = okta_auditor("baseline", snapshot, "--as-of", TODAY)
    assert outcome.exit_code == 0, outcome.shown
    assert "the baseline is incomplete: 2 rules not evaluated: OAM811 and OAM812" in outcome.stderr
    document = json.loads(Path("okta-auditor-baseline.json").read_text())
    assert document["not_evaluated"] == list(WANTING)


def test_a_file_that_nobody_named_is_said_at_the_top(snapshot: Path) -> None:
    first = audit(snapshot).stdout.partition("\n\n")[0]
    assert "accepted gaps let an audit pass that lacks rights, unasked, 4 entries" in " ".join(
        first.split()
    )
    named = audit(snapshot, "--suppressions", FILE)
    assert "Weakened" not in named.stdout
    assert named.exit_code == 0
