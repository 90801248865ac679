"""AI agents and the other collections that came later: odd answers, scopes, old snapshots."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from helpers import ledger, okta_auditor, served, tenant, write_document
from service_app import KEY, pem, with_service_app

from auditor.collect.auth.credentials import LATER_SCOPES, READ_SCOPES
from auditor.snapshot.collections import COLLECTIONS
from auditor.snapshot.document import parse_snapshot
from auditor.snapshot.models.clients import AdminRole
from auditor.snapshot.org import Org

AGENTS = "/workload-principals/api/v1/ai-agents"
NOT_LICENSED = {"errorCode": "E0000015", "errorSummary": "You do not have permission"}
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
LATER = {row.name for row in COLLECTIONS if row.later}


def agent(number: int) -> dict[str, Any]:
    return {"id": f"wlp{number:03}", "status": "ACTIVE", "profile": {"name": f"Agent {number}"}}


def export(
    document: dict[str, Any], path: Path, *options: object, exit_code: int = 0
) -> tuple[dict[str, Any], list[str]]:
    """The snapshot, and the paths that were asked for."""
    with served(document) as sandbox:
        outcome = okta_auditor("snapshot", "-o", path, *options, url=sandbox.url)
        sent = [request.path for request in sandbox.requests]
    assert outcome.exit_code == exit_code, outcome.shown
    return dict(json.loads(path.read_text())), sent


def org_of(path: Path) -> Org:
    return Org.of(parse_snapshot(path.read_bytes(), path))


@pytest.mark.parametrize("wrapped", [True, False], ids=["as Okta sends it", "as a bare list"])
def test_lists_inside_objects_are_read_page_by_page(tmp_path: Path, *, wrapped: bool) -> None:
    agents = [agent(number) for number in range(201)]
    document = tenant(**{AGENTS: {"data": agents} if wrapped else agents})

    snapshot, sent = export(document, tmp_path / "s.json")

    assert snapshot["resources"][AGENTS] == agents
    assert ledger(tmp_path / "s.json")["ai_agents"]["pages"] == sent.count(AGENTS) == 2
    assert sent.count(f"{AGENTS}/wlp200/connections") == 1


def test_a_next_page_that_only_the_body_names_is_read(tmp_path: Path) -> None:
    first = {"data": [agent(1)], "_links": {"next": {"href": f"{AGENTS}?after=x"}}}
    second = {"path": f"^{AGENTS}$", "query": "after=", "body": {"data": [agent(2)]}}
    faults = [second, {"path": f"^{AGENTS}$", "body": first}]

    snapshot, _ = export(tenant(faults=faults), tmp_path / "s.json")

    assert snapshot["resources"][AGENTS] == [agent(1), agent(2)]


@pytest.mark.parametrize("following", [{"href": 7}, 7, {"rel": "next"}])
def test_a_next_page_that_the_body_names_and_nobody_understands_is_a_gap(
    tmp_path: Path, following: object
) -> None:
    body = {"data": [agent(1)], "_links": {"next": following}}
    faults = [{"path": f"^{AGENTS}$", "body": body}]

    export(tenant(faults=faults), tmp_path / "s.json", exit_code=3)

    entry = ledger(tmp_path / "s.json")["ai_agents"]
    assert entry["status"] == "partial"
    assert "cannot be understood" in entry["gaps"][0]["reason"]


def test_an_answer_without_the_list_is_a_gap(tmp_path: Path) -> None:
    faults = [{"path": "^/api/v1/domains$", "body": {"dominions": []}}]

    export(tenant(faults=faults), tmp_path / "s.json", "--attempts", 1, exit_code=3)

    assert ledger(tmp_path / "s.json")["custom_domains"]["status"] == "partial"


def test_an_org_that_does_not_know_the_paths_of_agents_is_complete(tmp_path: Path) -> None:
    document = tenant(faults=[{"path": "^/workload-principals/", "status": 404}])

    export(document, tmp_path / "s.json")

    entries = ledger(tmp_path / "s.json")
    absent = {name for name, entry in entries.items() if entry["status"] == "absent"}
    assert absent == {"ai_agents", "agent_connections", "delegation_links"}


def test_a_gateway_that_does_not_know_the_paths_of_agents_is_not_believed(tmp_path: Path) -> None:
    fault = {"path": "^/workload-principals/", "status": 404, "body": "<html>No such page</html>"}

    export(tenant(faults=[fault]), tmp_path / "s.json", exit_code=3)

    assert ledger(tmp_path / "s.json")["ai_agents"]["status"] == "partial"


def exchanging(grant: str = EXCHANGE, **changes: Any) -> dict[str, Any]:
    """The small tenant with an app that may exchange tokens, or use another grant type."""
    document = tenant(**changes)
    document["/api/v1/apps"][0]["settings"]["oauthClient"]["grant_types"].append(grant)
    return document


def test_an_org_without_agents_and_interclient_access_is_complete(tmp_path: Path) -> None:
    paths = "^/workload-principals/|/interclient-target-apps$"
    document = exchanging(faults=[{"path": paths, "status": 401, "body": NOT_LICENSED}])

    export(document, tmp_path / "s.json")

    entries = ledger(tmp_path / "s.json")
    absent = {name for name, entry in entries.items() if entry["status"] == "absent"}
    assert absent == {
        *("ai_agents", "agent_connections", "delegation_links", "interclient_target_apps")
    }
    assert okta_auditor("audit", tmp_path / "s.json", "--exit-zero").exit_code == 0


def test_what_every_org_has_is_never_absent(tmp_path: Path) -> None:
    paths = "^/api/v1/groups/rules$|^/api/v1/domains$|^/integrations/"
    document = tenant(faults=[{"path": paths, "status": 401, "body": NOT_LICENSED}])

    export(document, tmp_path / "s.json", exit_code=3)

    entries = ledger(tmp_path / "s.json")
    refused = {name for name, entry in entries.items() if entry["status"] == "refused"}
    assert refused == {"group_rules", "custom_domains", "api_service_integrations"}


def test_a_feature_that_is_missing_is_asked_for_once_and_not_for_each_app(tmp_path: Path) -> None:
    first = exchanging()["/api/v1/apps"][0]
    apps = [{**first, "id": f"0oa{n}", "credentials": {}} for n in range(10, 60)]
    fault = {"path": "/interclient-target-apps$", "status": 401, "body": NOT_LICENSED}
    document = tenant(**{"/api/v1/apps": apps}, faults=[fault])

    _, sent = export(document, tmp_path / "s.json", "--concurrency", 1)

    assert sum(path.endswith("/interclient-target-apps") for path in sent) == 1
    assert ledger(tmp_path / "s.json")["interclient_target_apps"]["status"] == "absent"


@pytest.mark.parametrize(("grant", "asked"), [(EXCHANGE, 1), ("refresh_token", 0)])
def test_who_trusts_an_app_is_asked_for_where_it_may_exchange_tokens(
    tmp_path: Path, grant: str, asked: int
) -> None:
    document = exchanging(grant)
    document["/api/v1/apps/0oa1/interclient-target-apps"] = ["0oa9", "0oa2"]

    _, sent = export(document, tmp_path / "s.json")

    assert sum(path.endswith("/interclient-target-apps") for path in sent) == asked
    org = org_of(tmp_path / "s.json")
    trusting = ["0oa2", "0oa9"] if asked else []
    assert list(org.interclient_target_apps(org.apps[0])) == trusting


def test_what_is_read_of_agents_has_names(tmp_path: Path) -> None:
    orn = "orn:okta:idp:00o1:authorization_servers:aus1"
    connection = {
        "id": "mcn1",
        "connectionType": "IDENTITY_ASSERTION_CUSTOM_AS",
        "status": "ACTIVE",
        "authorizationServer": {"orn": orn, "name": "Billing"},
        "scopeCondition": "INCLUDE_ONLY",
        "scopes": ["billing:read"],
    }
    link = {"id": "dlk1", "from": {"clientOrn": "orn:okta:idp:00o1:apps:oidc_client:0oa1"}}
    cimd = {**agent(2), "oauthClient": {"clientId": "https://agent.example/c.json"}}
    document = tenant(
        **{
            AGENTS: {"data": [agent(1), cimd]},
            f"{AGENTS}/wlp001/connections": {"data": [connection]},
            "/workload-principals/api/v1/delegation-links": {"data": [link]},
            "/integrations/api/v1/api-services": [
                {"id": "0oa7", "name": "Backup", "grantedScopes": ["okta.users.manage"]}
            ],
            "/api/v1/domains": {"domains": [{"id": "OcD1", "domain": "login.acme.example"}]},
            "/api/v1/groups/rules": [
                {"id": "0gr1", "name": "Staff", "status": "ACTIVE",
                 "actions": {"assignUserToGroups": {"groupIds": ["00g1"]}}}
            ],
        }
    )  # fmt: skip

    export(document, tmp_path / "s.json")

    org = org_of(tmp_path / "s.json")
    first = org.agent("wlp001")
    assert first is not None
    assert first.title == "Agent 1"
    assert [(c.title, c.authorization_server.id, c.scopes) for c in org.connections(first)] == [
        ("Billing", "aus1", ("billing:read",))
    ]
    by_url = org.agent("https://agent.example/c.json")
    assert by_url is not None
    assert by_url is org.agent("wlp002")
    assert not org.connections(by_url)
    assert [link.source.client_orn for link in org.delegation_links] == [link["from"]["clientOrn"]]
    assert [each.granted_scopes for each in org.api_service_integrations] == [
        ("okta.users.manage",)
    ]
    assert [each.title for each in org.custom_domains] == ["login.acme.example"]
    assert [each.group_ids for each in org.group_rules] == [("00g1",)]


@pytest.mark.parametrize("wrapped", [True, False], ids=["as Okta sends it", "as a bare list"])
def test_permissions_of_custom_roles_are_named_by_their_labels(
    tmp_path: Path, *, wrapped: bool
) -> None:
    labels = ["okta.users.read", "okta.apps.read", "okta.apps.read"]
    permissions = [{"label": label, "created": "2026-01-01T00:00:00.000Z"} for label in labels]
    roles = [{"id": "cr01", "label": "Readers"}, {"id": "cr02", "label": "Nobody yet"}]
    path = "/api/v1/iam/roles"
    document = tenant(
        **{
            path: {"roles": roles} if wrapped else roles,
            f"{path}/cr01/permissions": {"permissions": permissions} if wrapped else permissions,
        }
    )

    export(document, tmp_path / "s.json")

    assert ledger(tmp_path / "s.json")["role_permissions"]["lists"] == 2
    org = org_of(tmp_path / "s.json")
    readers, nobody = (
        org.custom_role(AdminRole(id="ra1", type="CUSTOM", role=role["id"])) for role in roles
    )
    assert readers is not None
    assert nobody is not None
    assert readers.title == "Readers"
    assert [each.id for each in org.permissions(readers)] == ["okta.apps.read", "okta.users.read"]
    assert not org.permissions(nobody)
    assert org.custom_role(AdminRole(id="ra2", type="SUPER_ADMIN")) is None


def test_a_permission_without_a_name_is_quarantined(tmp_path: Path) -> None:
    path = "/api/v1/iam/roles"
    permissions = {"permissions": [{"label": "okta.apps.read"}, {"labels": ["okta.users.read"]}]}
    roles = [{"id": "cr01", "label": "Readers"}]
    document = tenant(**{path: roles, f"{path}/cr01/permissions": permissions})

    export(document, tmp_path / "s.json", exit_code=3)

    entry = ledger(tmp_path / "s.json")["role_permissions"]
    assert entry["status"] == "partial"
    assert len(entry["quarantined"]) == 1


def test_a_snapshot_of_an_earlier_version_is_audited_without_what_it_lacks(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    snapshot, _ = export(tenant(), path)
    paths = {row.path.format("0oa1") for row in COLLECTIONS if row.later}
    write_document(
        path,
        {
            **snapshot,
            "ledger": [row for row in snapshot["ledger"] if row["collection"] not in LATER],
            "resources": {p: v for p, v in snapshot["resources"].items() if p not in paths},
        },
    )

    outcome = okta_auditor("audit", path, "-O", "json", "--exit-zero")

    assert outcome.exit_code == 3
    result = json.loads(outcome.stdout)
    partial = {row["collection"]: row for row in result["coverage"] if row["status"] != "complete"}
    assert set(partial) == LATER
    assert {row["reason"] for row in partial.values()} == {
        "this snapshot does not contain it; it was made by another version"
    }
    assert {name for item in result["not_evaluated"] for name in item["missing"]} <= LATER


@pytest.mark.parametrize("lacking", [LATER_SCOPES, LATER_SCOPES[:1], LATER_SCOPES[1:]])
def test_a_service_app_of_an_earlier_version_reads_what_it_may(
    tmp_path: Path, lacking: tuple[str, ...]
) -> None:
    granted = tuple(scope for scope in READ_SCOPES if scope not in lacking)
    document = with_service_app(granted)
    document["/api/v1/apps"][0]["settings"]["oauthClient"]["grant_types"].append(EXCHANGE)
    with served(document) as sandbox:
        outcome = okta_auditor(
            "snapshot", "-o", tmp_path / "s.json",
            OKTA_CLIENT_ORGURL=sandbox.url, OKTA_CLIENT_CLIENTID="0oaS",
            OKTA_CLIENT_PRIVATEKEY=pem(KEY),
        )  # fmt: skip

    assert outcome.exit_code == 3
    entries = ledger(tmp_path / "s.json")
    scopes = {entry["oauth_scope"] for entry in entries.values() if "oauth_scope" in entry}
    unread = {name for name, entry in entries.items() if entry["status"] != "complete"}
    assert scopes == set(lacking)
    assert unread == {row.name for row in COLLECTIONS if row.oauth_scope in lacking}


def test_the_objects_are_compared(tmp_path: Path) -> None:
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    export(tenant(**{AGENTS: [agent(1)]}), old)
    inactive = {**agent(1), "status": "INACTIVE"}
    connections = [{"id": "mcn1", "authorizationServer": {"name": "Billing"}}]
    rules = [{"id": "0gr1", "name": "Staff"}]
    changed = {
        AGENTS: [inactive, agent(2)],
        f"{AGENTS}/wlp001/connections": connections,
        "/api/v1/groups/rules": rules,
    }
    export(tenant(**changed), new)

    difference = json.loads(okta_auditor("diff", old, new, "--format", "json").stdout)

    changes = {
        (item["object"]["type"], item["object"]["name"], item["change"])
        for item in difference["objects"]
    }
    assert changes == {
        ("ai_agent", "Agent 1", "changed"),
        ("ai_agent", "Agent 2", "added"),
        ("agent_connection", "Billing", "added"),
        ("group_rule", "Staff", "added"),
    }
