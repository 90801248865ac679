"""A public client keeps the same refresh token for its whole life.

A refresh token of a client without a secret is usable by whoever copies it. With rotation,
Okta issues a new one at each use and, when an old one comes back, revokes the newest one and
all access tokens since sign-in; without it a theft is never noticed. RFC 9700 requires rotation
or sender-constrained tokens for public clients.

Only an explicit `STATIC` is reported. It is Okta's default for native apps, not for browser
apps. Clients whose tokens are bound by DPoP are not reported: a copied token is of no use.

Fix: set refresh token rotation to "Rotate token after every use", with a grace period of 30
seconds or less.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Field app", "settings": {"oauthClient": {
       "application_type": "native", "grant_types": ["authorization_code", "refresh_token"],
       "refresh_token": {"rotation_type": "STATIC"}}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Field app", "settings": {"oauthClient": {
       "application_type": "native", "grant_types": ["authorization_code", "refresh_token"],
       "refresh_token": {"rotation_type": "ROTATE", "leeway": 30}}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Bound by DPoP", "settings": {"oauthClient": {
       "application_type": "native", "grant_types": ["authorization_code", "refresh_token"],
       "dpop_bound_access_tokens": true, "refresh_token": {"rotation_type": "STATIC"}}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Server-side",
       "credentials": {"oauthClient": {"token_endpoint_auth_method": "client_secret_basic"}},
       "settings": {"oauthClient": {
         "application_type": "web", "grant_types": ["authorization_code", "refresh_token"],
         "refresh_token": {"rotation_type": "STATIC"}}}}]}

See:
- RFC 9700 section 2.2.2, "Refresh Tokens"
- Okta developer documentation, "Refresh access tokens and rotate refresh tokens"
- System Log filter for re-use that rotation detects:
  `eventType eq "app.oauth2.as.token.detect_reuse"`
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, quoted, rule
from auditor.oauth import REFRESH_TOKEN

from ._clients import own_clients


@rule("OAM510", severity=Severity.HIGH, impact=Impact.RISKY, reads=["apps"])
def check(org: Org) -> Iterator[Finding]:
    for client in own_clients(org):
        static = client.oauth.refresh_token.rotation_type == "STATIC"
        refreshes = client.public and REFRESH_TOKEN in client.grant_types
        if static and refreshes and not client.oauth.dpop_bound_access_tokens:
            yield Finding(
                client,
                f"Public client {quoted(client.title)} does not rotate refresh tokens, "
                "so a stolen one works until it expires and nobody notices.",
                field="settings.oauthClient.refresh_token.rotation_type",
            )
