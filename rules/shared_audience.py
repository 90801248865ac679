"""Two active authorization servers have the same audience, or one's lies beneath the other's.

The audience becomes the `aud` claim of every access token. Where two servers share it, an API
that checks `aud` and the signature of either server accepts tokens minted under the other's
policies, which may be weaker. A server stands for exactly one resource; resources that share
a path, such as `https://api.example.com` and `https://api.example.com/orders`, can share one
server. Audiences are compared by scheme, host and path segments, and all servers that overlap
are reported together.

Fix: give each server the URI of its own API; or move the scopes and policies of one server to
the other and deactivate it. Let APIs check `iss` and `cid` as well as `aud`.

Flagged:

    {"/api/v1/authorizationServers": [
       {"name": "Orders", "audiences": ["https://api.example.com/orders"]},
       {"name": "Orders (partners)", "audiences": ["https://api.example.com/orders"]}]}

Flagged:

    {"/api/v1/authorizationServers": [
       {"name": "Shop", "audiences": ["https://api.example.com"]},
       {"name": "Orders", "audiences": ["https://api.example.com/orders"]}]}

Accepted:

    {"/api/v1/authorizationServers": [
       {"name": "Orders", "audiences": ["https://api.example.com/orders"]},
       {"name": "Orders archive", "audiences": ["https://api.example.com/orders-archive"]}]}

Accepted:

    {"/api/v1/authorizationServers": [
       {"name": "Orders", "audiences": ["orders"]},
       {"name": "Old orders", "audiences": ["orders"], "status": "INACTIVE"}]}

See:
- Okta developer documentation, "API Access Management", recommended practices: an audience
  that is specific to the API
- RFC 9700, section 2.3, "Access Token Privilege Restriction"
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Related, Severity, listed, quoted, rule
from auditor.models import AuthorizationServer

from ._active import active_servers
from ._audience import nested


@rule("OAM103", severity=Severity.HIGH, impact=Impact.RISKY, reads=["authorization_servers"])
def check(org: Org) -> Iterator[Finding]:
    for first, *others in _groups(list(active_servers(org))):
        if others:
            # The second server has been reported since the first version; baselines know it.
            server, rest = others[0], [first, *others[1:]]
            yield Finding(
                server,
                _message(server, rest),
                field="audiences",
                related=tuple(
                    Related(record=other, role="has the same or an overlapping audience")
                    for other in rest
                ),
            )


def _groups(servers: list[AuthorizationServer]) -> Iterator[list[AuthorizationServer]]:
    """The servers in groups, each with all that overlap with another of it, in order."""
    left = servers
    while left:
        group, left = [left[0]], left[1:]
        size = 0
        while size < len(group):
            size = len(group)
            group += [one for one in left if any(_overlap(one, other) for other in group)]
            left = [one for one in left if one not in group]
        yield sorted(group, key=servers.index)


def _overlap(server: AuthorizationServer, other: AuthorizationServer) -> bool:
    return any(nested(one, two) for one in server.audiences for two in other.audiences)


def _message(server: AuthorizationServer, others: list[AuthorizationServer]) -> str:
    audiences = set(server.audiences)
    equal = [other for other in others if audiences & set(other.audiences)]
    if equal:
        shared = sorted(audiences & {audience for other in equal for audience in other.audiences})
        return (
            f"Authorization server {quoted(server.title)} shares the audience "
            f"{listed(map(quoted, shared))} with {listed(quoted(o.title) for o in equal)}, "
            "so an API that goes by `aud` cannot tell their tokens apart"
            f"{_overlapping(others, equal)}."
        )
    mine = listed(map(quoted, server.audiences))
    theirs = listed(
        f"{listed(map(quoted, other.audiences))} ({quoted(other.title)})" for other in others
    )
    return (
        f"Authorization server {quoted(server.title)} has the audience {mine}, which shares its "
        f"path with {theirs}, so {len(others) + 1} servers speak for the same resource."
    )


def _overlapping(others: list[AuthorizationServer], equal: list[AuthorizationServer]) -> str:
    """Those that overlap without having the same audience, as the end of a sentence."""
    rest = [quoted(other.title) for other in others if other not in equal]
    return (
        f"; {listed(rest)} {'overlaps' if len(rest) == 1 else 'overlap'} with them" if rest else ""
    )
