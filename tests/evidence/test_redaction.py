"""With `--redact people` nobody is named anywhere, and the same person is the same every night."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from conftest import night
from helpers import okta_auditor, snapshot_file, tenant

KEY = "a" * 64


def exported(snapshot: Path, target: Path, *options: object, key: str = KEY) -> dict[str, bytes]:
    done = okta_auditor(
        "evidence", "export", snapshot, "-o", target, "--redact", "people", *options,
        OKTA_AUDITOR_REDACTION_KEY=key,
    )  # fmt: skip
    assert done.exit_code in {0, 3}, done.shown
    return {item.name: item.read_bytes() for item in target.iterdir()}


def resources(bundle: dict[str, bytes]) -> dict[str, Any]:
    return dict(json.loads(bundle["snapshot.json"])["resources"])


def test_no_id_login_or_address_of_a_person_is_left_anywhere(tmp_path: Path) -> None:
    # Not the ids and logins of the examples on rules' pages, which SARIF has too.
    text = json.dumps(tenant()).replace("00u1", "00uZelda").replace("ada@", "zelda@")
    document = json.loads(text)
    rules = "/api/v1/authorizationServers/aus1/policies/00p1/rules"
    document[rules][0]["conditions"]["people"]["users"] = {"include": ["00uZelda"], "exclude": []}
    document["/api/v1/apps"][0]["label"] = "Invoices of Zelda@Acme.example (ask wilma@acme.example)"

    made = exported(snapshot_file(tmp_path, document), tmp_path / "out", "--no-config")

    whole = b"".join(made.values()).lower()
    for word in (b"zelda", b"wilma"):
        assert word not in whole
    kept = resources(made)
    person = kept["/api/v1/users"][0]["id"]
    assert person.startswith("person-")
    assert kept[rules][0]["conditions"]["people"]["users"]["include"] == [person]
    assert kept["/api/v1/groups/00g1/users"] == [person]
    assert kept["/api/v1/apps/0oa1/users"][0]["ids"] == [person]
    login = kept["/api/v1/users"][0]["profile"]["login"]
    assert kept["/api/v1/apps"][0]["label"].startswith(f"Invoices of {login} (ask login-")
    assert okta_auditor("evidence", "verify", tmp_path / "out").exit_code == 0


def test_people_are_the_same_between_nights_and_others_with_another_key(tmp_path: Path) -> None:
    one = exported(night(tmp_path / "s", 0), tmp_path / "a", "--no-config")
    two = exported(
        night(tmp_path / "s", 1), tmp_path / "b", "--no-config", "--previous", tmp_path / "a"
    )
    other = exported(night(tmp_path / "s", 0), tmp_path / "c", "--no-config", key="b" * 64)

    assert resources(one) == resources(two)
    assert resources(one)["/api/v1/users"] != resources(other)["/api/v1/users"]
    done = okta_auditor("evidence", "verify", tmp_path / "a", tmp_path / "b")
    assert done.exit_code == 0, done.shown


def test_a_redacted_audit_finds_what_the_plain_one_does(tmp_path: Path) -> None:
    snapshot = night(tmp_path / "s", 0)
    plain = json.loads(okta_auditor("audit", snapshot, "-O", "json", "--no-config").stdout)
    redacted = json.loads(exported(snapshot, tmp_path / "a", "--no-config")["results.json"])

    assert plain["findings"]
    assert [item["fingerprint"] for item in redacted["findings"]] == [
        item["fingerprint"] for item in plain["findings"]
    ]


def test_a_login_that_is_an_ordinary_word_leaves_the_configuration_as_it_is(tmp_path: Path) -> None:
    document = tenant()
    document["/api/v1/users"][0]["profile"]["login"] = "active"

    kept = resources(exported(snapshot_file(tmp_path, document), tmp_path / "a", "--no-config"))

    assert kept["/api/v1/authorizationServers"][0]["status"] == "ACTIVE"
    assert kept["/api/v1/users"][0]["status"] == "ACTIVE"
    assert kept["/api/v1/users"][0]["profile"]["login"].startswith("login-")


def test_a_missing_or_short_key_is_refused_and_not_shown(tmp_path: Path) -> None:
    snapshot = night(tmp_path / "s", 0)
    call = ("evidence", "export", snapshot, "-o", tmp_path / "x")

    assert okta_auditor(*call, "--redact", "people").exit_code == 2
    short = okta_auditor(*call, "--redact", "people", OKTA_AUDITOR_REDACTION_KEY="hunter2")
    assert short.exit_code == 2
    assert "hunter2" not in short.shown
    (tmp_path / "key").write_text(KEY)
    assert okta_auditor(*call, "--redaction-key", tmp_path / "key").exit_code == 2
    assert not (tmp_path / "x").exists()


def test_owners_of_suppressions_are_replaced_and_their_file_is_left_out(tmp_path: Path) -> None:
    snapshot = night(tmp_path / "s", 0)
    found = json.loads(okta_auditor("audit", snapshot, "-O", "json", "--no-config").stdout)
    first = found["findings"][0]
    file = tmp_path / "accepted.toml"
    file.write_text(
        f'[[suppression]]\nrule = "{first["code"]}"\ntarget = "{first["object"]["id"]}"\n'
        'reason = "zelda@acme.example said so"\nowner = "Zelda"\nexpires = 2026-02-01\n'
    )
    asked = ("--no-config", "--suppressions", file)

    made = exported(snapshot, tmp_path / "a", *asked)

    assert b"zelda" not in b"".join(made.values()).lower()
    assert "suppressions.toml" not in made
    assert len(json.loads(made["results.json"])["accepted"]) >= 1
    assert list(json.loads(made["settings.json"])["files"]) == ["suppressions.toml"]
    plain = okta_auditor("evidence", "export", snapshot, "-o", tmp_path / "b", *asked)
    assert plain.exit_code in {0, 3}
    assert (tmp_path / "b" / "suppressions.toml").read_bytes() == file.read_bytes()
    assert okta_auditor("evidence", "verify", tmp_path / "b").exit_code == 0
