"""Changes to the server or the client that are needed before any request passes."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.snapshot.models.clients import KeySet
from auditor.snapshot.models.org import ZoneAddress
from auditor.snapshot.models.servers import Key
from auditor.text import quoted
from auditor.tokens.advice.hypothetical import Changes, with_field
from auditor.tokens.advice.proposal import Proposal, with_setting
from auditor.tokens.grants import KNOWN_GRANTS
from auditor.tokens.request import TokenRequest
from auditor.tokens.situation import Situation
from auditor.tokens.token_endpoint import matches_no_address, useless_zones

_NEW_KEY = "a key that the client does not have yet"


def for_server(situation: Situation, request: TokenRequest) -> Iterator[Proposal]:
    """The server is active."""
    server = situation.server
    assert server is not None
    changes = Changes({server.id: with_field(server, "status", "ACTIVE")})
    yield Proposal.of(f"server {quoted(server.title)} were active", request, changes)


def for_client(situation: Situation, request: TokenRequest) -> Iterator[Proposal]:
    """The client is active."""
    client = situation.client
    changes = Changes({client.id: with_field(client, "status", "ACTIVE")})
    yield Proposal.of(f"client {quoted(client.title)} were active", request, changes)


def for_grant(situation: Situation, request: TokenRequest) -> Iterator[Proposal]:
    """The client may use the grant type."""
    if request.grant in KNOWN_GRANTS:
        grants = (*situation.client.grant_types, request.grant)
        changes = with_setting(situation, "grant_types", grants)
        yield Proposal.of(f"the client were allowed {request.grant}", request, changes)


def for_authentication(situation: Situation, request: TokenRequest) -> Iterator[Proposal]:
    """The client authenticates with a private key."""
    client = situation.client
    path = "credentials.oauth_client.token_endpoint_auth_method"
    changes = Changes({client.id: with_field(client, path, "private_key_jwt")})
    yield Proposal.of("the client authenticated with private_key_jwt", request, changes)


def for_keys(situation: Situation, request: TokenRequest) -> Iterator[Proposal]:
    """The client has an active key."""
    client = situation.client
    for key in situation.org.client_keys(client):
        if key.use != "enc":
            changes = Changes({key.id: with_field(key, "status", "ACTIVE")})
            yield Proposal.of(
                f"key {quoted(key.title)} of the client were active", request, changes
            )
    new_key = Key(id=_NEW_KEY, kid=_NEW_KEY, use="sig", status="ACTIVE")
    keys = KeySet(keys=(*client.oauth.jwks.keys, new_key))
    changes = with_setting(situation, "jwks", keys)
    yield Proposal.of("the client had an active key for signatures", request, changes, cost=1.5)


def for_zones(situation: Situation, request: TokenRequest) -> Iterator[Proposal]:
    """The client may be used from somewhere."""
    org, client = situation.org, situation.client
    for _, _, zone in useless_zones(org, client):
        if zone is not None and not zone.active:
            changes = Changes({zone.id: with_field(zone, "status", "ACTIVE")})
            yield Proposal.of(f"network zone {quoted(zone.title)} were active", request, changes)
        elif zone is not None:
            changes = Changes({zone.id: with_field(zone, "gateways", (ZoneAddress(),))})
            yield Proposal.of(f"network zone {quoted(zone.title)} had addresses", request, changes)
    usable = (zone for zone in org.network_zones if zone.active and not matches_no_address(zone))
    for zone in sorted(usable, key=lambda zone: (zone.title, zone.id))[:2]:
        zones = (*client.oauth.network.include, zone.id)
        changes = with_setting(situation, "network.include", zones)
        text = f"the client could be used from network zone {quoted(zone.title)}"
        yield Proposal.of(text, request, changes, cost=2)
    changes = with_setting(situation, "network.connection", "ANYWHERE")
    yield Proposal.of("the client could be used from anywhere", request, changes, cost=3)
