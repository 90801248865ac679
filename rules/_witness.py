"""Token requests that show findings, looked for among the clients and people that there are.

A search tries a few requests and yields the first that `Decider` decides as the finding says,
so that a witness never contradicts its finding; where none does, there is no witness.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import chain, islice

from auditor import Org
from auditor.models import (
    ALL_SCOPES,
    OIDC_SCOPES,
    AccessPolicy,
    App,
    AuthorizationServer,
    PolicyRule,
)
from auditor.oauth import (
    CONSULTS,
    ORG_SERVER,
    READS,
    USERLESS_GRANTS,
    Decider,
    Decision,
    Outcome,
    TokenRequest,
)

from ._clients import Roster
from ._people import RulePeople

Fits = Callable[[Decision], bool]
Search = Callable[[Org], "TokenRequest | None"]

_MOST_CLIENTS = 12
_MOST_PEOPLE = 20
_MOST_TRIED = 24


def rejected(failed: str) -> Fits:
    """Fits a request that is rejected because of one condition."""
    return lambda decision: decision.outcome is Outcome.REJECTED and decision.failed == failed


def minted(decision: Decision) -> bool:
    """Fits a request that is minted."""
    return decision.outcome is Outcome.MINTED


def minted_by(policy_rule: PolicyRule) -> Fits:
    """Fits a request that a certain rule mints."""
    return lambda decision: minted(decision) and _place(decision) == policy_rule.place


def not_by(policy_rule: PolicyRule) -> Fits:
    """Fits a request that no rule matches, or that another rule mints."""
    return lambda decision: (
        rejected("policy")(decision) or (minted(decision) and _place(decision) != policy_rule.place)
    )


def _place(decision: Decision) -> object:
    return decision.rule.place if decision.rule else None


def of_rule(
    server: AuthorizationServer,
    policy: AccessPolicy,
    policy_rule: PolicyRule,
    fits: Fits,
    *,
    grants: Iterable[str] | None = None,
    scopes: Iterable[frozenset[str]] = (),
) -> Search:
    """A request that a rule seems to be meant for.

    Args:
        server: the rule's.
        policy: the rule's.
        policy_rule: the rule.
        fits: what is to become of the request.
        grants: which of the rule's grant types; by default all.
        scopes: sets of scopes to try; by default what the rule lists.
    """
    tried_grants = tuple(policy_rule.grant_types if grants is None else grants)
    sets = tuple(scopes)

    def tries(org: Org) -> Iterator[TokenRequest]:
        for grant in tried_grants:
            for client in islice(Roster.of(org).using(policy, grant), _MOST_CLIENTS):
                for asked in sets or listed_scopes(org, server, policy_rule, grant):
                    yield _request(org, server, client, grant, asked, among=policy_rule)

    return _first(tries, fits)


def of_client(
    server: AuthorizationServer | None,
    client: App,
    fits: Fits,
    *,
    grants: Iterable[str],
    scopes: Iterable[frozenset[str]],
    user: str | None = None,
    pkce: bool | None = None,
) -> Search:
    """A request of one client.

    Args:
        server: where to; None is the org authorization server.
        client: the client.
        fits: what is to become of the request.
        grants: grant types to try.
        scopes: sets of scopes to try.
        user: who signs in; by default somebody who is assigned.
        pkce: whether a code challenge is sent; by default as the client must.
    """
    tried_grants, sets = tuple(grants), tuple(scopes)

    def tries(org: Org) -> Iterator[TokenRequest]:
        for grant in tried_grants:
            for asked in sets:
                request = _request(org, server, client, grant, asked, user=user)
                yield replace(request, pkce=pkce)

    return _first(tries, fits)


def of_server(
    server: AuthorizationServer,
    fits: Fits,
    *,
    scopes: frozenset[str] | None,
    grants: Iterable[str] = (),
) -> Search:
    """A request of any client that the rules of a server are for; if it has none, of any client.

    Args:
        server: the server.
        fits: what is to become of the request.
        scopes: what is asked for; None if the request leaves the parameter out.
        grants: grant types to try where the server has no rules.
    """
    spare = tuple(grants)

    def tries(org: Org) -> Iterator[TokenRequest]:
        roster = Roster.of(org)
        for policy, policy_rule in org.active_rules(server):
            for grant in policy_rule.grant_types:
                for client in islice(roster.using(policy, grant), 2):
                    yield _request(org, server, client, grant, scopes)
        for grant in spare:
            for client in islice(roster.having(grant), _MOST_CLIENTS):
                yield _request(org, server, client, grant, scopes)

    return _first(tries, fits)


def listed_scopes(
    org: Org, server: AuthorizationServer, policy_rule: PolicyRule, grant: str
) -> Iterator[frozenset[str]]:
    """All defined scopes that a rule lists, or else single ones, without what a grant forbids."""
    custom = {scope.name for scope in org.scopes(server) if scope.custom}
    names = custom | OIDC_SCOPES
    if ALL_SCOPES in policy_rule.scopes:
        names = custom | {"openid"}
    else:
        names &= set(policy_rule.scopes)
    if grant in USERLESS_GRANTS:
        names -= OIDC_SCOPES
    if names:
        yield frozenset(names)
    for name in sorted(names - OIDC_SCOPES):
        yield frozenset({name})


def _somebody(org: Org, client: App, among: PolicyRule | None) -> str | None:
    """Somebody who is assigned to a client and can sign in, by choice whom a rule names."""
    people = RulePeople.of(org)
    assigned = people.assigned([client])
    named = assigned & people.named(among) if among else assigned
    ids = chain(islice(named, _MOST_PEOPLE), islice(assigned, _MOST_PEOPLE))
    users = (org.user(str(person)) for person in ids)
    return next((user.id for user in users if user and user.status == "ACTIVE"), None)


def _request(
    org: Org,
    server: AuthorizationServer | None,
    client: App,
    grant: str,
    scopes: frozenset[str] | None,
    *,
    among: PolicyRule | None = None,
    user: str | None = None,
) -> TokenRequest:
    if grant not in USERLESS_GRANTS and user is None:
        user = _somebody(org, client, among)
    return TokenRequest(
        server=server.id if server else ORG_SERVER,
        client=client.client_id,
        grant=grant,
        user=user,
        scopes=scopes,
    )


def _first(tries: Callable[[Org], Iterator[TokenRequest]], fits: Fits) -> Search:
    def search(org: Org) -> TokenRequest | None:
        decider = org.remembered(Decider, READS, CONSULTS)
        some = islice(tries(org), _MOST_TRIED)
        return next((request for request in some if fits(decider.decide(request))), None)

    return search
