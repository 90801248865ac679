"""A client id that Okta does not take: of no app, of an app that is not active, or no client id."""

from __future__ import annotations

from auditor.diagnosis.case import Case
from auditor.diagnosis.causes.verdict import (
    CauseVerdict,
    evidence,
    not_so,
    proven,
    unknown,
)
from auditor.diagnosis.known_error import FAILED_REQUESTS, KnownError, request, setting
from auditor.snapshot.models.clients import App
from auditor.text import quoted
from auditor.tokens.conditions import Condition

_LEAST_PART = 12
"""Characters of a client id that are no coincidence; ids have 20."""


def _sent_app_id(case: Case) -> App | None:
    """The app whose id was sent in place of its client id."""
    word = case.words.client
    app = case.org.app(word) if word else None
    return app if app is not None and app.client_id != word else None


def _inactive(case: Case) -> CauseVerdict:
    client = case.client
    if client is None:
        return _not_there(case)
    shown = evidence(client, "status", client.status)
    if client.active:
        return not_so(f"client {quoted(client.title)} is active", shown)
    return proven(f"client {quoted(client.title)} is not active", shown).fixed_by(
        f"activate client {quoted(client.title)}, or send the client id of an active one"
    )


def _not_there(case: Case) -> CauseVerdict:
    if not case.words.client:
        return unknown("which client id was sent is not known", "--client")
    if not case.org.known("apps"):
        return unknown(case.unread("apps"))
    return not_so("the org has no such client at all")


def _no_such_client(case: Case) -> CauseVerdict:
    word = case.words.client
    if not word:
        return unknown("which client id was sent is not known", "--client")
    if case.client is not None:
        return not_so(f"{quoted(word)} is client {quoted(case.client.title)}")
    if not case.org.known("apps"):
        return unknown(case.unread("apps"))
    text = f"no OIDC app of the org has client id {quoted(word)}"
    meant = _miscopied(case, word)
    if meant is not None:
        shown = evidence(meant, "credentials.oauthClient.client_id", meant.client_id)
        return proven(f"{text}, and {quoted(meant.title)} has one that is close", shown).fixed_by(
            f"send {quoted(meant.client_id)}"
        )
    return proven(f"{text}: it was deleted, or is another org's").fixed_by(
        "compare the org's URL and the client id; create the app again if it was deleted"
    )


def _miscopied(case: Case, word: str) -> App | None:
    """The app whose client id was cut off, or written with other capital letters."""
    sent = word.strip().casefold()
    for app in case.org.apps:
        own = app.client_id.casefold()
        cut = len(sent) >= _LEAST_PART and (own.startswith(sent) or sent.startswith(own))
        if own == sent or cut:
            return app
    return None


def _app_id(case: Case) -> CauseVerdict:
    app = _sent_app_id(case)
    if app is None:
        return _not_there(case) if case.client is None else not_so("it is the client's own id")
    shown = evidence(app, "credentials.oauthClient.client_id", app.client_id)
    text = f"{quoted(app.id)} is the id of app {quoted(app.title)}, and not its client id"
    return proven(text, shown).fixed_by(f"send {quoted(app.client_id)}")


ROWS: tuple[KnownError, ...] = (
    KnownError(
        name="unknown-client",
        error="invalid_client",
        text="Invalid value for 'client_id' parameter.",
        status="401",
        meaning="No active app has this client id.",
        causes=(
            request(
                "app-id-for-client-id",
                "the app's id was sent, and its client id is another",
                "send the client id",
                _app_id,
            ),
            setting(
                "client-inactive",
                "the app is deactivated",
                "activate it, or use another",
                _inactive,
            ),
            setting(
                "no-such-client",
                "no app of the org has the client id: it was deleted, or is misspelt",
                "compare the org's URL and the client id",
                _no_such_client,
            ),
            request(
                "another-org",
                "the request went to another org, or the app was changed since the snapshot",
                "compare the org's URL and the client id",
            ),
        ),
        condition=Condition.CLIENT,
        log_filter=FAILED_REQUESTS,
        source="support article; OAuth API description",
    ),
)
