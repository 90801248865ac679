"""Tenants that are large in one direction each: the axes along which a command may get slow.

Unlike those of `generator.py`, which are friendly and mostly sound, these are what a tenant looks
like that has grown for years: rules that overlap, name the same groups and exclude each other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from auditor.sandbox.northwind import records
from auditor.sandbox.northwind.ids import made_id
from auditor.sandbox.northwind.records import CODE, HOUR, MACHINE, ORG_URL, REFRESH, WEEK
from auditor.snapshot.document import Capture, Snapshot
from auditor.snapshot.models.servers import ALL_CLIENTS
from auditor.snapshot.proof import complete_ledger

Json = dict[str, Any]

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SERVERS = "/api/v1/authorizationServers"
KINDS = (
    ("web", "client_secret_basic", (CODE, REFRESH)),
    ("service", "private_key_jwt", (MACHINE,)),
    ("browser", "none", (CODE,)),
)
VERBS = ("read", "write", "list", "admin", "export", "delete", "search", "manage")


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How much of everything a tenant has."""

    servers: int = 1
    policies: int = 4
    """Of each server."""
    rules: int = 5
    """Of each policy."""
    scopes: int = 40
    """Of each server."""
    scopes_of_rule: int = 6
    clients: int = 24
    all_clients: bool = False
    """Whether every policy is for all clients; otherwise each client is named by one policy of
    each server."""
    groups: int = 60
    groups_of_rule: int = 2
    excluded: int = 0
    """Groups, and as many users, that each rule excludes."""
    users: int = 600
    groups_of_user: int = 4


BASE = Shape()
AXES: dict[str, tuple[tuple[int, int, int], Any]] = {
    "policies": ((125, 250, 500), lambda n: replace(BASE, policies=n, clients=n)),
    "policies for all": ((125, 250, 500), lambda n: replace(BASE, policies=n, all_clients=True)),
    "rules of a policy": ((125, 250, 500), lambda n: replace(BASE, policies=1, rules=n)),
    "exclusions": (
        (25, 50, 100),
        lambda n: replace(BASE, policies=8, rules=20, excluded=n, groups=2 * n),
    ),
    "scopes": ((750, 1500, 3000), lambda n: replace(BASE, scopes=n)),
    "scopes of a rule": (
        (25, 50, 100),
        lambda n: replace(BASE, rules=50, scopes_of_rule=n, scopes=400),
    ),
    "clients": ((2500, 5000, 10000), lambda n: replace(BASE, clients=n)),
    "servers": ((50, 100, 200), lambda n: replace(BASE, servers=n)),
    "groups of a rule": (
        (50, 100, 200),
        lambda n: replace(BASE, rules=20, groups=400, groups_of_rule=n),
    ),
    "people": (
        (25_000, 50_000, 100_000),
        lambda n: replace(BASE, users=n, rules=10, groups_of_user=10, groups_of_rule=6),
    ),
    "joint": (
        (25, 50, 100),
        lambda n: replace(
            BASE,
            policies=20,
            rules=n,
            scopes=30 * n,
            clients=20 * n,
            scopes_of_rule=n,
            groups=200,
            users=5000,
        ),
    ),
}
"""By name: three sizes, and the shape of one. The largest joint case has 2,000 rules, 3,000 scopes
and 2,000 clients; its smaller ones have half and a quarter of everything."""


def tenant(shape: Shape, *, without_last_rules: bool = False) -> Snapshot:
    """A snapshot of a tenant.

    Args:
        shape: how much of everything it has.
        without_last_rules: whether each policy lacks its last rule, for a comparison.
    """
    resources = dict(sorted(_Tenant(shape).resources().items()))
    if without_last_rules:
        resources = {p: v[:-1] if p.endswith("/rules") else v for p, v in resources.items()}
    return Snapshot(
        capture=Capture(org_url=ORG_URL, tool_version="0", started_at=NOW, finished_at=NOW),
        ledger=complete_ledger(resources),
        resources=resources,
    )


class _Tenant:
    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self._lists: Json = {}
        self._users = [made_id("00u", str(number)) for number in range(shape.users)]
        self._groups = [made_id("00g", str(number)) for number in range(shape.groups)]
        self._apps: list[str] = []

    def resources(self) -> Json:
        self._people()
        self._clients()
        for number in range(self._shape.servers):
            self._server(f"api{number}")
        return {path: _by_id(value) for path, value in self._lists.items()}

    def _people(self) -> None:
        shape = self._shape
        self._lists |= {
            "/api/v1/org": {"id": made_id("00o", "Axes"), "companyName": "Axes"},
            "/api/v1/org/settings/clientPrivilegesSetting": {"clientPrivilegesSetting": False},
            "/api/v1/inlineHooks": [],
            "/api/v1/trustedOrigins": [],
            "/api/v1/zones": [],
            "/api/v1/api-tokens": [],
            "/api/v1/users": [
                {"id": user, "status": "ACTIVE", "profile": {"login": f"p{number}@axes.example"}}
                for number, user in enumerate(self._users)
            ],
        }
        everyone = made_id("00g", "Everyone")
        members: dict[str, list[str]] = {group: [] for group in self._groups}
        for number, user in enumerate(self._users):
            # A user's groups are far apart, so that any two groups have people in common.
            for step in range(min(shape.groups_of_user, shape.groups)):
                members[self._groups[(number * (step + 1) + step) % shape.groups]].append(user)
        self._lists["/api/v1/groups"] = [
            {"id": everyone, "type": "BUILT_IN", "profile": {"name": "Everyone"}},
            *(
                {"id": group, "type": "OKTA_GROUP", "profile": {"name": f"Group {number}"}}
                for number, group in enumerate(self._groups)
            ),
        ]
        self._lists[f"/api/v1/groups/{everyone}/users"] = sorted(self._users)
        for group, ids in members.items():
            self._lists[f"/api/v1/groups/{group}/users"] = sorted(set(ids))

    def _clients(self) -> None:
        apps = []
        for number in range(self._shape.clients):
            kind = KINDS[number % len(KINDS)]
            app = records.oidc_app(f"app {number}", *kind)
            app["settings"]["oauthClient"]["redirect_uris"] = [f"https://a{number}.example/cb"]
            apps.append(app)
            path = f"/api/v1/apps/{app['id']}"
            self._lists |= {f"{path}/{name}": [] for name in ("grants", "groups", "users")}
            if kind[0] == "service":
                self._lists[f"{path}/credentials/jwks"] = [records.public_key(app["label"])]
                self._lists[f"/oauth2/v1/clients/{app['id']}/roles"] = []
            else:
                mine = [self._groups[(7 * number + k) % self._shape.groups] for k in range(3)]
                rows = [
                    {"id": group, "priority": 0, "profile": {}} for group in dict.fromkeys(mine)
                ]
                self._lists[f"{path}/groups"] = rows
                ids = {u for g in mine for u in self._lists[f"/api/v1/groups/{g}/users"]}
                packed = {"scope": "GROUP", "status": "ACTIVE", "ids": sorted(ids)}
                self._lists[f"{path}/users"] = [packed] if ids else []
        self._lists["/api/v1/apps"] = apps
        self._apps = [app["id"] for app in apps]

    def _server(self, name: str) -> None:
        shape = self._shape
        server = records.server(name, f"Tokens for {name}.", f"https://{name}.axes.example")
        identity = server["id"]
        self._lists.setdefault(SERVERS, []).append(server)
        path = f"{SERVERS}/{identity}"
        scopes = [f"{name}.n{n // len(VERBS)}:{VERBS[n % len(VERBS)]}" for n in range(shape.scopes)]
        self._lists |= {
            f"{path}/associatedServers": [],
            f"{path}/claims": records.system_claims(identity),
            f"{path}/credentials/keys": records.signing_keys(name),
            f"{path}/resourceservercredentials/keys": [],
            f"{path}/scopes": [
                *records.system_scopes(identity),
                *(records.scope(identity, scope, "A scope") for scope in scopes),
            ],
            f"{path}/policies": [],
        }
        for number in range(shape.policies):
            clients = self._apps[number :: shape.policies]
            covered = [ALL_CLIENTS] if shape.all_clients else clients
            policy = records.policy(identity, f"policy {number}", covered, number + 1)
            self._lists[f"{path}/policies"].append(policy)
            self._lists[f"{path}/policies/{policy['id']}/rules"] = [
                self._rule(policy["id"], number * shape.rules + place, place, scopes)
                for place in range(shape.rules)
            ]

    def _rule(self, policy: str, number: int, place: int, scopes: list[str]) -> Json:
        shape = self._shape
        # Neighbours share half of their scopes and of their groups.
        first = number * max(shape.scopes_of_rule // 2, 1)
        allowed = [scopes[(first + k) % len(scopes)] for k in range(shape.scopes_of_rule)]
        machines = place % 5 == 4
        people: Json = {"users": {"exclude": []}}
        if not machines:
            people["groups"] = {"include": self._some_groups(number, shape.groups_of_rule)}
        if not machines and shape.excluded:
            far = number + shape.groups // 2
            people["groups"]["exclude"] = self._some_groups(far, shape.excluded)
            step = number * 3
            people["users"]["exclude"] = [
                self._users[(step + k) % shape.users] for k in range(shape.excluded)
            ]
        if place % 5 == 3:
            people["groups"]["include"] = ["EVERYONE"]
        conditions = {
            "people": people,
            "grantTypes": {"include": [MACHINE if machines else CODE]},
            "scopes": {"include": allowed if machines else ["openid", *allowed]},
        }
        token = {
            "accessTokenLifetimeMinutes": HOUR,
            "refreshTokenLifetimeMinutes": WEEK,
            "refreshTokenWindowMinutes": WEEK,
        }
        return records.rule(policy, f"rule {place}", place + 1, conditions, token)

    def _some_groups(self, number: int, many: int) -> list[str]:
        first = number * max(many // 2, 1)
        chosen = (self._groups[(first + k) % len(self._groups)] for k in range(many))
        return list(dict.fromkeys(chosen))


def _by_id(value: Any) -> Any:
    by_id = isinstance(value, list) and value and isinstance(value[0], dict) and "id" in value[0]
    return sorted(value, key=lambda row: row["id"]) if by_id else value
