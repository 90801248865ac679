"""The overview of access, by a tenant small enough to say what is right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from auditor import AuditResult
from auditor.access_overview.model import MOST_PATHS, AccessOverview, Obtains, RuleUse
from auditor.access_overview.overview import MOST_CLIENTS, access_overview
from auditor.lint.engine import audit
from auditor.lint.examples import example_snapshot
from auditor.lint.options import RuleOptions
from auditor.lint.sensitive_scopes import sensitive_scopes
from auditor.plugins import load_rules
from auditor.snapshot.collections import match
from auditor.snapshot.document import Source, dump_snapshot
from auditor.snapshot.ledger import CollectionStatus, Gap, Ledger, LedgerEntry
from auditor.snapshot.org import Org

SERVER = "/api/v1/authorizationServers/aus1"
CODE = ["authorization_code"]


def client(id_: str, *grants: str) -> dict[str, Any]:
    return {"id": id_, "label": id_, "settings": {"oauthClient": {"grant_types": list(grants)}}}


def rule(id_: str, *scopes: str) -> dict[str, Any]:
    return {
        "id": id_,
        "name": id_,
        "conditions": {
            "people": {"groups": {"include": ["EVERYONE"]}},
            "grantTypes": {"include": CODE},
            "scopes": {"include": list(scopes)},
        },
        "actions": {"token": {"accessTokenLifetimeMinutes": 60}},
    }


def tenant() -> dict[str, Any]:
    """Four clients: two with people, one without, one with a grant type that no rule allows."""
    named = ["web", "empty", "robot"]
    return {
        "/api/v1/users": [{"id": "00u1"}, {"id": "00u2"}],
        "/api/v1/apps": [
            *(client(name, *CODE) for name in ("web", "empty", "other")),
            client("robot", "client_credentials"),
        ],
        "/api/v1/apps/web/users": [{"id": "00u1"}, {"id": "00u2"}],
        "/api/v1/apps/other/users": [{"id": "00u1"}],
        "/api/v1/authorizationServers": [{"id": "aus1", "name": "Orders"}],
        f"{SERVER}/scopes": [{"name": name} for name in ("orders:write", "orders:read", "lost")],
        f"{SERVER}/policies": [
            {"id": "p1", "name": "P", "conditions": {"clients": {"include": named}}}
        ],
        f"{SERVER}/policies/p1/rules": [
            rule("first", "orders:read", "orders:write"),
            rule("second", "orders:read"),
        ],
    }


def audited(example: dict[str, Any], *entries: LedgerEntry, codes: str = "OAM") -> AuditResult:
    snapshot = example_snapshot(example)
    given = {entry.collection: entry for entry in entries}
    ledger = tuple(given.get(entry.collection, entry) for entry in snapshot.ledger.entries)
    refused = {name for name, entry in given.items() if entry.status is CollectionStatus.REFUSED}
    resources = {
        path: value
        for path, value in snapshot.resources.items()
        if (found := match(path)) and found[0].name not in refused
    }
    update = {"ledger": Ledger(entries=ledger), "resources": resources}
    snapshot = snapshot.model_copy(update=update)
    rules = [rule for rule in load_rules() if rule.code.startswith(codes)]
    return audit(snapshot, rules, Source("snapshot.json", dump_snapshot(snapshot)))


def access_of(example: dict[str, Any], *entries: LedgerEntry, codes: str = "OAM") -> AccessOverview:
    access = audited(example, *entries, codes=codes).access
    assert access is not None
    return access


def partial(collection: str, path: str) -> LedgerEntry:
    gap = Gap(path=path, reason="500 on page 2")
    return LedgerEntry(collection=collection, status=CollectionStatus.PARTIAL, gaps=(gap,))


def cells(access: AccessOverview) -> dict[str, Obtains]:
    return {client.id: client.cells[0].obtains for client in access.clients}


def test_who_obtains_what_and_who_fails_why() -> None:
    access = access_of(tenant())
    by_id = {client.id: client.cells[0] for client in access.clients}

    assert cells(access) == {
        "empty": Obtains.NOTHING,
        "other": Obtains.NOTHING,
        "robot": Obtains.NOTHING,
        "web": Obtains.SENSITIVE,
    }
    assert by_id["web"].scopes == ("orders:read", "orders:write")
    assert by_id["web"].sensitive == ("orders:write",)
    assert by_id["empty"].failure == "nobody who can sign in is assigned to it"
    assert "client_credentials" in by_id["robot"].failure
    assert by_id["other"].failure == "", "no policy names it"


def test_rules_that_name_people_are_no_use_to_a_client_without_users() -> None:
    example = tenant()
    rules = example[f"{SERVER}/policies/p1/rules"]
    for rule in rules:
        rule["conditions"]["grantTypes"] = {"include": ["client_credentials"]}
        rule["conditions"]["people"] = {"groups": {"include": ["00g1"]}}

    robot = example["/api/v1/apps"][-1]
    robot["settings"]["oauthClient"]["application_type"] = "service"

    access = access_of(example)

    why = "every rule for it names people, and client_credentials has no user"
    assert {client.id: client.cells[0] for client in access.clients}["robot"].failure == why
    assert access.servers[0].policies[0].rules[0].why == (
        "it names people, and client_credentials has no user"
    )


def test_rules_in_order_and_what_falls_out() -> None:
    (server,) = access_of(tenant()).servers
    first, second = server.policies[0].rules

    assert (first.name, first.use) == ("first", RuleUse.REACHED)
    assert (second.name, second.use) == ("second", RuleUse.NEVER)
    assert second.taken_by == ("first",)
    assert first.access_minutes == 60
    assert server.policies[0].clients == "3 clients: web, empty and robot"
    assert "lost" in server.unobtainable
    assert "orders:read" not in server.unobtainable


def test_what_rules_have_worked_out_already_changes_nothing() -> None:
    alone = access_of(tenant(), codes="OAM101")  # asks nothing about requests
    after = access_of(tenant(), codes="OAM318")  # never reached, of all rules

    assert alone == after


def test_a_sensitive_scope_counts_people_once() -> None:
    (server,) = access_of(tenant()).servers
    (scope,) = server.sensitive

    assert (scope.name, scope.people, scope.clients) == ("orders:write", 2, ("web",))
    assert not scope.more


def test_without_a_rule_about_privileged_scopes_none_is_sensitive() -> None:
    access = access_of(tenant(), codes="OAM101")

    assert not access.sensitivity_defined
    assert cells(access)["web"] is Obtains.SCOPES


def test_a_function_says_which_scopes_are_sensitive() -> None:
    org = Org.of(example_snapshot(tenant()))

    access = access_overview(org, lambda scope_name: scope_name == "orders:read")

    assert [scope.name for scope in access.servers[0].sensitive] == ["orders:read"]


def test_a_method_that_is_called_privileged_says_nothing_of_scopes() -> None:
    class Lookalike(RuleOptions):
        def privileged(self, scope_name: str) -> bool:
            return bool(scope_name)

    rules = [replace(item, options=Lookalike()) for item in load_rules()[:1]]

    assert sensitive_scopes(rules) is None


@pytest.mark.parametrize(
    ("collection", "path", "unknown"),
    [
        ("policies", f"{SERVER}/policies", {"other", "robot"}),
        ("app_users", "/api/v1/apps/empty/users", {"empty"}),
        ("policy_rules", f"{SERVER}/policies/p1/rules", {"robot"}),
    ],
)
def test_what_was_not_read_is_not_known(collection: str, path: str, unknown: set[str]) -> None:
    access = access_of(tenant(), partial(collection, path))
    found = cells(access)

    assert {name for name in unknown if found[name] is Obtains.UNKNOWN} == unknown
    assert access.unread


@pytest.mark.parametrize("codes", ["OAM", "OAM101"])
def test_what_was_not_read_of_a_client_is_said_and_blames_nobody(codes: str) -> None:
    example = tenant()
    web = example["/api/v1/apps"][0]
    web["settings"]["oauthClient"]["network"] = {"connection": "ZONE", "include": ["nzo1"]}
    refused = LedgerEntry(collection="network_zones", status=CollectionStatus.REFUSED, reason="403")

    known = access_of(example, codes=codes)
    unknown = access_of(example, refused, codes=codes)

    assert cells(known)["web"] is Obtains.NOTHING
    assert known.notes == ()
    assert cells(unknown)["web"] in {Obtains.SENSITIVE, Obtains.SCOPES}
    assert [note for note in unknown.notes if "network zones were not read" in note]


def test_rules_that_were_not_read_are_said_to_be_missing() -> None:
    (server,) = access_of(tenant(), partial("policies", f"{SERVER}/policies")).servers
    assert not server.complete


def test_a_large_tenant_is_capped_and_findings_come_first() -> None:
    example = tenant()
    example["/api/v1/apps"] += [client(f"a{number:04}", *CODE) for number in range(300)]
    result = audited(example)
    wanted = next(item for item in result.findings if item.object.id == "robot")
    access = replace(result, findings=(wanted,)).access

    assert access is not None
    assert len(access.clients) == MOST_CLIENTS
    assert access.all_clients == 304
    assert "robot" in cells(access)


def test_what_stands_out_is_of_all_clients_and_not_of_those_that_are_shown() -> None:
    example = tenant()
    late = [client(f"z{number:04}", *CODE) for number in range(150)]
    example["/api/v1/apps"] += [client(f"a{number:04}", *CODE) for number in range(300)] + late
    example[f"{SERVER}/policies"][0]["conditions"]["clients"]["include"] += [
        item["id"] for item in late
    ]
    access = replace(audited(example), findings=()).access

    assert access is not None
    assert len(access.clients) == MOST_CLIENTS
    shown = {item.id for item in access.clients}
    failing = {item.client.id for item in access.facts.failing}
    assert {item["id"] for item in late} <= failing
    assert not failing <= shown
    assert len([item for item in access.facts.unnamed if item.id.startswith("a0")]) == 300


def test_it_is_worked_out_once_and_only_when_asked_for() -> None:
    result = audited(tenant())
    asked: list[object] = []
    made = result.overview
    assert made is not None

    def counting(first: Any, make: Callable[..., AccessOverview] = made) -> AccessOverview:
        asked.append(first)
        return make(first)

    counted = replace(result, overview=counting)
    assert not asked
    assert counted.access is counted.access
    assert len(asked) == 1
    assert replace(result, overview=None).access is None


def test_of_many_ways_to_obtain_a_scope_the_first_are_shown_and_all_counted() -> None:
    clients = [client(f"web{number:02}", *CODE) for number in range(MOST_PATHS + 2)]
    assigned = {
        f"/api/v1/apps/{each['id']}/users": [{"id": "u1"}, {"id": "u2"}][: 1 + number % 2]
        for number, each in enumerate(clients)
    }
    org = Org.of(
        example_snapshot(
            {
                "/api/v1/apps": clients,
                **assigned,
                "/api/v1/users": [{"id": "u1"}, {"id": "u2"}],
                f"{SERVER}/scopes": [{"name": "a:write"}, {"name": "b:write"}],
                f"{SERVER}/policies": [
                    {"id": "p1", "conditions": {"clients": {"include": ["ALL_CLIENTS"]}}}
                ],
                f"{SERVER}/policies/p1/rules": [rule("only", "a:write", "b:write")],
            }
        )
    )

    for scope in access_overview(org, lambda _: True).servers[0].sensitive:
        shown = [(path.client, path.people) for path in scope.paths]
        assert shown[:2] == [("web01", 2), ("web03", 2)], "by most people"
        assert len(shown) == MOST_PATHS
        assert (scope.more_paths, scope.people) == (2, 2)
