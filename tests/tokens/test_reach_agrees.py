"""`Reach` against brute force: an answer about all requests equals the sum of all decisions.

Tenants are random and small, with everything in them that a decision looks at; the requests
are all users times all scope sets times all clients and grant types.

`decide` and `reach` share the code of single conditions, so a third opinion (`Plainly`) reads
the same rules from the JSON. These mutants were tried by hand; every one makes a test fail.

In what decides:
 1. people: an excluded user is not known instead of out
 2. people: an exclude group whose members were not read excludes nobody
 3. candidates: a rule grants the part of the scopes it has (no all-or-nothing)
 4. candidates: omitted scope grants all defaults, also those the rule lacks
 5. scopes: OpenID scopes stay among the defaults of client_credentials
 6. situation: an expired password does for every grant type
 7. matching: a rule without people does not let a request without a user through
 8. decide: a rule that admits the user but lacks a scope rejects, without falling through

In reach:
 9. regions: whoever an earlier rule may admit is not taken from what is certain
10. regions: whoever an earlier rule may admit is taken from what is possible
11. regions: omitted scope reaches rules behind the one that takes it
12. regions: only the rule right before is asked whether it takes the traffic
13. requestable: claim scopes are asked for without openid
14. requestable: scopes that are ignored count as granted
15. populations: token exchange holds the user against the rule
16. populations: users whom nothing mentions are forgotten where users were not read
17. regions: people about whom something is unknown count as certain
18. reachability: a policy for all clients is left out for a client with its own policy
19. situation: a client without a key does not get its implicit tokens either
20. endpoint: a key for encryption will do; all zones must be of use; excluding lets nobody in
21. regions: behind a rule that takes everybody by one reading, the unassigned are not out
22. situation: that somebody is not assigned plays no part in token exchange
23. reachability: clients that are turned away at the token endpoint take part

Numbers 2 and 17 survived the first version of these tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, combinations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from person_classes import person_classes

from auditor.lint.examples import example_snapshot
from auditor.snapshot.collections import match
from auditor.snapshot.ledger import CollectionStatus, Gap, Ledger, LedgerEntry
from auditor.snapshot.org import Org
from auditor.tokens.decide import Decider, OidcScopes
from auditor.tokens.decision import Decision
from auditor.tokens.grants import (
    AUTHORIZATION_CODE,
    CIBA,
    CLIENT_CREDENTIALS,
    IMPLICIT,
    JWT_BEARER,
    PASSWORD,
    REFRESH_TOKEN,
    TOKEN_EXCHANGE,
)
from auditor.tokens.outcome import Outcome
from auditor.tokens.reach.rules import Obstacle
from auditor.tokens.reach.servers import TenantReach
from auditor.tokens.reach.situations import Reach, SituationReach
from auditor.tokens.reach.user_sets import Person
from auditor.tokens.request import TokenRequest
from auditor.tokens.rules_in_order import Candidate

Json = dict[str, Any]
Scopes = frozenset[str]

SERVER = "/api/v1/authorizationServers/aus"
USERS = ("ada", "bob", "eve", "joe")
GROUPS = ("dev", "ops", "all")
CUSTOM = ("a", "b", "c")
OPENID = ("openid", "profile", "offline_access")
OTHER_OPENID = "device_sso"
"""Stands for all OpenID scopes that no rule here lists."""
USUAL = (AUTHORIZATION_CODE, CLIENT_CREDENTIALS, PASSWORD)
UNUSUAL = (IMPLICIT, CIBA, JWT_BEARER, TOKEN_EXCHANGE, REFRESH_TOKEN)
GRANTS = [
    *combinations(USUAL, 2),
    *((grant, USUAL[0]) for grant in UNUSUAL),
    (TOKEN_EXCHANGE, USUAL[1]),
]


def some(names: Iterable[str], most: int | None = None) -> st.SearchStrategy[list[str]]:
    """A part of the names, by the bits of one number, which is fast."""
    options = tuple(names)
    return st.integers(0, 2 ** len(options) - 1).map(
        lambda bits: [name for at, name in enumerate(options) if bits >> at & 1][:most]
    )


def mostly(usual: Any, *others: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from((usual,) * 3 * len(others) + others)


EVERYONE = {"groups": {"include": ["EVERYONE"]}}
PEOPLE = st.one_of(
    st.just(EVERYONE),
    some(USERS).map(lambda users: {"users": {"include": users}}),
    some((*GROUPS, "gone")).map(lambda groups: {"groups": {"include": groups}}),
    st.tuples(some(USERS), some(GROUPS, 2), some(USERS, 1), some(GROUPS, 1)).map(
        lambda lists: {
            "users": {"include": lists[0], "exclude": lists[2]},
            "groups": {"include": lists[1], "exclude": lists[3]},
        }
    ),
    st.tuples(some(USERS), some(GROUPS, 1)).map(
        lambda out: {
            "users": {"exclude": out[0]},
            "groups": {"include": ["EVERYONE"], "exclude": out[1]},
        }
    ),
    st.just({}),
)
RULE_SCOPES = st.one_of(
    st.just(["*"]), st.just([]), some((*CUSTOM, *OPENID, "undefined")), some(CUSTOM)
)


def rules(grants: tuple[str, ...]) -> st.SearchStrategy[list[Json]]:
    allowed = mostly(grants, *[(grant,) for grant in grants], ())
    rule = st.tuples(mostly("ACTIVE", "INACTIVE"), st.integers(1, 3), PEOPLE, allowed, RULE_SCOPES)
    return st.lists(rule, max_size=3).map(
        lambda found: [
            {
                "status": status,
                "priority": priority,
                "conditions": {
                    "people": people,
                    "grantTypes": {"include": list(allowed)},
                    "scopes": {"include": scopes},
                },
                "actions": {
                    "token": {
                        "accessTokenLifetimeMinutes": 60 + priority,
                        "refreshTokenLifetimeMinutes": 100 * priority,
                        "refreshTokenWindowMinutes": 10 + priority,
                    }
                },
            }
            for status, priority, people, allowed, scopes in found
        ]
    )


KEYS: dict[str | None, list[Json]] = {
    None: [],
    "none": [],
    "uri": [],
    "inactive": [{"kid": "k", "status": "INACTIVE"}],
    "encryption": [{"kid": "k", "use": "enc"}],
    "active": [{"kid": "k", "use": "sig"}],
}
"""The keys of a client that authenticates with one; None is any other client."""

ZONES = [
    {"id": "office", "type": "IP", "gateways": [{"type": "CIDR", "value": "192.0.2.0/24"}]},
    {"id": "empty", "type": "IP", "gateways": []},
    {"id": "off", "type": "DYNAMIC", "status": "INACTIVE"},
    {"id": "blocked", "type": "DYNAMIC", "usage": "BLOCKLIST"},
]
NETWORKS: list[Json] = [
    {"connection": "ANYWHERE", "include": ["gone"]},
    {"connection": "ZONE"},
    {"connection": "ZONE", "include": ["gone", "off"]},
    {"connection": "ZONE", "include": ["empty"], "exclude": ["office"]},
    {"connection": "ZONE", "include": ["gone", "office"]},
    {"connection": "ZONE", "include": ["off", "ALL_IP_ZONES"]},
    {"connection": "ZONE", "exclude": ["gone"]},
    {"connection": "ZONE", "include": ["office"], "exclude": ["office"]},
    {"connection": "ZONE", "include": ["blocked", "off"]},
    {"connection": "ZONE", "include": ["blocked", "office"]},
    {"connection": "ZONE", "include": ["office"], "exclude": ["ALL_IP_ZONES"]},
]
DOUBTFUL = [NETWORKS[7], NETWORKS[8], NETWORKS[10]]
"""Zones of which no source says whether they let anybody in."""


def authenticating(keys: str | None) -> Json:
    """The parts of a client's record that say how it authenticates."""
    method = {} if keys is None else {"token_endpoint_auth_method": "private_key_jwt"}
    return {"credentials": {"oauthClient": method}}


def clients(grants: tuple[str, ...]) -> st.SearchStrategy[list[Json]]:
    response_types = (["token"], ["id_token"], ["id_token", "token"], [])
    client = st.tuples(
        mostly("ACTIVE", "INACTIVE"),
        mostly(grants, grants[:1]),
        st.sampled_from(response_types if IMPLICIT in grants else response_types[:1]),
        mostly("web", "service"),
        st.integers(0, 9).map(lambda n: n == 9),
        st.integers(0, 9).map(lambda n: n < 9),
        mostly(None, *[keys for keys in KEYS if keys]),
        mostly({}, *NETWORKS),
    )
    return st.lists(client, min_size=1, max_size=2).map(
        lambda found: [
            {
                "id": f"0oa{at}",
                "status": status,
                **authenticating(keys),
                "settings": {
                    "implicitAssignment": implicit,
                    "oauthClient": {
                        "grant_types": list(own),
                        "response_types": types,
                        "application_type": kind,
                        "jwks_uri": "https://0oa.example.com/jwks" if keys == "uri" else None,
                        "jwks": {"keys": KEYS[keys]},
                        "network": network,
                        "consent_method": "REQUIRED" if implicit else "TRUSTED",
                    }
                    if configurable
                    else None,
                },
            }
            for at, (
                status,
                own,
                types,
                kind,
                implicit,
                configurable,
                keys,
                network,
            ) in enumerate(found)
        ]
    )


POLICY = st.tuples(
    mostly("ACTIVE", "INACTIVE"), st.integers(1, 2), mostly(["ALL_CLIENTS"], ["0oa0"], ["0oa1"], [])
)
SCOPE = st.fixed_dictionaries(
    {
        "name": st.sampled_from((*CUSTOM, *OPENID)),
        "default": st.integers(0, 2).map(lambda n: n == 2),
        "consent": mostly("IMPLICIT", "REQUIRED", "FLEXIBLE"),
    }
)
SCOPES = st.lists(SCOPE, max_size=5, unique_by=lambda scope: scope["name"])
STATUS = mostly("ACTIVE", "SUSPENDED", "PASSWORD_EXPIRED", "LOCKED_OUT")


@st.composite
def tenants(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Json:
    grants = draw(st.sampled_from(GRANTS))
    apps = draw(clients(grants))
    policies = draw(st.lists(st.tuples(POLICY, rules(grants)), min_size=1, max_size=3))
    statuses = draw(st.tuples(STATUS, STATUS, STATUS))
    server = draw(mostly(*["ACTIVE"] * 9, "INACTIVE"))
    found: Json = {
        "/api/v1/authorizationServers": [{"id": "aus", "status": server}],
        "/api/v1/apps": apps,
        f"{SERVER}/scopes": draw(SCOPES),
        f"{SERVER}/policies": [
            {
                "id": f"p{at}",
                "status": status,
                "priority": priority,
                "conditions": {"clients": {"include": named}},
            }
            for at, ((status, priority, named), _) in enumerate(policies)
        ],
        "/api/v1/groups": [{"id": group} for group in GROUPS],
        "/api/v1/zones": ZONES,
        "/api/v1/users": [
            {"id": user, "status": status} for user, status in zip(USERS, statuses, strict=False)
        ],
    }
    for at, (_, own) in enumerate(policies):
        found[f"{SERVER}/policies/p{at}/rules"] = [
            {"id": f"p{at}r{n}", **rule} for n, rule in enumerate(own)
        ]
    for group in GROUPS:
        found[f"/api/v1/groups/{group}/users"] = draw(some(USERS))
    for app in (app for app in apps if app["settings"]["oauthClient"] is not None):
        found[f"/api/v1/apps/{app['id']}/users"] = [
            {"id": user, "scope": "USER", "status": "ACTIVE"} for user in draw(some(USERS))
        ]
        found[f"/api/v1/apps/{app['id']}/groups"] = [{"id": name} for name in draw(some(GROUPS, 1))]
        if app["credentials"]["oauthClient"]:
            oauth = app["settings"]["oauthClient"]
            keys = oauth["jwks"]["keys"]
            found[f"/api/v1/apps/{app['id']}/credentials/jwks"] = keys
            oauth["jwks"] = draw(st.sampled_from([{"keys": keys}, None]))
    return found


def org_of(tenant: Json, unread: Iterable[str] = ()) -> Org:
    """A tenant of which some lists could not be read."""
    snapshot = example_snapshot(tenant)
    gaps: dict[str, list[Gap]] = {}
    for path in unread:
        found = match(path)
        assert found is not None
        gaps.setdefault(found[0].name, []).append(Gap(path=path, reason="timeout"))
    entries = [
        LedgerEntry(
            collection=entry.collection,
            status=CollectionStatus.PARTIAL,
            gaps=gaps[entry.collection],
        )
        if entry.collection in gaps
        else entry
        for entry in snapshot.ledger.entries
    ]
    resources = {path: value for path, value in snapshot.resources.items() if path not in unread}
    update = {"ledger": Ledger(entries=tuple(entries)), "resources": resources}
    return Org.of(snapshot.model_copy(update=update))


# What Okta does, in few words and straight from the JSON: the third opinion. `decide` and
# `reach` share code, and this catches a mistake in what they share.

OIDC = {"openid", "profile", "email", "address", "phone", "offline_access", "device_sso"}


@dataclass
class Plainly:
    """The end of requests to a tenant that was read completely."""

    tenant: Json
    reading: OidcScopes
    nameless: bool | None = None
    """Whether a rule that names nobody admits everybody, where Okta does not say."""

    def __post_init__(self) -> None:
        self.apps = {app["id"]: app for app in self.tenant["/api/v1/apps"]}
        self.users = {user["id"]: user["status"] for user in self.tenant["/api/v1/users"]}
        self.scopes = {scope["name"]: scope for scope in self.tenant[f"{SERVER}/scopes"]}

    def members(self, groups: Iterable[str]) -> set[str]:
        paths = [f"/api/v1/groups/{group}/users" for group in groups]
        return {user for path in paths for user in self.tenant.get(path, ())}

    def end(self, client: str, grant: str, user: Person, scopes: Scopes | None) -> tuple[Any, ...]:
        app = self.apps[client]
        oauth = app["settings"]["oauthClient"]
        server = self.tenant["/api/v1/authorizationServers"][0]
        if {server["status"], app["status"]} != {"ACTIVE"}:
            return ("rejected",)
        if oauth is None:
            return ("unknown",)
        if grant not in oauth["grant_types"] or (grant != IMPLICIT and self.turned_away(app)):
            return ("rejected",)
        if grant == REFRESH_TOKEN:
            gone = self.users.get(user or "") in {"SUSPENDED", None}
            return ("rejected",) if gone or not self.is_assigned(app, user) else ("unknown",)
        end = self.decided(app, grant, user, scopes)
        in_doubt = grant != IMPLICIT and oauth["network"] in DOUBTFUL
        return ("unknown",) if in_doubt and end[0] == "minted" else end

    def decided(
        self, app: Json, grant: str, user: Person, scopes: Scopes | None
    ) -> tuple[Any, ...]:
        """The end of a request of a client that is in order."""
        client, wanted = app["id"], self.wanted(scopes, grant, app["settings"]["oauthClient"])
        if wanted is None:
            return ("rejected",)
        if not wanted or (scopes is None and grant in {JWT_BEARER, TOKEN_EXCHANGE}):
            return ("unknown",)
        if grant == TOKEN_EXCHANGE:
            held, free = (
                self.exchanged(client, user, scopes, held=reading) for reading in (True, False)
            )
            vain = self.unsettled(app, grant, wanted) or self.can_sign_in(grant, user) is None
            return held if held == free and not (held[0] == "minted" and vain) else ("unknown",)
        able = True if grant == CLIENT_CREDENTIALS else self.can_sign_in(grant, user)
        if grant != CLIENT_CREDENTIALS and (able is False or not self.is_assigned(app, user)):
            return ("rejected",)
        end = self.walk(client, grant, user, wanted, omitted=scopes is None)
        vain = able is None or self.unsettled(app, grant, wanted)
        return ("unknown",) if end[0] == "minted" and vain else end

    def unsettled(self, app: Json, grant: str, wanted: set[str]) -> bool:
        blocked = {name for name, scope in self.scopes.items() if scope["consent"] != "IMPLICIT"}
        required = app["settings"]["oauthClient"].get("consent_method") == "REQUIRED"
        without_page = grant in {CIBA, PASSWORD, JWT_BEARER, TOKEN_EXCHANGE}
        return grant == JWT_BEARER or bool(required and without_page and blocked & wanted)

    def exchanged(
        self, client: str, user: Person, scopes: Scopes | None, *, held: bool
    ) -> tuple[Any, ...]:
        """The end of a token exchange by one of its readings; the client itself is in order.

        Args:
            client: its id.
            user: whom the subject token names.
            scopes: None for the default ones.
            held: whether the user is held against assignments and the people of a rule.
        """
        app = self.apps[client]
        wanted = self.wanted(scopes, TOKEN_EXCHANGE, app["settings"]["oauthClient"])
        able = self.can_sign_in(TOKEN_EXCHANGE, user)
        if wanted is None or able is False or (held and not self.is_assigned(app, user)):
            return ("rejected",)
        omitted = scopes is None
        return self.walk(client, TOKEN_EXCHANGE, user, wanted, omitted=omitted, held=held)

    def turned_away(self, app: Json) -> bool:
        oauth = app["settings"]["oauthClient"]
        path = f"/api/v1/apps/{app['id']}/credentials/jwks"
        if app["credentials"]["oauthClient"] and not oauth["jwks_uri"]:
            usable = [key.get("status") != "INACTIVE" for key in self.tenant[path]]
            signing = [key.get("use") != "enc" for key in self.tenant[path]]
            if not any(one and other for one, other in zip(usable, signing, strict=True)):
                return True
        network = oauth["network"]
        named = network.get("include", [])
        if network.get("connection") != "ZONE":
            return False
        return not ({"office", "ALL_IP_ZONES"} & set(named) or (not named and "exclude" in network))

    def wanted(self, scopes: Scopes | None, grant: str, oauth: Json) -> set[str] | None:
        if scopes is not None:
            ignored = {"offline_access"} if grant == IMPLICIT else set()
            return None if self.invalid(scopes, grant, oauth) else set(scopes) - ignored
        defaults = {name for name, scope in self.scopes.items() if scope["default"]}
        defaults -= OIDC if grant == CLIENT_CREDENTIALS else set()
        defaults -= {"offline_access"} if grant == IMPLICIT else set()
        if grant in {JWT_BEARER, TOKEN_EXCHANGE}:
            return set()
        blocked = {name for name in defaults if self.scopes[name]["consent"] == "REQUIRED"}
        if grant in {PASSWORD, CIBA} or (grant == CLIENT_CREDENTIALS and blocked):
            return None
        return defaults or None

    def invalid(self, scopes: Scopes, grant: str, oauth: Json) -> bool:
        openid = "openid" in scopes
        blocked = {name for name, scope in self.scopes.items() if scope["consent"] == "REQUIRED"}
        return bool(
            scopes - OIDC - self.scopes.keys()
            or (grant == CLIENT_CREDENTIALS and scopes & (OIDC | blocked))
            or (grant == JWT_BEARER and scopes & {"openid", "profile"})
            or (
                grant == TOKEN_EXCHANGE and oauth["application_type"] == "service" and scopes & OIDC
            )
            or (grant == CIBA and not openid)
            or (grant == IMPLICIT and oauth["response_types"] == ["id_token"] and not openid)
            or ("profile" in scopes and not openid)
            or (
                "device_sso" in scopes
                and (grant == IMPLICIT or not scopes >= {"openid", "offline_access"})
            )
        )

    def can_sign_in(self, grant: str, user: Person) -> bool | None:
        status = self.users.get(user or "")
        if status == "PASSWORD_EXPIRED" and grant in {AUTHORIZATION_CODE, IMPLICIT}:
            return True
        if status in {"PASSWORD_EXPIRED", "LOCKED_OUT"}:
            return False if grant == PASSWORD else None
        return status == "ACTIVE"

    def is_assigned(self, app: Json, user: Person) -> bool:
        direct = [item["id"] for item in self.tenant[f"/api/v1/apps/{app['id']}/users"]]
        groups = [item["id"] for item in self.tenant[f"/api/v1/apps/{app['id']}/groups"]]
        assigned = {*direct, *self.members(groups)}
        everybody = app["settings"]["implicitAssignment"]
        return everybody or user in assigned

    def walk(
        self,
        client: str,
        grant: str,
        user: Person,
        wanted: set[str],
        *,
        omitted: bool,
        held: bool = True,
    ) -> tuple[Any, ...]:
        """The end of a request of which everything but the policies is fine.

        Args:
            client: its id.
            grant: the grant type.
            user: None if there is none.
            wanted: the scopes.
            omitted: whether they are the defaults.
            held: whether the user is held against the people of a rule.
        """
        for policy in by_priority(self.tenant[f"{SERVER}/policies"]):
            named = policy["conditions"]["clients"]["include"]
            if policy["status"] != "ACTIVE" or not {"ALL_CLIENTS", client} & set(named):
                continue
            for rule in by_priority(self.tenant[f"{SERVER}/policies/{policy['id']}/rules"]):
                lists = rule["conditions"]
                if rule["status"] != "ACTIVE" or grant not in lists["grantTypes"]["include"]:
                    continue
                allowed = set(lists["scopes"]["include"])
                if allowed and self.reading is OidcScopes.GRANTED:
                    allowed |= OIDC
                here = wanted if "*" in allowed else wanted & allowed
                if not here or (here != wanted and not omitted):
                    continue
                admitted = self.admits(lists["people"], grant, user) if held else True
                if admitted is None:
                    return ("unknown",)
                if admitted:
                    return ("minted", rule["id"], frozenset(here))
        return ("rejected",)

    def admits(self, people: Json, grant: str, user: Person) -> bool | None:
        users, groups = people.get("users", {}), people.get("groups", {})
        everyone = "EVERYONE" in groups.get("include", ())
        if grant == CLIENT_CREDENTIALS:
            return everyone or not (users.get("include") or groups.get("include"))
        out = {*users.get("exclude", ()), *self.members(groups.get("exclude", ()))}
        named = {*users.get("include", ()), *self.members(groups.get("include", ()))}
        nobody = not users.get("include") and not groups.get("include")
        if user not in out and nobody and grant in {CIBA, JWT_BEARER, TOKEN_EXCHANGE}:
            return self.nameless
        return user not in out and (everyone or user in named)


def by_priority(records: list[Json]) -> list[Json]:
    return sorted(records, key=lambda record: (record["priority"], record["id"]))


# Brute force


@dataclass
class Enumerated:
    """Every request of one client and grant type, decided one by one."""

    decider: Decider
    client: str
    grant: str
    people: tuple[Person, ...]
    asked: tuple[str, ...]

    @cached_property
    def scope_sets(self) -> list[Scopes | None]:
        sizes = range(1, len(self.asked) + 1)
        parts = chain.from_iterable(combinations(self.asked, size) for size in sizes)
        return [None, frozenset({"nowhere"}), *map(frozenset, parts)]

    @cached_property
    def decided(self) -> dict[tuple[Person, Scopes | None], Decision]:
        return {
            (user, scopes): self.decider.decide(
                TokenRequest(
                    server="aus", client=self.client, grant=self.grant, user=user, scopes=scopes
                )
            )
            for user in self.people
            for scopes in self.scope_sets
        }

    @cached_property
    def minted(self) -> dict[Person, list[tuple[Scopes, str | None]]]:
        """By user: granted scopes and rule."""
        found: dict[Person, list[tuple[Scopes, str | None]]] = {user: [] for user in self.people}
        for (user, _), decision in self.decided.items():
            if decision.outcome is Outcome.MINTED:
                found[user].append((frozenset(decision.granted_scopes), rule_id(decision)))
        return found

    @cached_property
    def unknown(self) -> set[Person]:
        """Users with a request that cannot be decided."""
        return {
            user
            for (user, _), decision in self.decided.items()
            if decision.outcome is Outcome.INDETERMINATE
        }


def rule_id(found: Decision | Candidate | None) -> str | None:
    return found.rule.id if found is not None and found.rule is not None else None


def maximal(sets: Iterable[Scopes]) -> set[Scopes]:
    kept = set(sets) - {frozenset()}
    return {one for one in kept if not any(one < other for other in kept)}


def end_of(decision: Decision) -> tuple[Any, ...]:
    if decision.outcome is Outcome.MINTED:
        return ("minted", rule_id(decision), frozenset(decision.granted_scopes))
    if decision.outcome is Outcome.REJECTED:
        return ("rejected", decision.failed, decision.error, decision.reason)
    return ("unknown",)


def same_scopes(reach: SituationReach, brute: Enumerated) -> None:
    """The same people obtain a scope, by the same rules."""
    for scope in brute.asked:
        access = reach.access(scope)
        for user in brute.people:
            by = {rule for scopes, rule in brute.minted[user] if scope in scopes}
            answer = access.people.has(user)
            assert (answer is True) == bool(by), (scope, user)
            assert answer is not None or user in brute.unknown, (scope, user)
            ways = {rule_id(way.candidate) for way in access.ways if user in way.people.sure}
            assert ways == by, (scope, user)
        for way in access.ways:
            assert (way.decision is not None) == bool(way.people.sure)
            assert way.decision is None or rule_id(way.decision) == rule_id(way.candidate)


def same_together(reach: SituationReach, brute: Enumerated) -> None:
    """The same maximal sets are obtained together, and by the same people."""
    classes = list(person_classes(reach))
    for user in brute.people:
        mine = [item for item in classes if user in item.people]
        assert len(mine) == (user in reach.eligible.possible)
        sets = {scopes & set(brute.asked) for item in mine for scopes in item.scope_sets}
        assert maximal(sets) == maximal(scopes for scopes, _ in brute.minted[user]), user
        assert all(not item.uncertain for item in mine) or user in brute.unknown


def same_people(reach: SituationReach, brute: Enumerated) -> None:
    """The same people obtain anything; each witness shows what it is to show."""
    for user in brute.people:
        answer = reach.obtaining.has(user)
        assert (answer is True) == bool(brute.minted[user]), user
        assert answer is not None or user in brute.unknown, user
    for region in reach.regions:
        request = reach.witness(region)
        assert (request is None) == (not region.people.sure)
        if request is not None:
            expected = ("minted", rule_id(region.candidate), region.scopes)
            assert end_of(brute.decider.decide(request)) == expected


@dataclass
class Case:
    """One tenant, seen by both."""

    org: Org
    reading: OidcScopes
    asked: tuple[str, ...]

    @cached_property
    def decider(self) -> Decider:
        return Decider(self.org, self.reading)

    @cached_property
    def situations(self) -> list[tuple[SituationReach, Enumerated]]:
        reach = Reach(self.org, self.reading)
        grants = {grant for app in self.org.apps for grant in app.grant_types}
        return [
            (
                reach.situation("aus", app.client_id, grant),
                Enumerated(self.decider, app.client_id, grant, people, self.asked),
            )
            for app in self.org.apps
            for grant in sorted(grants | {AUTHORIZATION_CODE})
            for people in [reach.populations.all(grant).people]
        ]

    def check(self) -> None:
        for reach, brute in self.situations:
            same_scopes(reach, brute)
            same_together(reach, brute)
            same_people(reach, brute)
        self.check_server()

    def check_server(self) -> None:
        """Rules, scopes and clients of the whole server."""
        server = TenantReach(Reach(self.org, self.reading)).server(self.org.server("aus"))
        minted = [
            (brute.client, *found)
            for _, brute in self.situations
            for ways in brute.minted.values()
            for found in ways
        ]
        doubt = any(brute.unknown for _, brute in self.situations)
        by_rule = {rule for _, _, rule in minted}
        for found in server.rules:
            assert (found.reached is True) == (found.rule.id in by_rule), found
            assert (found.obstacle is None) == (found.reached is not False)
            assert found.reached is not None or doubt
            if found.witness is not None:
                decided = self.decider.decide(found.witness)
                assert (rule_id(decided) == found.rule.id) == (found.reached is True)
                if found.obstacle is Obstacle.SHADOWED and decided.outcome is Outcome.MINTED:
                    assert rule_id(decided) in {taken.rule.id for taken in found.shadowed_by}
            assert found.witness is not None or not found.reached
            assert bool(found.shadowed_by) == (found.obstacle is Obstacle.SHADOWED)
        obtained = {scope for _, scopes, _ in minted for scope in scopes}
        for scope, answer in server.scopes.items():
            if scope in self.asked:
                assert (answer is True) == (scope in obtained), scope
                assert answer is not None or doubt
        holders = {client for client, _, _ in minted}
        for app in self.org.apps:
            answer = server.clients.get(app.client_id, False)
            assert (answer is True) == (app.client_id in holders)
            assert answer is not None or doubt


def asked_in(tenant: Json) -> tuple[str, ...]:
    defined = {scope["name"] for scope in tenant[f"{SERVER}/scopes"]}
    return (*sorted(defined & set(CUSTOM)), *OPENID, OTHER_OPENID)


UNREAD = (
    "/api/v1/users",
    "/api/v1/groups",
    *(f"/api/v1/groups/{group}/users" for group in GROUPS),
    "/api/v1/apps/0oa0/users",
    "/api/v1/apps/0oa0/groups",
    f"{SERVER}/scopes",
    f"{SERVER}/policies/p0/rules",
    f"{SERVER}/policies/p1/rules",
)
OF_CLIENTS = ("/api/v1/zones", "/api/v1/apps/0oa0/credentials/jwks")
"""What is taken to stand in nobody's way if it was not read."""


def unread_of(paths: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(paths), max_size=3, unique=True)


READINGS = st.sampled_from(OidcScopes)
often = settings(
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=250,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("reading", OidcScopes)
@often
@given(tenant=tenants())
def test_reach_is_what_enumeration_finds(reading: OidcScopes, tenant: Json) -> None:
    case = Case(org_of(tenant), reading, asked_in(tenant))
    case.check()
    plainly = Plainly(tenant, reading)
    for _, brute in case.situations:
        for (user, scopes), decision in brute.decided.items():
            end = end_of(decision)
            end = end if end[0] == "minted" else end[:1]
            assert end == plainly.end(brute.client, brute.grant, user, scopes), (user, scopes)


@often
@given(tenant=tenants(), reading=READINGS, unread=unread_of((*UNREAD, *OF_CLIENTS)))
def test_reach_of_an_incomplete_tenant_is_what_enumeration_finds(
    tenant: Json, reading: OidcScopes, unread: list[str]
) -> None:
    Case(org_of(tenant, unread), reading, asked_in(tenant)).check()


CLAIM = st.fixed_dictionaries(
    {
        "name": st.sampled_from(("sub", "tag")),
        "claimType": mostly("RESOURCE", "IDENTITY"),
        "value": mostly("'x'", "appuser.userName", "no expression"),
        "alwaysIncludeInToken": st.booleans(),
        "conditions": some((*CUSTOM, *OPENID), 2).map(lambda scopes: {"scopes": scopes}),
    }
)


@often
@given(
    tenant=tenants(),
    claims=st.lists(CLAIM, min_size=1, max_size=2),
    reading=READINGS,
    unread=unread_of((*UNREAD, *OF_CLIENTS, f"{SERVER}/claims")),
)
def test_reach_of_claims_that_fail_is_what_enumeration_finds(
    tenant: Json, claims: list[Json], reading: OidcScopes, unread: list[str]
) -> None:
    tenant[f"{SERVER}/claims"] = [
        {"id": f"c{at}", "valueType": "EXPRESSION", "status": "ACTIVE", **claim}
        for at, claim in enumerate(claims)
    ]
    case = Case(org_of(tenant, unread), reading, asked_in(tenant))
    for reach, brute in case.situations:
        same_scopes(reach, brute)
        same_together(reach, brute)
        same_people(reach, brute)


@st.composite
def all_live(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Json:
    """Two rules for everything, of which only people decide; nobody needs an assignment."""
    oauth = {"grant_types": [PASSWORD], "response_types": [], "application_type": "web"}
    settings = {"implicitAssignment": draw(mostly(True, False)), "oauthClient": oauth}  # noqa: FBT003
    everything = {"grantTypes": {"include": [PASSWORD]}, "scopes": {"include": ["*"]}}
    people = draw(st.tuples(PEOPLE, PEOPLE))
    return {
        "/api/v1/authorizationServers": [{"id": "aus"}],
        "/api/v1/apps": [{"id": "0oa0", "settings": settings}],
        "/api/v1/apps/0oa0/users": [{"id": "ada", "scope": "USER", "status": "ACTIVE"}],
        "/api/v1/apps/0oa0/groups": [{"id": name} for name in draw(some(GROUPS, 1))],
        "/api/v1/users": [{"id": user} for user in USERS[:3]],
        "/api/v1/groups": [{"id": group} for group in GROUPS],
        **{f"/api/v1/groups/{group}/users": draw(some(USERS)) for group in GROUPS},
        f"{SERVER}/scopes": [],
        f"{SERVER}/policies": [{"id": "p0", "conditions": {"clients": {"include": ["0oa0"]}}}],
        f"{SERVER}/policies/p0/rules": [
            {"id": f"r{at}", "conditions": {"people": who, **everything}}
            for at, who in enumerate(people)
        ],
    }


@often
@given(tenant=all_live(), unread=unread_of(UNREAD[:7]))
def test_people_conditions_are_what_enumeration_finds(tenant: Json, unread: list[str]) -> None:
    Case(org_of(tenant, unread), OidcScopes.LISTED, ("openid",)).check()


@st.composite
def exchanging(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Json:
    """Rules for token exchange alone, so that they stand in each other's way."""
    oauth = {"grant_types": [TOKEN_EXCHANGE], "application_type": draw(mostly("service", "web"))}
    settings = {"implicitAssignment": draw(mostly(False, True)), "oauthClient": oauth}  # noqa: FBT003
    scopes = st.one_of(st.just(["*"]), some(("a", "b")))
    found = draw(st.lists(st.tuples(PEOPLE, scopes), min_size=1, max_size=4))
    return {
        "/api/v1/authorizationServers": [{"id": "aus"}],
        "/api/v1/apps": [{"id": "0oa0", "settings": settings}],
        "/api/v1/apps/0oa0/users": [
            {"id": user, "scope": "USER", "status": "ACTIVE"} for user in draw(some(USERS))
        ],
        "/api/v1/apps/0oa0/groups": [],
        "/api/v1/users": [
            {"id": user, "status": draw(mostly("ACTIVE", "SUSPENDED"))} for user in USERS[:3]
        ],
        "/api/v1/groups": [{"id": group} for group in GROUPS],
        **{f"/api/v1/groups/{group}/users": draw(some(USERS)) for group in GROUPS},
        f"{SERVER}/scopes": [
            {"name": name, "default": draw(st.booleans()), "consent": "IMPLICIT"}
            for name in ("a", "b")
        ],
        f"{SERVER}/policies": [
            {
                "id": "p0",
                "status": "ACTIVE",
                "priority": 1,
                "conditions": {"clients": {"include": ["0oa0"]}},
            }
        ],
        f"{SERVER}/policies/p0/rules": [
            {
                "id": f"r{at}",
                "status": "ACTIVE",
                "priority": at,
                "conditions": {
                    "people": people,
                    "grantTypes": {"include": [TOKEN_EXCHANGE]},
                    "scopes": {"include": allowed},
                },
            }
            for at, (people, allowed) in enumerate(found)
        ],
    }


def nameless_rules(tenant: Json) -> int:
    rules = tenant[f"{SERVER}/policies/p0/rules"]
    people = [rule["conditions"]["people"] for rule in rules]
    return sum(not any(part.get("include") for part in condition.values()) for condition in people)


@often
@given(tenant=exchanging())
def test_a_rule_for_token_exchange_is_dead_if_it_is_by_both_readings(tenant: Json) -> None:
    case = Case(org_of(tenant), OidcScopes.LISTED, asked_in(tenant))
    case.check()
    ends: dict[tuple[bool, bool], set[Any]] = {
        (held, nameless): set() for held in (True, False) for nameless in (True, False)
    }
    plainly = {nameless: Plainly(tenant, OidcScopes.LISTED, nameless) for nameless in (True, False)}
    for _, brute in case.situations:
        for user, scopes in brute.decided if brute.grant == TOKEN_EXCHANGE else ():
            for (held, nameless), reached in ends.items():
                end = plainly[nameless].exchanged(brute.client, user, scopes, held=held)
                reached.add(end[1:2])
    for found in TenantReach(Reach(case.org)).server(case.org.server("aus")).rules:
        dead = not any((found.rule.id,) in reached for reached in ends.values())
        assert found.reached is not False or dead, found
        # Two rules that name nobody are taken for independent of each other.
        assert found.reached is False or not dead or nameless_rules(tenant) > 1, found


@often
@given(tenant=tenants(), reading=READINGS, unread=unread_of((*UNREAD, f"{SERVER}/policies")))
def test_no_answer_about_an_incomplete_tenant_is_wrong(
    tenant: Json, reading: OidcScopes, unread: list[str]
) -> None:
    asked = asked_in(tenant)
    truth = Case(org_of(tenant), reading, asked)
    told = Reach(org_of(tenant, unread), reading)
    for _, brute in truth.situations:
        reach = told.situation("aus", brute.client, brute.grant)
        numbered = set(told.populations.all(brute.grant).people)
        for scope in asked:
            people = reach.access(scope).people
            for user, ways in brute.minted.items():
                answer = people.has(user if user in numbered else None)
                assert answer is None or answer == any(scope in scopes for scopes, _ in ways)
        for item in (item for item in person_classes(reach) if not item.uncertain):
            for user in item.people:
                sets = {scopes & set(asked) for scopes in item.scope_sets}
                truly = brute.minted.get(user, [])  # one who was never read is none
                assert maximal(sets) == maximal(scopes for scopes, _ in truly)
    server = TenantReach(told).server(told.org.server("aus"))
    by_rule = {
        rule for _, brute in truth.situations for ways in brute.minted.values() for _, rule in ways
    }
    for found in server.rules:
        assert found.reached is None or found.reached == (found.rule.id in by_rule)
