"""One collection that fails for ever costs that collection, and at most half a minute.

In virtual time with the bounds that users have; `test_fault_matrix.py` has the same faults
over HTTP.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
import virtual
from in_process import InProcessOrg, okta_error, reset, silence

from auditor.snapshot.collections import BY_NAME, COLLECTIONS
from auditor.snapshot.ledger import CollectionStatus

ROOTS = (
    *("authorization_servers", "apps", "groups", "api_tokens"),
    *("ai_agents", "custom_roles"),
)
SERVERS = ROOTS[0]
BEYOND_S = 30.0
MOST_TRIES = 20
"""What is in flight when it begins to fail, 15, and the probes."""

FAULTS: dict[str, Callable[[], Any]] = {
    "500": lambda: okta_error(500, "E0000009"),
    "403": lambda: okta_error(403, "E0000006"),
    "404": lambda: okta_error(404, "E0000007"),
    "404 of a gateway": lambda: (404, "text/html", b"<html>not here</html>"),
    "timeout": silence,
    "reset": reset,
    "HTML": lambda: (200, "text/html", b"<html>Back soon</html>"),
}


@cache
def tenant_with(many: str) -> dict[str, Any]:
    """A tenant with each collection; those below one root have more lists than are in flight."""
    count = {name: 17 if name == many else 2 for name in ROOTS}
    servers = [
        {"id": f"aus{n}", "name": f"S{n}", "status": "ACTIVE"} for n in range(count[ROOTS[0]])
    ]
    apps = [
        app(number, kind)
        for kind, first in (("service", 0), ("web", 100))
        for number in range(first, first + count["apps"])
    ]
    users = [{"id": f"00u{n}", "status": "ACTIVE"} for n in range(2)]
    groups = [{"id": f"00g{n}", "type": "OKTA_GROUP"} for n in range(count["groups"])]
    tokens = [
        {"id": f"00T{n}", "userId": f"00u{n}", "name": "T"} for n in range(count["api_tokens"])
    ]
    document: dict[str, Any] = {
        "/api/v1/org": {"id": "00o1", "companyName": "Acme"},
        "/api/v1/org/settings/clientPrivilegesSetting": {"clientPrivilegesSetting": False},
        "/api/v1/authorizationServers": servers,
        "/api/v1/apps": apps,
        "/api/v1/users": users,
        "/api/v1/groups": groups,
        "/api/v1/api-tokens": tokens,
        "/workload-principals/api/v1/ai-agents": [
            {"id": f"wlp{n}", "status": "ACTIVE"} for n in range(count["ai_agents"])
        ],
        "/api/v1/iam/roles": [{"id": f"cr0{n}"} for n in range(count["custom_roles"])],
    }
    for server in servers:
        path = f"/api/v1/authorizationServers/{server['id']}/policies"
        document[path] = [{"id": f"00p{server['id']}", "name": "P", "status": "ACTIVE"}]
    for each in apps:
        document[f"/api/v1/apps/{each['id']}/groups"] = groups
    return document


def app(number: int, kind: str) -> dict[str, Any]:
    exchange = "urn:ietf:params:oauth:grant-type:token-exchange"
    grants = ["password", "client_credentials", exchange]
    oauth = {"application_type": kind, "grant_types": grants}
    credentials = {
        "client_id": f"0oa{number}",
        "token_endpoint_auth_method": "private_key_jwt",
    }
    return {
        "id": f"0oa{number}",
        "label": f"A{number}",
        "status": "ACTIVE",
        "signOnMode": "OPENID_CONNECT",
        "credentials": {"oauthClient": credentials},
        "settings": {"oauthClient": oauth},
    }


def root_of(name: str) -> str:
    parent = BY_NAME[name].parent
    return name if parent is None else root_of(parent)


@cache
def healthy(many: str) -> tuple[float, int]:
    """How long an export without a fault takes, in seconds, and how many requests."""
    org = InProcessOrg(tenant_with(many))
    ledger, took, _ = org.export()
    assert not ledger.incomplete
    return took, sum(org.sent.values())


def addresses(name: str) -> str:
    return "^" + re.sub(r"\\\{\\\}", "[^/]+", re.escape(BY_NAME[name].path)) + "$"


def led_to(name: str) -> set[str]:
    """A collection and all that is read because of it."""
    below = {name}
    for _ in COLLECTIONS:
        below |= {row.name for row in COLLECTIONS if row.parent in below}
    if any(BY_NAME[each].names_groups for each in below):
        below.add("group_members")
    return below


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", [row.name for row in COLLECTIONS])
def test_a_collection_that_always_fails_costs_itself_and_no_other(name: str, fault: str) -> None:
    many = root_of(name)
    usual_s, usual_requests = healthy(many)
    org = InProcessOrg(tenant_with(many), addresses(name), FAULTS[fault])

    ledger, took, _ = org.export()

    lost = {entry.collection for entry in ledger.incomplete}
    # An org may lack a setting, and may not know the path of a feature that it has not.
    row = BY_NAME[name]
    none_there = fault == "404" and (row.single or row.unknown_without)
    assert none_there or name in lost
    assert lost <= led_to(name)
    assert took <= usual_s + BEYOND_S
    assert sum(org.sent.values()) <= usual_requests + MOST_TRIES


@pytest.mark.parametrize("fault", ["500", "timeout", "reset", "HTML"])
def test_an_endpoint_is_given_up_after_so_many_tries_for_all_of_its_lists(fault: str) -> None:
    org = InProcessOrg(tenant_with(SERVERS), addresses("claims"), FAULTS[fault])

    ledger, _, _ = org.export()

    assert sum(sent for path, sent in org.sent.items() if path.endswith("/claims")) <= MOST_TRIES
    claims = next(entry for entry in ledger.entries if entry.collection == "claims")
    assert claims.status is CollectionStatus.PARTIAL
    assert len(claims.gaps) == 17
    assert all("the org keeps failing at requests of this kind" in g.reason for g in claims.gaps)


def test_two_endpoints_that_fail_are_two_faults() -> None:
    both = f"{addresses('claims')}|{addresses('policy_rules')}|{addresses('api_tokens')}"
    org = InProcessOrg(tenant_with(SERVERS), both, FAULTS["500"])

    ledger, took, _ = org.export()

    lost = {entry.collection for entry in ledger.incomplete} - {"group_members"}
    assert lost == {"claims", "policy_rules", "api_tokens", "token_owner_roles"}
    assert took <= healthy(SERVERS)[0] + BEYOND_S


@pytest.mark.parametrize("fault", ["500", "timeout", "reset", "HTML"])
def test_an_outage_of_everything_is_waited_for(fault: str) -> None:
    def out_for_a_minute() -> Any:
        answers = sum(org.sent.values()) < 60 or virtual.now() > 70
        return None if answers else FAULTS[fault]()

    org = InProcessOrg(tenant_with("apps"), ".", out_for_a_minute)

    ledger, took, _ = org.export()

    assert 70 < took < 150
    assert any(why.startswith("the org does not answer: ") for why in org.pauses)
    assert not ledger.incomplete
