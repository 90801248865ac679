"""Token requests in the System Log; `system_log/writer.py` names the sources of its shape."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from auditor.sandbox.client_assertions import client_id, member
from auditor.sandbox.system_log.writer import Caller, EventWriter, entity
from auditor.sandbox.token_requests.call import Call
from auditor.sandbox.token_requests.people import login
from auditor.sandbox.token_requests.refusals import Refusal

Json = dict[str, Any]

_MULTIPLE = 2
"""With how many wrong credentials of a client there is an event of them."""


class OAuthEvents:
    """Writes what becomes of requests to authorization servers."""

    def __init__(self, writer: EventWriter) -> None:
        self._writer = writer
        self._wrong = Counter[str]()

    def granted(
        self,
        call: Call,
        app: Json,
        *,
        grant: str,
        scopes: Iterable[str],
        kinds: Iterable[tuple[str, str]],
        method: str,
        user: Json | None = None,
    ) -> None:
        """One event for each token of an answer of /token.

        Args:
            call: the request.
            app: the client.
            grant: the grant type.
            scopes: what was granted.
            kinds: the kind and the name of each token.
            method: how the client authenticated.
            user: whose tokens they are, if anybody's.
        """
        for kind, name in kinds:
            words = kind.replace("_", " ")
            self._write(
                call,
                f"token.grant.{kind}",
                f"{_family(call)} {words} is granted",
                app=app,
                actor=_client(app),
                granted=scopes,
                grant=grant,
                targets=[entity(kind, name, words.title()), *_user(user)],
                debug={"clientAuthType": method},
            )

    def refused(
        self, call: Call, refusal: Refusal, app: Json, grant: str, user: Json | None = None
    ) -> None:
        """The event of a request to /token that was refused for certain."""
        if not refusal.logged:
            return
        self._write(
            call,
            "token.grant",
            f"{_family(call)} token request",
            app=app,
            actor=_client(app),
            refusal=refusal,
            grant=grant,
            targets=_user(user),
        )

    def authorized(
        self,
        call: Call,
        app: Json,
        kind: str,
        message: str,
        *,
        grant: str,
        scopes: Iterable[str],
        user: Json | None,
    ) -> None:
        """The event of a request to /authorize that got a code or a token.

        Args:
            call: the request.
            app: the client.
            kind: the end of the event type: `code`, or `implicit.` with a kind of token.
            message: the end of `displayMessage`.
            grant: the grant type.
            scopes: what was granted.
            user: who signed in.
        """
        self._write(
            call,
            f"authorize.{kind}",
            f"{_family(call)} {message}",
            app=app,
            actor=_person(user) or _client(app),
            granted=scopes,
            grant=grant,
            targets=[_instance(app)],
        )

    def not_authorized(
        self, call: Call, refusal: Refusal, app: Json, grant: str, user: Json | None
    ) -> None:
        """The event of a request to /authorize that was refused for certain."""
        if not refusal.logged:
            return
        self._write(
            call,
            "authorize",
            f"{_family(call)} authorization request",
            app=app,
            actor=_person(user) or _client(app),
            refusal=refusal,
            grant=grant,
            targets=[_instance(app)],
        )

    def wrong_credentials(self, call: Call, app: Json) -> None:
        """The event of credentials of a client that are wrong, if they are so repeatedly."""
        identity = client_id(app)
        self._wrong[identity] += 1
        if self._wrong[identity] < _MULTIPLE:
            return
        event_type = "app.oauth2.invalid_client_credentials"
        self._writer.write(
            event_type,
            "Multiple requests with invalid client credentials for client id",
            _caller(call, app),
            actor=_client(app),
            result="FAILURE",
            targets=[_instance(app)],
            legacy=f"{event_type}_failure",
        )

    def _write(
        self,
        call: Call,
        kind: str,
        message: str,
        *,
        app: Json,
        actor: Json,
        grant: str,
        targets: list[Json],
        granted: Iterable[str] = (),
        refusal: Refusal | None = None,
        debug: Json | None = None,
    ) -> None:
        server = call.server
        event_type = f"app.oauth2.{'' if server is None else 'as.'}{kind}"
        about: Json = {}
        if server is not None:
            name = str(server.get("name") or server["id"])
            about = {"authorizationServer": server["id"], "authorizationServerName": name}
            targets = [entity("AuthorizationServer", server["id"], name), *targets]
        self._writer.write(
            event_type,
            message,
            _caller(call, app),
            actor=actor,
            result="SUCCESS" if refusal is None else "FAILURE",
            reason=None if refusal is None else refusal.reason,
            targets=targets,
            debug={
                **about,
                "grantType": grant,
                "requestedScopes": ", ".join(call.form.get("scope", "").split()),
                "grantedScopes": ", ".join(granted),
                **(debug or {}),
            },
            legacy=f"{event_type}_{'success' if refusal is None else 'failure'}",
        )


def _family(call: Call) -> str:
    """How messages begin: those of custom servers are OAuth2's, those of the org server OIDC's."""
    return "OIDC" if call.server is None else "OAuth2"


def _caller(call: Call, app: Json) -> Caller:
    return Caller(
        ip_address=call.ip_address,
        user_agent=call.user_agent,
        path=call.url.path,
        client=client_id(app),
    )


def _client(app: Json) -> Json:
    return entity("PublicClientApp", client_id(app), app.get("label"))


def _instance(app: Json) -> Json:
    label = app.get("label")
    return entity("AppInstance", str(app.get("id")), label, label)


def _person(user: Json | None) -> Json | None:
    if user is None:
        return None
    names = (member(user, "profile", "firstName"), member(user, "profile", "lastName"))
    name = " ".join(each for each in names if isinstance(each, str))
    return entity("User", str(user.get("id")), name or login(user), login(user))


def _user(user: Json | None) -> list[Json]:
    person = _person(user)
    return [person] if person is not None else []
