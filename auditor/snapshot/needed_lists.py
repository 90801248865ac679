"""Which lists of an app nobody needs: no decision and no rule rests on them, so none is asked for.

Each function gives a clause for the ledger that says why, or None for an app whose list is needed.
`tests/collect/test_lists_not_asked.py` holds decisions and findings against those of an export
that has asked for all of them.
"""

from __future__ import annotations

from auditor.snapshot.models.clients import KEY_TYPES, App

_USERLESS = frozenset({"client_credentials"})


def why_not_asked(app: App) -> str | None:
    """Why nothing that belongs to an app is needed."""
    # Only the status that Okta names: another one may be of an app that gets tokens.
    return "the app is inactive, so it gets no token" if app.status == "INACTIVE" else None


def why_keys_not_asked(app: App) -> str | None:
    """Why the keys of an app need not be asked for: its record has those that it uses.

    `settings.oauthClient.jwks` of the record and the list at `credentials/jwks` are of the same
    schemas in the Management API 2026.06.3, and both are the client's key set. Whether the record
    names every key was not seen, so the list is left out only where further keys would change
    nothing: where the record has an active key for each use that the client makes of one.
    """
    settings = app.oauth
    if settings.jwks_uri:
        return "its keys are behind its jwks_uri"
    active = [key for key in settings.jwks.keys if key.active]
    signing = [key for key in active if key.use != "enc"]
    signs_requests_with = KEY_TYPES.get((settings.request_object_signing_alg or "")[:2])
    lacks = (
        any(key.kid is None for key in active)  # Okta takes it only beside no other
        or (app.auth_method == "private_key_jwt" and not signing)
        or (settings.id_token_encrypted_response_alg and all(key.use == "sig" for key in active))
        or (
            signs_requests_with
            and all(key.kty not in {signs_requests_with, None} for key in signing)
        )
    )
    if active and not lacks:
        return "its record holds an active key for each use"
    return why_not_asked(app)


def why_people_not_asked(app: App) -> str | None:
    """Why nobody needs to know who is assigned to an app.

    Okta checks an assignment where there is a user, and in Federation Broker Mode it checks none
    (`settings.implicitAssignment`).
    """
    if app.federation_broker:
        return "Federation Broker Mode lets everybody in, so nobody needs an assignment"
    if set(app.grant_types) == _USERLESS:
        return "client_credentials is the only grant type, so there is no user"
    return why_not_asked(app)
