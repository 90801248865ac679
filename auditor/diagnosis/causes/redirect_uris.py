"""Redirect URIs that are not registered, and the registered one that was meant."""

from __future__ import annotations

from collections.abc import Callable

from auditor.diagnosis.case import Case
from auditor.diagnosis.causes.address_differences import nearest_difference
from auditor.diagnosis.causes.needs import unread_settings
from auditor.diagnosis.causes.verdict import (
    CauseVerdict,
    evidence,
    not_so,
    proven,
    unknown,
)
from auditor.diagnosis.known_error import Check, KnownError, of_rejection, request, setting
from auditor.snapshot.credentials_in_text import without_credentials
from auditor.snapshot.models.clients import App
from auditor.text import quoted
from auditor.tokens import rejections
from auditor.tokens.redirect_uris import is_registered

_LOGIN = "settings.oauthClient.redirect_uris"
_LOGOUT = "settings.oauthClient.post_logout_redirect_uris"


def _login(case: Case) -> str | None:
    return case.words.redirect_uri


def _logout(case: Case) -> str | None:
    return case.words.logout_redirect_uri


def _registered(client: App, field: str) -> tuple[str, ...]:
    own = client.oauth
    return own.redirect_uris if field == _LOGIN else own.post_logout_redirect_uris


def _is_registered(client: App, uri: str, field: str) -> bool:
    if field == _LOGIN:
        return is_registered(uri, client.oauth)
    return uri in client.oauth.post_logout_redirect_uris


def _open(case: Case, uri: str | None, field: str) -> CauseVerdict | None:
    """The verdict where the client or the address is not known, or the address is registered."""
    client = case.client
    if client is None:
        return unknown("which client it was is not known", "--client")
    if verdict := unread_settings(client):
        return verdict
    own = _registered(client, field)
    if not own:
        return None
    if uri is None:
        option = "--redirect-uri" if field == _LOGIN else "--logout-redirect-uri"
        return unknown("the address that was sent is not known", option)
    shown = quoted(without_credentials(uri))
    if _is_registered(client, uri, field):
        return not_so(f"{shown} is registered", evidence(client, field, own))
    return None


def _differs(address: Callable[[Case], str | None], field: str) -> Check:
    """The check that the address differs from a registered one in one part."""

    def check(case: Case) -> CauseVerdict:
        uri, client = address(case), case.client
        if verdict := _open(case, uri, field):
            return verdict
        assert client is not None
        own = _registered(client, field)
        if any(uri in _registered(app, field) for app in case.org.apps):
            return not_so("another client has the very address that was sent")
        difference = nearest_difference(uri, own) if uri else None
        if difference is None:
            return not_so("no registered address is close to the one that was sent")
        meant = quoted(difference.registered)
        text = f"{quoted(without_credentials(uri or ''))} is not registered: {difference.text}"
        return proven(text, evidence(client, field, own)).fixed_by(
            f"send {meant}, which is registered",
            f"register the address that is sent, with client {quoted(client.title)}",
        )

    return check


def _of_another_client(address: Callable[[Case], str | None], field: str) -> Check:
    """The check that the address is registered with another client."""

    def check(case: Case) -> CauseVerdict:
        uri, client = address(case), case.client
        if verdict := _open(case, uri, field):
            return verdict
        assert client is not None
        others = [app for app in case.org.apps if uri and uri in _registered(app, field)]
        if not others:
            return not_so("no other client has the address that was sent")
        name = quoted(others[0].title)
        text = (
            f"{quoted(without_credentials(uri or ''))} is registered with client {name}, and not "
            f"with client {quoted(client.title)}"
        )
        shown = (evidence(others[0], field, _registered(others[0], field)),)
        own = evidence(client, field, _registered(client, field))
        return proven(text, own, *shown).fixed_by(
            f"send the client id of {name}, {others[0].client_id}",
            f"register the address with client {quoted(client.title)}",
        )

    return check


def _not_registered(address: Callable[[Case], str | None], field: str) -> Check:
    """The check that the address is registered nowhere, nor anything like it."""

    def check(case: Case) -> CauseVerdict:
        uri, client = address(case), case.client
        if verdict := _open(case, uri, field):
            return verdict
        assert client is not None
        own = _registered(client, field)
        name = quoted(client.title)
        if not own:
            return proven(f"client {name} has no such address at all", evidence(client, field, []))
        if uri and nearest_difference(uri, own):
            return not_so("a registered address is close to the one that was sent")
        if any(uri in _registered(app, field) for app in case.org.apps):
            return not_so("another client has the address that was sent")
        text = f"{quoted(without_credentials(uri or ''))} is not registered with client {name}"
        return proven(text, evidence(client, field, own)).fixed_by(
            f"register the address with client {name}, character by character"
        )

    return check


ROWS: tuple[KnownError, ...] = (
    of_rejection(
        "redirect-uri",
        rejections.WRONG_REDIRECT_URI,
        "The redirect_uri is not one of the app's, character by character.",
        setting(
            "uri-not-registered",
            "neither it nor anything close to it is registered",
            "register exactly what the request sends",
            _not_registered(_login, _LOGIN),
        ),
        request(
            "uri-differs",
            "scheme, port, case or a trailing slash differ",
            "send what is registered",
            _differs(_login, _LOGIN),
        ),
        request(
            "uri-of-another-client",
            "it is registered with another client",
            "send that client's id, or register the address with this one",
            _of_another_client(_login, _LOGIN),
        ),
        pattern=r"(?<!logout_)redirect_uri.{0,3} parameter must be a Login redirect URI",
        status="400, an error page",
    ),
    KnownError(
        name="logout-redirect-uri",
        text="'post_logout_redirect_uri' parameter must be a Logout redirect URI",
        pattern=r"post_logout_redirect_uri.{0,3} (?:parameter )?must be a Logout redirect URI",
        status="400, an error page",
        meaning="The post_logout_redirect_uri is not one of the app's, character by character.",
        causes=(
            setting(
                "uri-not-registered",
                "neither it nor anything close to it is registered",
                "register exactly what the request sends",
                _not_registered(_logout, _LOGOUT),
            ),
            request(
                "uri-differs",
                "scheme, port, case or a trailing slash differ",
                "send what is registered",
                _differs(_logout, _LOGOUT),
            ),
            request(
                "uri-of-another-client",
                "it is registered with another client",
                "send that client's ID token as a hint, or register the address with this one",
                _of_another_client(_logout, _LOGOUT),
            ),
        ),
        source="support article on sign-out redirect URIs",
    ),
)
