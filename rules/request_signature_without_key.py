"""A client is to sign its authorization requests, but Okta has no key to verify them with.

With request_object_signing_alg set, the parameters of an authorization request come in a request
object that is signed by this algorithm. To verify it Okta needs an active public key of the client
that fits: an RSA key for RS256, RS384 and RS512, an elliptic curve for ES256, ES384 and ES512. It
refuses to deactivate the last key that does, so this comes from a change of both at once, such as
a plan.

Algorithms that begin with HS work with the client secret, which is not read. A client with a
`jwks_uri` is not reported: its keys are not part of the configuration. A client that cannot
authenticate either, for want of any key, is the subject of OAM511.

Fix: add a key that fits and activate it, or name a jwks_uri; or remove the algorithm.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Bank", "settings": {"oauthClient": {
       "application_type": "web", "grant_types": ["authorization_code"],
       "request_object_signing_alg": "ES256"}}}],
     "/api/v1/apps/0oa1/credentials/jwks": [
       {"kid": "k1", "kty": "RSA", "use": "sig", "status": "ACTIVE"},
       {"kid": "k2", "kty": "EC", "use": "sig", "status": "INACTIVE"}]}

Accepted:

    {"/api/v1/apps": [
       {"id": "0oa1", "label": "Bank", "settings": {"oauthClient": {
         "application_type": "web", "grant_types": ["authorization_code"],
         "request_object_signing_alg": "ES256"}}},
       {"id": "0oa2", "label": "Keys behind a URL", "settings": {"oauthClient": {
         "application_type": "web", "grant_types": ["authorization_code"],
         "jwks_uri": "https://bank.example.com/jwks", "request_object_signing_alg": "RS256"}}},
       {"id": "0oa3", "label": "Signs with its secret", "settings": {"oauthClient": {
         "application_type": "web", "grant_types": ["authorization_code"],
         "request_object_signing_alg": "HS256"}}},
       {"id": "0oa4", "label": "Signs nothing", "settings": {"oauthClient": {
         "application_type": "web", "grant_types": ["authorization_code"]}}}],
     "/api/v1/apps/0oa1/credentials/jwks": [
       {"kid": "k1", "kty": "EC", "use": "sig", "status": "ACTIVE"}]}

See:
- Okta Management API, applications, `request_object_signing_alg` and "deactivate a key": the keys
  must contain at least one with an algorithm that matches
- RFC 9101, section 4, "Request Object"
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, quoted, rule
from auditor.models import KEY_TYPES
from auditor.oauth import can_authenticate

from ._clients import own_clients


@rule("OAM531", severity=Severity.MEDIUM, impact=Impact.BROKEN, reads=["app_jwks"])
def check(org: Org) -> Iterator[Finding]:
    for client in own_clients(org):
        algorithm = client.oauth.request_object_signing_alg or ""
        kind = KEY_TYPES.get(algorithm[:2])
        if kind is None or client.oauth.jwks_uri or can_authenticate(org, client) is False:
            continue
        keys = [key for key in org.client_keys(client) if key.active and key.use != "enc"]
        if not any(key.kty in {kind, None} for key in keys):
            yield Finding(
                client,
                f"Client {quoted(client.title)} is to sign its authorization requests with "
                f"{quoted(algorithm)}, but has no active {kind} key to verify them with.",
                field="settings.oauthClient.request_object_signing_alg",
            )
