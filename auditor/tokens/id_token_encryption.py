"""Whether Okta has a key to encrypt the ID tokens of a client with."""

from __future__ import annotations

from auditor.snapshot.models.clients import App
from auditor.snapshot.org import Org


def can_encrypt_id_tokens(org: Org, client: App) -> bool | None:
    """Whether ID tokens can be encrypted as the client wants it; None if its keys were not read.

    It takes an active key that is not for signatures only (guide "Key management"). Keys behind a
    `jwks_uri` are not part of the configuration, and a client that wants no encryption needs none.
    """
    settings = client.oauth
    if not settings.id_token_encrypted_response_alg or settings.jwks_uri:
        return True
    complete = org.known("app_jwks", client)
    keys = org.client_keys(client) if complete else settings.jwks.keys
    if any(key.active and key.use != "sig" for key in keys):
        return True
    return False if complete else None
