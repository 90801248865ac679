"""PKCE challenges and DPoP proofs that a client has to send and did not."""

from __future__ import annotations

from auditor.diagnosis.case import Case
from auditor.diagnosis.causes.needs import of_app, of_settings
from auditor.diagnosis.causes.verdict import CauseVerdict, evidence, not_so, proven
from auditor.diagnosis.known_error import Check, KnownError, of_rejection, request
from auditor.diagnosis.request_words import RequestWords
from auditor.snapshot.models.clients import App
from auditor.text import quoted
from auditor.tokens import rejections

_PKCE = "credentials.oauthClient.pkce_required"
_METHOD = "credentials.oauthClient.token_endpoint_auth_method"
_DPOP = "settings.oauthClient.dpop_bound_access_tokens"


def _pkce(*, public: bool) -> Check:
    @of_settings
    def check(case: Case, client: App) -> CauseVerdict:
        own = client.credentials.oauth_client
        is_public, name = client.auth_method == "none", quoted(client.title)
        shown = evidence(
            client,
            _METHOD if public else _PKCE,
            client.auth_method if public else own.pkce_required,
        )
        if not (is_public if public else own.pkce_required):
            return not_so(f"client {name} does not require a code challenge for this reason", shown)
        if case.words.pkce:
            return not_so("the request has a code challenge")
        why = "is public" if public else "requires PKCE"
        return proven(f"client {name} {why}, and the request sent no code_challenge", shown)

    return check


@of_app
def _dpop(client: App) -> CauseVerdict:
    shown = evidence(client, _DPOP, client.oauth.dpop_bound_access_tokens)
    name = quoted(client.title)
    if not client.oauth.dpop_bound_access_tokens:
        return not_so(f"client {name} does not require DPoP", shown)
    return proven(f"client {name} requires DPoP, and the request sent no proof", shown)


_CHALLENGE = "send a code_challenge: turn PKCE on in the library"

ROWS: tuple[KnownError, ...] = (
    of_rejection(
        "pkce-public",
        rejections.PKCE_MISSING_AND_PUBLIC,
        "A public client must send a PKCE code challenge.",
        request(
            "no-challenge", "the request has no code_challenge", _CHALLENGE, _pkce(public=True)
        ),
        tells=RequestWords(pkce=False),
    ),
    of_rejection(
        "pkce",
        rejections.PKCE_MISSING,
        "The app requires a PKCE code challenge.",
        request(
            "no-challenge", "the request has no code_challenge", _CHALLENGE, _pkce(public=False)
        ),
        tells=RequestWords(pkce=False),
    ),
    of_rejection(
        "dpop",
        rejections.DPOP_MISSING,
        "The app's tokens are bound to a key (DPoP), and the request proves none.",
        request(
            "no-proof",
            "there is no DPoP header",
            "send a proof, or turn DPoP off for the app",
            _dpop,
        ),
        pattern=r"The DPoP proof JWT header is missing",
        tells=RequestWords(dpop=False),
        word_tells=False,
        status="400",
    ),
)
