"""Active authorization servers define a custom scope of the same name differently.

Scopes are unique per authorization server only. Where the same name has another description
or another consent setting elsewhere, people who review a consent screen, a policy or the
`scp` claim of a token may take one meaning for the other.

Fix: give both the same description and consent, or name the scope after its own API, such as
`orders:read`.

Flagged:

    {"/api/v1/authorizationServers/aus1/scopes": [
       {"id": "scp1", "name": "read", "description": "Read orders"}],
     "/api/v1/authorizationServers/aus2/scopes": [
       {"id": "scp2", "name": "read", "description": "Read salaries"}]}

Flagged:

    {"/api/v1/authorizationServers/aus1/scopes": [{"id": "scp1", "name": "read"}],
     "/api/v1/authorizationServers/aus2/scopes": [
       {"id": "scp2", "name": "read", "consent": "REQUIRED"}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/scopes": [
       {"name": "read", "description": "Read orders", "consent": "IMPLICIT"}, {"name": "openid"}],
     "/api/v1/authorizationServers/aus2/scopes": [
       {"name": "read", "description": "read orders."},
       {"name": "openid", "description": "Sign in"}],
     "/api/v1/authorizationServers/aus3/scopes": [{"name": "read"}]}

See:
- Okta developer documentation, "API Access Management": scopes are unique per authorization
  server
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Confidence, Finding, Impact, Org, Related, Severity, listed, quoted, rule
from auditor.models import AuthorizationServer, Scope

from ._active import active_servers


@rule(
    "OAM403",
    severity=Severity.INFO,
    impact=Impact.RISKY,
    confidence=Confidence.MEDIUM,
    reads=["scopes"],
)
def check(org: Org) -> Iterator[Finding]:
    by_name: dict[str, list[tuple[AuthorizationServer, Scope]]] = {}
    for server in active_servers(org):
        for scope in org.scopes(server):
            if scope.custom:
                by_name.setdefault(scope.name, []).append((server, scope))
    for name, definitions in by_name.items():
        first = definitions[0]
        differing = [
            (pair, traits)
            for pair in definitions[1:]
            if pair[0] is not first[0] and (traits := _difference(pair[1], first[1]))
        ]
        if differing:
            (server, scope), traits = differing[-1]
            others = [other for other in definitions if other[1] is not scope]
            yield Finding(
                scope,
                f"Scope {quoted(name)} of authorization server {quoted(server.title)} has another "
                f"{listed(traits)} than on {quoted(first[0].title)}.",
                field="name",
                related=tuple(
                    Related(record=other, role=f"the scope on {quoted(home.title)}")
                    for home, other in others
                ),
            )


def _difference(one: Scope, other: Scope) -> list[str]:
    """What differs. A scope without a description does not contradict one that has it."""
    mine, theirs = _description(one), _description(other)
    traits = ["description"] if mine and theirs and mine != theirs else []
    if (one.consent or "IMPLICIT") != (other.consent or "IMPLICIT"):
        traits.append("consent setting")
    return traits


def _description(scope: Scope) -> str:
    return " ".join((scope.description or "").casefold().split()).rstrip(".")
