"""A client's way to authenticate contradicts its application type.

A browser app cannot keep a secret: one that must send it ships it to every visitor. A web or
service app with the method `none` could keep a secret and has none, so anybody who knows its
client id can speak in its name at the token endpoint.

Native apps with a secret are not reported: Okta sets them up like that by default, RFC 8252
section 8.5 treats them as public clients anyway, and what protects them is PKCE (OAM507). Nor
are clients with the implicit grant alone, which never authenticate.

Fix: for a single-page app set client authentication to none and require PKCE; for a web or
service app use `private_key_jwt`. The application type cannot be changed: if the type is what
is wrong, create the app anew.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Portal",
       "credentials": {"oauthClient": {"token_endpoint_auth_method": "client_secret_basic"}},
       "settings": {"oauthClient": {
         "application_type": "browser", "grant_types": ["authorization_code"]}}}]}

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Shop",
       "credentials": {"oauthClient": {"token_endpoint_auth_method": "none"}},
       "settings": {"oauthClient": {
         "application_type": "web", "grant_types": ["authorization_code"]}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Portal",
       "credentials": {"oauthClient": {"token_endpoint_auth_method": "none"}},
       "settings": {"oauthClient": {
         "application_type": "browser", "grant_types": ["authorization_code"]}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Field app",
       "credentials": {"oauthClient": {"token_endpoint_auth_method": "client_secret_basic"}},
       "settings": {"oauthClient": {
         "application_type": "native", "grant_types": ["authorization_code"]}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Old portal",
       "credentials": {"oauthClient": {"token_endpoint_auth_method": "client_secret_basic"}},
       "settings": {"oauthClient": {
         "application_type": "browser", "grant_types": ["implicit"]}}}]}

See:
- RFC 6749 section 2.1, "Client Types"
- RFC 8252 section 8.5, "Client Authentication"
- Okta Management API, `token_endpoint_auth_method` of an OIDC app
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, quoted, rule
from auditor.models import App

from ._clients import own_clients

_TITLES = {"browser": "Browser app", "web": "Web app", "service": "Service app"}


@rule("OAM513", severity=Severity.HIGH, impact=Impact.RISKY, reads=["apps"])
def check(org: Org) -> Iterator[Finding]:
    for client in own_clients(org):
        if consequence := _consequence(client):
            yield Finding(
                client,
                f"{_TITLES[client.oauth.application_type or '']} {quoted(client.title)} "
                f"{consequence}.",
                field="credentials.oauthClient.token_endpoint_auth_method",
            )


def _consequence(client: App) -> str:
    kind, method = client.oauth.application_type, client.auth_method or ""
    if set(client.grant_types) <= {"implicit"}:
        return ""
    if kind == "browser" and method.startswith("client_secret"):
        return f"must send a secret ({method}), which every visitor can read"
    if kind in {"web", "service"} and method == "none":
        return "does not authenticate, so anybody can ask for tokens under its client id"
    return ""
