"""A decision on a plan holds whatever comes of what is not known, or names the attribute.

One attribute of a plan is left open, and the same request is decided again for each value that it
may have once the plan is applied.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from itertools import product
from typing import Any

import pytest
from helpers import packed_tenant
from plan_documents import RULE, Json, change
from test_planned_snapshot import laid

from auditor.lint.examples import example_snapshot
from auditor.snapshot.document import Snapshot
from auditor.snapshot.org import Org
from auditor.terraform.planned_snapshot import PlannedSnapshot
from auditor.tokens.decide import Decider
from auditor.tokens.decision import Decision
from auditor.tokens.grants import USERLESS_GRANTS
from auditor.tokens.outcome import Outcome
from auditor.tokens.request import TokenRequest

SERVER: Json = {"id": "aus1", "name": "Billing", "audiences": ["api://billing"], "status": "ACTIVE"}
POLICY: Json = {
    "id": "00p1",
    "auth_server_id": "aus1",
    "name": "P",
    "status": "ACTIVE",
    "priority": 1,
    "client_whitelist": ["ALL_CLIENTS"],
}
APP: Json = {
    "id": "0oa1",
    "client_id": "0oa1",
    "label": "Invoices",
    "type": "web",
    "status": "ACTIVE",
    "grant_types": ["authorization_code", "client_credentials"],
    "response_types": ["code"],
    "redirect_uris": ["https://invoices.acme.example/callback"],
    "token_endpoint_auth_method": "client_secret_basic",
    "consent_method": "TRUSTED",
    "implicit_assignment": False,
}
SCOPE: Json = {
    "id": "scp1", "auth_server_id": "aus1", "name": "billing:read", "consent": "IMPLICIT",
    "default": False, "optional": False,
}  # fmt: skip
CLAIM: Json = {
    "id": "ocl1", "auth_server_id": "aus1", "name": "dept", "value": "user.department",
    "value_type": "EXPRESSION", "claim_type": "RESOURCE", "status": "ACTIVE", "scopes": [],
    "always_include_in_token": True,
}  # fmt: skip
STATUS = ["ACTIVE", "INACTIVE"]
CASES: list[tuple[str, Json, str, list[Any]]] = [
    ("okta_auth_server.s", SERVER, "status", STATUS),
    ("okta_auth_server.s", SERVER, "audiences", [["api://billing"], ["api://other"]]),
    ("okta_auth_server_policy.p", POLICY, "status", STATUS),
    (
        "okta_auth_server_policy.p", POLICY, "client_whitelist",
        [["ALL_CLIENTS"], ["0oa1"], ["0oa9"], []],
    ),
    ("okta_auth_server_policy_rule.r", RULE, "status", STATUS),
    (
        "okta_auth_server_policy_rule.r", RULE, "grant_type_whitelist",
        [["authorization_code"], ["client_credentials"], []],
    ),
    (
        "okta_auth_server_policy_rule.r", RULE, "scope_whitelist",
        [["*"], ["billing:read"], ["openid"], []],
    ),
    (
        "okta_auth_server_policy_rule.r", RULE, "group_whitelist",
        [["EVERYONE"], ["00g1"], ["00g9"], []],
    ),
    ("okta_auth_server_policy_rule.r", RULE, "group_blacklist", [[], ["00g1"], ["00g9"]]),
    ("okta_auth_server_policy_rule.r", RULE, "user_whitelist", [[], ["00u1"], ["00u9"]]),
    ("okta_auth_server_policy_rule.r", RULE, "user_blacklist", [[], ["00u1"], ["00u9"]]),
    ("okta_auth_server_policy_rule.r", RULE, "priority", [1, 2, 9]),
    ("okta_auth_server_scope.s", SCOPE, "consent", ["IMPLICIT", "REQUIRED", "FLEXIBLE"]),
    ("okta_auth_server_scope.s", SCOPE, "default", [True, False]),
    ("okta_auth_server_claim.c", CLAIM, "status", STATUS),
    ("okta_auth_server_claim.c", CLAIM, "value", ["user.login", "user.department"]),
    ("okta_app_oauth.a", APP, "status", STATUS),
    ("okta_app_oauth.a", APP, "grant_types", [["authorization_code"], ["client_credentials"], []]),
    ("okta_app_oauth.a", APP, "response_types", [["code"], ["token"]]),
    ("okta_app_oauth.a", APP, "type", ["web", "service", "browser"]),
    ("okta_app_oauth.a", APP, "consent_method", ["TRUSTED", "REQUIRED"]),
    ("okta_app_oauth.a", APP, "implicit_assignment", [True, False]),
    (
        "okta_app_oauth.a", APP, "token_endpoint_auth_method",
        ["client_secret_basic", "private_key_jwt", "none"],
    ),
    ("okta_app_oauth.a", APP, "redirect_uris", [["https://x.example"], []]),
    (
        "okta_group_memberships.m", {"group_id": "00g1", "users": ["00u1"]}, "users",
        [["00u1"], ["00u9"]],
    ),
    (
        "okta_app_user.u", {"id": "x", "app_id": "0oa1", "user_id": "00u1"}, "user_id",
        ["00u1", "00u9"],
    ),
    (
        "okta_app_group_assignment.g", {"app_id": "0oa1", "group_id": "00g1"}, "group_id",
        ["00g1", "00g9"],
    ),
    (
        "okta_user.u", {"id": "00u1", "login": "ada@acme.example", "status": "ACTIVE"}, "status",
        [*STATUS, "SUSPENDED"],
    ),
]  # fmt: skip


def base() -> Snapshot:
    document = packed_tenant()
    servers = "/api/v1/authorizationServers/aus1"
    document[f"{servers}/scopes"] = [
        {**SCOPE, "system": False},
        {"id": "scp9", "name": "openid", "system": True},
    ]
    document["/api/v1/apps"][0]["settings"]["oauthClient"]["grant_types"] = APP["grant_types"]
    return example_snapshot(document)


def planned(
    address: str, before: Json, attribute: str, value: Any, *, known: bool
) -> PlannedSnapshot:
    after = {**deepcopy(before), attribute: value}
    mask = {}
    if not known:
        mask = {attribute: True}
        del after[attribute]
    actions = ("update",) if "id" in before else ("create",)
    there = before if "id" in before else None
    return laid(
        change(address, *actions, before=there, after=after, after_unknown=mask), over=base()
    )


def requests() -> Iterator[TokenRequest]:
    scopes = [frozenset({"billing:read"}), frozenset({"openid"}), frozenset[str]()]
    for grant, asked in product(APP["grant_types"], scopes):
        for user in (None,) if grant in USERLESS_GRANTS else ("00u1", "00u2"):
            yield TokenRequest(server="aus1", client="0oa1", grant=grant, user=user, scopes=asked)


def told(decision: Decision) -> tuple[object, ...]:
    rule = decision.rule.id if decision.rule else None
    return decision.outcome, decision.granted_scopes, rule, decision.audience


@pytest.mark.parametrize(("address", "before", "attribute", "values"), CASES)
def test_a_decision_holds_for_each_value_or_names_the_attribute(
    address: str, before: Json, attribute: str, values: list[Any]
) -> None:
    open_ = Decider(Org.of(planned(address, before, attribute, None, known=False).snapshot))
    worlds = [
        Decider(Org.of(planned(address, before, attribute, value, known=True).snapshot))
        for value in values
    ]
    for request in requests():
        decision = open_.decide(request)
        if decision.outcome is not Outcome.INDETERMINATE:
            for value, world in zip(values, worlds, strict=True):
                assert told(world.decide(request)) == told(decision), (request, value)
            continue
        assert decision.missing is not None
        of_okta = [world.decide(request).missing for world in worlds]
        named = f"{address}: {attribute} is known after apply" in decision.missing.text
        assert named or decision.missing in of_okta, decision.missing.text
