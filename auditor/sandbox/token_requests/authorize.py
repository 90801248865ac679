"""The authorization endpoint: a redirect with a code, tokens or an error, or a page.

Nobody signs in here: `login_hint` names the user, by id, login or email. Without one that is known
Okta would show its sign-in page, and the sandbox says so.
"""

from __future__ import annotations

from html import escape
from typing import Any
from urllib.parse import urlencode

from auditor.sandbox.answers import Answer, page_of_html
from auditor.sandbox.token_requests.call import Call
from auditor.sandbox.token_requests.issued_grants import CODE_S, IssuedGrant
from auditor.sandbox.token_requests.refusals import Refusal, undecided
from auditor.sandbox.token_requests.services import Services
from auditor.tokens.conditions import Condition
from auditor.tokens.decision import Decision
from auditor.tokens.grants import AUTHORIZATION_CODE, IMPLICIT
from auditor.tokens.outcome import Outcome
from auditor.tokens.request import TokenRequest

Json = dict[str, Any]

# Old reference of OpenID Connect, `prompt`; the description is not published, nor an event.
_LOGIN_REQUIRED = Refusal(
    error="login_required",
    description="Nobody is signed in. (Not Okta's words, which are not published.)",
    redirected=True,
    logged=False,
)
_SIGN_IN = Refusal(
    error="",
    description="Okta would show its sign-in page here. At the sandbox, add login_hint with the "
    "id, the login or the email address of a user of the tenant file.",
    status=200,
    logged=False,
)
_AT_TOKEN_ENDPOINT = frozenset({Condition.KEYS, Condition.ZONES})
"""What keeps a client from tokens only when it redeems the code."""

_NEEDED = ("redirect_uri", "response_type")


class AuthorizeEndpoint:
    """Decides requests for codes, and for tokens of the implicit grant."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def answer(self, call: Call) -> Answer:
        """The answer to a request."""
        form = call.form
        app = self._services.assertions.apps.get(form.get("client_id", ""))
        if app is None:
            return _page("Invalid value for 'client_id' parameter.", 400)
        if absent := [name for name in _NEEDED if not form.get(name)]:
            return _refusal_page(undecided(f"what Okta answers without {' and '.join(absent)}"))
        if not self._services.decisions.knows(form["client_id"]):
            return _refusal_page(undecided("what the app is: in the tenant file it is no OIDC app"))
        user = self._services.people.named(form.get("login_hint"))
        request = self._request(call, user)
        decision = self._services.decisions.decide(request)
        refusal = _refusal(decision, request.prompt, user)
        if refusal is not None:
            self._services.events.not_authorized(call, refusal, app, request.grant, user)
            return (
                _redirect(call, _error(refusal)) if refusal.redirected else _refusal_page(refusal)
            )
        issued = IssuedGrant(
            request=request,
            decision=decision,
            user=user,
            end=self._services.clock.now + CODE_S * 1000,
            redirect_uri=form["redirect_uri"],
            challenge=form.get("code_challenge"),
        )
        return self._issued(call, app, issued)

    def _request(self, call: Call, user: Json | None) -> TokenRequest:
        form = call.form
        kinds = form["response_type"].split()
        return TokenRequest(
            server=call.server_id,
            client=form["client_id"],
            grant=AUTHORIZATION_CODE if "code" in kinds else IMPLICIT,
            user=None if user is None else str(user["id"]),
            scopes=call.scopes,
            response_type=form["response_type"],
            redirect_uri=form["redirect_uri"],
            resource=form.get("resource"),
            prompt=form.get("prompt"),
            pkce=bool(form.get("code_challenge")),
        )

    def _issued(self, call: Call, app: Json, issued: IssuedGrant) -> Answer:
        if issued.request.grant == AUTHORIZATION_CODE:
            self._services.events.authorized(
                call, app, "code", "authorization code request", **_event_fields(issued)
            )
            return _redirect(call, {"code": self._services.register.keep_code(issued)})
        tokens = self._services.mint.tokens(issued, call.issuer)
        for kind, _ in tokens.kinds:
            words = {"id_token": "ID token"}.get(kind, kind.replace("_", " "))
            message = f"authorization implicit {words} request"
            self._services.events.authorized(
                call, app, f"implicit.{kind}", message, **_event_fields(issued)
            )
        return _redirect(call, {name: str(value) for name, value in tokens.members.items()})


def _refusal(decision: Decision, prompt: str | None, user: Json | None) -> Refusal | None:
    refusal = Refusal.of_decision(decision)
    if refusal is not None and decision.failed in _AT_TOKEN_ENDPOINT:
        return undecided("the rest of the request: the client can redeem no code")
    if user is None and decision.outcome is not Outcome.REJECTED:
        return _LOGIN_REQUIRED if prompt == "none" else _SIGN_IN
    return refusal


def _event_fields(issued: IssuedGrant) -> Json:
    scopes, grant = issued.decision.granted_scopes, issued.request.grant
    return {"grant": grant, "scopes": scopes, "user": issued.user}


def _error(refusal: Refusal) -> dict[str, str]:
    return {"error": refusal.error, "error_description": refusal.description}


def _redirect(call: Call, parameters: dict[str, str]) -> Answer:
    """A redirect to the client."""
    if state := call.form.get("state"):
        parameters = {"state": state, **parameters}
    address = call.form["redirect_uri"]
    usual = "query" if "code" in call.form["response_type"].split() else "fragment"
    fragment = (call.form.get("response_mode") or usual) == "fragment"
    mark = "#" if fragment else "&" if "?" in address else "?"
    location = f"{address}{mark}{urlencode(parameters)}"
    return Answer(302, b"", (("Location", location), ("Cache-Control", "no-store")))


def _refusal_page(refusal: Refusal) -> Answer:
    return _page(refusal.description, refusal.status)


def _page(text: str, status: int) -> Answer:
    return page_of_html(
        f"<!doctype html><title>Sandbox</title><p>{escape(text, quote=False)}</p>", status
    )
