"""A claim has a name that Okta reserves for a claim of its own.

Every token has claims that Okta sets itself: who issued it, for whom, until when. They cannot be
overridden; Okta answers the creation of a claim with such a name by an error. In a Terraform plan
this is a change that will fail when it is applied. If an org has such a claim all the same, the
value in tokens is Okta's own and not the one that the claim describes.

`sub` and `aud` of access tokens can be changed, those of ID tokens cannot. Reported are only names
on which Okta's lists agree; the list for access tokens in Okta's support article also has
`groups`, a name that Okta's own guides use there.

Fix: give the claim a name of its own, such as one with the company's name in it.

Flagged:

    {"/api/v1/authorizationServers/aus1/claims": [
       {"name": "cid", "claimType": "RESOURCE", "valueType": "EXPRESSION", "value": "app.id"},
       {"name": "sub", "claimType": "IDENTITY", "valueType": "EXPRESSION", "value": "user.email"}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/claims": [
       {"name": "sub", "claimType": "RESOURCE", "valueType": "EXPRESSION", "system": true,
        "value": "(appuser != null) ? appuser.userName : app.clientId"},
       {"name": "aud", "claimType": "RESOURCE", "valueType": "EXPRESSION", "value": "'orders'"},
       {"name": "groups", "claimType": "RESOURCE", "valueType": "GROUPS",
        "group_filter_type": "STARTS_WITH", "value": "crew-"},
       {"name": "example_cid", "claimType": "RESOURCE", "valueType": "EXPRESSION",
        "value": "app.clientId"},
       {"name": "nonce", "claimType": "RESOURCE", "valueType": "EXPRESSION", "value": "'n'"},
       {"name": "iss", "status": "INACTIVE", "claimType": "RESOURCE", "valueType": "EXPRESSION",
        "value": "'x'"}]}

See:
- Okta support article "OIDC Bearer Tokens: List of Reserved Claims"
- Okta support article "Sub claim limitation"
- Okta OAuth reference, overview, reserved claims of access tokens and of ID tokens
- Okta developer forum, thread 23138, on `oid`
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Confidence, Finding, Impact, Org, Severity, quoted, rule

from ._active import active_servers

_COMMON = frozenset({"auth_time", "exp", "iat", "iss", "jti", "ver"})

_RESERVED = {
    "RESOURCE": _COMMON | {"acr", "cid", "scp", "uid"},
    "IDENTITY": _COMMON | {"at_hash", "aud", "c_hash", "idp", "nonce", "oid", "sub"},
}
"""By type of claim, the names for which Okta has a claim of its own."""

_TOKENS = {"RESOURCE": "access tokens", "IDENTITY": "ID tokens"}


@rule(
    "OAM419",
    severity=Severity.MEDIUM,
    impact=Impact.BROKEN,
    confidence=Confidence.MEDIUM,
    reads=["claims"],
)
def check(org: Org) -> Iterator[Finding]:
    for server in active_servers(org):
        for claim in org.claims(server):
            kind = claim.claim_type or ""
            if claim.active and not claim.system and claim.name in _RESERVED.get(kind, ()):
                yield Finding(
                    claim,
                    f"Claim {quoted(claim.title)} of authorization server {quoted(server.title)} "
                    f"has a name that Okta reserves in {_TOKENS[kind]}, so it is refused or "
                    "without effect.",
                    field="name",
                )
