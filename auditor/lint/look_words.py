"""Words for whom a policy or a rule is for, and for why a rule is never reached."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.snapshot.index import Org
from auditor.snapshot.models.servers import ALL_CLIENTS, AccessPolicy, PolicyRule
from auditor.text import counted, listed
from auditor.tokens.reachability import Why

_WHY = {
    Why.STATUS: "the rule, its policy or the server is not active",
    Why.CLIENTS: "its policy covers no active client",
    Why.GRANTS: "no client that it covers may use any of its grant types",
    Why.TOKEN_ENDPOINT: "its clients are turned away at the token endpoint: they have no active "
    "key, or no address is within their network zones",
    Why.EMPTY_SCOPES: "it lists no scopes",
    Why.UNDEFINED_SCOPES: "the server has none of its scopes",
    Why.SCOPES_NOT_FOR_GRANT: "its scopes cannot be asked for with its grant types",
    Why.PEOPLE: "nobody whom it admits can sign in and is assigned to a client",
    Why.SHADOWED: "earlier rules take every request that it would match",
}


def why_words(why: Why | None) -> str:
    """Why no request reaches a rule; empty if there is no reason."""
    return _WHY[why] if why else ""


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
    said = []
    if people.everyone:
        said.append("everyone assigned")
    else:
        groups = list(_groups(org, people.groups.include))
        if groups:
            said.append(f"{'group' if len(groups) == 1 else 'groups'} {listed(groups)}")
        if people.users.include:
            said.append(counted(len(people.users.include), "user"))
    words = " and ".join(said)
    excluded = list(_groups(org, people.groups.exclude))
    if people.users.exclude:
        excluded.append(counted(len(people.users.exclude), "user"))
    return f"{words}, except {listed(excluded)}" if excluded else words


def _groups(org: Org, ids: tuple[str, ...]) -> Iterator[str]:
    """The groups' names, and ids of those that were not read."""
    for id_ in ids:
        group = org.group(id_)
        yield group.title if group else id_
