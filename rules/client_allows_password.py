"""A client may use the password grant.

The client itself sees the user's password, so every copy of the client, its logs and its
supply chain become places where passwords can be stolen, and users learn to type theirs
anywhere. No second factor is possible: where the sign-on policy asks for one, the request fails.
RFC 9700 says that this grant must not be used.

Fix: use authorization_code with PKCE for people, client_credentials for machines, and take
the grant type `password` away from the client.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Field app", "settings": {"oauthClient": {
       "application_type": "native", "grant_types": ["authorization_code", "password"]}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Field app", "settings": {"oauthClient": {
       "application_type": "native", "grant_types": ["authorization_code"]}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Retired", "status": "INACTIVE",
       "settings": {"oauthClient": {"application_type": "native", "grant_types": ["password"]}}}]}

See:
- RFC 9700 section 2.4, "Resource Owner Password Credentials Grant"
- Okta developer documentation, "API Access Management", recommended practices
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, quoted, rule
from auditor.oauth import PASSWORD

from ._clients import own_clients
from ._witness import minted, of_client


@rule("OAM506", severity=Severity.HIGH, impact=Impact.RISKY, reads=["apps"])
def check(org: Org) -> Iterator[Finding]:
    for client in own_clients(org):
        if "password" in client.grant_types:
            yield Finding(
                client,
                f"Client {quoted(client.title)} may use the password grant, "
                "so it handles users' passwords and no second factor can be asked for.",
                field="settings.oauthClient.grant_types",
                witness=of_client(
                    None, client, minted, grants=[PASSWORD], scopes=[frozenset({"openid"})]
                ),
            )
