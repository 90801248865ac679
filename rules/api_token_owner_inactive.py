"""The owner of an API token is gone or cannot sign in.

A token acts with the privileges of the user who created it and dies with that user: when the
user is deactivated, calls fail with 401 `E0000011`, and nobody is left who answers for the
token. A suspended owner may come back, and the token with it.

Only owners who cannot sign in until an administrator acts are reported; an expired password,
for one, does not end a token.

Fix: create a token under a dedicated service account, or move the integration to a service app,
then revoke this one.

Flagged:

    {"/api/v1/api-tokens": [{"id": "00T1", "name": "Sync", "userId": "00u1"}],
     "/api/v1/users": []}

Flagged:

    {"/api/v1/api-tokens": [{"id": "00T1", "name": "Sync", "userId": "00u1"}],
     "/api/v1/users": [{"id": "00u1", "status": "SUSPENDED",
       "profile": {"login": "ada@example.com"}}]}

Accepted:

    {"/api/v1/api-tokens": [{"id": "00T1", "name": "Sync", "userId": "00u1"}],
     "/api/v1/users": [{"id": "00u1", "profile": {"login": "sync@example.com"}}]}

Accepted:

    {"/api/v1/api-tokens": [{"id": "00T1", "name": "Sync", "userId": "00u1"}],
     "/api/v1/users": [{"id": "00u1", "status": "PASSWORD_EXPIRED"}]}

See:
- Okta support article "Okta API Token Expiration and Deactivation"
- Okta Help Center, "Manage Okta API tokens"
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Related, Severity, quoted, rule
from auditor.oauth import INVALID_API_TOKEN


@rule("OAM803", severity=Severity.MEDIUM, impact=Impact.BROKEN, reads=["api_tokens", "users"])
def check(org: Org) -> Iterator[Finding]:
    for token in org.api_tokens:
        if token.user_id is None:
            continue
        owner = org.user(token.user_id)
        if owner is None:
            yield Finding(
                token,
                f"API token {quoted(token.title)} belongs to user {quoted(token.user_id)}, who is "
                "deactivated or deleted.",
                field="userId",
                answer=INVALID_API_TOKEN,
            )
        elif owner.shut_out:
            yield Finding(
                token,
                f"API token {quoted(token.title)} belongs to {quoted(owner.title)}, whose status "
                f"is {owner.status}.",
                field="userId",
                related=(Related(record=owner, role="the owner"),),
            )
