"""The contract with reality: a tenant folded from recordings of live ones, if it is at hand."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from helpers import ledger, okta_auditor, served

from auditor.snapshot.collections import match
from auditor.snapshot.kept_fields import field_names

RECORDED = Path(__file__).parents[2] / "shared" / "tenants" / "recorded.json"

pytestmark = pytest.mark.skipif(
    not RECORDED.exists(), reason="the recorded tenant is not beside the checkout"
)


@pytest.fixture(scope="module")
def tenant() -> dict[str, Any]:
    return dict(json.loads(RECORDED.read_text()))


@pytest.fixture(scope="module")
def snapshot(tenant: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recorded") / "snapshot.json"
    with served(tenant) as sandbox:
        outcome = okta_auditor("snapshot", "-o", path, "--all-members", url=sandbox.url)
    assert outcome.exit_code == 0, outcome.stderr
    return path


def test_the_ledger_counts_what_the_file_holds(tenant: dict[str, Any], snapshot: Path) -> None:
    def total(pattern: str) -> int:
        return sum(len(rows) for path, rows in tenant.items() if re.fullmatch(pattern, path))

    entries = ledger(snapshot)
    server = "/api/v1/authorizationServers"
    oidc = [app for app in tenant["/api/v1/apps"] if app["signOnMode"] == "OPENID_CONNECT"]
    assert {name: entries[name]["objects"] for name in entries if "objects" in entries[name]} == {
        "authorization_servers": 16,
        "policies": total(f"{server}/[^/]+/policies"),
        "policy_rules": total(f"{server}/.+/rules"),
        "scopes": total(f"{server}/[^/]+/scopes"),
        "claims": total(f"{server}/[^/]+/claims"),
        "apps": len(oidc),
        "app_users": total("/api/v1/apps/[^/]+/users"),
        "app_groups": total("/api/v1/apps/[^/]+/groups"),
        "client_roles": total("/oauth2/v1/clients/[^/]+/roles"),
        "groups": 125,
        "group_rules": total("/api/v1/groups/rules"),
        "group_members": total("/api/v1/groups/[^/]+/users"),
        "users": 129,
        "api_tokens": 1,
        "network_zones": total("/api/v1/zones"),
        "inline_hooks": total("/api/v1/inlineHooks"),
        "trusted_origins": total("/api/v1/trustedOrigins"),
    }
    assert len(oidc) == 285
    assert entries["apps"]["left_out"] == 443 - 285


LIMITS = [
    {"path": "^/api/v1/apps", "limit": 50},
    {"path": "^/api/v1/groups", "limit": 250},
]
"""What a token may spend in a minute in a usual org: half of each bucket."""


def test_an_export_takes_two_requests_an_app_at_most_in_the_tightest_bucket(
    tenant: dict[str, Any], tmp_path: Path
) -> None:
    clients = [
        app
        for app in tenant["/api/v1/apps"]
        if app["signOnMode"] == "OPENID_CONNECT" and app["settings"].get("oauthClient")
    ]
    with served({**tenant, "@rate_limits": LIMITS}) as sandbox:
        planned = okta_auditor(
            "snapshot", "-o", tmp_path / "s.json", "--plan", "--format", "json", url=sandbox.url
        )
    plan = json.loads(planned.stdout)
    apps = next(bucket for bucket in plan["buckets"] if bucket["bucket"] == "/api/v1/apps")

    assert plan["group_assignments"]["side"] == "groups"
    assert apps["requests"]["least"] == apps["requests"]["most"]
    assert apps["sent"] + apps["requests"]["most"] <= 2.0 * len(clients)


def test_the_groups_say_the_same_as_the_apps(
    tenant: dict[str, Any], tmp_path: Path, snapshot: Path
) -> None:
    limits = [{**limit, "limit": 4 * limit["limit"], "window_s": 0.5} for limit in LIMITS]
    path = tmp_path / "s.json"
    with served({**tenant, "@rate_limits": limits}) as sandbox:
        outcome = okta_auditor("snapshot", "-o", path, "--all-members", url=sandbox.url)

    assert outcome.exit_code == 0, outcome.stderr
    assert ledger(path)["app_groups"]["side"] == "groups"
    assert "side" not in ledger(snapshot)["app_groups"]
    made, usual = (json.loads(each.read_text())["resources"] for each in (path, snapshot))
    assert made == usual


def test_few_causes_lead_the_summary_and_unused_apps_are_not_high(snapshot: Path) -> None:
    text = okta_auditor("audit", snapshot, "--output", "text", COLUMNS="80").stdout
    heading, *rows = text.split("\n\n")[1].splitlines()

    found = re.fullmatch(r"(\d+) causes make (\d+) findings, the most harmful first:", heading)
    assert found
    assert int(found[1]) < 40 < int(found[2])
    counts = [row.split()[1] for row in rows if row[2:10].strip()]
    assert len(counts) == int(found[1])
    assert sum(map(int, counts)) == int(found[2])
    assert max(map(len, rows)) <= 80
    assert "HIGH  OAM601 nobody-assigned (9)\n" in text
    assert "LOW  OAM601 nobody-assigned (169)\n" in text


def test_configuration_is_kept_as_it_came(tenant: dict[str, Any], snapshot: Path) -> None:
    """No credential is taken for one that is none, and no field is lost that a model declares."""
    resources = json.loads(snapshot.read_text())["resources"]
    paths = [path for path in tenant if "authorizationServers" in path or "roles" in path]
    for path in [*paths, "/api/v1/groups", "/api/v1/zones", "/api/v1/trustedOrigins"]:
        for old, new in zip(sorted(tenant[path], key=_id), resources[path], strict=True):
            assert not lost(old, new, path)


def _id(record: dict[str, Any]) -> str:
    return str(record["id"])


def lost(old: Any, new: Any, path: str) -> list[str]:
    """Where a record differs from what it was read from, but for fields that were left out."""
    if isinstance(old, dict) and isinstance(new, dict):
        model = match(path)[0].model
        names = {name.split(".")[0] for name in field_names(model)} if "id" in old else set(new)
        return [
            where
            for key in names & set(old)
            for where in ([key] if key not in new else lost(old[key], new[key], path))
        ]
    return [] if old == new else [repr(old)]


def test_every_rule_is_evaluated_and_none_crashes(snapshot: Path) -> None:
    result = json.loads(okta_auditor("audit", snapshot, "-O", "json").stdout)

    assert result["not_evaluated"] == []
    assert result["crashed"] == []
    assert result["summary"]["complete"] is True


@pytest.mark.parametrize("options", [(), ("--zip",)])
def test_its_evidence_verifies(snapshot: Path, tmp_path: Path, options: tuple[str, ...]) -> None:
    target = tmp_path / "evidence.zip" if options else tmp_path / "evidence"
    made = okta_auditor("evidence", "export", snapshot, "-o", target, "--no-config", *options)
    assert made.exit_code == 0, made.shown

    done = okta_auditor("evidence", "verify", target)

    assert done.exit_code == 0, done.shown


def test_redacted_evidence_names_none_of_its_people(
    tenant: dict[str, Any], snapshot: Path, tmp_path: Path
) -> None:
    target = tmp_path / "evidence"
    made = okta_auditor(
        "evidence", "export", snapshot, "-o", target, "--no-config", "--redact", "people",
        OKTA_AUDITOR_REDACTION_KEY="k" * 64,
    )  # fmt: skip
    assert made.exit_code == 0, made.shown

    whole = b"".join(item.read_bytes() for item in target.iterdir()).decode()
    words = set(re.findall(r"[\w.@+-]+", whole))
    people = {person["id"] for person in tenant["/api/v1/users"]}
    logins = {person["profile"]["login"] for person in tenant["/api/v1/users"]}
    assert people
    assert not words & people
    assert not words & {login for login in logins if "@" in login}
