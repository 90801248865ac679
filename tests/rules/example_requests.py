"""Examples of rule pages with what they leave out filled in, and the requests that they allow.

An example names only what its rule looks at. To decide requests in it, there must be clients that
its policies cover, somebody who is assigned to them, and rules that allow something.
"""

from collections.abc import Iterator
from copy import deepcopy
from itertools import product
from typing import Any

from auditor.snapshot.collections import resource_keys
from auditor.snapshot.models.agents import is_agent_id
from auditor.snapshot.models.servers import ALL_CLIENTS, ALL_SCOPES, OIDC_SCOPES
from auditor.snapshot.org import Org
from auditor.tokens.grants import CLIENT_CREDENTIALS, REFRESH_TOKEN, USERLESS_GRANTS
from auditor.tokens.request import ORG_SERVER, TokenRequest

Json = dict[str, Any]

_APPS = "/api/v1/apps"
_USERS = "/api/v1/users"
_SOMEBODY = "00u0"
_ADDED = "added"
_CUSTOM = "things"
_GRANTS = ["authorization_code", CLIENT_CREDENTIALS]


def completed(example: Json) -> Json:
    """The example with clients, people, and conditions of policies and rules where it has none."""
    full = deepcopy(example)
    for path, policies in _lists(full, "/policies"):
        for number, policy in enumerate(policies, 1):
            policy.setdefault("id", f"policies-{number}")
            policy.setdefault("conditions", {}).setdefault("clients", {"include": [ALL_CLIENTS]})
            full.setdefault(f"{path}/{policy['id']}/rules", [])
    for path, rules in _lists(full, "/rules"):
        server, policy_id = resource_keys(path)
        _add_policy(full, server, policy_id)
        for each in rules:
            conditions = each.setdefault("conditions", {})
            conditions.setdefault("grantTypes", {"include": _GRANTS})
            conditions.setdefault("scopes", {"include": [ALL_SCOPES]})
            conditions.setdefault("people", {"groups": {"include": ["EVERYONE"]}})
        _add_scopes(full, server, rules)
    for path, _ in [*_lists(full, "/claims"), *_lists(full, "/scopes")]:
        server = resource_keys(path)[0]
        if not full.get(f"/api/v1/authorizationServers/{server}/policies"):
            _add_rule(full, server)
    _add_clients(full)
    people = _assigned(full) or [_SOMEBODY]
    full.setdefault(_USERS, [{"id": each, "profile": {"login": each}} for each in people])
    for app in full[_APPS]:
        settings = app.setdefault("settings", {}).setdefault("oauthClient", {})
        settings.setdefault("grant_types", _GRANTS)
        settings.setdefault("response_types", ["code"])
        settings.setdefault("redirect_uris", ["https://app.example.com/cb"])
        assigned = (f"{_APPS}/{app['id']}/users", f"{_APPS}/{app['id']}/groups")
        if not any(path in full for path in assigned):
            full[assigned[0]] = [{"id": user["id"]} for user in full[_USERS]]
    return full


def _assigned(full: Json) -> list[str]:
    """Who is assigned to apps by themselves, as far as the example says so."""
    lists = (full[path] for path in full if path.startswith(_APPS) and path.endswith("/users"))
    return sorted({user["id"] for users in lists for user in users})


def requests(org: Org) -> Iterator[TokenRequest]:
    """All requests of an org, but for most sets of several scopes."""
    servers = [*(server.id for server in org.servers), ORG_SERVER]
    users = [user.id for user in org.users]
    for server, client in product(servers, org.apps):
        scopes = _scopes(org, server, client.client_id)
        for grant in dict.fromkeys(client.grant_types):
            people = [None] if grant in USERLESS_GRANTS else users
            for user, asked in product(people, scopes if grant != REFRESH_TOKEN else ()):
                yield TokenRequest(
                    server=server, client=client.client_id, grant=grant, user=user, scopes=asked
                )


def _scopes(org: Org, server: str, client_id: str) -> list[frozenset[str] | None]:
    names = {"openid"}
    if server == ORG_SERVER:
        client = org.client(client_id)
        names |= {grant.title for grant in org.grants(client)} if client else set()
    else:
        found = org.server(server)
        names |= {scope.name for scope in org.scopes(found)}
        names.update(*(each.scopes for _, each in org.active_rules(found)))
    names.discard(ALL_SCOPES)
    together = [{"openid", "offline_access"}, {"openid", "offline_access", "device_sso"}]
    sets = [*({name} for name in sorted(names)), *together, names - OIDC_SCOPES]
    return [None, *(frozenset(some) for some in sets if some)]


def _lists(full: Json, ending: str) -> list[tuple[str, list[Json]]]:
    return [
        (path, rows)
        for path, rows in list(full.items())
        if path.endswith(ending) and path.startswith("/api/v1/authorizationServers/")
    ]


def _add_policy(full: Json, server: str, policy_id: str) -> None:
    policies = full.setdefault(f"/api/v1/authorizationServers/{server}/policies", [])
    if policy_id not in {policy["id"] for policy in policies}:
        clients = {"clients": {"include": [ALL_CLIENTS]}}
        policies.append({"id": policy_id, "name": policy_id, "conditions": clients})


def _add_scopes(full: Json, server: str, rules: list[Json]) -> None:
    """Define what rules list, where the example does not say what there is."""
    listed = {name for each in rules for name in each["conditions"]["scopes"]["include"]}
    path = f"/api/v1/authorizationServers/{server}/scopes"
    names = sorted(listed - OIDC_SCOPES - {ALL_SCOPES}) or [_CUSTOM]
    if path not in full:
        full[path] = [{"name": name, "id": f"scp-{name}", _ADDED: True} for name in names]
    elif all(_ADDED in scope for scope in full[path]):
        known = {scope["name"] for scope in full[path]}
        more = (name for name in names if name not in known)
        full[path] += [{"name": name, "id": f"scp-{name}", _ADDED: True} for name in more]


def _add_rule(full: Json, server: str) -> None:
    _add_policy(full, server, "p0")
    conditions = {
        "grantTypes": {"include": _GRANTS},
        "people": {"groups": {"include": ["EVERYONE"]}},
        "scopes": {"include": [ALL_SCOPES]},
    }
    rules = [{"conditions": conditions}]
    full[f"/api/v1/authorizationServers/{server}/policies/p0/rules"] = rules
    _add_scopes(full, server, rules)


def _add_clients(full: Json) -> None:
    apps = full.setdefault(_APPS, [])
    for number, app in enumerate(apps, 1):
        app.setdefault("id", f"apps-{number}")
    known = {app["id"] for app in apps}
    grants: dict[str, list[str]] = {} if known else {"0oa0": list(_GRANTS)}
    for path, policies in _lists(full, "/policies"):
        for policy in policies:
            rules = full.get(f"{path}/{policy['id']}/rules", [])
            allowed = [g for each in rules for g in each["conditions"]["grantTypes"]["include"]]
            for client in policy["conditions"]["clients"]["include"]:
                name = "0oa0" if client == ALL_CLIENTS else client
                if not is_agent_id(client) and name not in known and not (known and name == "0oa0"):
                    grants.setdefault(name, []).extend(allowed or _GRANTS)
    for client, allowed in grants.items():
        settings = {"grant_types": sorted(set(allowed)), "response_types": ["code", "token"]}
        apps.append({"id": client, "label": client, "settings": {"oauthClient": settings}})
