"""Each error leads to the one right cause in a faulty tenant, and blames no sound one."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from cause_cases import CASES, NOW, OF_OTHERS, ROWS, sound, token
from cause_cases import Case as Example
from helpers import SERVERS, okta_auditor, served, snapshot_file

from auditor.diagnosis.case import Case
from auditor.diagnosis.catalogue import ERRORS
from auditor.diagnosis.causes.verdict import Confidence
from auditor.diagnosis.judged_error import judged
from auditor.diagnosis.request_words import RequestWords
from auditor.snapshot.document import parse_snapshot, read_document
from auditor.snapshot.org import Org
from auditor.system_log.event_types import REFUSALS, REQUESTS
from auditor.tokens.decide import Decider

SALES = "https://api.acme.example/sales"


def diagnosed(case: Example, folder: Path, document: dict[str, Any], words: tuple[str, ...]) -> Any:
    """The document of `diagnose` for the error of a case in a tenant."""
    folder.mkdir(exist_ok=True)
    path = snapshot_file(folder, document)
    row = case.known
    message = case.message or row.text
    error = {"error": row.error or None, "error_description": message}
    if row.error.startswith("E0"):
        error = {"errorCode": row.error, "errorSummary": message}
    text = f"{json.dumps(error)}\n{case.text}"
    options = ("--snapshot", path, "--at", NOW, *words, "--format", "json")
    outcome = okta_auditor("diagnose", text, *options)
    document = json.loads(outcome.stdout)
    assert outcome.exit_code == (0 if document["settled"] else 3)
    assert "c2lnbmF0dXJl" not in outcome.shown
    return document


def first_cause(document: dict[str, Any], row: str) -> dict[str, Any]:
    (error,) = [one for one in document["errors"] if one["name"] == row]
    return error["causes"][0]  # type: ignore[no-any-return]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_one_right_cause_comes_first(case: Example, tmp_path: Path) -> None:
    tenant = sound()
    if case.change:
        case.change(tenant)

    document = diagnosed(case, tmp_path, tenant, case.words)

    cause = first_cause(document, case.row)
    if not case.cause:  # outside the configuration, and nothing tells which way
        (error,) = document["errors"]
        assert error["fault"] == "outside"
        assert document["settled"]
        assert not any(one["in_configuration"] for one in error["causes"])
        return
    assert (cause["name"], cause["confidence"]) == (case.cause, case.confidence), document["errors"]
    assert document["settled"] is (case.confidence == "proven") or document["token_remarks"]
    if case.confidence == "proven":
        assert (document["cause"]["error"], document["cause"]["name"]) == (case.row, case.cause)
    said = json.dumps(cause, ensure_ascii=False).replace('\\"', '"')
    assert not [words for words in case.evidence if words not in said], said
    if case.change and cause["in_configuration"]:
        assert cause["evidence"] or "deleted" in cause["text"], cause


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_sound_tenant_is_not_blamed_for_the_same_error(case: Example, tmp_path: Path) -> None:
    words = case.words if case.sound_words is None else case.sound_words
    document = diagnosed(case, tmp_path, sound(), words)
    (error,) = [one for one in document["errors"] if one["name"] == case.row]
    blamed = [
        one
        for one in error["causes"]
        if one["in_configuration"] and one["confidence"] in {"proven", "likely"}
    ]
    assert not blamed
    assert not document["findings"]
    if document["cause"]:
        assert document["cause"]["in_configuration"] is False


def test_every_error_of_the_catalogue_has_a_case() -> None:
    assert {case.row for case in CASES} | OF_OTHERS.keys() == ROWS.keys()
    assert not {case.row for case in CASES} & OF_OTHERS.keys()


def test_every_cause_that_is_checked_has_a_case() -> None:
    checked = {(row.name, one.name) for row in ERRORS for one in row.causes if one.check}
    assert checked - {(case.row, case.cause) for case in CASES} == WITHOUT_CASE


WITHOUT_CASE = {
    ("E0000015", "not-licensed"),  # its own test
    ("E0000011", "api-token-ended"),  # which token it was is never known
    ("scopes-not-connected", "scope-not-connected"),
    ("openid-without-user", "only-openid-allowed"),
    ("refresh-ended", "rotated-token-sent"),  # the System Log alone tells
}


def test_names_of_causes_are_their_rows_own() -> None:
    for row in ERRORS:
        names = [cause.name for cause in row.causes]
        assert len(names) == len(set(names)), row.name


def text_of(*words: object) -> str:
    """What `diagnose` prints."""
    return okta_auditor("diagnose", "--at", NOW, *words, COLUMNS="200").stdout


def test_the_cause_comes_first_and_everything_else_below_it(tmp_path: Path) -> None:
    tenant = sound()
    tenant["/api/v1/apps"][0]["status"] = "INACTIVE"
    path = snapshot_file(tmp_path, tenant)
    lines = text_of(
        "Invalid value for 'client_id' parameter.", "--client", "0oa1", "--snapshot", path
    ).splitlines()
    cause = next(number for number, line in enumerate(lines) if line.startswith("Cause: "))
    assert lines[cause] == 'Cause: Client "Invoices" is not active.'
    assert lines[cause + 1] == '  Evidence: client "Invoices" (0oa1), status: "INACTIVE"'
    assert lines[cause + 2].startswith("  Fix: ")
    assert lines[cause + 3].startswith("Checked, not the cause: ")
    assert sum(line.startswith("Cause: ") for line in lines) == 1


def test_a_sound_configuration_is_said_to_be_sound_and_why(tmp_path: Path) -> None:
    path = snapshot_file(tmp_path, sound())
    told = text_of(
        "The client secret supplied for a confidential client is invalid.",
        *("--client", "Invoices", "--snapshot", path),
    )
    assert "Cause: The secret is old, another app's" in told
    assert "Checked, not the cause: a secret is sent, and the app has another client" in told


def test_names_of_the_tenant_are_hostile(tmp_path: Path) -> None:
    tenant = sound()
    tenant["/api/v1/apps"][0].update(label="Inv\x1b[31m\u202eoices\n::error::x", status="INACTIVE")
    tenant["/api/v1/groups"][1]["profile"]["name"] = "St\x00aff\r\n##vso[task]"
    path = snapshot_file(tmp_path, tenant)
    for name in ("unknown-client", "not-assigned"):
        error = ROWS[name].text
        words = ("--client", "0oa1", "--user", "bob@acme.example", "--snapshot", path)
        plain = text_of(error, *words)
        document = text_of(error, *words, "--format", "json")
        for shown in (plain, document):
            assert not {"\x1b", "\u202e", "\x00", "\r"} & set(shown)
            assert not [line for line in shown.splitlines() if line.startswith(("::", "##vso"))]


def test_a_collection_that_was_not_read_is_no_cause(tmp_path: Path) -> None:
    people = ("users", "group_members", "app_users", "app_groups")
    of_servers = ("policies", "policy_rules", "scopes", "claims", "server_keys")
    unread = (*people, *of_servers, "network_zones", "app_jwks", "api_tokens")
    path = snapshot_file(tmp_path, sound(), unread=unread)
    decider = Decider(Org.of(parse_snapshot(read_document(path), path)))
    for row in ERRORS:
        # What rests on the record of the app alone is known: a client of which it is sound.
        client = "0oa2" if row.name in {"no-client-key", "kid"} else "0oa1"
        words = RequestWords(server="aus1", client=client, user="ada@acme.example")
        causes = judged(row, Case(decider, words, error_text=row.text)).causes
        certain = {Confidence.PROVEN, Confidence.LIKELY}
        assert not [
            one
            for one in causes
            if one.cause.in_configuration and one.verdict.confidence in certain
        ], row.name


def test_an_org_without_the_feature_is_told_from_one_that_has_it(tmp_path: Path) -> None:
    refused = {"path": SERVERS, "status": 401, "body": {"errorCode": "E0000015", "errorSummary":
               "You do not have permission to access the feature you are requesting"}}  # fmt: skip
    read = tmp_path / "lacking.json"
    with served({**sound(), "@faults": [refused]}) as sandbox:
        okta_auditor("snapshot", "-o", read, url=sandbox.url)
    lacking = json.loads(text_of("E0000015", "--snapshot", read, "--format", "json"))
    assert lacking["cause"]["name"] == "not-licensed"
    (tmp_path / "sound").mkdir()
    whole = snapshot_file(tmp_path / "sound", sound())
    cause = json.loads(text_of("E0000015", "--snapshot", whole, "--format", "json"))["cause"]
    assert (cause["name"], cause["in_configuration"]) == ("another-feature", False)


_OTHER_EVENTS = {"app.oauth2.client_id_rate_limit_warning", "user.session.start"}
"""Events that tell of no token request (Okta's catalogue of event types)."""


def test_filters_of_the_system_log_name_events_that_there_are() -> None:
    known = {*REFUSALS, *REQUESTS, *_OTHER_EVENTS}
    beginnings = ("app.oauth2", "system.api_token", "system.org.rate_limit")
    for row in ERRORS:
        for operator, event in re.findall(r'eventType (eq|sw) "([^"]+)"', row.log_filter):
            assert event in (known if operator == "eq" else beginnings), row.name
        assert row.log_filter or row.name in WITHOUT_EVENT, row.name
        assert row.log_filter.count('"') % 2 == 0


WITHOUT_EVENT = {
    *(row.name for row in ERRORS if row.status.startswith(("of the API", "none:"))),
    *("logout-redirect-uri", "no-such-endpoint", "no-metadata", "insufficient-scope"),
    *("E0000006", "E0000007", "E0000009", "E0000015", "E0000022"),
}
"""Errors of which no source names an event, or that are not Okta's."""


def test_findings_are_those_of_the_client_in_question(tmp_path: Path) -> None:
    tenant = sound()
    tenant["/api/v1/apps"][2]["settings"]["oauthClient"]["grant_types"].append("implicit")
    tenant[f"{SERVERS}/aus1/policies"][0]["conditions"]["clients"]["include"] = ["0oa1", "0oa2"]
    tenant[f"{SERVERS}/aus2/policies"][0]["conditions"]["clients"]["include"] = ["0oa9"]
    path = snapshot_file(tmp_path, tenant)
    words = (ROWS["no-matching-rule"].text, "--snapshot", path, "--format", "json")
    everything = json.loads(text_of(*words))["findings"]
    own = json.loads(text_of(*words, "--client", "Invoices"))["findings"]
    others = json.loads(text_of(*words, "--client", "Portal"))
    assert "Portal" in json.dumps(everything)
    assert "Portal" not in json.dumps(own)
    assert others["cause"]["name"] == "no-policy-for-client"


def test_what_stands_around_the_words_of_an_error_counts(tmp_path: Path) -> None:
    path = snapshot_file(tmp_path, sound())
    log = f"08:14 JsonWebTokenError: jwt audience invalid. expected: {SALES}\n  at verify.js:9\n"
    told = text_of(f"{log}{token()}", "--snapshot", path)
    assert 'the API expects the audience of authorization server "Sales"' in told


def test_an_error_of_an_endless_line_is_read_around_its_words() -> None:
    row = ROWS["token-audience"]
    line = row.line_in(f"{'x' * 100_000} {row.text} {'y' * 100_000}")
    assert row.text in line
    assert len(line) < 1_000
    assert row.line_in(f"a\nb {row.text} c\nd") == f"b {row.text} c"
    assert row.line_in("another") == ""


def test_what_no_snapshot_has_is_left_open(tmp_path: Path) -> None:
    tenant = sound()
    tenant["/api/v1/apps"][0]["settings"]["oauthClient"]["grant_types"].append("interaction_code")
    path = snapshot_file(tmp_path, tenant)
    words = ("--client", "0oa1", "--grant", "interaction_code", "--snapshot", path)
    told = text_of(ROWS["grant-not-allowed"].text, *words)
    assert "Not checked: Whether the org lets apps embed its sign-in is in no snapshot." in told
    assert "Not the configuration" not in told


def test_an_assertion_that_is_refused_is_no_wrong_secret(tmp_path: Path) -> None:
    path = snapshot_file(tmp_path, sound())
    text = "Client authentication failed. Either the client or the client credentials are invalid."
    document = json.loads(text_of(text, "--client", "0oa2", "--snapshot", path, "--format", "json"))
    (error,) = document["errors"]
    assert {one["confidence"] for one in error["causes"]} == {"unknown"}
