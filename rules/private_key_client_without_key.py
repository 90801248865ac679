"""A client authenticates with `private_key_jwt`, but Okta has no active key to verify it with.

Every token request fails with 401 `invalid_client`; only tokens of the implicit grant, in which
the client does not authenticate, are issued all the same. Keys that are inactive, or that are for
encryption only, do not count. A client with a `jwks_uri` is not reported: its keys are not
part of the configuration.

Fix: add the client's public key, or activate one that is there, or set a `jwks_uri`.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Nightly job",
       "credentials": {"oauthClient": {"token_endpoint_auth_method": "private_key_jwt"}},
       "settings": {"oauthClient": {"application_type": "service",
         "grant_types": ["client_credentials"]}}}],
     "/api/v1/apps/0oa1/credentials/jwks": [{"kid": "k1", "use": "sig", "status": "INACTIVE"}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Nightly job",
       "credentials": {"oauthClient": {"token_endpoint_auth_method": "private_key_jwt"}},
       "settings": {"oauthClient": {"application_type": "service"}}}],
     "/api/v1/apps/0oa1/credentials/jwks": [{"kid": "k1", "use": "sig"}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Key in the app's record",
       "credentials": {"oauthClient": {"token_endpoint_auth_method": "private_key_jwt"}},
       "settings": {"oauthClient": {"jwks": {"keys": [{"kid": "k1", "kty": "RSA"}]}}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Keys behind a URL",
       "credentials": {"oauthClient": {"token_endpoint_auth_method": "private_key_jwt"}},
       "settings": {"oauthClient": {"jwks_uri": "https://job.example.com/jwks"}}}]}

See:
- Okta developer documentation, "Implement OAuth for Okta with a service app"
- Okta support article "Invalid_Client Error Returned When Requesting OAuth Token(s)"
- Okta support article 'Okta Client Assertion "Error: Invalid Key ID"'
- System Log filter: `eventType eq "app.oauth2.invalid_client_credentials"`
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, counted, quoted, rule
from auditor.oauth import NO_ACTIVE_CLIENT_KEY, NO_CLIENT_KEY, Answer, can_authenticate

from ._clients import own_clients


@rule("OAM511", severity=Severity.HIGH, impact=Impact.BROKEN, reads=["app_jwks"])
def check(org: Org) -> Iterator[Finding]:
    for client in own_clients(org):
        if can_authenticate(org, client) is False:
            keys = org.client_keys(client)
            has = f"{counted(len(keys), 'key')} but no active one" if keys else "no key"
            yield Finding(
                client,
                f"Client {quoted(client.title)} authenticates with private_key_jwt and has "
                f"{has} for signatures, so its token requests fail with invalid_client.",
                field="credentials.oauthClient.token_endpoint_auth_method",
                answer=Answer.of(NO_ACTIVE_CLIENT_KEY if keys else NO_CLIENT_KEY),
            )
