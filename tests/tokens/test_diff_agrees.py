"""`diff` against brute force: what it says of two tenants equals the sum of all decisions on both.

Pairs of tenants are random: the second is the first with some of its lists taken from another
one, so that equal parts, which are passed over, and changed ones stand side by side. The
requests are all users times all scope sets times all clients and grant types, decided on
either side; from them follows who can obtain which scope, by which lifetimes, and what has
changed.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_reach_agrees import (
    GROUPS,
    OF_CLIENTS,
    OTHER_OPENID,
    READINGS,
    SERVER,
    UNREAD,
    USERS,
    Enumerated,
    Json,
    asked_in,
    often,
    org_of,
    some,
    tenants,
    unread_of,
)

from auditor.comparison.differences import Differences
from auditor.comparison.snapshot_pair import SnapshotPair, SnapshotSide
from auditor.snapshot.org import Org
from auditor.tokens.decide import Decider, OidcScopes
from auditor.tokens.grants import (
    AUTHORIZATION_CODE,
    IMPLICIT,
    PASSWORD,
    REFRESH_TOKEN,
    USERLESS_GRANTS,
)
from auditor.tokens.outcome import Outcome
from auditor.tokens.reach.user_sets import Person

Key = tuple[str, str, Person, str]
"""Client, grant type, user, scope."""

LIFETIMES = st.tuples(st.sampled_from([5, 60]), st.sampled_from([0, 90]), st.sampled_from([10, 20]))


@st.composite
def with_lifetimes(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Json:
    tenant = draw(tenants())
    for path, rules in tenant.items():
        for rule in rules if path.endswith("/rules") else ():
            access, refresh, window = draw(LIFETIMES)
            rule["actions"] = {
                "token": {
                    "accessTokenLifetimeMinutes": access,
                    "refreshTokenLifetimeMinutes": refresh,
                    "refreshTokenWindowMinutes": window,
                }
            }
    if draw(st.booleans()):
        for app in tenant["/api/v1/apps"]:
            if app["settings"]["oauthClient"]:
                app["settings"]["oauthClient"]["grant_types"].append(REFRESH_TOKEN)
    return tenant


@st.composite
def edited(draw: Callable[[st.SearchStrategy[Any]], Any]) -> tuple[Json, Json]:
    """A tenant and a changed one."""
    old, other = draw(with_lifetimes()), draw(with_lifetimes())
    paths = sorted({*old, *other})
    new = copy.deepcopy(old)
    for path in draw(st.lists(st.sampled_from(paths), min_size=1, max_size=4, unique=True)):
        if path in other:
            new[path] = other[path]
        else:
            del new[path]
    if draw(st.booleans()):
        group = draw(st.sampled_from(GROUPS))
        new[f"/api/v1/groups/{group}/users"] = draw(some(USERS))
    if draw(st.integers(0, 3)) == 0:
        rules = new.get(f"{SERVER}/policies/p0/rules", [])
        for rule in rules[:1]:
            rule["actions"]["token"]["accessTokenLifetimeMinutes"] = 7
    return old, complete(new)


def complete(tenant: Json) -> Json:
    """With every list that a complete export has."""
    for app in tenant.get("/api/v1/apps", ()):
        for name in ("users", "groups"):
            tenant.setdefault(f"/api/v1/apps/{app['id']}/{name}", [])
        keys = f"/api/v1/apps/{app['id']}/credentials/jwks"
        oauth = app["settings"]["oauthClient"]
        if oauth and (app["credentials"]["oauthClient"] or (oauth["jwks"] or {}).get("keys")):
            tenant.setdefault(keys, [])
        else:
            tenant.pop(keys, None)
    for policy in tenant.setdefault(f"{SERVER}/policies", []):
        tenant.setdefault(f"{SERVER}/policies/{policy['id']}/rules", [])
    for path, empty in ((f"{SERVER}/scopes", []), ("/api/v1/users", []), ("/api/v1/apps", [])):
        tenant.setdefault(path, empty)
    return tenant


@dataclass
class Obtained:
    """What all requests of one side come to."""

    org: Org
    reading: OidcScopes
    people: tuple[Person, ...]
    asked: tuple[str, ...]

    @cached_property
    def decider(self) -> Decider:
        return Decider(self.org, self.reading)

    def of(self, client: str, grant: str) -> tuple[dict[Key, set[Any]], set[Person]]:
        """Lifetimes by key, and the people who have a request that is indeterminate."""
        app = self.org.client(client)
        if app is None or not any(server.id == "aus" for server in self.org.servers):
            return {}, set()
        people = (None,) if grant in USERLESS_GRANTS else self.people
        brute = Enumerated(self.decider, client, grant, people, self.asked)
        by_rule: dict[Key, dict[Any, tuple[Any, ...]]] = {}
        for (user, _), decision in brute.decided.items():
            if decision.outcome is not Outcome.MINTED:
                continue
            assert decision.rule is not None
            lifetimes = (
                decision.access_token_minutes,
                decision.refresh_token,
                decision.refresh_token_minutes,
                decision.refresh_window_minutes,
            )
            for scope in decision.granted_scopes:
                found = by_rule.setdefault((client, grant, user, scope), {})
                best = found.get(decision.rule.id)
                if best is None or (decision.refresh_token and not best[1]):
                    found[decision.rule.id] = lifetimes
        return {key: set(found.values()) for key, found in by_rule.items()}, brute.unknown

    def assumed(self, client: str, grant: str) -> set[str]:
        """What stands in nobody's way because it was not read."""
        known = self.org.client(client) and any(s.id == "aus" for s in self.org.servers)
        return set(self.decider.situation("aus", client, grant).assumed) if known else set()


def status_in_doubt(org: Org, grant: str, user: Person) -> bool:
    """Whether Okta does not publish what the status of a user means; nothing is said of them."""
    found = org.user(user) if user is not None and grant not in USERLESS_GRANTS else None
    if found is None or grant == PASSWORD:
        return False
    pages = grant in {AUTHORIZATION_CODE, IMPLICIT}
    return found.status == "LOCKED_OUT" or (found.status == "PASSWORD_EXPIRED" and not pages)


def told(sides: SnapshotPair) -> dict[Key, set[str]]:
    """What `diff` says, for each person and scope of the custom server."""
    found: dict[Key, set[str]] = {}
    for item in Differences(sides).differences():
        if item.server != "aus":
            continue
        for name in ("gained", "lost", "changed", "unclear"):
            for user in getattr(item.people, name):
                for scope in item.scope_class.scopes:
                    found.setdefault((item.client, item.grant, user, scope), set()).add(name)
    return found


def situations(sides: Iterable[SnapshotSide]) -> set[tuple[str, str]]:
    return {
        (app.client_id, grant)
        for side in sides
        for app in side.org.apps
        for grant in app.grant_types
        if grant != REFRESH_TOKEN
    }


def asked_in_both(old: Json, new: Json) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*asked_in(old), *asked_in(new))))


def sides_of(old: Org, new: Org, reading: OidcScopes) -> SnapshotPair:
    return SnapshotPair.of(
        old._tables.snapshot.model_copy(deep=True),
        new._tables.snapshot.model_copy(deep=True),
        reading,
    )


def check(old: Org, new: Org, reading: OidcScopes, asked: tuple[str, ...]) -> None:
    sides = sides_of(old, new, reading)
    says = told(sides)
    people = sides.new.reach.populations.users.people
    before, after = (Obtained(org, reading, people, asked) for org in (old, new))
    for client, grant in situations(sides.both):
        (had, doubt), (has, other_doubt) = before.of(client, grant), after.of(client, grant)
        one_sided = before.assumed(client, grant) ^ after.assumed(client, grant)
        for user in (None,) if grant in USERLESS_GRANTS else people:
            for scope in asked:
                key = client, grant, user, scope
                said = says.get(key, set())
                truth = had.get(key), has.get(key)
                assert "gained" not in said or (not truth[0] and truth[1]), key
                assert "lost" not in said or (truth[0] and not truth[1]), key
                assert "changed" not in said or (truth[0] and truth[1] and truth[0] != truth[1])
                assert "unclear" not in said or one_sided or user in doubt | other_doubt, key
                passing = any(status_in_doubt(org, grant, user) for org in (old, new))
                assert truth[0] == truth[1] or said or passing, key
                assert not said or not passing, key
                assert len(said) <= 1, key


@pytest.mark.parametrize("reading", OidcScopes)
@settings(often, max_examples=60)
@given(pair=edited())
def test_the_difference_is_what_enumeration_finds(
    reading: OidcScopes, pair: tuple[Json, Json]
) -> None:
    check(org_of(pair[0]), org_of(pair[1]), reading, asked_in_both(*pair))


UNREAD_HERE = unread_of((*UNREAD, *OF_CLIENTS))


@settings(often, max_examples=60)
@given(pair=edited(), reading=READINGS, unread=st.tuples(UNREAD_HERE, UNREAD_HERE))
def test_the_difference_of_incomplete_tenants_is_what_enumeration_finds(
    pair: tuple[Json, Json], reading: OidcScopes, unread: tuple[list[str], list[str]]
) -> None:
    orgs = [org_of(tenant, lists) for tenant, lists in zip(pair, unread, strict=True)]
    check(*orgs, reading, asked_in_both(*pair))


def unread_on_both(paths: tuple[str, ...]) -> st.SearchStrategy[tuple[list[str], list[str]]]:
    """Lists that were not read: any on either side, or the same on both."""
    one = unread_of(paths)
    return st.one_of(st.tuples(one, one), one.map(lambda lists: (lists, lists)))


PATHS = (*UNREAD, f"{SERVER}/policies", "/api/v1/apps", "/api/v1/authorizationServers")


@settings(often, max_examples=120)
@given(pair=edited(), reading=READINGS, unread=unread_on_both(PATHS))
def test_nothing_is_called_unchanged_because_it_was_not_read(
    pair: tuple[Json, Json], reading: OidcScopes, unread: tuple[list[str], list[str]]
) -> None:
    whole = sides_of(*map(org_of, pair), reading)
    part = sides_of(*map(org_of, pair, unread), reading)
    truth, says = told(whole), told(part)
    numbering = part.new.reach.populations.users
    readable = situations(part.both)
    # Lists of the org that were not read are told as a whole.
    whole_lists_unread = not all(
        side.read(name) for side in part.both for name in ("authorization_servers", "apps")
    )
    servers = {server.id for side in part.both for server in side.org.servers}
    for (client, grant, user, scope), really in truth.items():
        if (client, grant) not in readable or not servers or scope == OTHER_OPENID:
            continue
        here = user if grant in USERLESS_GRANTS or numbering.number(user) is not None else None
        said = says.get((client, grant, here, scope)) or says.get((client, grant, here, ""))
        assert said or whole_lists_unread, (client, grant, user, scope, really)
        assert not said or "unclear" in said or said == really
    numbered = set(numbering.people)
    for (client, grant, user, scope), said in says.items():
        if user is not None and user in numbered and scope:
            certain = said - {"unclear"}
            assert certain <= truth.get((client, grant, user, scope), set())


def test_the_same_tenant_twice_differs_in_nothing() -> None:
    @settings(often, max_examples=40)
    @given(tenant=with_lifetimes(), reading=READINGS)
    def run(tenant: Json, reading: OidcScopes) -> None:
        assert told(sides_of(org_of(tenant), org_of(tenant), reading)) == {}

    run()
