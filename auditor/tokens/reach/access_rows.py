"""Who can obtain which scopes, through which client, grant type and rule: one row for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from auditor.snapshot.models.clients import App
from auditor.snapshot.models.servers import AuthorizationServer
from auditor.snapshot.org import Org
from auditor.tokens.decide import OidcScopes
from auditor.tokens.grants import REFRESH_TOKEN, USERLESS_GRANTS
from auditor.tokens.lookup.records import find_client, find_server, find_user
from auditor.tokens.lookup.scopes import find_scope
from auditor.tokens.reach.equal_access import EqualAccess, RuleGift, equal_access
from auditor.tokens.reach.populations import Populations
from auditor.tokens.reach.situations import Reach
from auditor.tokens.reach.user_sets import UncertainUsers
from auditor.tokens.request import ORG_SERVER


@dataclass(frozen=True, kw_only=True)
class AccessRow:
    """One scope that people, or a client without a user, obtain by one rule."""

    server: str
    server_id: str
    client: str
    """Its name; of several clients, that of the first, and how many more there are."""
    client_id: str | None
    """None if there are several."""
    clients: tuple[App, ...]
    """Through which it is obtained: one, unless rows are for clients with equal access."""
    grant: str
    scope: str
    people: int | None
    """How many obtain it for certain, through any of the clients; None in a grant type without
    users."""
    uncertain: bool
    """Whether there may be more, of whom the snapshot does not say."""
    policy: str | None
    policy_id: str | None
    rule: str | None
    rule_id: str | None
    access_token_minutes: int | None
    refresh_token: bool | None
    logins: tuple[str, ...] | None = None
    """Of those whom `people` counts, in order; an id where the login was not read. None unless
    they were asked for, and in a grant type without users."""


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
    org: Org,
    row_filter: AccessFilter,
    oidc_scopes: OidcScopes = OidcScopes.LISTED,
    *,
    each_client: bool = True,
    logins: bool = False,
) -> Iterator[AccessRow]:
    """All rows, by server, client, grant type and scope, each made when it is asked for.

    The same people may have several rows for a scope, beside different other scopes. Refreshed
    tokens are left out: they carry what was obtained before.

    Args:
        org: the tenant.
        row_filter: which rows to make.
        oidc_scopes: which of two readings of Okta's documents to go by.
        each_client: whether each client has rows of its own. Otherwise clients to which a rule
            gives the same have one together, in the place of the first of them.
        logins: whether rows name the people, besides counting them.
    """
    populations = Populations(org)
    ignored = {REFRESH_TOKEN} | (USERLESS_GRANTS if row_filter.user is not None else set())
    clients = sorted(org.clients, key=lambda app: (app.title, app.client_id))
    if row_filter.client is not None:
        clients = [row_filter.client]
    login_of = {user.id: user.title for user in org.users} if logins else {}
    user = None if row_filter.user is None else _single_user(populations, row_filter.user)
    for server in _servers(org, row_filter):
        # One for each server, so that what was worked out for the last one can be forgotten.
        reach = Reach(org, oidc_scopes)
        reach.populations = populations
        for access in equal_access(
            reach, server, clients, ignored_grants=frozenset(ignored), each_client=each_client
        ):
            access.user, access.named = user, logins
            for scope in _scopes(access, row_filter):
                for gift in access.gifts(scope):
                    yield _row(access, scope, gift, login_of)


def _servers(org: Org, row_filter: AccessFilter) -> tuple[AuthorizationServer | None, ...]:
    """The servers to look at, in the order of their names; None is the org server."""
    if row_filter.server == ORG_SERVER:
        return (None,)
    if row_filter.server is not None:
        return (org.server(row_filter.server),)
    return (*sorted(org.servers, key=_order), None)


def _order(server: AuthorizationServer) -> tuple[str, str]:
    return server.title, server.id


def _scopes(access: EqualAccess, row_filter: AccessFilter) -> list[str]:
    names = access.scopes.keys()
    if row_filter.scope is not None:
        return [row_filter.scope] if row_filter.scope in names else []
    if access.situation.server is None and row_filter.server is None:
        return sorted(name for name in names if name.startswith("okta."))
    return sorted(names)


def _row(access: EqualAccess, scope: str, gift: RuleGift, login_of: Mapping[str, str]) -> AccessRow:
    server, grant = access.situation.server, access.situation.grant
    first, *others = gift.clients
    return AccessRow(
        server=server.title if server else ORG_SERVER,
        server_id=server.id if server else ORG_SERVER,
        client=f"{first.title} and {len(others):,} more" if others else first.title,
        client_id=None if others else first.client_id,
        clients=gift.clients,
        grant=grant,
        scope=scope,
        people=None if grant in USERLESS_GRANTS else gift.people,
        uncertain=gift.uncertain,
        policy=gift.policy.title if gift.policy else None,
        policy_id=gift.policy.id if gift.policy else None,
        rule=gift.rule.title if gift.rule else None,
        rule_id=gift.rule.id if gift.rule else None,
        access_token_minutes=gift.access_token_minutes,
        refresh_token=gift.refresh_token,
        logins=None if grant in USERLESS_GRANTS else _logins(gift, login_of),
    )


def _logins(gift: RuleGift, login_of: Mapping[str, str]) -> tuple[str, ...] | None:
    if gift.sure is None:
        return None
    return tuple(sorted(login_of.get(person) or person for person in gift.sure if person))


def _single_user(populations: Populations, user: str) -> UncertainUsers:
    """The set of one user; where not all users were read, an unknown one may be anybody."""
    users = populations.users
    unlisted = users.number(user) is None
    return UncertainUsers.certain(users.of([None if unlisted else user]))
