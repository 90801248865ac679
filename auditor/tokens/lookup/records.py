"""The server, client or user that a word names."""

from __future__ import annotations

import re

from auditor.snapshot.credentials_in_text import without_credentials
from auditor.snapshot.models.agents import is_agent_id
from auditor.snapshot.models.clients import App
from auditor.snapshot.models.directory import User
from auditor.snapshot.models.servers import AuthorizationServer
from auditor.snapshot.org import Org
from auditor.text import one_line, quoted
from auditor.tokens.lookup.errors import NotFoundError, UnreadError
from auditor.tokens.lookup.issuers import DEFAULT_SERVER, is_url, server_in_url
from auditor.tokens.lookup.matching import Directory
from auditor.tokens.missing_facts import MissingFact, MissingFactKind
from auditor.tokens.request import ORG_SERVER

_USER_ID = re.compile(r"00u[0-9A-Za-z]{17}")
_PSEUDONYM = re.compile(r"(person|login)-[0-9a-f]{32}")
"""What a redacted snapshot has in place of ids and logins (`auditor.pseudonyms`)."""


def find_server(org: Org, word: str, key: str = "server") -> AuthorizationServer | None:
    """The custom authorization server that a word names; None for `org`, the org server.

    An issuer, the URL of a discovery document or of an endpoint, and `default` will do as well.

    Args:
        org: the tenant.
        word: the word.
        key: which part of a request the word stands for.

    Raises:
        NotFoundError: it names none, or several.
        UnreadError: it names none, but not all servers were read.
    """
    name = word
    if is_url(word):
        issuing = [server for server in org.servers if server.issuer == word]
        name = issuing[0].id if len(issuing) == 1 else server_in_url(word) or word
    if name == ORG_SERVER:
        return None
    if name == DEFAULT_SERVER and (default := _default_server(org)):
        return default
    return Directory(
        org=org,
        collection="authorization_servers",
        key=key,
        noun="authorization server",
        heading="Authorization servers",
        records=org.servers,
        ids=lambda server: (server.id,),
        keyword=ORG_SERVER,
    ).find(name)


def _default_server(org: Org) -> AuthorizationServer | None:
    """The server that URLs call `default`; None if the snapshot has none, or names one so."""
    if any(server.title == DEFAULT_SERVER for server in org.servers):
        return None
    return next((server for server in org.servers if server.default), None)


def find_client(org: Org, word: str) -> App:
    """The client that a word names, by client id, app id or label; or the AI agent, by its name.

    Raises:
        NotFoundError: it names none, or several.
        UnreadError: it names none, but not all apps were read; or it is the id of a workload
            principal that is not known.
    """
    if is_agent_id(word) and all(word not in (app.client_id, app.id) for app in org.clients):
        raise _unknown_agent(org, word)
    return Directory(
        org=org,
        collection="apps",
        key="client",
        noun="client",
        heading="Clients",
        records=org.clients,
        ids=lambda app: (app.client_id, app.id),
    ).find(word)


def _unknown_agent(org: Org, word: str) -> UnreadError:
    """Of workload principals only AI agents are read, and they often cannot be."""
    entry = org.ledger.entry("ai_agents")
    unread = f"no AI agents were read ({one_line(entry.explanation())})"
    why = "of workload principals only AI agents are read" if entry.readable else unread
    return UnreadError(
        f"The client {quoted(word)} is not known: it is no app, and {why}.",
        remedy="" if entry.readable else f"To read them: {one_line(entry.remedy())}.",
        missing=MissingFact(kind=MissingFactKind.COLLECTION, collection=entry.label),
    )


def find_user(org: Org, word: str) -> User:
    """The user that a word names, by id, login, or the part of the login before the `@`.

    Okta's list of users leaves deprovisioned ones out. Therefore an id that is not in it is no
    mistake; it stands for a user of whom nothing else is known. So does any word if the users
    were not read: what depends on the user is then indeterminate. A redacted snapshot does not tell
    whether it has a user who is named otherwise than in it.

    Raises:
        NotFoundError: it names none, or several; or the snapshot is redacted.
    """
    if _USER_ID.fullmatch(word) and org.user(word) is None:
        if _redacted(org):
            raise _replaced(word)
        return User(id=word)
    users = Directory(
        org=org,
        collection="users",
        key="user",
        noun="user",
        heading="Users",
        # Only to say that it names nobody takes all of them.
        records=org.users_like(word) or org.users,
        ids=lambda user: (user.id,),
        short_name=lambda user: user.title.partition("@")[0],
    )
    try:
        return users.find(word)
    except UnreadError:
        return User(id=word)
    except NotFoundError:
        if _redacted(org) and not _PSEUDONYM.fullmatch(word):
            raise _replaced(word) from None
        raise


def _redacted(org: Org) -> bool:
    """Whether people are replaced: all of them are, or none."""
    first = next(iter(org.users), None)
    return first is not None and _PSEUDONYM.fullmatch(first.id) is not None


def _replaced(word: str) -> NotFoundError:
    """The word may well name somebody, whom the snapshot has under another name."""
    name = quoted(without_credentials(word))
    return NotFoundError(
        f"People are replaced in this snapshot, so it does not tell who {name} is.",
        remedy="Name the user as the snapshot does, person-… or login-…, or take the snapshot "
        "that is not redacted.",
        key="user",
    )
