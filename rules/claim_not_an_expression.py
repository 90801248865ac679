r"""The value of a claim is no expression.

The value of a claim of type "Expression" is Okta Expression Language. Text that is meant
literally has to stand in quotes: `'blue'`, not `blue`. Okta saves other values without a word,
and then refuses the token, because it cannot evaluate the claim: every token of the kind that
the server should mint, unless the claim comes with scopes that nobody asks for.

Only the form is checked: quotes, brackets, operators, and bare words. Whether attributes and
functions exist is not known. `okta-auditor explain` decides by the same check.

Fix: put literal text into quotes, or mend the expression.

Flagged:

    {"/api/v1/authorizationServers/aus1/claims": [
       {"name": "tag", "claimType": "RESOURCE", "valueType": "EXPRESSION",
        "value": "^test& with_space+"}]}

Flagged:

    {"/api/v1/authorizationServers/aus1/claims": [
       {"name": "colour", "claimType": "RESOURCE", "valueType": "EXPRESSION", "value": "blue"}]}

Flagged:

    {"/api/v1/authorizationServers/aus1/claims": [
       {"name": "tier", "claimType": "IDENTITY", "valueType": "EXPRESSION",
        "alwaysIncludeInToken": true, "value": "user.tier == 'gold' ? 'yes"}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/claims": [
       {"name": "tag", "claimType": "RESOURCE", "valueType": "EXPRESSION", "value": "'blue'"},
       {"name": "sub", "claimType": "RESOURCE", "valueType": "EXPRESSION",
        "value": "(appuser != null) ? appuser.userName : app.clientId"},
       {"name": "crew", "claimType": "RESOURCE", "valueType": "EXPRESSION",
        "value": "Groups.startsWith('OKTA', 'crew-', 50)"},
       {"name": "name", "claimType": "RESOURCE", "valueType": "EXPRESSION",
        "value": "String.toUpperCase(user.lastName) + \", \" + user.firstName"},
       {"name": "groups", "claimType": "RESOURCE", "valueType": "GROUPS", "value": "blue",
        "group_filter_type": "STARTS_WITH"},
       {"name": "off", "status": "INACTIVE", "valueType": "EXPRESSION", "value": "blue"}]}

See:
- Okta developer documentation, "Okta Expression Language in Okta Identity Engine" and
  "Customize tokens with custom claims"
- Okta developer forum, threads 12933 and 23517, on claims for which tokens fail
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Confidence, Finding, Impact, Org, Severity, quoted, rule
from auditor.oauth import Answer, ClaimFaultKind, claim_fault, claim_not_evaluated

from ._active import active_servers
from ._expressions import what_is_wrong


@rule(
    "OAM417",
    severity=Severity.HIGH,
    impact=Impact.BROKEN,
    confidence=Confidence.MEDIUM,
    reads=["claims"],
)
def check(org: Org) -> Iterator[Finding]:
    for server in active_servers(org):
        for claim in org.claims(server):
            fault = claim_fault(claim)
            if fault is None or fault.kind is not ClaimFaultKind.NO_EXPRESSION:
                continue
            value = claim.value or ""
            tokens = "ID tokens" if claim.claim_type == "IDENTITY" else "access tokens"
            yield Finding(
                claim,
                f"The value {quoted(value)} of claim {quoted(claim.title)} of authorization "
                f"server {quoted(server.title)} is no expression: {what_is_wrong(value)}. "
                f"Okta cannot evaluate it, so {tokens} with the claim are not minted.",
                field="value",
                answer=Answer.of(claim_not_evaluated(claim)),
                fix=f"Put the value of claim {quoted(claim.title)} into quotes if it is meant "
                "literally.",
            )
