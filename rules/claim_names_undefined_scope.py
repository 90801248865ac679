"""An active claim is tied to a scope that its authorization server does not define.

A claim with scopes is added only to tokens that carry one of them. A scope that the server
does not define is in no token, so it never brings the claim; a request for it fails with
`invalid_scope`. `groups` is not built in and must be created.

Fix: define the scope, or tie the claim to one that exists.

Flagged:

    {"/api/v1/authorizationServers/aus1/claims": [
       {"name": "groups", "claimType": "RESOURCE", "conditions": {"scopes": ["groups"]}}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/claims": [
       {"name": "groups", "conditions": {"scopes": ["groups", "profile"]}},
       {"name": "tier", "conditions": {"scopes": []}},
       {"name": "old", "status": "INACTIVE", "conditions": {"scopes": ["gone"]}}],
     "/api/v1/authorizationServers/aus1/scopes": [{"name": "groups"}]}

See:
- Okta Management API, authorization server claims, `conditions.scopes`
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, quoted, rule
from auditor.models import ALL_SCOPES

from ._active import active_servers
from ._scopes import defined_scopes


@rule("OAM405", severity=Severity.LOW, impact=Impact.DEAD, reads=["claims", "scopes"])
def check(org: Org) -> Iterator[Finding]:
    for server in active_servers(org):
        defined = defined_scopes(org, server) | {ALL_SCOPES}
        for claim in org.claims(server):
            claim_scopes = dict.fromkeys(claim.conditions.scopes) if claim.active else {}
            missing = [scope for scope in claim_scopes if scope not in defined]
            for scope in missing:
                only = len(missing) == len(claim_scopes)
                yield Finding(
                    claim,
                    f"Claim {quoted(claim.title)} of authorization server {quoted(server.title)} "
                    f"is tied to scope {quoted(scope)}, which the server does not define, "
                    + ("so no token carries it." if only else "so that scope never brings it."),
                    field="conditions.scopes",
                    key=scope,
                )
