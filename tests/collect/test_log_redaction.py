"""`logs --redact people`: no person is in the file, and it fits a redacted snapshot."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from helpers import okta_auditor, served, tenant
from pulled_logs import LOGS, event, lines

from auditor.collect.system_log.redaction import EventRedactor
from auditor.pseudonyms import Pseudonyms

KEY = "an example of a key of thirty-two bytes"
ADA = "00uAda00000000000001"
ADMIN = {
    "id": "00uAdmin000000000001",
    "type": "User",
    "alternateId": "grace",
    "displayName": "Grace Hopper",
}


def person(identity: str) -> str:
    return Pseudonyms(KEY.encode()).person(identity)


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "key"
    path.write_text(f"{KEY}\n")
    return path


def test_no_id_login_or_address_of_a_person_is_in_the_file(tmp_path: Path, key: Path) -> None:
    reason = f"User ada@acme.example ({ADA}) is not assigned to the client application."
    unknown = {"id": "unknown", "type": "User", "alternateId": "Ada@acme.example"}
    events = [
        event(1, 300, outcome={"result": "FAILURE", "reason": reason}),
        event(2, 200, kind="policy.rule.update", result="SUCCESS", actor=ADMIN, target=[]),
        event(3, 100, actor={"type": "User", "alternateId": "grace"}, target=[unknown]),
    ]
    path = tmp_path / "log.jsonl"
    with served(tenant() | {LOGS: events}) as sandbox:
        words = ["logs", "-o", path, "--redact", "people", "--redaction-key", key]
        outcome = okta_auditor(*words, url=sandbox.url)
        assert outcome.exit_code == 0, outcome.stderr
    text = path.read_text().lower()
    for name in ("ada", "00uada", "grace", "00uadmin", "hopper", "lovelace", "acme.example"):
        assert name not in text.replace("unreadable", "")
    first, failed, change, nameless, _ = lines(path)
    assert first["redacted"] == ["people"]
    assert KEY not in text
    assert failed["target"][0]["id"] == person(ADA)
    assert failed["client"] == {"id": "0oa1"}
    assert failed["outcome"]["reason"].startswith("User login-")
    assert change["actor"]["id"] == person(ADMIN["id"])
    assert change["actor"]["alternateId"] == nameless["actor"]["alternateId"]


def test_it_fits_the_snapshot_that_evidence_redacts(tmp_path: Path, key: Path) -> None:
    document = tenant()
    user = {**document["/api/v1/users"][0], "id": ADA}
    document |= {"/api/v1/users": [user], LOGS: [event(1)]}
    document["/api/v1/apps/0oa1/users"][0]["id"] = ADA
    document["/api/v1/groups/00g1/users"] = [user]
    snapshot, log, bundle = tmp_path / "s.json", tmp_path / "log.jsonl", tmp_path / "bundle"
    redact = ["--redact", "people", "--redaction-key", key]
    with served(document) as sandbox:
        okta_auditor("snapshot", "-o", snapshot, url=sandbox.url)
        okta_auditor("logs", "-o", log, *redact, url=sandbox.url)
    okta_auditor("evidence", "export", snapshot, "-o", bundle, *redact)
    redacted = json.loads((bundle / "snapshot.json").read_text())
    assert lines(log)[1]["target"][0]["id"] == redacted["resources"]["/api/v1/users"][0]["id"]


def test_a_file_goes_on_with_its_own_key_only(tmp_path: Path, key: Path) -> None:
    path, plain = tmp_path / "log.jsonl", tmp_path / "plain.jsonl"
    other = tmp_path / "other"
    other.write_text(KEY[::-1])
    with served(tenant() | {LOGS: [event(1)]}) as sandbox:

        def code(file: Path, *words: object) -> int:
            words = ("logs", "--append", "-o", file, *words)
            return okta_auditor(*words, url=sandbox.url, OKTA_AUDITOR_REDACTION_KEY="").exit_code

        assert code(path, "--redact", "people") == 2
        assert code(path, "--redact", "people", "--redaction-key", key) == 0
        before = path.read_bytes()
        assert code(path, "--redact", "people", "--redaction-key", other) == 2
        assert code(path) == 2
        assert path.read_bytes() == before
        assert code(plain) == 0
        assert code(plain, "--redact", "people", "--redaction-key", key) == 2


def test_what_is_not_about_people_stays_as_it_is() -> None:
    redactor = EventRedactor(Pseudonyms(KEY.encode()))
    whole = {
        "uuid": "1",
        "published": "2026-11-28T14:05:00.000Z",
        "eventType": "app.oauth2.as.token.grant",
        "actor": {"id": "0oa1", "type": "PublicClientApp"},
        "target": [{"id": "aus1", "type": "AuthorizationServer", "displayName": "Billing"}],
        "debugContext": {"debugData": {"requestedScopes": "openid billing:read", "n": 1}},
    }
    assert redactor.event(whole) == whole


def test_a_file_of_anybodys_is_copied_without_people(tmp_path: Path, key: Path) -> None:
    pulled, copy, exported, other = (tmp_path / name for name in "abcd")
    redact = ["--redact", "people", "--redaction-key", key]
    with served(tenant() | {LOGS: [event(1), event(2, 30)]}) as sandbox:
        okta_auditor("logs", "-o", pulled, url=sandbox.url)
        outcome = okta_auditor("logs", pulled, *redact, "-o", copy)
        assert outcome.exit_code == 0, outcome.shown
        assert "complete" in outcome.stdout
        again = okta_auditor("logs", "--append", "-o", copy, *redact, url=sandbox.url)
        assert again.exit_code == 0, again.stderr
    exported.write_text(json.dumps([event(1), event(2, 30), 7]))
    outcome = okta_auditor("logs", exported, *redact, "-o", other)
    assert outcome.exit_code == 3  # one is no event
    assert lines(copy)[1:3] == lines(other)[:2]
    assert lines(copy)[0]["redacted"] == ["people"]
    for file in (copy, other):
        assert not {"ada@", "lovelace", "203.0.113.7"} & {
            word for word in ("ada@", "lovelace", "203.0.113.7") if word in file.read_text().lower()
        }
        assert ADA not in file.read_text()
    assert okta_auditor("logs", copy, *redact, "-o", tmp_path / "e").exit_code == 2
    assert okta_auditor("logs", pulled, *redact, "-o", copy).exit_code == 2
    assert okta_auditor("logs", pulled, *redact).exit_code == 2
