"""An authorization server is to encrypt access tokens but has no active encryption key.

With accessTokenEncryptedResponseAlgorithm set, access tokens are signed and then encrypted
for the API with its public key. That takes an active key on the server, or a jwks_uri under
which the API publishes its own; Okta asks for an active key before the algorithm can be set.
Without one there is nothing to encrypt with.

Fix: add an encryption key of the API and activate it, or name its jwks_uri; or remove the
algorithm if tokens need no encryption.

Flagged:

    {"/api/v1/authorizationServers": [
       {"id": "aus1", "name": "Payroll", "accessTokenEncryptedResponseAlgorithm": "RSA-OAEP-256"}],
     "/api/v1/authorizationServers/aus1/resourceservercredentials/keys": [
       {"kid": "k1", "use": "enc", "status": "INACTIVE"}]}

Accepted:

    {"/api/v1/authorizationServers": [
       {"id": "aus1", "name": "Payroll", "accessTokenEncryptedResponseAlgorithm": "RSA-OAEP-256"},
       {"id": "aus2", "name": "Stock"}],
     "/api/v1/authorizationServers/aus1/resourceservercredentials/keys": [
       {"kid": "k1", "use": "enc", "status": "ACTIVE"}]}

Accepted:

    {"/api/v1/authorizationServers": [
       {"name": "Payroll", "accessTokenEncryptedResponseAlgorithm": "RSA-OAEP-256",
        "jwks_uri": "https://payroll.example.com/jwks"},
       {"name": "Ledger", "accessTokenEncryptedResponseAlgorithm": "RSA-OAEP-256",
        "jwks": {"keys": [{"kid": "k1", "use": "enc", "status": "ACTIVE"}]}}]}

See:
- Okta help, "Encrypt access tokens for authorization servers"
- Okta Management API, authorization servers, `accessTokenEncryptedResponseAlgorithm`
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, counted, quoted, rule
from auditor.models import AuthorizationServer

from ._active import active_servers


@rule("OAM708", severity=Severity.MEDIUM, impact=Impact.BROKEN, reads=["resource_server_keys"])
def check(org: Org) -> Iterator[Finding]:
    for server in active_servers(org):
        algorithm = server.access_token_encrypted_response_algorithm
        keys = org.encryption_keys(server)
        if not algorithm or any(key.active for key in keys) or _has_own_keys(server):
            continue
        has = f"only {counted(len(keys), 'inactive encryption key')}"
        yield Finding(
            server,
            f"Authorization server {quoted(server.title)} is to encrypt access tokens with "
            f"{quoted(algorithm)} but has {has if keys else 'no encryption key'}.",
            field="accessTokenEncryptedResponseAlgorithm",
        )


def _has_own_keys(server: AuthorizationServer) -> bool:
    """Whether the record itself carries an active key or says where keys are published."""
    return bool(server.jwks_uri) or any(key.active for key in server.jwks.keys)
