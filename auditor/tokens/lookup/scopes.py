"""The scope that a word names."""

from __future__ import annotations

from collections.abc import Iterable

from auditor.snapshot.models.servers import OIDC_SCOPES, AuthorizationServer
from auditor.snapshot.org import Org
from auditor.text import closest, did_you_mean, one_line, quoted
from auditor.tokens.lookup.errors import NotFoundError, not_in_snapshot
from auditor.tokens.lookup.matching import name_list
from auditor.tokens.scopes import GROUPS, LATER_SCOPES

_ORG_SERVER_SCOPES = OIDC_SCOPES | LATER_SCOPES | {GROUPS}


def find_scope(org: Org, word: str, servers: Iterable[AuthorizationServer | None]) -> str:
    """A scope name that at least one of the servers knows; None stands for the org server.

    Raises:
        NotFoundError: none of them knows it.
        UnreadError: none of them knows it, but not all of their scopes were read.
    """
    names: set[str] = set()
    complete = True
    for server in servers:
        if server is None:
            names |= {grant.title for app in org.apps for grant in org.grants(app)}
            names |= _ORG_SERVER_SCOPES
            complete &= org.known("app_grants")
        else:
            names |= {scope.name for scope in org.scopes(server)} | OIDC_SCOPES | LATER_SCOPES
            complete &= org.known("scopes", server)
    if word in names:
        return word
    suggestion = closest(word, sorted(names))
    if suggestion is None and not complete:
        clause = f"There is no scope {quoted(word)} in the snapshot"
        raise not_in_snapshot(org, "scopes", "scope", clause)
    hint = did_you_mean(suggestion) or "."
    raise NotFoundError(
        one_line(f"No authorization server has a scope {quoted(word)}{hint}"),
        remedy="" if suggestion else f"Scopes: {name_list(sorted(names))}.",
        key="scope",
    )
