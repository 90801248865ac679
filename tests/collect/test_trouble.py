"""When a part cannot be read: one clear message, the right exit code, nothing lost."""

import json
from pathlib import Path
from typing import Any

import pytest
from helpers import SERVERS, TOKEN, Outcome, ledger, okta_auditor, served, tenant

from auditor.collect.fetch import bounds
from auditor.collect.fetch.bounds import Bounds

SCOPES = f"{SERVERS}/aus1/scopes"


def attempt(document: dict[str, Any], path: Path) -> Outcome:
    with served(document) as sandbox:
        return okta_auditor("snapshot", "-o", path, "--attempts", 1, url=sandbox.url)


def one_fault(path: str, **fault: Any) -> dict[str, Any]:
    return tenant(faults=[{"path": path, **fault}])


def test_a_refused_collection_names_the_missing_right_and_the_rest_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    body = {"errorCode": "E0000006", "errorSummary": "You do not have permission"}

    outcome = attempt(one_fault("^/api/v1/groups", status=403, body=body), path)

    assert outcome.exit_code == 3
    assert "okta.groups.read" not in outcome.stderr, "an API token has no scopes"
    remedy = "Next: give the API token's owner an admin role that may view groups."
    assert remedy in outcome.stderr
    entries = ledger(path)
    assert entries["groups"]["status"] == "refused"
    assert "oauth_scope" not in entries["groups"]
    assert entries["group_members"]["status"] == "partial"
    assert entries["apps"]["status"] == "complete"
    assert "/api/v1/groups" not in json.loads(path.read_text())["resources"], "not an empty list"


def test_a_refused_fan_out_is_not_asked_for_again_and_again(tmp_path: Path) -> None:
    document = one_fault("^/api/v1/groups/.*/users", status=403)
    document["/api/v1/groups"] = [{"id": f"00g{n}"} for n in range(100)]
    with served(document) as sandbox:
        okta_auditor("snapshot", "-o", tmp_path / "s.json", "--all-members", url=sandbox.url)
        asked = [r for r in sandbox.requests if r.path.endswith("/users") and "groups" in r.path]
    assert len(asked) <= 15, "no more than were in flight when the refusal came"
    assert ledger(tmp_path / "s.json")["group_members"]["status"] == "refused"


def test_an_org_without_api_access_management_is_absent_not_refused(tmp_path: Path) -> None:
    body = {
        "errorCode": "E0000015",
        "errorSummary": "You do not have permission to access the feature",
    }

    outcome = attempt(one_fault(f"^{SERVERS}", status=401, body=body), tmp_path / "s.json")

    assert outcome.exit_code == 0
    entries = ledger(tmp_path / "s.json")
    assert entries["authorization_servers"]["status"] == "absent"
    assert entries["policy_rules"]["status"] == "absent"
    audit = okta_auditor("audit", tmp_path / "s.json", "-O", "json")
    result = json.loads(audit.stdout)
    assert any(item["code"] == "OAM101" for item in result["not_evaluated"]), "never called clean"
    assert all(item["absent"] for item in result["not_evaluated"])


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"status": 404}, "404"),
        ({"status": 500}, "500"),
        ({"status": 200, "body": "<html>Scheduled maintenance</html>"}, "web page"),
        ({"truncate": True}, "cut off"),
        ({"drop": True}, "closed the connection"),
        ({"status": 200, "body": {"not": "a list"}}, "not a list"),
        ({"headers": {"Link": f'<{{origin}}{SCOPES}?limit=200>; rel="next"'}}, "loop"),
        ({"headers": {"Link": '<https://evil.example/x>; rel="next"'}}, "another host"),
        ({"status": 302, "headers": {"Location": "https://evil.example/"}}, "redirect"),
    ],
    ids=[
        "404",
        "500",
        "maintenance",
        "truncated",
        "dropped",
        "object",
        "loop",
        "origin",
        "redirect",
    ],
)
def test_a_list_that_cannot_be_read_is_a_gap_with_a_reason(
    tmp_path: Path, fault: dict[str, Any], words: str
) -> None:
    path = tmp_path / "s.json"

    outcome = attempt(one_fault(f"^{SCOPES}$", **fault), path)

    assert outcome.exit_code == 3
    assert words in outcome.stderr
    entry = ledger(path)["scopes"]
    assert entry["status"] == "partial"
    assert entry["gaps"][0]["path"] == SCOPES
    assert words in entry["gaps"][0]["reason"]
    result = json.loads(okta_auditor("audit", path, "-O", "json").stdout)
    unread = {item["code"] for item in result["not_evaluated"]}
    assert "OAM302" in unread, "a rule that reads scopes does not run on half of them"
    assert "OAM101" not in unread
    assert okta_auditor("audit", path).exit_code == 3


def test_a_bad_record_is_quarantined_and_its_page_survives(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    groups = [{"id": "00g1"}, {"id": 7, "profile": "odd"}, "nonsense", {"id": "00g2"}]

    outcome = attempt(tenant(**{"/api/v1/groups": groups}), path)

    assert outcome.exit_code == 3
    entry = ledger(path)["groups"]
    assert entry["objects"] == 2
    assert [odd["record"] for odd in entry["quarantined"]] == ["#1", "#2"]
    assert "id" in entry["quarantined"][0]["reason"]


def test_wrong_token(tmp_path: Path) -> None:
    outcome = attempt(tenant(tokens=["another"]), tmp_path / "s.json")

    assert outcome.exit_code == 3
    assert "401 E0000011" in outcome.stderr
    assert "revoked, expired" in outcome.stderr
    assert not (tmp_path / "s.json").exists()


def test_a_token_that_dies_midway_keeps_what_was_read(tmp_path: Path) -> None:
    body = {"errorCode": "E0000011", "errorSummary": "Invalid token provided"}
    faults = [{"path": "/api/v1/(groups|users)", "status": 401, "body": body}]

    outcome = attempt(tenant(faults=faults), tmp_path / "s.json")

    assert outcome.exit_code == 3
    entries = ledger(tmp_path / "s.json")
    assert entries["users"]["status"] == "partial"
    assert "E0000011" in entries["users"]["gaps"][0]["reason"]


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"status": 200, "body": "<html>maintenance</html>"}, "web page"),
        ({"status": 200, "body": ""}, "empty"),
        ({"drop": True}, "could not be reached"),
        ({"status": 503}, "503"),
    ],
)
def test_an_org_that_answers_nothing_usable_ends_the_run(
    tmp_path: Path, fault: dict[str, Any], words: str
) -> None:
    outcome = attempt(one_fault(".", **fault), tmp_path / "s.json")

    assert outcome.exit_code == 3
    assert words in outcome.stderr
    assert "Nothing was written" in outcome.stderr
    assert not (tmp_path / "s.json").exists()


def test_a_token_that_may_read_nothing(tmp_path: Path) -> None:
    outcome = attempt(one_fault(".", status=403), tmp_path / "s.json")

    assert outcome.exit_code == 3
    assert "Read-only Administrator" in outcome.stderr
    assert not (tmp_path / "s.json").exists()


def test_an_unreachable_host(tmp_path: Path) -> None:
    outcome = okta_auditor(
        "snapshot", "-o", tmp_path / "s.json", "--attempts", 1, url="http://127.0.0.1:9"
    )

    assert outcome.exit_code == 3
    assert "could not be reached" in outcome.stderr
    assert "status.okta.com" in outcome.stderr


def test_an_org_that_falls_silent_is_not_asked_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "DEFAULT_BOUNDS", Bounds(cool_down_s=0.02))
    document = one_fault("^/api/v1/groups/.*/users", drop=True)
    document["/api/v1/groups"] = [{"id": f"00g{n:03}"} for n in range(200)]
    with served(document) as sandbox:
        okta_auditor(
            "snapshot", "-o", tmp_path / "s.json", "--attempts", 1, "--all-members",
            url=sandbox.url,
        )  # fmt: skip
        asked = [r for r in sandbox.requests if r.path.startswith("/api/v1/groups/")]
    assert len(asked) < 200, "each request counts twice, by aiohttp's own doing"
    entry = ledger(tmp_path / "s.json")["group_members"]
    assert entry["status"] == "partial"
    assert len(entry["gaps"]) == 200
    assert "see https://status.okta.com" in entry["gaps"][199]["reason"]


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({}, "OKTA_CLIENT_ORGURL is not set"),
        ({"OKTA_CLIENT_ORGURL": "https://x.okta.com"}, "OKTA_CLIENT_TOKEN is not set"),
        ({"OKTA_CLIENT_ORGURL": "http://x.okta.com"}, "in clear"),
        ({"OKTA_CLIENT_ORGURL": "x.okta.com"}, "https://"),
        ({"OKTA_CLIENT_ORGURL": "https://x-admin.okta.com"}, "https://x.okta.com"),
        ({"OKTA_CLIENT_ORGURL": "https://x.okta.com/api/v1"}, "has a path"),
        ({"OKTA_CLIENT_ORGURL": "https://me:pw@x.okta.com"}, "more than a scheme"),
        ({"OKTA_CLIENT_ORGURL": "https://x:port"}, "not a URL"),
        (
            {"OKTA_CLIENT_ORGURL": "https://x.okta.com", "OKTA_CLIENT_TOKEN": f"SSWS {TOKEN}"},
            "SSWS",
        ),
        (
            {"OKTA_CLIENT_ORGURL": "https://x.okta.com", "OKTA_CLIENT_AUTHORIZATIONMODE": "Basic"},
            "Use SSWS or PrivateKey",
        ),
        (
            {"OKTA_CLIENT_ORGURL": "https://x.okta.com", "OKTA_CLIENT_PRIVATEKEY": "{}"},
            "OKTA_CLIENT_CLIENTID is not set",
        ),
        (
            {
                "OKTA_CLIENT_ORGURL": "https://x.okta.com",
                "OKTA_CLIENT_CLIENTID": "0oa1",
                "OKTA_CLIENT_PRIVATEKEY": f"no such key {TOKEN}",
            },
            "neither",
        ),
        (
            {
                "OKTA_CLIENT_ORGURL": "https://x.okta.com",
                "OKTA_CLIENT_CLIENTID": "0oa1",
                "OKTA_CLIENT_PRIVATEKEY": '{"kty": "EC"}',
            },
            "RSA",
        ),
        (
            {
                "OKTA_CLIENT_ORGURL": "http://127.0.0.1:9",
                "OKTA_CLIENT_CLIENTID": "0oa1",
                "OKTA_CLIENT_PRIVATEKEY": "-----BEGIN PRIVATE KEY-----\nAAAA",
            },
            "private key",
        ),
    ],
)
def test_unusable_credentials_are_a_usage_error(
    tmp_path: Path, variables: dict[str, str], words: str
) -> None:
    outcome = okta_auditor("snapshot", "-o", tmp_path / "s.json", **variables)

    assert outcome.exit_code == 2
    assert words in outcome.stderr
    assert not list(tmp_path.iterdir())


def test_loopback_may_be_http_by_any_of_its_names(tmp_path: Path) -> None:
    with served(tenant()) as sandbox:
        url = sandbox.url.replace("127.0.0.1", "localhost")
        assert okta_auditor("snapshot", "-o", tmp_path / "s.json", url=url).exit_code == 0
