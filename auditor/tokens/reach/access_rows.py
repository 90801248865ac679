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
from auditor.tokens.reach.user_sets import UncertainUsers
from auditor.tokens.request import ORG_SERVER


@dataclass(frozen=True, kw_only=True)
class AccessRow:
    """One scope that people, or a client without a user, obtain by one rule."""

    server: str
    server_id: str
    client: str
    client_id: str
    grant: str
    scope: str
    people: int | None
    """How many obtain it for certain; None if the grant type has no user."""
    uncertain: bool
    """Whether there may be more, of whom the snapshot does not say."""
    policy: str | None
    policy_id: str | None
    rule: str | None
    rule_id: str | None
    access_token_minutes: int | None
    refresh_token: bool | None


@dataclass(frozen=True, kw_only=True)
class AccessFilter:
    """Which rows to make; None leaves a part open."""

    server: str | None = None
    """The id of an authorization server, or `org`. None is all servers, but of the org server only
    the scopes of the Okta APIs."""
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
    org: Org, row_filter: AccessFilter, oidc_scopes: OidcScopes = OidcScopes.LISTED
) -> Iterator[AccessRow]:
    """All rows, by server, client, grant type and scope.

    The same people may have several rows for a scope, beside different other scopes. Refreshed
    tokens are left out: they carry what was obtained before.
    """
    return _rows(org, _servers(org, row_filter), row_filter, oidc_scopes)


def _servers(org: Org, row_filter: AccessFilter) -> tuple[AuthorizationServer | None, ...]:
    """The servers to look at, in the order of their names; None is the org server."""
    if row_filter.server == ORG_SERVER:
        return (None,)
    if row_filter.server is not None:
        return (org.server(row_filter.server),)
    return (*sorted(org.servers, key=_order), None)


def _order(server: AuthorizationServer) -> tuple[str, str]:
    return server.title, server.id


def _rows(
    org: Org,
    servers: Iterable[AuthorizationServer | None],
    row_filter: AccessFilter,
    reading: OidcScopes,
) -> Iterator[AccessRow]:
    reach = Reach(org, reading)
    ignored = {REFRESH_TOKEN} | (USERLESS_GRANTS if row_filter.user is not None else set())
    clients = sorted(org.clients, key=lambda app: (app.title, app.client_id))
    if row_filter.client is not None:
        clients = [row_filter.client]
    for server in servers:
        for client in clients:
            for grant in sorted(set(client.grant_types) - ignored):
                situation_reach = reach.situation(
                    server.id if server else ORG_SERVER, client.client_id, grant
                )
                for scope in _scopes(situation_reach, row_filter):
                    yield from _scope_rows(situation_reach, scope, row_filter)


def _scopes(situation_reach: SituationReach, row_filter: AccessFilter) -> list[str]:
    names = {
        name for region in situation_reach.regions for name in (*region.scopes, *region.doubtful)
    }
    names = {name for name in names if name != OTHER and not name.endswith("." + OTHER)}
    if row_filter.scope is not None:
        names &= {row_filter.scope}
    elif situation_reach.situation.server is None and row_filter.server is None:
        names = {name for name in names if name.startswith("okta.")}
    return sorted(names)


def _scope_rows(
    situation_reach: SituationReach, scope: str, row_filter: AccessFilter
) -> Iterator[AccessRow]:
    situation = situation_reach.situation
    server, client = situation.server, situation.client
    by_rule: dict[tuple[str | None, str | None], list[Way]] = {}
    for way in situation_reach.access(scope).ways:
        rule = way.candidate.rule if way.candidate else None
        policy_id = way.candidate.policy.id if way.candidate else None
        by_rule.setdefault((policy_id, rule.id if rule else None), []).append(way)
    for ways in by_rule.values():
        people = ways[0].people
        for way in ways[1:]:
            people |= way.people
        if row_filter.user is not None:
            people &= _single_user(situation_reach, row_filter.user)
        if not people.possible:
            continue
        # Whoever is locked out would make every number one at least; one who is asked about does.
        passing = situation_reach.reach.populations.status_in_doubt(situation.grant)
        if row_filter.user is not None:
            passing -= passing
        candidate = ways[0].candidate
        decision = next((way.decision for way in ways if way.decision), None)
        userless = situation.grant in USERLESS_GRANTS
        yield AccessRow(
            server=server.title if server else ORG_SERVER,
            server_id=server.id if server else ORG_SERVER,
            client=client.title,
            client_id=client.client_id,
            grant=situation.grant,
            scope=scope,
            people=None if userless else len(people.sure),
            uncertain=bool(people.unknown - passing) or not people.sure,
            policy=candidate.policy.title if candidate else None,
            policy_id=candidate.policy.id if candidate else None,
            rule=candidate.rule.title if candidate and candidate.rule else None,
            rule_id=candidate.rule.id if candidate and candidate.rule else None,
            access_token_minutes=decision.access_token_minutes if decision else None,
            refresh_token=decision.refresh_token if decision else None,
        )


def _single_user(situation_reach: SituationReach, user: str) -> UncertainUsers:
    """The set of one user; where not all users were read, an unknown one may be anybody."""
    users = situation_reach.reach.populations.users
    unlisted = users.number(user) is None
    return UncertainUsers.certain(users.of([None if unlisted else user]))
