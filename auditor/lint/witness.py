"""From a request by ids to a command that a person can read, paste and run."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Callable, Iterable

from auditor.snapshot.models.base import Record
from auditor.snapshot.org import Org
from auditor.tokens.lookup.named_request import NamedRequest
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
    subject_server = request.subject_server
    named = NamedRequest(
        server=_server(org, request.server),
        client=_client(org, request.client),
        grant=request.grant,
        user=None if request.user is None else _user(org, request.user),
        scopes=None if request.scopes is None else tuple(sorted(request.scopes)),
        assertion_scopes=(
            None if request.assertion_scopes is None else tuple(sorted(request.assertion_scopes))
        ),
        response_type=request.response_type,
        redirect_uri=request.redirect_uri,
        resource=request.resource,
        subject_server=None if subject_server is None else _server(org, subject_server),
        prompt=request.prompt,
        pkce=request.pkce,
        dpop=request.dpop,
    )
    return shlex.join(["okta-auditor", "explain", file, *named.options])


def _server(org: Org, server_id: str) -> str:
    if server_id == ORG_SERVER:
        return server_id
    return _named(org, "authorization_servers", org.server(server_id), server_id)


def _client(org: Org, client_id: str) -> str:
    client = org.client(client_id)
    return _named(org, "apps", client, client_id) if client else client_id


def _user(org: Org, user_id: str) -> str:
    user = org.user(user_id)
    return _named(org, "users", user, user_id) if user else user_id


def _named(org: Org, collection: str, record: Record, identity: str) -> str:
    ambiguous = org.remembered(_AMBIGUOUS[collection], [collection])
    unique = record.title not in ambiguous
    return record.title if unique and _PLAIN.match(record.title) else identity


def _repeated(titles: Iterable[str]) -> frozenset[str]:
    """Those that occur more than once: hardly any, where all are 200,000."""
    return frozenset(title for title, times in Counter(titles).items() if times > 1)


_AMBIGUOUS: dict[str, Callable[[Org], frozenset[str]]] = {
    "apps": lambda org: _repeated(app.title for app in org.apps),
    "authorization_servers": lambda org: _repeated(server.title for server in org.servers),
    "users": lambda org: _repeated(org.logins),
}
"""By collection, a function that finds the titles of several objects."""
