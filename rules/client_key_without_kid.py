"""One of several keys that a client signs with has no id, so that Okta cannot tell them apart.

A client that authenticates with `private_key_jwt` names the key in the header of its assertion, by
`kid`. With a single key that can be left out. As soon as the client has a second one, as in every
rotation, Okta accepts only assertions that name the key, and one without an id cannot be named:
what it signed is refused with `invalid_client`, "The client_assertion JWT kid is invalid."

Keys that are inactive, or that are for encryption only, do not count, and keys behind a `jwks_uri`
are not part of the configuration.

Fix: add the key again with a `kid`, have the client send it, and remove the old one.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Nightly job",
       "credentials": {"oauthClient": {"token_endpoint_auth_method": "private_key_jwt"}},
       "settings": {"oauthClient": {"application_type": "service",
         "grant_types": ["client_credentials"]}}}],
     "/api/v1/apps/0oa1/credentials/jwks": [
       {"id": "pks1", "kty": "RSA", "use": "sig"},
       {"id": "pks2", "kid": "2026", "kty": "RSA", "use": "sig"}]}

Accepted:

    {"/api/v1/apps": [
       {"id": "0oa1", "label": "Both have one",
         "credentials": {"oauthClient": {"token_endpoint_auth_method": "private_key_jwt"}},
         "settings": {"oauthClient": {"application_type": "service"}}},
       {"id": "0oa2", "label": "Only one key",
         "credentials": {"oauthClient": {"token_endpoint_auth_method": "private_key_jwt"}},
         "settings": {"oauthClient": {"application_type": "service"}}}],
     "/api/v1/apps/0oa1/credentials/jwks": [
       {"id": "pks1", "kid": "2025", "kty": "RSA", "use": "sig"},
       {"id": "pks2", "kid": "2026", "kty": "RSA", "use": "sig"}],
     "/api/v1/apps/0oa2/credentials/jwks": [
       {"id": "pks3", "kty": "RSA", "use": "sig"},
       {"id": "pks4", "kid": "old", "kty": "RSA", "use": "sig", "status": "INACTIVE"},
       {"id": "pks5", "kid": "enc", "kty": "RSA", "use": "enc"}]}

See:
- okta-sdk-nodejs, issue 223, okta-sdk-java, issue 504, and okta-sdk-python, issue 289
- OpenID Connect Core 1.0, section 10.1: with several keys, `kid` must be given
- System Log filter: `eventType eq "app.oauth2.invalid_client_credentials"`
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, quoted, rule

from ._clients import own_clients


@rule("OAM533", severity=Severity.MEDIUM, impact=Impact.BROKEN, reads=["app_jwks"])
def check(org: Org) -> Iterator[Finding]:
    for client in own_clients(org):
        if client.auth_method != "private_key_jwt" or client.oauth.jwks_uri:
            continue
        keys = [key for key in org.client_keys(client) if key.active and key.use != "enc"]
        nameless = sum(key.kid is None for key in keys)
        if nameless and len(keys) > 1:
            lack, it = ("one has", "it") if nameless == 1 else (f"{nameless:,} have", "them")
            yield Finding(
                client,
                f"Client {quoted(client.title)} has {len(keys):,} active keys for signatures, of "
                f"which {lack} no kid, so what is signed with {it} is refused with "
                "invalid_client.",
                field="credentials.oauthClient.token_endpoint_auth_method",
            )
