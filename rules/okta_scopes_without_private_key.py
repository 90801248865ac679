"""A service app has scopes of the Okta APIs, but does not authenticate with a key.

Okta mints `okta.` scopes under client_credentials only for clients that authenticate with
private_key_jwt. With a secret, or without authentication, such a request is refused, so the
granted scopes are of no use.

Fix: add a public key to the app and change client authentication to public key / private key; or
revoke the scopes.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Directory sync",
       "credentials": {"oauthClient": {"token_endpoint_auth_method": "client_secret_basic"}},
       "settings": {"oauthClient": {
         "application_type": "service", "grant_types": ["client_credentials"]}}}],
     "/api/v1/apps/0oa1/grants": [{"scopeId": "okta.users.read"}]}

Accepted:

    {"/api/v1/apps": [
       {"id": "0oa1", "label": "Directory sync",
        "credentials": {"oauthClient": {"token_endpoint_auth_method": "private_key_jwt"}},
        "settings": {"oauthClient": {
          "application_type": "service", "grant_types": ["client_credentials"]}}},
       {"id": "0oa2", "label": "Admin portal",
        "credentials": {"oauthClient": {"token_endpoint_auth_method": "client_secret_basic"}},
        "settings": {"oauthClient": {
          "application_type": "web", "grant_types": ["authorization_code"]}}}],
     "/api/v1/apps/0oa1/grants": [{"scopeId": "okta.users.read"}],
     "/api/v1/apps/0oa2/grants": [{"scopeId": "okta.users.read"}]}

See:
- Okta developer documentation, "Implement OAuth for Okta with a service app": only
  private_key_jwt is supported for the scopes of the Okta APIs
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Related, Severity, counted, quoted, rule

from ._clients import okta_grants, own_clients


@rule("OAM614", severity=Severity.MEDIUM, impact=Impact.BROKEN, reads=["app_grants"])
def check(org: Org) -> Iterator[Finding]:
    for client in own_clients(org):
        method = client.auth_method
        if not client.service or method in {None, "private_key_jwt"}:
            continue
        grants = okta_grants(org, client)
        if grants:
            yield Finding(
                client,
                f"Service app {quoted(client.title)} has {counted(len(grants), 'Okta API scope')} "
                f"but authenticates by {quoted(method or '')}, so Okta refuses to mint them.",
                field="credentials.oauthClient.token_endpoint_auth_method",
                related=tuple(Related(record=grant, role="a granted scope") for grant in grants),
            )
