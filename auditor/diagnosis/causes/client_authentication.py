"""How a client proves who it is: its method, its secret, its keys."""

from __future__ import annotations

from auditor.diagnosis.case import Case
from auditor.diagnosis.causes.needs import of_app, of_settings
from auditor.diagnosis.causes.verdict import (
    CauseVerdict,
    Evidence,
    evidence,
    likely,
    not_so,
    proven,
    unknown,
)
from auditor.diagnosis.clues import TokenClue
from auditor.diagnosis.known_error import (
    FAILED_REQUESTS,
    KnownError,
    of_rejection,
    request,
    setting,
)
from auditor.snapshot.models.clients import PUBLIC_TYPES, App
from auditor.snapshot.models.servers import Key
from auditor.text import closest, listed, quoted
from auditor.tokens import rejections
from auditor.tokens.conditions import Condition
from auditor.tokens.token_endpoint import can_authenticate

_METHOD = "credentials.oauthClient.token_endpoint_auth_method"
_SECRETS = frozenset({"client_secret_basic", "client_secret_post", "client_secret_jwt"})
_REPEATED = 'eventType eq "app.oauth2.invalid_client_credentials"'
"""Written after several failures of a client (event catalogue)."""


def _method(client: App) -> Evidence:
    return evidence(client, _METHOD, client.auth_method)


@of_app
def _public_type_with_secret(client: App) -> CauseVerdict:
    """An app whose code cannot keep a secret, and that is set up to have one, sends none."""
    kind = evidence(client, "settings.oauthClient.application_type", client.oauth.application_type)
    name = quoted(client.title)
    if client.oauth.application_type in PUBLIC_TYPES and client.auth_method != "none":
        text = f"client {name} runs where no secret can be kept, and is set up to authenticate"
        return likely(text, kind, _method(client)).fixed_by(
            f"set the client authentication of {name} to none, with PKCE"
        )
    return not_so(f"the client authentication of {name} fits its kind", kind, _method(client))


@of_app
def _nothing_sent(client: App) -> CauseVerdict:
    if client.auth_method == "none":
        return not_so(f"client {quoted(client.title)} has nothing to send", _method(client))
    if client.oauth.application_type in PUBLIC_TYPES:
        return not_so("the client is of a kind that keeps no secret")
    how = {
        "client_secret_basic": "send id and secret in the Authorization header (Basic)",
        "client_secret_post": "send client_id and client_secret in the body",
    }.get(client.auth_method or "", "send client_assertion_type and client_assertion")
    name = quoted(client.title)
    text = f"client {name} has to authenticate, and the request sends nothing that does"
    return proven(text, _method(client)).fixed_by(how)


@of_settings
def _another_method(case: Case, client: App) -> CauseVerdict:
    """A secret was sent, and the app has another method."""
    name = quoted(client.title)
    if client.auth_method in _SECRETS:
        return not_so(f"client {name} authenticates with a secret", _method(client))
    if "secret" not in case.error_text.casefold():
        return unknown("whether a secret or an assertion was sent is not known")
    text = f"client {name} does not authenticate with a secret"
    return likely(text, _method(client)).fixed_by(
        f"authenticate as client {name} is set up, or change its client authentication"
    )


@of_app
def _short_secret(client: App) -> CauseVerdict:
    if client.auth_method != "client_secret_jwt":
        return not_so(
            f"client {quoted(client.title)} does not sign with its secret", _method(client)
        )
    return proven(
        "the client signs assertions with its secret, which has fewer than 32 characters",
        _method(client),
    )


@of_settings
def _no_key(case: Case, client: App) -> CauseVerdict:
    return _keys(case, client, inactive=False)


@of_settings
def _keys_inactive(case: Case, client: App) -> CauseVerdict:
    return _keys(case, client, inactive=True)


def _keys(case: Case, client: App, *, inactive: bool) -> CauseVerdict:
    """Whether the app has no key, or none that is active."""
    name = quoted(client.title)
    if client.auth_method != "private_key_jwt":
        text = f"client {name} does not authenticate with a key"
        return likely(text, _method(client)) if not inactive else not_so(text, _method(client))
    able = can_authenticate(case.org, client)
    if able is None:
        return unknown(case.unread("app_jwks"))
    keys = case.org.client_keys(client)
    shown = evidence(
        client,
        "settings.oauthClient.jwks.keys",
        [f"{key.kid or key.id} {key.status or 'ACTIVE'}" for key in keys],
    )
    if able:
        return not_so(f"client {name} has an active key or a jwks_uri", shown)
    if bool(keys) is not inactive:
        return not_so("keys are registered" if keys else "no key is registered at all", shown)
    return _without_active_key(name, shown, inactive=inactive)


def _without_active_key(name: str, shown: Evidence, *, inactive: bool) -> CauseVerdict:
    if inactive:
        return likely(f"no key of client {name} for signatures is active", shown).fixed_by(
            f"activate a key of client {name}, or register a new one"
        )
    return proven(f"client {name} has neither a public key nor a jwks_uri", shown).fixed_by(
        f"register the public key of client {name}, or a jwks_uri"
    )


@of_settings
def _kid(case: Case, client: App) -> CauseVerdict:
    """Whether the kid of the client's assertion is one of its keys."""
    if client.oauth.jwks_uri:
        return unknown("the keys are behind a jwks_uri, which no snapshot has")
    if can_authenticate(case.org, client) is None:
        return unknown(case.unread("app_jwks"))
    keys = case.org.client_keys(client)
    if not keys and not case.org.ledger.entry("app_jwks").readable:
        return unknown(case.unread("app_jwks"))
    shown = evidence(client, "settings.oauthClient.jwks.keys", [key.kid or key.id for key in keys])
    name = quoted(client.title)
    if not keys:
        return proven(f"client {name} has no public key at all", shown)
    by_kid = {key.kid: key for key in keys if key.kid}
    kid = next((one.header.get("kid") for one in case.tokens if _of_client(one, client)), None)
    if not isinstance(kid, str):
        return unknown("the kid that was sent is not known: give the client assertion")
    return _kid_verdict(name, kid, by_kid, shown)


def _of_client(token: TokenClue, client: App) -> bool:
    """Whether the client made a token itself: its assertion."""
    return token.claims.get("iss") == client.client_id


def _kid_verdict(name: str, kid: str, keys: dict[str, Key], shown: Evidence) -> CauseVerdict:
    if kid in keys and keys[kid].active:
        return not_so(f"{quoted(kid)} is an active key of client {name}", shown)
    if kid in keys:
        return proven(f"key {quoted(kid)} of client {name} is not active", shown)
    meant = closest(kid, keys)
    near = f", and has {quoted(meant)}" if meant else ""
    return proven(f"client {name} has no key {quoted(kid)}{near}", shown).fixed_by(
        "send the kid of the key that signs",
        f"register the key: {name} has {listed(map(quoted, sorted(keys)), most=3)}",
    )


ROWS: tuple[KnownError, ...] = (
    KnownError(
        name="no-credentials",
        error="invalid_client",
        text="No client credentials found",
        status="401",
        meaning="The request does not say who the client is, or not in the way that the app has.",
        causes=(
            request(
                "nothing-sent",
                "no secret and no assertion is sent",
                "send what the app is set up for",
                _nothing_sent,
            ),
            setting(
                "public-app-with-secret",
                "the app cannot keep a secret, and is set up to authenticate",
                "set its client authentication to none, with PKCE",
                _public_type_with_secret,
            ),
        ),
        condition=Condition.AUTHENTICATION,
        log_filter=_REPEATED,
        source="OAuth API description",
    ),
    KnownError(
        name="wrong-secret",
        error="invalid_client",
        text="The client secret supplied for a confidential client is invalid.",
        pattern=r"client secret supplied for a confidential client is invalid|"
        r"Client authentication failed\. Either the client or the client credentials are invalid",
        status="401",
        meaning="The client secret, or the key of the assertion, is not one of the app's.",
        causes=(
            setting(
                "another-method",
                "a secret is sent, and the app has another client authentication method",
                "change one of the two",
                _another_method,
            ),
            request(
                "secret-wrong",
                "the secret is old, another app's, or has white space around it; no snapshot "
                "holds secrets",
                "copy it again",
            ),
        ),
        log_filter=_REPEATED,
        source="support article",
    ),
    KnownError(
        name="two-credentials",
        error="invalid_request",
        text="Cannot supply multiple client credentials.",
        pattern=r"can(?:['\u2019]t|not) supply multiple client credentials",
        status="400",
        meaning="The request authenticates the client in two ways at once.",
        causes=(
            request(
                "sent-twice",
                "a library sends the credentials in the header and in the body",
                "turn one of the two off in the library",
            ),
        ),
        log_filter=FAILED_REQUESTS,
        source="OAuth API description",
    ),
    KnownError(
        name="short-secret",
        text="The client secret is too short to verify a JWT HMAC.",
        status="401",
        meaning="An assertion that is signed with the client secret takes a secret of at least 32 "
        "characters.",
        causes=(
            setting(
                "secret-short",
                "the app signs with a secret of its own making that is too short",
                "give it a secret of 32 characters or more, or a key",
                _short_secret,
            ),
        ),
        log_filter=_REPEATED,
        source="older reference of OpenID Connect",
    ),
    of_rejection(
        "no-client-key",
        rejections.NO_CLIENT_KEY,
        "The app authenticates by private_key_jwt and has no key.",
        setting("no-key", "no public key is registered", "register one, or a JWKS URI", _no_key),
        setting(
            "keys-inactive",
            "all its keys are inactive",
            "activate one, or register a new one",
            _keys_inactive,
        ),
        pattern=r"client does not have a JWKSet? configured|\bJWKSet not configured",
        status="401",
    ),
    KnownError(
        name="kid",
        error="invalid_client",
        text="The kid is invalid.",
        pattern=r"\bkid['\u2019\"]? is invalid",
        status="401",
        meaning="The assertion names a key that the app does not have.",
        causes=(
            setting(
                "kid-not-registered",
                "no active key of the app has the kid of the assertion",
                "register the key, or send the kid of one that is registered",
                _kid,
            ),
        ),
        log_filter=_REPEATED,
        source="observed in the System Log",
    ),
)
