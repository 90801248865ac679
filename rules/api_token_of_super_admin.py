"""An API token belongs to a super admin.

A token is not limited by scopes: it has every privilege of its owner, today's and tomorrow's,
and no second factor is asked for. This one can make admins, change every policy and read every
secret.

Fix: create a token under a dedicated account whose admin role covers what the integration
does, or move the integration to a service app; then revoke this one.

Flagged:

    {"/api/v1/api-tokens": [{"id": "00T1", "name": "Sync", "userId": "00u1"}],
     "/api/v1/users/00u1/roles": [{"type": "SUPER_ADMIN"}]}

Accepted:

    {"/api/v1/api-tokens": [{"id": "00T1", "name": "Sync", "userId": "00u1"}],
     "/api/v1/users/00u1/roles": [{"type": "READ_ONLY_ADMIN"}]}

Accepted:

    {"/api/v1/api-tokens": [{"id": "00T1", "name": "Sync", "userId": "00u1"}],
     "/api/v1/users/00u1/roles": [{"type": "SUPER_ADMIN", "status": "INACTIVE"}]}

See:
- DISA STIG for Okta IDaaS V1R2, OKTA-APP-003241 (V-279690)
- Okta developer documentation, "Create an API token"
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Related, Severity, quoted, rule


@rule("OAM805", severity=Severity.HIGH, impact=Impact.RISKY, reads=["token_owner_roles"])
def check(org: Org) -> Iterator[Finding]:
    for token in org.api_tokens:
        roles = [
            role
            for role in org.owner_roles(token)
            if role.type == "SUPER_ADMIN" and role.status in {None, "ACTIVE"}
        ]
        if roles:
            yield Finding(
                token,
                f"API token {quoted(token.title)} belongs to a super admin, "
                "so whoever has it can do anything in the org.",
                field="userId",
                related=(Related(record=roles[0], role="the owner's admin role"),),
            )
