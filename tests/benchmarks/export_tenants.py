"""Tenants for the export benchmark, and what their rate limits demand."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from typing import Any, SupportsIndex, overload

from generator import generated_tenant

from auditor.sandbox import RateLimit
from auditor.sandbox.northwind import records
from auditor.sandbox.northwind.ids import made_id
from auditor.sandbox.northwind.records import CODE, HOUR, MACHINE, REFRESH, WEEK
from auditor.snapshot.collections import match

Json = dict[str, Any]

SERVERS, POLICIES, RULES, APPS, GROUPS, USERS = 5, 4, 3, 100, 20, 200
LATENCY_MS = 50
SERVER = "/api/v1/authorizationServers"


def usual_tenant() -> Json:
    """100 OIDC apps, 5 servers, 20 policies, 60 rules, 20 groups and 200 users.

    No list has a second page, because the SDK's typed calls do not page on their own.
    """
    groups = [{"id": made_id("00g", str(n)), "type": "OKTA_GROUP"} for n in range(GROUPS)]
    users = [made_id("00u", str(n)) for n in range(USERS)]
    document: Json = {
        "@latency_ms": LATENCY_MS,
        "/api/v1/org": {"id": made_id("00o", "Usual"), "companyName": "Usual"},
        "/api/v1/org/settings/clientPrivilegesSetting": {"clientPrivilegesSetting": False},
        "/api/v1/groups": [
            {**groups[0], "type": "BUILT_IN", "profile": {"name": "Everyone"}},
            *({**g, "profile": {"name": f"Group {n}"}} for n, g in enumerate(groups[1:], 1)),
        ],
        "/api/v1/users": [
            {"id": user, "status": "ACTIVE", "profile": {"login": f"{n}@usual.example"}}
            for n, user in enumerate(users)
        ],
        "/api/v1/apps": [],
        SERVER: [],
    }
    for number, group in enumerate(groups):
        members = [{"id": user} for user in users[number::5]]
        document[f"/api/v1/groups/{group['id']}/users"] = members
    for number in range(SERVERS):
        _add_server(document, number, [group["id"] for group in groups[number::SERVERS]], users)
    return document


def _add_server(document: Json, number: int, groups: list[str], users: list[str]) -> None:
    name = f"api{number}"
    server = records.server(name, "Tokens.", f"https://{name}.usual.example")
    path = f"{SERVER}/{server['id']}"
    document[SERVER].append(server)
    scopes = [f"{name}:read", f"{name}:write"]
    document |= {
        f"{path}/claims": records.system_claims(server["id"]),
        f"{path}/credentials/keys": records.signing_keys(name),
        f"{path}/scopes": records.system_scopes(server["id"])
        + [records.scope(server["id"], scope, "A scope") for scope in scopes],
        f"{path}/policies": [],
    }
    for position in range(POLICIES):
        machine = position == 0
        each = APPS // SERVERS // POLICIES
        apps = [_add_app(document, f"{name}-{position}-{n}", machine=machine) for n in range(each)]
        for app in () if machine else apps:
            document[f"/api/v1/apps/{app}/groups"] = [{"id": g, "priority": 0} for g in groups]
            document[f"/api/v1/apps/{app}/users"] = [
                {"id": user, "scope": "GROUP", "status": "ACTIVE"} for user in users
            ]
        policy = records.policy(server["id"], f"policy {position}", apps, position + 1)
        document[f"{path}/policies"].append(policy)
        included = {} if machine else {"include": groups}
        document[f"{path}/policies/{policy['id']}/rules"] = [
            records.rule(
                policy["id"],
                f"rule {n}",
                n + 1,
                {
                    "people": {"users": {"exclude": []}, "groups": included},
                    "grantTypes": {"include": [MACHINE if machine else CODE]},
                    "scopes": {"include": scopes},
                },
                {
                    "accessTokenLifetimeMinutes": HOUR,
                    "refreshTokenLifetimeMinutes": WEEK,
                    "refreshTokenWindowMinutes": WEEK,
                },
            )
            for n in range(RULES)
        ]


def _add_app(document: Json, label: str, *, machine: bool) -> str:
    kind = ("service", "private_key_jwt", (MACHINE,))
    app = records.oidc_app(
        label, *(kind if machine else ("web", "client_secret_basic", (CODE, REFRESH)))
    )
    app["settings"]["oauthClient"]["redirect_uris"] = [f"https://{label}.usual.example/callback"]
    document["/api/v1/apps"].append(app)
    if machine:
        document[f"/api/v1/apps/{app['id']}/credentials/jwks"] = [records.public_key(label)]
    return str(app["id"])


def limited(document: Json, window_s: float, others: int) -> Json:
    """The tenant with limits of Okta's proportions, and others who spend a quarter each."""
    limits = {
        "^/api/v1/apps": 240,
        "^/api/v1/groups": 120,
        "^/api/v1/users": 120,
        "^/oauth2/v1/clients": 120,
        "": 600,
    }
    rows = [
        {"path": path, "limit": n, "window_s": window_s, "other_clients": [n // 4] * others}
        for path, n in limits.items()
    ]
    return {**document, "@rate_limits": rows}


def bound_s(limits: Iterable[RateLimit], paths: Iterable[str], share: float) -> float:
    """The least time that rate limits allow for requests: whole windows before the last.

    A window gives what our share of its limit allows, or what others leave of it if that is
    less. What is left for the last window can be sent at its beginning.
    """
    rows = list(limits)
    spent = Counter(
        next((n for n, row in enumerate(rows) if row.path.search(path)), -1) for path in paths
    )
    times = [
        (math.ceil(spent[n] / _allowed(row, share)) - 1) * row.window_s
        for n, row in enumerate(rows)
        if spent[n]
    ]
    return max(times, default=0.0)


def _allowed(row: RateLimit, share: float) -> int:
    return min(math.floor(row.limit * share), row.limit - sum(row.other_clients))


def big_tenant(scale: float) -> tuple[Json, int, int]:
    """At scale 1, 200,000 users and 5,000,000 group members and app users; and both numbers.

    They are kept as ids and become records when a page is asked for, or this process would
    need the memory that it is to show the exporter does not.
    """
    snapshot = generated_tenant(scale)
    document: Json = {}
    edges = 0
    for path, value in snapshot.resources.items():
        found = match(path)
        assert found is not None
        name = found[0].name
        if name == "group_members":
            document[path] = _Ids(value, {})
        elif name == "app_users":
            ids = [(i, bundle["scope"]) for bundle in value for i in bundle["ids"]]
            document[path] = _Scoped(ids)
        else:
            document[path] = value
            continue
        edges += len(document[path])
    return document, len(document["/api/v1/users"]), edges


class _Ids(list[Any]):
    """Ids, of which a slice is one of records."""

    def __init__(self, ids: list[str], rest: Json) -> None:
        super().__init__(ids)
        self._rest = rest

    @overload
    def __getitem__(self, at: SupportsIndex) -> Any: ...
    @overload
    def __getitem__(self, at: slice) -> list[Any]: ...
    def __getitem__(self, at: SupportsIndex | slice) -> Any:
        found = super().__getitem__(at)
        return [self._record(i) for i in found] if isinstance(at, slice) else self._record(found)

    def _record(self, kept: Any) -> Json:
        return {"id": kept, **self._rest}


class _Scoped(_Ids):
    """App users, kept as ids and scopes."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        super().__init__(pairs, {"status": "ACTIVE"})  # type: ignore[arg-type]

    def _record(self, kept: Any) -> Json:
        return {"id": kept[0], "scope": kept[1], **self._rest}
