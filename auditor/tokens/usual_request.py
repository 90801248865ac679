"""The request with which a well-behaved client asks for scopes."""

from __future__ import annotations

from auditor.snapshot.models.agents import AgentClient
from auditor.snapshot.models.clients import App
from auditor.snapshot.models.servers import AuthorizationServer
from auditor.tokens.grants import JWT_BEARER
from auditor.tokens.request import ORG_SERVER, TokenRequest


def usual_request(
    server: AuthorizationServer | None,
    client: App,
    grant: str,
    user: str | None,
    scopes: frozenset[str] | None,
) -> TokenRequest:
    """A request for scopes; what else could be asked is left open.

    An AI agent does not name scopes to a custom server: its ID-JAG carries them.

    Args:
        server: a custom authorization server; None for the org server.
        client: the client.
        grant: the grant type.
        user: the user's id, if one takes part.
        scopes: what is asked for; None if nothing is named.
    """
    carried = isinstance(client, AgentClient) and server is not None and grant == JWT_BEARER
    return TokenRequest(
        server=server.id if server else ORG_SERVER,
        client=client.client_id,
        grant=grant,
        user=user,
        scopes=None if carried else scopes,
        assertion_scopes=scopes if carried else None,
    )
