"""Checks of every request of a server, client and grant type, whatever it asks for."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.snapshot.models.agents import AgentClient
from auditor.snapshot.models.base import Record
from auditor.snapshot.models.clients import App
from auditor.snapshot.models.servers import AuthorizationServer
from auditor.snapshot.org import Org
from auditor.tokens import rejections
from auditor.tokens.checks import Check, Verdict, rejected, unknown
from auditor.tokens.conditions import Condition
from auditor.tokens.grants import (
    BROWSER_GRANTS,
    IMPLICIT,
    KNOWN_GRANTS,
    REFRESH_TOKEN,
)
from auditor.tokens.missing_facts import MissingFact, MissingFactKind
from auditor.tokens.rejections import Rejection
from auditor.tokens.token_endpoint import can_authenticate, usable_somewhere, zones_in_doubt


def client_checks(
    org: Org, server: AuthorizationServer | None, client: App, grant: str
) -> Iterator[Check]:
    """The checks in order; those after the first that ends a request mean nothing."""
    if server is not None:
        yield from _known_after_apply(org, "authorization_servers", server)
        if not server.active:
            yield rejected(Condition.SERVER, rejections.SERVER_INACTIVE)
        yield Check(Condition.SERVER)
    yield from _known_after_apply(org, "apps", client)
    if not client.active:
        yield rejected(Condition.CLIENT, rejections.CLIENT_INACTIVE)
    if not client.configurable:
        yield unknown(Condition.CLIENT, MissingFactKind.OWN_APP_SETTINGS)
    if grant != IMPLICIT:
        yield from _at_token_endpoint(org, client)
    if grant not in KNOWN_GRANTS:
        yield rejected(Condition.GRANT, rejections.UNKNOWN_GRANT)
    if isinstance(client, AgentClient) and not client.bound and grant not in client.grant_types:
        yield unknown(Condition.GRANT, MissingFactKind.AGENT_GRANTS)
    if grant not in client.grant_types:
        yield rejected(Condition.GRANT, _without_grant(client, grant))
    yield Check(Condition.GRANT)
    if grant == REFRESH_TOKEN:
        yield unknown(Condition.REFRESH, MissingFactKind.POLICY_ON_REFRESH)


def _known_after_apply(org: Org, collection: str, record: Record) -> Iterator[Check]:
    """Of a planned snapshot: nothing is certain of what has an attribute that is not known yet."""
    if attribute := org.not_known_before_apply(collection, record):
        fact = MissingFact(kind=MissingFactKind.ATTRIBUTE, attribute=attribute)
        server = collection == "authorization_servers"
        condition = Condition.SERVER if server else Condition.CLIENT
        yield Check(condition, Verdict.UNKNOWN, missing=fact)


def _at_token_endpoint(org: Org, client: App) -> Iterator[Check]:
    """Whether the client is let in, from wherever it calls and whatever it asks for.

    An authorization code is refused when it is redeemed: nothing at `/authorize` helps.
    """
    if zones_in_doubt(org, client):
        fact = MissingFact(kind=MissingFactKind.NETWORK_ZONES_IN_DOUBT)
        yield Check(Condition.ZONES, Verdict.UNKNOWN, unsettled=fact)
    elif client.oauth.network.connection == "ZONE":
        usable = usable_somewhere(org, client)
        yield _three_valued(Condition.ZONES, rejections.OUTSIDE_ZONES, answer=usable)
    if client.auth_method == "private_key_jwt":
        able = can_authenticate(org, client)
        keys = org.client_keys(client) if able is False else ()  # or they may not be known
        none = rejections.NO_ACTIVE_CLIENT_KEY if keys else rejections.NO_CLIENT_KEY
        yield _three_valued(Condition.KEYS, none, answer=able)


def _without_grant(client: App, grant: str) -> Rejection:
    if grant in BROWSER_GRANTS:
        types = client.oauth.response_types
        return rejections.wrong_response_type(types, Condition.GRANT)
    return rejections.grant_not_allowed(grant, client.grant_types)


def _three_valued(condition: Condition, rejection: Rejection, *, answer: bool | None) -> Check:
    """The check for an answer; if that was not read, the request goes on, with a caveat."""
    if answer is None:
        return Check(condition, Verdict.UNKNOWN)
    return Check(condition) if answer else rejected(condition, rejection)
