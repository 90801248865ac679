"""Words for whom a policy or rule is for, and for why a rule or client obtains nothing."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.snapshot.models.clients import App
from auditor.snapshot.models.servers import (
    ALL_CLIENTS,
    AccessPolicy,
    AuthorizationServer,
    PolicyRule,
)
from auditor.snapshot.org import Org
from auditor.text import counted, listed
from auditor.tokens.grants import CLIENT_CREDENTIALS, USERLESS_GRANTS
from auditor.tokens.reach.rules import Obstacle
from auditor.tokens.situation import Situation
from auditor.tokens.token_endpoint import can_authenticate, usable_somewhere

_WHY = {
    Obstacle.STATUS: "the rule, its policy or the server is not active",
    Obstacle.CLIENTS: "its policy covers no active client",
    Obstacle.GRANTS: "no client that it covers may use any of its grant types",
    Obstacle.TOKEN_ENDPOINT: "its clients are turned away at the token endpoint: they have no "
    "active key, or no address is within their network zones",
    Obstacle.EMPTY_SCOPES: "it lists no scopes",
    Obstacle.UNDEFINED_SCOPES: "the server has none of its scopes",
    Obstacle.SCOPES_NOT_FOR_GRANT: "its scopes cannot be asked for with its grant types",
    Obstacle.PEOPLE: "nobody whom it admits can sign in and is assigned to a client",
    Obstacle.SHADOWED: "earlier rules take every request that it would match",
}


def why_words(why: Obstacle | None, rule: PolicyRule) -> str:
    """Why no request reaches a rule; empty if there is no reason."""
    if why is Obstacle.PEOPLE and set(rule.grant_types) <= USERLESS_GRANTS:
        return "it names people, and client_credentials has no user"
    return _WHY[why] if why else ""


def failure_words(
    org: Org, server: AuthorizationServer, client: App, *, live: bool, assigned: bool
) -> str:
    """Why a client obtains nothing from a server of which an active policy names it.

    Args:
        org: the tenant.
        server: the server.
        client: the client.
        live: whether a rule for it allows one of its grant types.
        assigned: whether anybody who can sign in is assigned to it, or it needs nobody.
    """
    if turned_away := _turned_away(org, client):
        return turned_away
    if not live:
        grants = listed(client.grant_types, empty="none at all")
        return f"no rule for it allows a grant type that it may use ({grants})"
    if not assigned:
        return "nobody who can sign in is assigned to it"
    if not client.service:
        return "no rule lets those who are assigned to it have any scope"
    rules = Situation(org, server, client, CLIENT_CREDENTIALS).applicable
    if rules and all(item.rule and item.admits(None) is False for item in rules):
        return "every rule for it names people, and client_credentials has no user"
    return "no rule gives it a scope that it may ask for"


def _turned_away(org: Org, client: App) -> str:
    """Why the token endpoint serves the client in none of its grant types."""
    situations = [Situation(org, None, client, grant) for grant in client.grant_types]
    if not any(situation.at_token_endpoint for situation in situations):
        return ""
    if usable_somewhere(org, client) is False:
        return "no address is within its network zones"
    if can_authenticate(org, client) is False:
        return "it has no active key to authenticate with"
    return ""


def clients_words(org: Org, policy: AccessPolicy) -> str:
    """Which clients a policy is for: `all clients`, or names."""
    if ALL_CLIENTS in policy.clients:
        return "all clients"
    clients = ((name, org.client(name)) for name in policy.clients)
    names = [client.title if client else name for name, client in clients]
    return f"{counted(len(names), 'client')}: {listed(names)}" if names else "no client"


def people_words(org: Org, rule: PolicyRule) -> str:
    """Whom a rule admits: `everyone assigned`, or groups and a number of users."""
    people = rule.people
    if people.unrestricted:
        return "nobody named"
    included = []
    if people.everyone:
        included.append("everyone assigned")
    else:
        groups = list(_groups(org, people.groups.include))
        if groups:
            included.append(f"{'group' if len(groups) == 1 else 'groups'} {listed(groups)}")
        if people.users.include:
            included.append(counted(len(people.users.include), "user"))
    words = " and ".join(included)
    excluded = list(_groups(org, people.groups.exclude))
    if people.users.exclude:
        excluded.append(counted(len(people.users.exclude), "user"))
    return f"{words}, except {listed(excluded)}" if excluded else words


def _groups(org: Org, ids: tuple[str, ...]) -> Iterator[str]:
    """The groups' names, and ids of those that were not read."""
    for id_ in ids:
        group = org.group(id_)
        yield group.title if group else id_
