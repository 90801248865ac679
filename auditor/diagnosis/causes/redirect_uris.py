"""Redirect URIs that are not registered, and the registered one that was meant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from auditor.diagnosis.case import Case
from auditor.diagnosis.causes.address_differences import Difference, nearest_difference
from auditor.diagnosis.causes.needs import unread_settings
from auditor.diagnosis.causes.verdict import (
    CauseVerdict,
    Evidence,
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


@dataclass(frozen=True, slots=True)
class _Kind:
    """One of the two lists of addresses that an app has."""

    field: str
    option: str

    def sent(self, case: Case) -> str | None:
        """The address of the request."""
        words = case.words
        return words.redirect_uri if self is _LOGIN else words.logout_redirect_uri

    def registered(self, client: App) -> tuple[str, ...]:
        """The addresses of a client."""
        own = client.oauth
        return own.redirect_uris if self is _LOGIN else own.post_logout_redirect_uris

    def allows(self, client: App, uri: str) -> bool:
        """Whether a client may use an address."""
        if self is _LOGIN:
            return is_registered(uri, client.oauth)
        return uri in self.registered(client)

    def evidence(self, client: App) -> Evidence:
        """The addresses of a client, as they are shown."""
        return evidence(client, self.field, self.registered(client))


_LOGIN = _Kind("settings.oauthClient.redirect_uris", "--redirect-uri")
_LOGOUT = _Kind("settings.oauthClient.post_logout_redirect_uris", "--logout-redirect-uri")


@dataclass(frozen=True, slots=True)
class _Refused:
    """An address that a client may not use."""

    kind: _Kind
    client: App
    uri: str
    """Empty if it is not known, of a client that has none."""
    owners: tuple[App, ...]
    """Other clients that have it."""

    @property
    def quoted_uri(self) -> str:
        """The address, in quotes."""
        return _quoted(self.uri)

    @property
    def nearest(self) -> Difference | None:
        """The address of the client that is close to it."""
        return nearest_difference(self.uri, self.kind.registered(self.client))


def _of_refused(kind: _Kind, judge: Callable[[_Refused], CauseVerdict]) -> Check:
    """The check of an address that the client may not use, where client and address are known."""

    def check(case: Case) -> CauseVerdict:
        client, uri = case.client, kind.sent(case)
        if client is None:
            return unknown("which client it was is not known", "--client")
        if verdict := unread_settings(client):
            return verdict
        if uri is None and kind.registered(client):
            return unknown("the address that was sent is not known", kind.option)
        if uri and kind.allows(client, uri):
            return not_so(f"{_quoted(uri)} is registered", kind.evidence(client))
        owners = tuple(app for app in case.org.apps if uri and uri in kind.registered(app))
        return judge(_Refused(kind, client, uri or "", owners))

    return check


def _differs(refused: _Refused) -> CauseVerdict:
    """Whether the address differs from a registered one in one part."""
    if refused.owners:
        return not_so("another client has the very address that was sent")
    difference = refused.nearest
    if difference is None:
        return not_so("no registered address is close to the one that was sent")
    text = f"{refused.quoted_uri} is not registered: {difference.text}"
    return proven(text, refused.kind.evidence(refused.client)).fixed_by(
        f"send {quoted(difference.registered)}, which is registered",
        f"register the address that is sent, with client {quoted(refused.client.title)}",
    )


def _of_another_client(refused: _Refused) -> CauseVerdict:
    """Whether the address is registered with another client."""
    if not refused.owners:
        return not_so("no other client has the address that was sent")
    owner, own = refused.owners[0], quoted(refused.client.title)
    name = quoted(owner.title)
    text = f"{refused.quoted_uri} is registered with client {name}, and not with client {own}"
    shown = (refused.kind.evidence(refused.client), refused.kind.evidence(owner))
    return proven(text, *shown).fixed_by(
        f"send the client id of {name}, {owner.client_id}",
        f"register the address with client {own}",
    )


def _not_registered(refused: _Refused) -> CauseVerdict:
    """Whether the address is registered nowhere, nor anything like it."""
    if refused.owners:
        return not_so("another client has the address that was sent")
    name, own = quoted(refused.client.title), refused.kind.evidence(refused.client)
    if not refused.kind.registered(refused.client):
        return proven(f"client {name} has no such address at all", own)
    if refused.nearest:
        return not_so("a registered address is close to the one that was sent")
    return proven(f"{refused.quoted_uri} is not registered with client {name}", own).fixed_by(
        f"register the address with client {name}, character by character"
    )


def _quoted(uri: str) -> str:
    return quoted(without_credentials(uri))


ROWS: tuple[KnownError, ...] = (
    of_rejection(
        "redirect-uri",
        rejections.WRONG_REDIRECT_URI,
        "The redirect_uri is not one of the app's, character by character.",
        setting(
            "uri-not-registered",
            "neither it nor anything close to it is registered",
            "register exactly what the request sends",
            _of_refused(_LOGIN, _not_registered),
        ),
        request(
            "uri-differs",
            "scheme, port, case or a trailing slash differ",
            "send what is registered",
            _of_refused(_LOGIN, _differs),
        ),
        request(
            "uri-of-another-client",
            "it is registered with another client",
            "send that client's id, or register the address with this one",
            _of_refused(_LOGIN, _of_another_client),
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
                _of_refused(_LOGOUT, _not_registered),
            ),
            request(
                "uri-differs",
                "scheme, port, case or a trailing slash differ",
                "send what is registered",
                _of_refused(_LOGOUT, _differs),
            ),
            request(
                "uri-of-another-client",
                "it is registered with another client",
                "send that client's ID token as a hint, or register the address with this one",
                _of_refused(_LOGOUT, _of_another_client),
            ),
        ),
        source="support article on sign-out redirect URIs",
    ),
)
