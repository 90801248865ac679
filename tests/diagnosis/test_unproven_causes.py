"""What a snapshot does not prove is not said: of newer tokens, other orgs, and other errors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cause_cases import AT, CASES, NOW, sound, token
from cause_cases import Case as Example
from helpers import SERVERS, okta_auditor, snapshot_file

OLD = AT - 10**8
"""Before the snapshot."""
KEY = "Unable to find a signing key that matches"
AUDIENCE = "jwt audience invalid. expected: "


def diagnosed(folder: Path, text: str, *options: str) -> Any:
    path = snapshot_file(folder, sound())
    outcome = okta_auditor(
        *("diagnose", text, "--snapshot", path, "--at", NOW, "--format", "json", *options)
    )
    return json.loads(outcome.stdout)


@pytest.mark.parametrize(
    "sent",
    [
        token({"kid": "k9"}),
        token({"kid": None}, iat=OLD),
        token({"kid": "k9"}, iat=OLD, iss="https://other.okta.com/oauth2/aus1"),
    ],
    ids=["newer than the snapshot", "without a kid", "of another domain"],
)
def test_a_key_that_need_not_be_the_servers_is_not_said_to_be_rotated_away(
    tmp_path: Path, sent: str
) -> None:
    document = diagnosed(tmp_path, f"{KEY} {sent}")

    assert document["cause"] is None
    assert not document["settled"], document["token_remarks"]


def test_what_is_newer_than_the_snapshot_may_be_in_the_org_by_now(tmp_path: Path) -> None:
    newer = token(uid="00u99", cid="0oa99", scp=["new:scope"])

    said = diagnosed(tmp_path, newer)["token_remarks"]
    of_old = diagnosed(tmp_path, token(iat=OLD, uid="00u99", cid="0oa99"))["token_remarks"]

    assert not [one for one in said if one["wrong"]], said
    assert [one for one in of_old if one["wrong"]]


def test_an_audience_is_not_recognised_in_the_beginning_of_another(tmp_path: Path) -> None:
    longer = "https://api.acme.example/sales-and-more"

    document = diagnosed(tmp_path, f"{AUDIENCE}{longer} {token(iat=OLD)}")

    assert document["cause"]["name"] == "validator-audience"
    assert "Sales" not in document["cause"]["text"]


def test_the_audience_of_an_id_token_is_its_client(tmp_path: Path) -> None:
    of_client = token(iat=OLD, aud="0oa1", cid=None, scp=None, nonce="n")

    document = diagnosed(tmp_path, f"{AUDIENCE}x {of_client}")

    assert document["cause"]["name"] == "validator-audience"
    assert "ID token" in document["cause"]["text"]


def test_another_org_is_not_said_to_be_a_second_domain(tmp_path: Path) -> None:
    of_other = token(iat=OLD, iss="https://other.okta.com/oauth2/aus1")

    document = diagnosed(tmp_path, f"jwt issuer invalid {of_other}")

    assert "another org" in document["cause"]["text"]


def test_the_address_of_the_snapshot_is_no_foreign_domain(tmp_path: Path) -> None:
    tenant = sound()
    for server in tenant[SERVERS]:
        server.pop("issuer", None)
    path = snapshot_file(tmp_path, tenant)
    document = json.loads(path.read_text(encoding="utf-8"))
    url = document["capture"]["org_url"]
    sent = token(iat=OLD, iss=f"{url}/oauth2/aus1")

    outcome = okta_auditor("diagnose", sent, "--snapshot", path, "--at", NOW)

    assert "another domain" not in outcome.stdout
    assert "no domain of Okta's" not in outcome.stdout


def test_an_expired_token_does_not_settle_another_error(tmp_path: Path) -> None:
    error = {
        "error": "access_denied",
        "error_description": "User is not assigned to the client application.",
    }
    over = token(iat=OLD, exp=OLD + 60)

    assert not diagnosed(tmp_path, f"{json.dumps(error)} {over}")["settled"]
    assert diagnosed(tmp_path, over)["settled"]


@pytest.mark.parametrize(
    ("error", "description"),
    [
        ("access_denied", "User is not assigned to the client application."),
        ("access_denied", "Policy evaluation failed for this request"),
        ("invalid_grant", "The refresh token is invalid or expired."),
        ("invalid_grant", "The credentials provided were invalid."),
    ],
)
def test_of_a_user_whom_the_snapshot_does_not_have_nothing_is_proven(
    tmp_path: Path, error: str, description: str
) -> None:
    """As one of a redacted snapshot, whose ids are others."""
    text = json.dumps({"error": error, "error_description": description})

    document = diagnosed(tmp_path, text, "--client", "0oa1", "--user", "00u0000000000000gone")

    assert document["cause"] is None
    assert not document["settled"]


UNREAD = pytest.mark.parametrize(
    ("unread", "error", "description", "options"),
    [
        ("apps", "invalid_client", "Invalid value for 'client_id' parameter.", ("0oa99",)),
        (
            "scopes",
            "invalid_scope",
            "The authorization server resource does not have any configured default scopes",
            ("0oa1",),
        ),
    ],
)


@UNREAD
def test_what_was_not_read_is_no_reason_to_acquit(
    tmp_path: Path, unread: str, error: str, description: str, options: tuple[str, ...]
) -> None:
    path = snapshot_file(tmp_path, sound(), unread=(unread,))
    text = json.dumps({"error": error, "error_description": description})

    outcome = okta_auditor("diagnose", text, "--snapshot", path, "--client", *options)

    assert outcome.exit_code == 3, outcome.stdout
    assert "Checked, not the cause: the app is deactivated" not in outcome.stdout
    assert "has a default scope" not in outcome.stdout


@pytest.mark.parametrize("option", ["--at", "--grant", "--client", "--user", "--server", "--call"])
def test_a_token_in_the_wrong_place_is_not_shown(tmp_path: Path, option: str) -> None:
    path = snapshot_file(tmp_path, sound())
    sent = token()

    outcome = okta_auditor("diagnose", "--snapshot", path, "E0000099 access", option, sent)

    shown = outcome.stdout + outcome.stderr
    assert sent.split(".")[1][:30] not in shown


OF_UNREAD = [
    (row, cause, unread)
    for row, cause, collections in (
        ("no-matching-rule", "no-active-rule", ("policy_rules",)),
        ("no-matching-rule", "grant-in-no-rule", ("policy_rules",)),
        ("no-matching-rule", "scopes-in-no-rule", ("policy_rules", "scopes")),
        (
            "no-matching-rule",
            "people-in-no-rule",
            ("policy_rules", "scopes", "groups", "group_members"),
        ),
        ("token-issuer", "issuers-differ", ("authorization_servers",)),
        ("token-audience", "audience-changed", ("authorization_servers",)),
        ("token-key", "key-rotated-away", ("authorization_servers",)),
    )
    for unread in collections
]


@pytest.mark.parametrize(("row", "cause", "unread"), OF_UNREAD)
def test_a_fault_in_what_was_not_read_is_not_acquitted(
    tmp_path: Path, row: str, cause: str, unread: str
) -> None:
    cases: list[Example] = [one for one in CASES if (one.row, one.cause) == (row, cause)]
    assert cases
    for number, case in enumerate(cases):
        tenant, folder = sound(), tmp_path / str(number)
        folder.mkdir()
        assert case.change
        case.change(tenant)
        path = snapshot_file(folder, tenant, unread=(unread,))
        message = case.message or case.known.text
        error = {"error": case.known.error or None, "error_description": message}
        text = f"{json.dumps(error)}\n{case.text}"
        options = ("--snapshot", path, "--at", NOW, *case.words, "--format", "json")

        document = json.loads(okta_auditor("diagnose", text, *options).stdout)

        (found,) = document["errors"]
        assert found["fault"] != "outside", found["causes"]
        assert document["cause"] is None or document["cause"]["name"] == cause


def test_the_assertion_of_a_client_is_no_subject_token(tmp_path: Path) -> None:
    error = json.dumps({"error": "invalid_grant", "error_description": "subject token is invalid"})
    assertion = token(iss="0oa2", sub="0oa2", cid=None)

    document = diagnosed(tmp_path, f"{error} {assertion}", "--server", "aus1")

    (found,) = document["errors"]
    assert {one["confidence"] for one in found["causes"]} == {"unknown"}


def test_the_owner_of_an_api_token_who_is_gone_is_not_called_active(tmp_path: Path) -> None:
    tenant = sound()
    owned = {"id": "00T9", "name": "robot", "userId": "00u0000000000000gone"}
    tenant["/api/v1/api-tokens"] = [owned]
    path = snapshot_file(tmp_path, tenant)

    outcome = okta_auditor("diagnose", "E0000011", "--snapshot", path)

    assert 'The owner of API token "robot" is not in the snapshot' in outcome.stdout
    assert outcome.exit_code == 3
