"""From a group of failed requests to token requests that the decision engine can decide."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from auditor.snapshot.models.clients import App
from auditor.snapshot.models.servers import AuthorizationServer
from auditor.snapshot.org import Org
from auditor.system_log.groups import GroupKey
from auditor.tokens.grants import AUTHORIZATION_CODE, BROWSER_GRANTS, IMPLICIT, KNOWN_GRANTS
from auditor.tokens.request import ORG_SERVER


class UndecidedReason(StrEnum):
    """Why requests of a group cannot be decided on a snapshot."""

    NO_SERVER = "no_server"
    """The events name no authorization server."""
    SERVER = "server"
    """The snapshot does not have the server."""
    SERVERS_UNREAD = "servers_unread"
    AMBIGUOUS_SERVER = "ambiguous_server"
    """The events name the server, and several have the name."""
    NO_CLIENT = "no_client"
    CLIENT = "client"
    CLIENTS_UNREAD = "clients_unread"
    NO_GRANT = "no_grant"
    GRANT = "grant"
    """The grant type is none that is known here."""
    SCOPES = "scopes"
    """The events do not say which scopes were asked for."""
    USER = "user"
    """The snapshot has no such user: deprovisioned, deleted, created later, or replaced where
    people are redacted."""


@dataclass(frozen=True, slots=True)
class Situations:
    """The server, the client and the grant types that requests of a group can have had."""

    server: AuthorizationServer | None = None
    """None for the org server, and where it is not known."""
    client: App | None = None
    grants: tuple[str, ...] = ()
    """Several where an event at /authorize does not say which."""
    unknown: UndecidedReason | None = None


def situations(org: Org, key: GroupKey) -> Situations:
    """What a group's requests were, in terms of a snapshot.

    Args:
        org: the snapshot.
        key: what the requests have in common.
    """
    server, missing = find_server(org, key.server, key.server_name)
    client = find_client(org, key.client)
    if missing is not None:
        return Situations(client=client, unknown=missing)
    if client is None:
        unread = UndecidedReason.CLIENT if org.known("apps") else UndecidedReason.CLIENTS_UNREAD
        return Situations(server, unknown=unread if key.client else UndecidedReason.NO_CLIENT)
    grants = _grants(key, client)
    if not grants:
        return Situations(server, client, unknown=UndecidedReason.NO_GRANT)
    if not KNOWN_GRANTS.issuperset(grants):
        return Situations(server, client, unknown=UndecidedReason.GRANT)
    return Situations(server, client, grants)


def find_server(
    org: Org, server_id: str, name: str
) -> tuple[AuthorizationServer | None, UndecidedReason | None]:
    """The server of an event, by id, else by name; None without a reason for the org server."""
    if server_id == ORG_SERVER:
        return None, None
    if not server_id and not name:
        return None, UndecidedReason.NO_SERVER
    if not org.known("authorization_servers"):
        return None, UndecidedReason.SERVERS_UNREAD
    if server_id:
        found = [server for server in org.servers if server.id == server_id]
    else:
        found = [server for server in org.servers if server.title == name]
    if len(found) > 1:
        return None, UndecidedReason.AMBIGUOUS_SERVER
    return (found[0], None) if found else (None, UndecidedReason.SERVER)


def find_client(org: Org, client_id: str) -> App | None:
    """The client of an event, which names it by client id, or by the id of its app."""
    if not client_id or not org.known("apps"):
        return None
    return org.client(client_id) or org.app(client_id)


def _grants(key: GroupKey, client: App) -> tuple[str, ...]:
    if key.grant:
        return (key.grant,)
    if ".authorize" not in key.type:
        return ()
    if ".implicit" in key.type:
        return (IMPLICIT,)
    # The code flow, or a client's implicit or hybrid one: the event does not say.
    own = BROWSER_GRANTS.intersection(client.grant_types)
    return tuple(sorted(own)) or (AUTHORIZATION_CODE,)
