"""A public client may use the authorization code flow without PKCE.

A public client has no secret that it could keep. Without PKCE, whoever gets hold of an
authorization code, for example through another app that claims the same redirect scheme, can
redeem it. RFC 9700 makes PKCE mandatory for public clients. Reported are browser and native
apps that authenticate with a secret, which is in everybody's hands, and have the setting off
explicitly. Of a client whose authentication method is `none` Okta demands PKCE whatever the
setting says: "PKCE code challenge is required when the token endpoint authentication method is
'NONE'." Confidential clients are the subject of OAM514.

Fix: turn on "Require PKCE as additional verification" after making sure that the app sends a
code challenge.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Portal",
       "credentials": {"oauthClient": {
         "token_endpoint_auth_method": "client_secret_post", "pkce_required": false}},
       "settings": {"oauthClient": {
         "application_type": "native", "grant_types": ["authorization_code"]}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Portal",
       "credentials": {"oauthClient": {
         "token_endpoint_auth_method": "none", "pkce_required": true}},
       "settings": {"oauthClient": {
         "application_type": "browser", "grant_types": ["authorization_code"]}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Setting left to Okta",
       "settings": {"oauthClient": {
         "application_type": "native", "grant_types": ["authorization_code"]}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Server-side",
       "credentials": {"oauthClient": {
         "token_endpoint_auth_method": "client_secret_basic", "pkce_required": false}},
       "settings": {"oauthClient": {
         "application_type": "web", "grant_types": ["authorization_code"]}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Held to PKCE by Okta",
       "credentials": {"oauthClient": {
         "token_endpoint_auth_method": "none", "pkce_required": false}},
       "settings": {"oauthClient": {
         "application_type": "native", "grant_types": ["authorization_code"]}}}]}

See:
- RFC 9700 section 2.1.1, "Authorization Code Grant"
- RFC 7636, "Proof Key for Code Exchange by OAuth Public Clients"
- Okta Management API, `pkce_required` of an OIDC app
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, quoted, rule
from auditor.oauth import AUTHORIZATION_CODE

from ._clients import own_clients
from ._witness import minted, of_client


@rule("OAM507", severity=Severity.HIGH, impact=Impact.RISKY, reads=["apps"])
def check(org: Org) -> Iterator[Finding]:
    for client in own_clients(org):
        explicit = client.credentials.oauth_client.pkce_required is False
        held_by_okta = client.auth_method == "none"
        leaky = explicit and client.public and not held_by_okta
        if leaky and AUTHORIZATION_CODE in client.grant_types:
            yield Finding(
                client,
                f"Public client {quoted(client.title)} need not use PKCE, "
                "so whoever intercepts an authorization code can redeem it.",
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
