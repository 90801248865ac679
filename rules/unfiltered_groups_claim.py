"""An active claim puts all of a user's groups into access tokens.

The names of groups tell every API that receives the token, and every log that stores it, what
a user may do elsewhere. Tokens grow with each group, and where more than 100 groups match Okta
may refuse the token: "The groups claim matched too many groups and must be configured to match
fewer groups". A filter that matches any name, or an empty one, filters nothing.
ID tokens are the subject of OAM420.

Fix: filter by the prefix of the groups that the API needs, for example Starts with `orders-`.

Flagged:

    {"/api/v1/authorizationServers/aus1/claims": [
       {"name": "groups", "claimType": "RESOURCE", "valueType": "GROUPS",
        "group_filter_type": "REGEX", "value": ".*"}]}

Flagged:

    {"/api/v1/authorizationServers/aus1/claims": [
       {"name": "groups", "claimType": "RESOURCE", "valueType": "GROUPS",
        "group_filter_type": "STARTS_WITH", "value": ""}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/claims": [
       {"name": "groups", "claimType": "RESOURCE", "valueType": "GROUPS",
        "group_filter_type": "STARTS_WITH", "value": "orders-"},
       {"name": "one", "claimType": "RESOURCE", "valueType": "GROUPS",
        "group_filter_type": "EQUALS", "value": "Everyone"},
       {"name": "tier", "claimType": "RESOURCE", "valueType": "EXPRESSION", "value": ".*"}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/claims": [
       {"name": "groups", "claimType": "IDENTITY", "valueType": "GROUPS",
        "group_filter_type": "REGEX", "value": ".*"},
       {"name": "old", "status": "INACTIVE", "claimType": "RESOURCE", "valueType": "GROUPS",
        "group_filter_type": "REGEX", "value": ".*"}]}

See:
- Okta help, "Create claims": a blank filter matches all groups
- Okta support article "The groups claim matched too many groups"
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, quoted, rule

from ._active import active_servers
from ._groups import names_all_groups


@rule("OAM408", severity=Severity.MEDIUM, impact=Impact.RISKY, reads=["claims"])
def check(org: Org) -> Iterator[Finding]:
    for server in active_servers(org):
        for claim in org.claims(server):
            if claim.active and claim.claim_type == "RESOURCE" and names_all_groups(claim):
                yield Finding(
                    claim,
                    f"Claim {quoted(claim.title)} of authorization server {quoted(server.title)} "
                    "puts all groups of the user into access tokens: its filter "
                    f"({claim.group_filter_type} {quoted(claim.value or '')}) matches any name.",
                    field="value",
                )
