"""A client may use the implicit grant to get access tokens.

The authorize endpoint then puts the access token into the URL of a redirect, where browser
history, logs, `Referer` headers and scripts can see it, and nothing ties the token to the
client that asked for it. Okta and RFC 9700 advise the authorization code flow with PKCE, which
browser apps can use as well.

A client whose response types are limited to `id_token` gets no access token that way and is
not reported. Whether a request gets through is up to the policy rule too (OAM304).

Fix: let the app use authorization_code with PKCE, then take the grant type `implicit` and the
response type `token` away from the client.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Portal", "settings": {"oauthClient": {
       "application_type": "browser", "grant_types": ["authorization_code", "implicit"],
       "response_types": ["code", "token", "id_token"]}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Portal", "settings": {"oauthClient": {
       "application_type": "browser", "grant_types": ["authorization_code"],
       "response_types": ["code"]}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Sign-in by form post", "settings": {"oauthClient": {
       "application_type": "web", "grant_types": ["authorization_code", "implicit"],
       "response_types": ["code", "id_token"]}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Retired", "status": "INACTIVE",
       "settings": {"oauthClient": {"grant_types": ["implicit"], "response_types": ["token"]}}}]}

See:
- RFC 9700 section 2.1.2, "Implicit Grant"
- Okta developer documentation, "API Access Management", recommended practices
- System Log filter: `eventType eq "app.oauth2.as.authorize.implicit.access_token"`
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, quoted, rule

from ._clients import own_clients
from ._witness import minted, of_client


@rule("OAM505", severity=Severity.MEDIUM, impact=Impact.RISKY, reads=["apps"])
def check(org: Org) -> Iterator[Finding]:
    for client in own_clients(org):
        types = client.oauth.response_types
        if "implicit" in client.grant_types and (not types or "token" in types):
            yield Finding(
                client,
                f"Client {quoted(client.title)} may use the implicit grant, "
                "which returns access tokens in the URL of a redirect.",
                field="settings.oauthClient.grant_types",
                witness=of_client(
                    None, client, minted, grants=["implicit"], scopes=[frozenset({"openid"})]
                ),
            )
