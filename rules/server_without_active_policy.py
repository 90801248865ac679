"""An active authorization server has no active access policy.

Okta mints a token only when a rule of an access policy matches the request. Without an
active policy every request to this server fails with `access_denied`, whatever the client
and the scopes, and even if only OpenID scopes are asked for. New servers, and the `default`
server of new orgs, start like this.

Fix: create an access policy for the clients that need this server, with at least one rule;
or deactivate the server if nothing uses it.

Flagged:

    {"/api/v1/authorizationServers": [{"id": "aus1", "name": "Billing"}],
     "/api/v1/authorizationServers/aus1/policies": [{"name": "Old", "status": "INACTIVE"}]}

Accepted:

    {"/api/v1/authorizationServers": [{"id": "aus1", "name": "Billing"}],
     "/api/v1/authorizationServers/aus1/policies": [{"name": "Apps"}]}

Accepted:

    {"/api/v1/authorizationServers": [{"id": "aus1", "name": "Billing", "status": "INACTIVE"}]}

See:
- Okta developer documentation, "Authorization servers"
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, counted, quoted, rule
from auditor.oauth import AUTHORIZATION_CODE, DEVICE_CODE, NO_MATCHING_RULE, Answer

from ._witness import of_server, rejected


@rule(
    "OAM101",
    severity=Severity.HIGH,
    impact=Impact.BROKEN,
    reads=["policies"],
    answer=Answer.of(NO_MATCHING_RULE),
)
def check(org: Org) -> Iterator[Finding]:
    for server in org.servers:
        if not server.active or any(org.active_policies(server)):
            continue
        inactive = len(org.policies(server))
        has = f"only {counted(inactive, 'inactive policy', 'inactive policies')}"
        yield Finding(
            server,
            f"Authorization server {quoted(server.title)} has {has if inactive else 'no policy'}, "
            "so every token request to it is rejected.",
            witness=of_server(
                server,
                rejected("policy"),
                scopes=frozenset({"openid"}),
                grants=(AUTHORIZATION_CODE, DEVICE_CODE),
            ),
        )
