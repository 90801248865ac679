"""Exports over real HTTP: what is read, what is left out, and what never gets into a file."""

import gzip
import json
import stat
from pathlib import Path

import pytest
from helpers import SERVERS, TENANT, TOKEN, ledger, okta_auditor, served, tenant, with_everyone

from auditor.snapshot.collections import BY_NAME


def exported(document: dict[str, object], path: Path, *options: str) -> dict[str, object]:
    with served(document) as sandbox:
        outcome = okta_auditor("snapshot", "-o", path, *options, url=sandbox.url)
    assert outcome.exit_code == 0, outcome.shown
    return dict(json.loads(path.read_text()))


def test_everything_is_read_and_the_ledger_says_so(tmp_path: Path) -> None:
    exported(tenant(), tmp_path / "s.json")

    entries = ledger(tmp_path / "s.json")
    assert {entry["status"] for entry in entries.values()} == {"complete"}
    assert set(entries) == set(BY_NAME)
    assert entries["apps"]["objects"] == 1
    assert entries["apps"]["left_out"] == 1
    assert entries["policy_rules"]["objects"] == 1
    assert entries["app_users"]["objects"] == 1


def test_of_a_record_the_fields_of_its_model_are_kept_as_they_came(tmp_path: Path) -> None:
    document = tenant()
    server = document[SERVERS][0]
    server |= {"issuerMode": "SOMETHING_NEW", "created": "2026-01-02T03:04:05.000Z"}
    document[SERVERS] = [{**server, "x-new": {"deep": [1, None]}, "_links": {"self": {}}}]

    snapshot = exported(document, tmp_path / "s.json")

    assert snapshot["resources"][SERVERS] == [server]
    rules = f"{SERVERS}/aus1/policies/00p1/rules"
    assert snapshot["resources"][rules] == TENANT[rules]


def test_of_people_only_id_status_and_login_are_kept(tmp_path: Path) -> None:
    snapshot = exported(tenant(), tmp_path / "s.json")

    resources = snapshot["resources"]
    assert resources["/api/v1/users"] == [
        {"id": "00u1", "status": "ACTIVE", "profile": {"login": "ada@acme.example"}}
    ]
    assert resources["/api/v1/groups/00g1/users"] == ["00u1"]
    assert resources["/api/v1/apps/0oa1/users"] == [
        {"scope": "GROUP", "status": "ACTIVE", "ids": ["00u1"]}
    ]
    text = (tmp_path / "s.json").read_text()
    assert "078-05-1120" not in text
    assert "202 555" not in text


def test_secrets_never_reach_the_file(tmp_path: Path) -> None:
    document = tenant()
    app = document["/api/v1/apps"][0]
    app["credentials"]["oauthClient"]["client_secret"] = "SECRET-client"
    app["settings"]["app"] = {"token": "SECRET-org2org", "baseUrl": "https://other.example"}
    app["settings"]["notes"] = {"admin": "SECRET-note", "enduser": None}
    app["profile"] = {"free": {"form": "SECRET-profile"}}
    app["settings"]["oauthClient"]["jwks"] = {
        "keys": [{"kty": "RSA", "kid": "k1", "n": "public", "d": "SECRET-d"}]
    }
    document["/api/v1/inlineHooks"] = [
        {
            "id": "cal1",
            "channel": {
                "config": {
                    "uri": "https://hooks.example/run?code=SECRET-code",
                    "authScheme": {"key": "Authorization", "value": "SECRET-scheme"},
                    "headers": [{"key": "X-Api-Key", "value": "SECRET-header"}],
                }
            },
        }
    ]

    exported(document, tmp_path / "s.json")

    text = (tmp_path / "s.json").read_text()
    assert "SECRET" not in text
    assert TOKEN not in text
    assert "https://other.example" not in text, "nothing of what a model does not declare"
    assert '"accessTokenLifetimeMinutes": 60' in text, "actions.token is no secret"


def test_the_endpoint_with_client_secrets_is_never_called(tmp_path: Path) -> None:
    with served(tenant()) as sandbox:
        okta_auditor("snapshot", "-o", tmp_path / "s.json", url=sandbox.url)
        assert not [r for r in sandbox.requests if "secrets" in r.path]
        assert {r.method for r in sandbox.requests} == {"GET"}


def test_no_request_is_sent_twice(tmp_path: Path) -> None:
    with served(tenant()) as sandbox:
        okta_auditor("snapshot", "-o", tmp_path / "s.json", url=sandbox.url)
        sent = [(r.path, tuple(sorted(r.query.items()))) for r in sandbox.requests]
    assert len(sent) == len(set(sent))


def test_the_same_tenant_gives_the_same_bytes_but_for_the_capture(tmp_path: Path) -> None:
    def body(name: str) -> str:
        snapshot = exported(tenant(), tmp_path / name)
        return json.dumps({k: v for k, v in snapshot.items() if k not in {"capture", "digest"}})

    assert body("a.json") == body("b.json")


def test_record_order_does_not_matter(tmp_path: Path) -> None:
    groups = with_everyone([{"id": f"00g{n}", "profile": {"name": str(n)}} for n in range(5)])
    first = exported(tenant(**{"/api/v1/groups": groups}), tmp_path / "a.json")
    second = exported(tenant(**{"/api/v1/groups": groups[::-1]}), tmp_path / "b.json")

    assert first["resources"] == second["resources"]


def test_every_list_is_paged_whatever_the_documentation_says(tmp_path: Path) -> None:
    path = f"{SERVERS}/aus1/policies/00p1/rules"
    rules = [{"id": f"0pr{n:04}", "name": "r", "status": "ACTIVE"} for n in range(450)]

    snapshot = exported(tenant(**{path: rules}), tmp_path / "s.json")

    assert [rule["id"] for rule in snapshot["resources"][path]] == [rule["id"] for rule in rules]
    assert ledger(tmp_path / "s.json")["policy_rules"]["pages"] == 3


def test_a_record_on_two_pages_is_kept_once(tmp_path: Path) -> None:
    zones = [{"id": "nzo1", "name": "a"}, {"id": "nzo1", "name": "a"}]

    exported(tenant(**{"/api/v1/zones": zones}), tmp_path / "s.json")

    assert ledger(tmp_path / "s.json")["network_zones"]["objects"] == 1


def test_a_client_id_that_is_not_the_app_id_is_used_for_its_roles(tmp_path: Path) -> None:
    document = tenant()
    app = document["/api/v1/apps"][0]
    app["credentials"]["oauthClient"]["client_id"] = "billing-batch"
    app["settings"]["oauthClient"]["application_type"] = "service"
    roles = "/oauth2/v1/clients/billing-batch/roles"
    document[roles] = [{"id": "r1", "type": "READ_ONLY_ADMIN"}]

    snapshot = exported(document, tmp_path / "s.json")

    assert snapshot["resources"][roles] == document[roles]


def test_concurrency_is_bounded(tmp_path: Path) -> None:
    document = tenant(latency_ms=20)
    document["/api/v1/groups"] = with_everyone([{"id": f"00g{n}"} for n in range(30)])
    with served(document) as sandbox:
        okta_auditor(
            "snapshot",
            "-o",
            tmp_path / "s.json",
            "--concurrency",
            4,
            "--all-members",
            url=sandbox.url,
        )
        assert 2 <= sandbox.peak_in_flight <= 4


def test_an_org_with_nothing_of_interest_is_a_warning(tmp_path: Path) -> None:
    document = tenant(**{"/api/v1/authorizationServers": [], "/api/v1/apps": []})
    with served(document) as sandbox:
        empty = okta_auditor("snapshot", "-o", tmp_path / "s.json", url=sandbox.url)
    with served(tenant()) as sandbox:
        usual = okta_auditor("snapshot", "-o", tmp_path / "t.json", url=sandbox.url)

    words = "warning: The org has neither authorization servers nor OIDC apps"
    assert words in empty.stderr
    assert words not in usual.stderr


def test_a_spent_rate_limit_is_waited_for(tmp_path: Path) -> None:
    document = tenant(rate_limits=[{"path": "^/api/v1/groups", "limit": 3, "window_s": 1}])
    document["/api/v1/groups"] = with_everyone([{"id": f"00g{n}"} for n in range(6)])

    snapshot = exported(document, tmp_path / "s.json", "--all-members")

    assert ledger(tmp_path / "s.json")["group_members"]["lists"] == 6
    assert snapshot["capture"]["waited_s"] > 0


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500, "times": 1},
        {"status": 503, "times": 2, "body": "<html>maintenance</html>"},
        {
            "status": 429,
            "times": 1,
            "headers": {"X-Rate-Limit-Limit": "0", "X-Rate-Limit-Remaining": "0"},
        },
        {"drop": True, "times": 3},  # aiohttp itself repeats a request on a stale connection
        {"truncate": True, "times": 1},
        {"status": 200, "times": 1, "body": "<html>back soon</html>"},
    ],
    ids=lambda fault: next(iter(fault)) + str(fault.get("status", "")),
)
def test_a_passing_fault_leaves_no_trace(tmp_path: Path, fault: dict[str, object]) -> None:
    healthy = exported(tenant(), tmp_path / "a.json")

    shaken = exported(tenant(faults=[{"path": "/scopes$", **fault}]), tmp_path / "b.json")

    assert shaken["resources"] == healthy["resources"]
    assert shaken["ledger"] == healthy["ledger"]
    assert shaken["capture"]["retries"] >= 1


def test_the_file_is_private_and_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    exported(tenant(), path)
    path.chmod(0o644)

    exported(tenant(), path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [item.name for item in tmp_path.iterdir()] == ["s.json"]


def test_gzip_by_extension_reads_the_same(tmp_path: Path) -> None:
    with served(tenant()) as sandbox:
        okta_auditor("snapshot", "-o", tmp_path / "s.json.gz", url=sandbox.url)

    packed = (tmp_path / "s.json.gz").read_bytes()
    assert json.loads(gzip.decompress(packed))["format"] == "okta-auditor-snapshot"
    assert okta_auditor("audit", tmp_path / "s.json.gz").exit_code in {0, 1}


def test_an_okta_yaml_cannot_redirect_the_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(tenant()) as trap, served(tenant()) as real:
        (tmp_path / "okta.yaml").write_text(f"okta:\n  client:\n    orgUrl: {trap.url}\n")
        monkeypatch.chdir(tmp_path)
        assert okta_auditor("snapshot", "-o", "s.json", url=real.url).exit_code == 0
        assert not trap.requests
        assert real.requests


def test_a_proxy_of_the_environment_does_not_see_loopback_requests(tmp_path: Path) -> None:
    with served(tenant()) as sandbox:
        outcome = okta_auditor(
            "snapshot",
            "-o",
            tmp_path / "s.json",
            url=sandbox.url,
            HTTP_PROXY="http://127.0.0.1:9",
            http_proxy="http://127.0.0.1:9",
        )
    assert outcome.exit_code == 0
