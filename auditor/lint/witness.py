"""From a request by ids to a command that a person can read, paste and run."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Callable

from auditor.snapshot.models.base import Record
from auditor.snapshot.org import Org
from auditor.tokens.request import ORG_SERVER, TokenRequest

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._@+-]{0,60}\Z")
"""Names that say more than an id and cannot surprise a shell or a reader."""


def explain_command(org: Org, request: TokenRequest, file: str) -> str:
    """The `okta-auditor explain` command for a request.

    Args:
        org: the tenant, to name objects; an object without a plain, unique name keeps its id.
        request: the request, by ids.
        file: the snapshot.
    """
    words = ["okta-auditor", "explain", file]
    words += ["--server", _server(org, request.server), "--client", _client(org, request.client)]
    words += ["--grant", request.grant]
    if request.user is not None:
        user = org.user(request.user)
        words += ["--user", _named(org, "users", user, request.user) if user else request.user]
    for scope in sorted(request.scopes or ()):
        words += ["--scope", scope]
    for scope in sorted(request.assertion_scopes or ()):
        words += ["--assertion-scope", scope]
    if request.response_type is not None:
        words += ["--response-type", request.response_type]
    if request.redirect_uri is not None:
        words += ["--redirect-uri", request.redirect_uri]
    if request.pkce is False:
        words.append("--no-pkce")
    return shlex.join(words)


def _server(org: Org, server_id: str) -> str:
    if server_id == ORG_SERVER:
        return server_id
    return _named(org, "authorization_servers", org.server(server_id), server_id)


def _client(org: Org, client_id: str) -> str:
    client = org.client(client_id)
    return _named(org, "apps", client, client_id) if client else client_id


def _named(org: Org, collection: str, record: Record, identity: str) -> str:
    titles = org.remembered(_TITLES[collection], [collection])
    unique = titles[record.title] == 1
    return record.title if unique and _PLAIN.match(record.title) else identity


_TITLES: dict[str, Callable[[Org], Counter[str]]] = {
    "apps": lambda org: Counter(app.title for app in org.apps),
    "authorization_servers": lambda org: Counter(server.title for server in org.servers),
    "users": lambda org: Counter(org.logins),
}
"""By collection, a function that counts how often each title occurs."""
