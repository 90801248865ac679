"""Who can obtain which scopes, through which client, grant type and rule: one row for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from auditor.snapshot.models.clients import App
from auditor.snapshot.models.servers import AuthorizationServer
from auditor.snapshot.org import Org
from auditor.tokens.decide import OidcScopes
from auditor.tokens.grants import REFRESH_TOKEN, USERLESS_GRANTS
from auditor.tokens.lookup.records import find_client, find_server, find_user
from auditor.tokens.lookup.scopes import find_scope
from auditor.tokens.reach.requestable import OTHER
from auditor.tokens.reach.situations import Reach, SituationReach, Way
from auditor.tokens.reach.user_sets import People
from auditor.tokens.request import ORG_SERVER


@dataclass(frozen=True, kw_only=True)
class AccessRow:
    """One scope that people, or a client without any, obtain by one rule."""

    server: str
    server_id: str
    client: str
    client_id: str
    grant: str
    scope: str
    people: int | None
    """How many for certain; None where the grant type has no user."""
    uncertain: bool
    """Whether there may be more, which the snapshot does not say."""
    policy: str | None
    policy_id: str | None
    rule: str | None
    rule_id: str | None
    access_token_minutes: int | None
    refresh_token: bool | None


@dataclass(frozen=True, kw_only=True)
class AccessFilter:
    """Which rows are asked for; None is anything."""

    server: str | None = None
    """The id of an authorization server, or `org`; None leaves of the org server all scopes out
    but those of the Okta APIs."""
    client: App | None = None
    scope: str | None = None
    user: str | None = None
    """The id of a user."""

    @classmethod
    def by_name(
        cls,
        org: Org,
        *,
        server: str | None = None,
        client: str | None = None,
        scope: str | None = None,
        user: str | None = None,
    ) -> AccessFilter:
        """The filter that names, labels, logins or ids stand for.

        Raises:
            NotFoundError: a word names nothing, or several things.
            UnreadError: what a word should name was not read.
        """
        named = find_server(org, server) if server is not None else None
        servers = (named,) if server is not None else (*org.servers, None)
        return cls(
            server=None if server is None else named.id if named else ORG_SERVER,
            client=find_client(org, client) if client is not None else None,
            scope=find_scope(org, scope, servers) if scope is not None else None,
            user=find_user(org, user).id if user is not None else None,
        )


def access_rows(
    org: Org, wanted: AccessFilter, oidc_scopes: OidcScopes = OidcScopes.LISTED
) -> Iterator[AccessRow]:
    """All rows, by server, client, grant type and scope.

    The same people may have several rows for a scope, beside different other scopes. Refreshed
    tokens are left out: they carry what was obtained before.
    """
    return _rows(org, _servers(org, wanted), wanted, oidc_scopes)


def _servers(org: Org, wanted: AccessFilter) -> tuple[AuthorizationServer | None, ...]:
    """The servers to look at, in the order of their names; None is the org server."""
    if wanted.server == ORG_SERVER:
        return (None,)
    if wanted.server is not None:
        return (org.server(wanted.server),)
    return (*sorted(org.servers, key=_order), None)


def _order(server: AuthorizationServer) -> tuple[str, str]:
    return server.title, server.id


def _rows(
    org: Org,
    servers: Iterable[AuthorizationServer | None],
    wanted: AccessFilter,
    reading: OidcScopes,
) -> Iterator[AccessRow]:
    reach = Reach(org, reading)
    ignored = {REFRESH_TOKEN} | (USERLESS_GRANTS if wanted.user is not None else set())
    clients = sorted(org.apps, key=lambda app: (app.title, app.client_id))
    if wanted.client is not None:
        clients = [wanted.client]
    for server in servers:
        for client in clients:
            for grant in sorted(set(client.grant_types) - ignored):
                here = reach.situation(server.id if server else ORG_SERVER, client.client_id, grant)
                for scope in _scopes(here, wanted):
                    yield from _scope_rows(here, scope, wanted)


def _scopes(here: SituationReach, wanted: AccessFilter) -> list[str]:
    names = {name for region in here.regions for name in (*region.scopes, *region.doubtful)}
    names = {name for name in names if name != OTHER and not name.endswith("." + OTHER)}
    if wanted.scope is not None:
        names &= {wanted.scope}
    elif here.situation.server is None and wanted.server is None:
        names = {name for name in names if name.startswith("okta.")}
    return sorted(names)


def _scope_rows(here: SituationReach, scope: str, wanted: AccessFilter) -> Iterator[AccessRow]:
    situation = here.situation
    server, client = situation.server, situation.client
    by_rule: dict[tuple[str | None, str | None], list[Way]] = {}
    for way in here.access(scope).ways:
        found = way.candidate
        policy, rule = (found.policy.id, found.rule) if found else (None, None)
        by_rule.setdefault((policy, rule.id if rule else None), []).append(way)
    for same in by_rule.values():
        people = same[0].people
        for way in same[1:]:
            people |= way.people
        if wanted.user is not None:
            people &= _only(here, wanted.user)
        if not people.possible:
            continue
        item = same[0].candidate
        decision = next((way.decision for way in same if way.decision), None)
        userless = situation.grant in USERLESS_GRANTS
        yield AccessRow(
            server=server.title if server else ORG_SERVER,
            server_id=server.id if server else ORG_SERVER,
            client=client.title,
            client_id=client.client_id,
            grant=situation.grant,
            scope=scope,
            people=None if userless else len(people.sure),
            uncertain=bool(people.unknown),
            policy=item.policy.title if item else None,
            policy_id=item.policy.id if item else None,
            rule=item.rule.title if item and item.rule else None,
            rule_id=item.rule.id if item and item.rule else None,
            access_token_minutes=decision.access_token_minutes if decision else None,
            refresh_token=decision.refresh_token if decision else None,
        )


def _only(here: SituationReach, user: str) -> People:
    """The set of one user; where not all users were read, an unknown one may be anybody."""
    users = here.reach.populations.users
    strange = users.number(user) is None
    return People.certain(users.of([None if strange else user]))
