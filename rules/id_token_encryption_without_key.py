"""A client's ID tokens are to be encrypted, but there is no active key to encrypt them with.

With id_token_encrypted_response_alg set, ID tokens are signed and then encrypted for the client
with its public key. That takes an active key for encryption among the client's keys, or a
jwks_uri under which the client publishes its own. Okta lets the last one be deactivated only after
encryption was switched off, so this comes from a change of both at once, such as a plan.

Keys without a `use` count as keys for encryption, and a client with a `jwks_uri` is not reported:
its keys are not part of the configuration. Okta encrypts neither answers of the userinfo endpoint
nor request objects. Access tokens are the subject of OAM708.

Fix: add an RSA key with `use` `enc` and activate it, or name a jwks_uri; or remove the algorithm if
ID tokens need no encryption.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Payroll", "settings": {"oauthClient": {
       "application_type": "web", "grant_types": ["authorization_code"],
       "id_token_encrypted_response_alg": "RSA-OAEP-256"}}}],
     "/api/v1/apps/0oa1/credentials/jwks": [
       {"kid": "k1", "use": "sig", "status": "ACTIVE"},
       {"kid": "k2", "use": "enc", "status": "INACTIVE"}]}

Accepted:

    {"/api/v1/apps": [
       {"id": "0oa1", "label": "Payroll", "settings": {"oauthClient": {
         "application_type": "web", "grant_types": ["authorization_code"],
         "id_token_encrypted_response_alg": "RSA-OAEP-256"}}},
       {"id": "0oa2", "label": "Keys behind a URL", "settings": {"oauthClient": {
         "application_type": "web", "grant_types": ["authorization_code"],
         "jwks_uri": "https://ledger.example.com/jwks",
         "id_token_encrypted_response_alg": "RSA-OAEP-256"}}},
       {"id": "0oa3", "label": "Not encrypted", "settings": {"oauthClient": {
         "application_type": "web", "grant_types": ["authorization_code"]}}},
       {"id": "0oa4", "label": "No ID tokens", "settings": {"oauthClient": {
         "application_type": "service", "grant_types": ["client_credentials"],
         "id_token_encrypted_response_alg": "RSA-OAEP-256"}}}],
     "/api/v1/apps/0oa1/credentials/jwks": [
       {"kid": "k1", "kty": "RSA", "use": "enc", "status": "ACTIVE"}]}

See:
- Okta developer documentation, "Key management", "Enable encryption for the client"
- Okta help, "Encrypt OIDC ID tokens for app integrations"
- Okta Management API, applications, `id_token_encrypted_response_alg` and "deactivate a key"
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, quoted, rule
from auditor.oauth import can_encrypt_id_tokens, user_grants

from ._clients import own_clients


@rule("OAM530", severity=Severity.MEDIUM, impact=Impact.BROKEN, reads=["app_jwks"])
def check(org: Org) -> Iterator[Finding]:
    for client in own_clients(org):
        if user_grants(client.grant_types) and can_encrypt_id_tokens(org, client) is False:
            algorithm = client.oauth.id_token_encrypted_response_alg or ""
            keys = any(key.use != "sig" for key in org.client_keys(client))
            has = "only inactive keys" if keys else "no key"
            yield Finding(
                client,
                f"Okta is to encrypt the ID tokens of client {quoted(client.title)} with "
                f"{quoted(algorithm)}, but the client has {has} for encryption.",
                field="settings.oauthClient.id_token_encrypted_response_alg",
            )
