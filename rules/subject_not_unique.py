"""The `sub` claim of access tokens is built from an attribute that is not unique.

APIs know a user by `sub`. Okta builds it from the user's name in the app, which no two
users share. Okta does not keep e-mail addresses, names and telephone numbers unique,
users may be allowed to edit them, and they are given to somebody else later: two people
then look like one to the API, or a newcomer is taken for somebody who left.

Fix: set the claim back to `(appuser != null) ? appuser.userName : app.clientId`, or use
`user.id`, and put the attribute into a claim of another name.

Flagged:

    {"/api/v1/authorizationServers/aus1/claims": [
       {"name": "sub", "claimType": "RESOURCE", "valueType": "EXPRESSION",
        "value": "(user != null) ? user.email : app.clientId"}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/claims": [
       {"name": "sub", "claimType": "RESOURCE", "valueType": "EXPRESSION", "system": true,
        "value": "(appuser != null) ? appuser.userName : app.clientId"}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/claims": [
       {"name": "sub", "claimType": "RESOURCE", "valueType": "EXPRESSION",
        "value": "(user != null) ? user.id : app.clientId"},
       {"name": "mail", "claimType": "RESOURCE", "valueType": "EXPRESSION",
        "value": "user.email"}]}

See:
- Okta developer documentation, "Tokens and claims", base claims
- OpenID Connect Core 1.0, section 5.7, "Claim Stability and Uniqueness"
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Confidence, Finding, Impact, Org, Severity, listed, quoted, rule

from ._active import active_servers
from ._expressions import attributes

_NOT_UNIQUE = frozenset(
    {
        "displayName",
        "email",
        "firstName",
        "lastName",
        "mobilePhone",
        "nickName",
        "primaryPhone",
        "secondEmail",
    }
)
"""Attributes of Okta's base user profile."""


@rule(
    "OAM412",
    severity=Severity.MEDIUM,
    impact=Impact.RISKY,
    confidence=Confidence.MEDIUM,
    reads=["claims"],
)
def check(org: Org) -> Iterator[Finding]:
    for server in active_servers(org):
        for claim in org.claims(server):
            if not claim.active or claim.name != "sub" or claim.claim_type != "RESOURCE":
                continue
            weak = sorted(_NOT_UNIQUE.intersection(attributes(claim)))
            if weak:
                yield Finding(
                    claim,
                    f"Claim {quoted(claim.title)} of authorization server {quoted(server.title)} "
                    f"is made of {listed(weak)}, of which Okta does not see to it that no two "
                    "users have the same.",
                    field="value",
                )
