"""A plan laid over a base equals the org in which somebody made the same changes by hand.

Two random tenants with the same ids are drawn: what Terraform would say of the way from one to the
other is written as a plan, by a translation of its own, and laid over the first one.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from plan_documents import Json, change, plan

from auditor.lint.examples import example_snapshot
from auditor.terraform.plan_file import parse_plan
from auditor.terraform.planned_snapshot import lay_plan

SERVERS = "/api/v1/authorizationServers"
GROUPS = ["00g1", "00g2"]
CLIENTS = ["0oa1", "0oa2", "ALL_CLIENTS"]

subsets = st.lists(st.sampled_from(["a", "b", "c"]), unique=True).map(sorted)
statuses = st.sampled_from(["ACTIVE", "INACTIVE"])

rules = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["R", "S"]),
        "status": statuses,
        "grant_type_whitelist": subsets,
        "scope_whitelist": subsets,
        "group_whitelist": st.lists(st.sampled_from(GROUPS), unique=True).map(sorted),
        "user_blacklist": st.lists(st.sampled_from(["00u1"]), unique=True),
        "access_token_lifetime_minutes": st.sampled_from([5, 60]),
    }
)
policies = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["P", "Q"]),
        "status": statuses,
        "client_whitelist": st.lists(st.sampled_from(CLIENTS), unique=True).map(sorted),
        "rules": st.dictionaries(st.sampled_from(["0pr1", "0pr2"]), rules),
    }
)
apps = st.fixed_dictionaries(
    {
        "label": st.sampled_from(["A", "B"]),
        "status": statuses,
        "grant_types": subsets.map(lambda chosen: chosen or ["authorization_code"]),
        "redirect_uris": subsets,
        "groups": st.lists(st.sampled_from(GROUPS), unique=True).map(sorted),
    }
)
orgs = st.fixed_dictionaries(
    {
        "policies": st.dictionaries(st.sampled_from(["00p1", "00p2"]), policies),
        "apps": st.dictionaries(st.sampled_from(["0oa1", "0oa2"]), apps),
    }
)


def as_tenant(org: Json) -> Json:
    """What Okta would answer."""
    policy_records, tenant = [], {}
    for number, (identity, policy) in enumerate(sorted(org["policies"].items()), 1):
        policy_records.append(
            {
                "id": identity,
                "name": policy["name"],
                "status": policy["status"],
                "system": False,
                "priority": number,
                "conditions": {"clients": {"include": policy["client_whitelist"]}},
            }
        )
        tenant[f"{SERVERS}/aus1/policies/{identity}/rules"] = [
            _rule_record(rule_id, rule, place)
            for place, (rule_id, rule) in enumerate(sorted(policy["rules"].items()), 1)
        ]
    tenant[f"{SERVERS}/aus1/policies"] = policy_records
    tenant[SERVERS] = [{"id": "aus1", "name": "S", "status": "ACTIVE", "audiences": ["a"]}]
    tenant["/api/v1/apps"] = [_app_record(*pair) for pair in sorted(org["apps"].items())]
    for identity, app in org["apps"].items():
        tenant[f"/api/v1/apps/{identity}/groups"] = [{"id": group} for group in app["groups"]]
    tenant["/api/v1/groups"] = [
        {"id": group, "type": "OKTA_GROUP", "profile": {"name": group}} for group in GROUPS
    ]
    for group in GROUPS:
        tenant[f"/api/v1/groups/{group}/users"] = []
    return tenant


def _rule_record(identity: str, rule: Json, priority: int) -> Json:
    return {
        "id": identity,
        "name": rule["name"],
        "status": rule["status"],
        "system": False,
        "priority": priority,
        "conditions": {
            "grantTypes": {"include": rule["grant_type_whitelist"]},
            "scopes": {"include": rule["scope_whitelist"]},
            "people": {
                "groups": {"include": rule["group_whitelist"], "exclude": []},
                "users": {"include": [], "exclude": rule["user_blacklist"]},
            },
        },
        "actions": {
            "token": {
                "accessTokenLifetimeMinutes": rule["access_token_lifetime_minutes"],
                "refreshTokenWindowMinutes": 10080,
                "inlineHook": {},
            }
        },
    }


def _app_record(identity: str, app: Json) -> Json:
    return {
        "id": identity,
        "label": app["label"],
        "name": "oidc_client",
        "status": app["status"],
        "signOnMode": "OPENID_CONNECT",
        "credentials": {
            "oauthClient": {
                "client_id": identity,
                "pkce_required": False,
                "token_endpoint_auth_method": "client_secret_basic",
            }
        },
        "settings": {
            "oauthClient": {
                "application_type": "web",
                "grant_types": app["grant_types"],
                "response_types": ["code"],
                "redirect_uris": app["redirect_uris"],
                "post_logout_redirect_uris": [],
                "wildcard_redirect": "DISABLED",
                "consent_method": "TRUSTED",
                "refresh_token": {},
            }
        },
    }


def as_state(org: Json) -> dict[str, Json]:
    """What Terraform would know: attributes by address. A removed list is null, as often as not."""
    state: dict[str, Json] = {}
    for number, (identity, policy) in enumerate(sorted(org["policies"].items()), 1):
        state[f"okta_auth_server_policy.p{identity}"] = {
            "id": identity,
            "auth_server_id": "aus1",
            "priority": number,
            **{key: value for key, value in policy.items() if key != "rules"},
        }
        for place, (rule_id, rule) in enumerate(sorted(policy["rules"].items()), 1):
            state[f"okta_auth_server_policy_rule.r{identity}{rule_id}"] = {
                "id": rule_id,
                "auth_server_id": "aus1",
                "policy_id": identity,
                "priority": place,
                **{key: value or None for key, value in rule.items()},
                "grant_type_whitelist": rule["grant_type_whitelist"],
                "scope_whitelist": rule["scope_whitelist"],
            }
    for identity, app in org["apps"].items():
        state[f"okta_app_oauth.a{identity}"] = {
            "id": identity,
            "client_id": identity,
            "type": "web",
            "pkce_required": False,
            "response_types": ["code"],
            **{key: value for key, value in app.items() if key != "groups"},
        }
        state[f"okta_app_group_assignments.g{identity}"] = {
            "app_id": identity,
            "group": [{"id": group} for group in app["groups"]],
        }
    return state


def as_plan(old: Json, new: Json) -> Json:
    """The way from one org to another. Ids are known: this is about the objects."""
    before, after = as_state(old), as_state(new)
    changes: list[Any] = []
    for address in sorted(before.keys() | after.keys()):
        one, other = before.get(address), after.get(address)
        if one is None:
            actions = ["create"]
        elif other is None:
            actions = ["delete"]
        else:
            actions = ["no-op"] if one == other else ["update"]
        changes.append(change(address, *actions, before=one, after=other))
    return plan(*changes)


def cleaned(resources: Json) -> Json:
    """Resources without members that are null or empty, which mean the same as absent ones."""

    def clean(value: Any) -> Any:
        if isinstance(value, dict):
            kept = {key: clean(item) for key, item in value.items()}
            return {key: item for key, item in kept.items() if item not in (None, [], {})}
        return [clean(item) for item in value] if isinstance(value, list) else value

    kept = {path: clean(value) for path, value in resources.items()}
    for path, value in kept.items():
        if path.endswith("/groups") and path.startswith("/api/v1/apps/"):
            kept[path] = [record["id"] for record in value]  # examples fill the rest in
    return kept


@given(old=orgs, new=orgs)
def test_a_plan_laid_over_a_base_equals_the_edited_org(old: Json, new: Json) -> None:
    base = example_snapshot(as_tenant(old), people=True)
    read = parse_plan(json.dumps(as_plan(old, new)).encode(), Path("plan.json"))
    planned = lay_plan(read, base).snapshot
    edited = example_snapshot(as_tenant(new), people=True)
    assert cleaned(planned.resources) == cleaned(edited.resources)
    assert planned.ledger == edited.ledger
