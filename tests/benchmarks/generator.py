"""Tenants of any size, the same in every run: mostly sound, with a few percent of mistakes.

At scale 1 a tenant has 100 servers, 400 policies, 2,000 rules, 3,000 scopes, 2,000 OIDC
apps, 5,000 groups, 200,000 users, and 5,000,000 group members and app users in all. Each
number grows with the scale, so twice the tenant is two times as many of everything, in
lists that are as long as before but for the org's own.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import Any

from auditor.sandbox.northwind import records
from auditor.sandbox.northwind.ids import made_id, timestamp
from auditor.sandbox.northwind.records import CODE, HOUR, MACHINE, ORG_URL, REFRESH, WEEK
from auditor.snapshot.collections import COLLECTIONS, match
from auditor.snapshot.document import Capture, Snapshot
from auditor.snapshot.proof import complete_ledger, expected_lists

Json = dict[str, Any]

SERVERS, APPS, GROUPS, USERS = 100, 2_000, 5_000, 200_000
PEOPLE = 5_000_000
"""Group members and app users."""
MEMBERS = 2_000_000
"""Those of them that are group members."""
LARGE = 4 * MEMBERS // GROUPS
"""Policy rules name groups of up to four times the average size."""

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SERVER = "/api/v1/authorizationServers"
ACTIONS = ("read", "list", "search", "count", "export", "watch")
CHANGES = ("write", "delete")
"""What only the last rule of a policy allows, to the few people of two small groups."""
KINDS = (
    ("web", "client_secret_basic", (CODE, REFRESH)),
    ("browser", "none", (CODE,)),
    ("native", "none", (CODE, REFRESH)),
    ("service", "private_key_jwt", (MACHINE,)),
)
"""What the apps of a server's first, second … policy are."""


def generated_tenant(scale: float, seed: int = 1) -> Snapshot:
    """A snapshot of a tenant.

    Args:
        scale: the size; 0.02 is the smallest whose apps have room for everybody.
        seed: another tenant of the same size for another number.
    """
    resources = dict(sorted(_Generator(scale, seed).resources().items()))
    return Snapshot(
        capture=Capture(org_url=ORG_URL, tool_version="0", started_at=NOW, finished_at=NOW),
        ledger=complete_ledger(resources),
        resources=resources,
    )


class _Generator:
    def __init__(self, scale: float, seed: int) -> None:
        self._random = random.Random(seed)
        self._scale = scale
        self._lists: dict[str, Any] = {}
        self._groups: list[str] = []
        self._members: dict[str, list[str]] = {}
        self._assigned: dict[str, list[str]] = {}
        self._open: list[str] = []
        """Apps that have a rule for everyone who is assigned."""

    def resources(self) -> dict[str, Any]:
        self._org()
        self._people()
        for number in range(self._many(SERVERS)):
            self._server(number)
        self._assignments()
        self._leave_the_rest_empty()
        return {p: _by_id(v) if isinstance(v, list) else v for p, v in self._lists.items()}

    def _leave_the_rest_empty(self) -> None:
        """Add every list that a tenant has, and that nothing was put into."""
        by_collection = defaultdict[str, list[str]](list)
        for path in self._lists:
            if matched := match(path):
                by_collection[matched[0].name].append(path)
        for row in COLLECTIONS:
            if row.single or row.if_named:
                continue
            parents = {path: self._lists[path] for path in by_collection[row.parent or ""]}
            paths = expected_lists(row, parents) if row.parent else {row.path}
            for path in sorted(paths - self._lists.keys()):
                self._lists[path] = []
                by_collection[row.name].append(path)

    def _many(self, number: int) -> int:
        return round(number * self._scale)

    def _mistake(self, percent: float) -> bool:
        return self._random.random() * 100 < percent

    def _add(self, path: str, record: Json) -> Json:
        self._lists.setdefault(path, []).append({**record, "created": timestamp(NOW)})
        return record

    def _org(self) -> None:
        self._lists |= {
            "/api/v1/org": {"id": made_id("00o", "Large"), "companyName": "Large"},
            "/api/v1/org/settings/clientPrivilegesSetting": {"clientPrivilegesSetting": False},
        }
        zone = self._add("/api/v1/zones", {"id": made_id("nzo", "Office"), "name": "Office"})
        zone |= {"type": "IP", "status": "ACTIVE", "gateways": [{"type": "CIDR", "value": "::/0"}]}

    # People

    def _people(self) -> None:
        states = random.Random(0).choices(
            ("ACTIVE", "PROVISIONED", "SUSPENDED", "STAGED"), (94, 3, 2, 1), k=self._many(USERS)
        )
        users = [
            {
                "id": made_id("00u", str(number)),
                "status": status,
                "profile": {"login": f"person.{number}@large.example"},
            }
            for number, status in enumerate(states)
        ]
        self._lists["/api/v1/users"] = users
        ids = sorted(user["id"] for user in users)
        everyone = self._group("Everyone", "BUILT_IN")
        self._members[everyone] = ids
        number = self._many(GROUPS) - 1
        weights = [(rank + 1) ** -0.7 for rank in range(number)]
        self._random.shuffle(weights)
        each = (self._many(MEMBERS) - len(ids)) / sum(weights)
        for position, weight in enumerate(weights):
            group = self._group(f"Group {position}", "OKTA_GROUP")
            size = 0 if self._mistake(0.5) else min(round(weight * each), len(ids))
            self._members[group] = sorted(self._random.sample(ids, size))
            self._groups.append(group)
        for group, members in self._members.items():
            self._lists[f"/api/v1/groups/{group}/users"] = members
        for number in range(self._many(50)):
            self._token(number, self._random.choice(users))

    def _group(self, name: str, kind: str) -> str:
        group = {"id": made_id("00g", name), "type": kind, "profile": {"name": name}}
        return str(self._add("/api/v1/groups", group)["id"])

    def _token(self, number: int, owner: Json) -> None:
        idle = timedelta(days=25 if self._mistake(5) else 1)
        network = {"connection": "ZONE", "include": [made_id("nzo", "Office")], "exclude": []}
        token = {
            "id": made_id("00T", str(number)),
            "name": f"token-{number}",
            "userId": owner["id"],
            "tokenWindow": "P30D",
            "expiresAt": timestamp(NOW + timedelta(days=30) - idle),
            "network": {"connection": "ANYWHERE"} if self._mistake(3) else network,
        }
        self._add("/api/v1/api-tokens", token)
        self._lists[f"/api/v1/users/{owner['id']}/roles"] = []

    # Servers

    def _server(self, number: int) -> None:
        name = f"api{number}"
        server = records.server(name, f"Tokens for {name}.", f"https://{name}.large.example")
        self._add(SERVER, server)
        path = f"{SERVER}/{server['id']}"
        self._lists |= {
            f"{path}/associatedServers": [],
            f"{path}/claims": records.system_claims(server["id"]),
            f"{path}/credentials/keys": records.signing_keys(name),
            f"{path}/resourceservercredentials/keys": [],
            f"{path}/scopes": records.system_scopes(server["id"]),
        }
        nouns = ("a", "b", "c")
        names = [f"{name}.{noun}:{action}" for noun in nouns for action in ACTIONS]
        names += [f"{name}.{noun}:{action}" for action in CHANGES for noun in nouns][:5]
        for scope in names:
            self._add(f"{path}/scopes", records.scope(server["id"], scope, "A scope"))
        pool = self._groups[number :: self._many(SERVERS)]
        pool = [group for group in pool if len(self._members[group]) <= LARGE]
        apps = iter(range(APPS // SERVERS))
        for position, share in enumerate((6, 5, 4, 5)):
            kind = KINDS[position]
            groups = self._random.sample(pool, 6)
            groups.sort(key=lambda group: -len(self._members[group]))
            by_name = self._mistake(35)
            labels = [f"{name}-{kind[0]}-{next(apps)}" for _ in range(share)]
            clients = [self._app(label, kind, groups) for label in labels]
            self._open += [] if by_name or kind[0] == "service" else clients
            policy = records.policy(server["id"], kind[0], clients, position + 1)
            if self._mistake(2):
                policy["conditions"]["clients"]["include"] = ["ALL_CLIENTS"]
            if self._mistake(1):
                policy["status"] = "INACTIVE"
            self._add(f"{path}/policies", policy)
            rules = f"{path}/policies/{policy['id']}/rules"
            first = groups if by_name else ["EVERYONE"]
            spare = ["openid", "offline_access"] if REFRESH in kind[2] else []
            allowed = [spare + names[: len(names) * fifths // 5] for fifths in range(1, 6)]
            for rule in self._rules(policy["id"], kind, [first, *([groups] * 4)], allowed):
                self._add(rules, rule)

    def _rules(
        self, policy: str, kind: Any, groups: list[list[str]], scopes: list[list[str]]
    ) -> Iterator[Json]:
        """Five rules; each later one allows more scopes, to fewer people."""
        for position, (included, meant) in enumerate(zip(groups, scopes, strict=True)):
            allowed = meant
            if self._mistake(1):
                allowed = self._random.choice([["*"], [], [*meant, "misspelt"]])
            named = included[position:]
            if self._mistake(1):
                named = [*named, made_id("00g", policy, "deleted")]
            if self._mistake(1):
                named = [self._random.choice(self._groups)]
            people = {"users": {"exclude": []}, "groups": {"include": named}}
            conditions: Json = {
                "people": people if kind[0] != "service" else {"users": {"exclude": []}},
                "grantTypes": {"include": [grant for grant in kind[2] if grant != REFRESH]},
                "scopes": {"include": allowed},
            }
            token = {
                "accessTokenLifetimeMinutes": 12 * HOUR if self._mistake(2) else HOUR,
                "refreshTokenLifetimeMinutes": 0 if self._mistake(2) else WEEK,
                "refreshTokenWindowMinutes": WEEK,
            }
            yield records.rule(policy, f"Rule {position}", position + 1, conditions, token)

    # Apps

    def _app(self, label: str, kind: Any, groups: list[str]) -> str:
        app = records.oidc_app(label, *kind)
        identity = str(self._add("/api/v1/apps", app)["id"])
        settings, credentials = app["settings"]["oauthClient"], app["credentials"]["oauthClient"]
        path = f"/api/v1/apps/{identity}"
        self._lists |= {f"{path}/{name}": [] for name in ("grants", "groups", "users")}
        if kind[0] == "service":
            key = records.public_key(label)
            self._lists[f"{path}/credentials/jwks"] = [] if self._mistake(1) else [key]
            self._lists[f"/oauth2/v1/clients/{identity}/roles"] = []
            if self._mistake(5):
                scope = "okta.users.manage"
                self._add(f"{path}/grants", records.grant(identity, identity, scope))
            return identity
        settings["redirect_uris"] = [f"https://{label}.large.example/callback"]
        if self._mistake(1):
            settings["redirect_uris"] = [f"http://{label}.large.example/callback"]
        if self._mistake(1):
            settings["grant_types"] += ["implicit"]
            settings["response_types"] += ["token"]
        credentials["pkce_required"] = not self._mistake(2)
        settings["dpop_bound_access_tokens"] = kind[1] == "none" and not self._mistake(3)
        self._assigned[identity] = [] if self._mistake(1) else list(groups)
        return identity

    def _assignments(self) -> None:
        """Assign the groups that rules name, and then others until the number is reached."""
        left = self._many(PEOPLE) - sum(map(len, self._members.values()))
        users: dict[str, set[str]] = {}
        for app, groups in self._assigned.items():
            users[app] = set().union(*(self._members[group] for group in groups))
            left -= len(users[app])
        assert left > 0, "the groups that rules name are too large"
        apps = cycle([app for app in self._open if self._assigned[app]])
        while left > 0:
            app, group = next(apps), self._random.choice(self._groups)
            fresh = sorted(set(self._members[group]) - users[app])[:left]
            self._assigned[app].append(group)
            users[app].update(fresh)
            left -= len(fresh)
        for app, groups in self._assigned.items():
            for position, group in enumerate(dict.fromkeys(groups)):
                assignment = {"id": group, "priority": position, "profile": {}}
                self._add(f"/api/v1/apps/{app}/groups", assignment)
            self._lists[f"/api/v1/apps/{app}/users"] = _packed(sorted(users[app]))


def _packed(users: list[str]) -> list[Json]:
    """App users as a snapshot keeps them: one in fifty is assigned directly."""
    ways = {"GROUP": [u for n, u in enumerate(users) if n % 50], "USER": users[::50]}
    return [{"scope": way, "status": "ACTIVE", "ids": ids} for way, ids in ways.items() if ids]


def _by_id(rows: list[Any]) -> list[Any]:
    by_id = bool(rows) and isinstance(rows[0], dict) and "id" in rows[0]
    return sorted(rows, key=lambda row: row["id"]) if by_id else rows
