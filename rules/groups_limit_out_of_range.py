"""A claim asks for more groups than Okta gives, or for none.

`Groups.startsWith`, `Groups.endsWith` and `Groups.contains` take a limit of 1 to 100 groups. With
another limit Okta cannot evaluate the claim and refuses the token.

Fix: set a limit from 1 to 100, and a filter that so many groups of a user match.

Flagged:

    {"/api/v1/authorizationServers/aus1/claims": [
       {"name": "groups", "claimType": "RESOURCE", "valueType": "EXPRESSION",
        "value": "Groups.startsWith('OKTA', 'crew-', 200)"}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/claims": [
       {"name": "groups", "claimType": "RESOURCE", "valueType": "EXPRESSION",
        "value": "Groups.startsWith('OKTA', 'crew, 500)', 100)"},
       {"name": "off", "status": "INACTIVE", "valueType": "EXPRESSION",
        "value": "Groups.contains('OKTA', 'crew-', 0)"}]}

See:
- Okta developer documentation, "Okta Expression Language", group functions
- Okta support article on the groups claim and its limit of 100 groups
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, listed, quoted, rule
from auditor.oauth import MOST_GROUPS, Answer, claim_not_evaluated

from ._active import active_servers
from ._expressions import group_limits


@rule("OAM418", severity=Severity.HIGH, impact=Impact.BROKEN, reads=["claims"])
def check(org: Org) -> Iterator[Finding]:
    for server in active_servers(org):
        for claim in org.claims(server):
            wrong = [limit for limit in group_limits(claim) if not 1 <= limit <= MOST_GROUPS]
            if claim.active and wrong:
                yield Finding(
                    claim,
                    f"Claim {quoted(claim.title)} of authorization server {quoted(server.title)} "
                    f"asks for {listed(f'{limit:,}' for limit in wrong)} groups, and Okta gives 1 "
                    f"to {MOST_GROUPS}, so it refuses the tokens for which it evaluates that.",
                    field="value",
                    answer=Answer.of(claim_not_evaluated(claim)),
                )
