"""From what people type to what a request needs: names, labels, logins and ids.

An id always wins. Otherwise the word must name exactly one object: by its name as it is
spelled, or else regardless of case. What names nothing is an error that suggests; what
names two things is an error that lists them. Nothing is ever chosen for the user.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from auditor.errors import AuditorError, UsageError
from auditor.snapshot.ledger import CollectionStatus
from auditor.snapshot.models.base import Record
from auditor.snapshot.models.clients import App
from auditor.snapshot.models.directory import User
from auditor.snapshot.models.servers import AuthorizationServer
from auditor.snapshot.org import Org
from auditor.text import closest, did_you_mean, listed, one_line, quoted
from auditor.tokens.grants import (
    CIBA,
    DEVICE_CODE,
    DIRECT_AUTHENTICATION,
    JWT_BEARER,
    KNOWN_GRANTS,
    SAML2_BEARER,
    TOKEN_EXCHANGE,
)
from auditor.tokens.request import ORG_SERVER, TokenRequest

R = TypeVar("R", bound=Record)

SHORT_GRANTS = {
    "ciba": CIBA,
    "device_code": DEVICE_CODE,
    "jwt-bearer": JWT_BEARER,
    "saml2-bearer": SAML2_BEARER,
    "token-exchange": TOKEN_EXCHANGE,
    **{re.split("[:/]", grant)[-1]: grant for grant in DIRECT_AUTHENTICATION},
}
"""Short names of the grant types that are called by a URI."""

_USER_ID = re.compile(r"00u[0-9A-Za-z]{17}")
_SHOWN = 8
_KEYS = {"authorization server": "server", "client": "client", "user": "user"}
_HEADINGS = {
    "authorization server": "Authorization servers",
    "client": "Clients",
    "user": "Users",
}


class NotFoundError(UsageError):
    """A word names nothing, or several things.

    Args:
        message: what happened.
        remedy: what to do next.
        key: which part of the request the word stands for, such as `server`.
    """

    def __init__(self, message: str, *, remedy: str = "", key: str) -> None:
        super().__init__(message, remedy=remedy)
        self.key = key


class UnreadError(AuditorError):
    """What was asked for may exist, but the collection that would tell was not read.

    Args:
        message: what happened.
        remedy: what to do next.
        missing: the fact, as an indeterminate decision names it.
    """

    def __init__(self, message: str, *, remedy: str, missing: str) -> None:
        super().__init__(message, remedy=remedy)
        self.missing = missing


@dataclass(frozen=True, kw_only=True)
class Words:
    """A token request in the words of whoever asks; see `TokenRequest`."""

    server: str
    client: str
    grant: str
    user: str | None = None
    scopes: tuple[str, ...] | None = None
    response_type: str | None = None
    redirect_uri: str | None = None
    pkce: bool | None = None
    dpop: bool | None = None

    def request(self, org: Org) -> TokenRequest:
        """The request that is meant.

        Raises:
            NotFoundError: a word names nothing, or several things.
            UnreadError: what a word should name was not read.
        """
        grant = find_grant(self.grant)
        server = find_server(org, self.server)
        return TokenRequest(
            server=ORG_SERVER if server is None else server.id,
            client=find_client(org, self.client).client_id,
            grant=grant,
            user=None if self.user is None else find_user(org, self.user).id,
            scopes=None if self.scopes is None else frozenset(self.scopes),
            response_type=self.response_type,
            redirect_uri=self.redirect_uri,
            pkce=self.pkce,
            dpop=self.dpop,
        )


def find_server(org: Org, word: str) -> AuthorizationServer | None:
    """The custom authorization server that a word names; None for `org`, the org server.

    Raises:
        NotFoundError: it names none, or several.
        UnreadError: it names none, but not all servers were read.
    """
    if word == ORG_SERVER:
        return None
    return _find(
        org,
        word,
        "authorization_servers",
        "authorization server",
        org.servers,
        ids=lambda server: (server.id,),
        also=(ORG_SERVER,),
    )


def find_client(org: Org, word: str) -> App:
    """The client that a word names, by client id, app id or label.

    Raises:
        NotFoundError: it names none, or several.
        UnreadError: it names none, but not all apps were read.
    """
    return _find(
        org,
        word,
        "apps",
        "client",
        org.apps,
        ids=lambda app: (app.client_id, app.id),
    )


def find_user(org: Org, word: str) -> User:
    """The user that a word names, by id, login, or the part of the login before the `@`.

    Okta's list of users leaves deprovisioned ones out. An id that is not in it therefore is
    no mistake; it stands for a user of whom nothing else is known. So does any word where
    the users were not read: what depends on the user is then indeterminate.

    Raises:
        NotFoundError: it names none, or several.
    """
    if _USER_ID.fullmatch(word) and org.user(word) is None:
        return User(id=word)
    try:
        return _find(
            org,
            word,
            "users",
            "user",
            org.users,
            ids=lambda user: (user.id,),
            short=lambda user: user.title.partition("@")[0],
        )
    except UnreadError:
        return User(id=word)


def find_grant(word: str) -> str:
    """The grant type that a word names.

    An unknown URI is one all the same: it may be an extension of which Okta will say that
    it does not support it. An unknown word can only be a mistake.

    Raises:
        NotFoundError: it names none.
    """
    known = {_plain(grant): grant for grant in KNOWN_GRANTS}
    known |= {_plain(short): grant for short, grant in SHORT_GRANTS.items()}
    if _plain(word) in known:
        return known[_plain(word)]
    plain = {grant for grant in KNOWN_GRANTS if ":" not in grant}
    usual = sorted(plain | {s for s, g in SHORT_GRANTS.items() if g not in DIRECT_AUTHENTICATION})
    hint = did_you_mean(closest(word, sorted(KNOWN_GRANTS) if ":" in word else usual))
    if ":" in word and not hint:
        return word
    raise NotFoundError(
        f"There is no grant type {quoted(word)}{hint or '.'}",
        remedy="" if hint else f"Grant types: {', '.join(usual)}.",
        key="grant",
    )


def _plain(grant: str) -> str:
    return grant.lower().replace("_", "-")


def find_scope(org: Org, word: str, servers: Iterable[AuthorizationServer | None]) -> str:
    """A scope name that at least one of the servers knows; None stands for the org server.

    Raises:
        NotFoundError: none of them does.
        UnreadError: none of them does, but not all of their scopes were read.
    """
    known: set[str] = set()
    complete = True
    for server in servers:
        if server is None:
            known |= {grant.title for app in org.apps for grant in org.grants(app)}
            known |= {"openid", "profile", "email", "address", "phone", "groups", "offline_access"}
            complete &= org.known("app_grants")
        else:
            known |= {scope.name for scope in org.scopes(server)}
            complete &= org.known("scopes", server)
    if word in known:
        return word
    hint = did_you_mean(closest(word, sorted(known)))
    if not complete and not hint:
        raise _unread(org, "scopes", "scope", f"There is no scope {quoted(word)} in the snapshot")
    raise NotFoundError(
        one_line(f"No authorization server has a scope {quoted(word)}{hint}"),
        remedy="" if hint else f"Scopes: {_some(sorted(known))}.",
        key="scope",
    )


def _find(
    org: Org,
    word: str,
    collection: str,
    noun: str,
    records: Sequence[R],
    *,
    ids: Callable[[R], tuple[str, ...]],
    short: Callable[[R], str] | None = None,
    also: tuple[str, ...] = (),
) -> R:
    levels: list[Callable[[R], bool]] = [
        lambda record: word == ids(record)[0],
        lambda record: word == ids(record)[-1],
        lambda record: word == record.title,
        lambda record: word.casefold() == record.title.casefold(),
    ]
    if short is not None:
        levels.append(lambda record: word.casefold() == short(record).casefold())
    for level in levels:
        found = [record for record in records if level(record)]
        if len(found) == 1:
            return found[0]
        if found:
            raise _ambiguous(word, noun, found, ids)
    key = _KEYS[noun]
    titles = [one_line(record.title) for record in records]
    names = [*titles, *(identity for record in records for identity in ids(record)), *also]
    hint = did_you_mean(closest(word, names))
    if hint:
        raise NotFoundError(f"There is no {noun} {quoted(word)}{hint}", key=key)
    if not org.known(collection):
        raise _unread(org, collection, key, f"There is no {noun} {quoted(word)} in the snapshot")
    if not records:
        raise NotFoundError(
            f"There is no {noun} {quoted(word)}: the snapshot has no {noun} at all.",
            remedy=_alternative(also),
            key=key,
        )
    raise NotFoundError(
        f"There is no {noun} {quoted(word)}.",
        remedy=f"{_HEADINGS[noun]}: {_some(sorted({*titles, *also}, key=str.casefold))}.",
        key=key,
    )


def _ambiguous(
    word: str, noun: str, found: Sequence[R], ids: Callable[[R], tuple[str, ...]]
) -> NotFoundError:
    named = [f"{quoted(record.title)} ({ids(record)[0]})" for record in found]
    return NotFoundError(
        f"{quoted(word)} names {len(found)} {noun}s: {listed(named, most=_SHOWN)}.",
        remedy="Give the id of the one that is meant.",
        key=_KEYS[noun],
    )


def _unread(org: Org, collection: str, key: str, what: str) -> AuditorError:
    entry = org.ledger.entry(collection)
    reason = one_line(entry.explanation())
    if entry.status is CollectionStatus.ABSENT:
        return NotFoundError(f"{what}: the org has no {entry.label} ({reason}).", key=key)
    return UnreadError(
        f"{what}, but not all {entry.label} were read ({reason}).",
        remedy=f"To read them: {one_line(entry.remedy())}.",
        missing=f"the {entry.label} of the org",
    )


def _alternative(also: tuple[str, ...]) -> str:
    return f"Only {also[0]!r} can be named: the org's own server." if also else ""


def _some(names: Sequence[str]) -> str:
    return listed(map(quoted, names), most=_SHOWN)
