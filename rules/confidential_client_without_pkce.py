"""A confidential client may use the authorization code flow without PKCE.

The client's own credentials keep a stolen code from being redeemed elsewhere, but not from
being injected into the client's own session with another user. RFC 9700 recommends PKCE for
confidential clients as well. Okta leaves it off for web apps by default.

Fix: turn on "Require PKCE as additional verification" after making sure that the app sends a
code challenge.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Shop",
       "credentials": {"oauthClient": {
         "token_endpoint_auth_method": "client_secret_basic", "pkce_required": false}},
       "settings": {"oauthClient": {
         "application_type": "web", "grant_types": ["authorization_code"]}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Shop",
       "credentials": {"oauthClient": {
         "token_endpoint_auth_method": "client_secret_basic", "pkce_required": true}},
       "settings": {"oauthClient": {
         "application_type": "web", "grant_types": ["authorization_code"]}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Nightly job",
       "credentials": {"oauthClient": {
         "token_endpoint_auth_method": "private_key_jwt", "pkce_required": false}},
       "settings": {"oauthClient": {
         "application_type": "service", "grant_types": ["client_credentials"]}}}]}

See:
- RFC 9700 section 2.1.1, "Authorization Code Grant"
- Okta Management API, `pkce_required` of an OIDC app
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, quoted, rule
from auditor.oauth import AUTHORIZATION_CODE

from ._clients import own_clients
from ._witness import minted, of_client


@rule("OAM514", severity=Severity.LOW, impact=Impact.RISKY, reads=["apps"])
def check(org: Org) -> Iterator[Finding]:
    for client in own_clients(org):
        explicit = client.credentials.oauth_client.pkce_required is False
        if explicit and not client.public and "authorization_code" in client.grant_types:
            yield Finding(
                client,
                f"Confidential client {quoted(client.title)} need not use PKCE, "
                "so a stolen authorization code can be injected into its sessions.",
                field="credentials.oauthClient.pkce_required",
                witness=of_client(
                    None,
                    client,
                    minted,
                    grants=[AUTHORIZATION_CODE],
                    scopes=[frozenset({"openid"})],
                    pkce=False,
                ),
            )
