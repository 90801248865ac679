"""Whether Okta's token endpoint lets a client in at all: its keys and its network zones.

Neither depends on what a request asks for. Both rest on collections that many snapshots lack
while everything else is there, so each answer is yes, no, or not known (None).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from auditor.snapshot.models.clients import App
from auditor.snapshot.models.org import NetworkZone
from auditor.snapshot.org import Org

_ZONE_KEYWORDS = frozenset({"ALL_IP_ZONES", "ALL_ZONES"})


def can_authenticate(org: Org, client: App) -> bool | None:
    """Whether the client has a key to authenticate with; None if its keys were not read.

    The answer is no only for `private_key_jwt`: secrets are never read, and keys behind a
    `jwks_uri` are not part of the configuration.
    """
    if client.auth_method != "private_key_jwt" or client.oauth.jwks_uri:
        return True
    complete = org.known("app_jwks", client)
    keys = org.client_keys(client) if complete else client.oauth.jwks.keys
    if any(key.active and key.use != "enc" for key in keys):
        return True
    return False if complete else None


def usable_somewhere(org: Org, client: App) -> bool | None:
    """Whether any address is within the client's network zones; None if they were not read.

    A setting that only excludes lets everything else in. Zones that may let nobody in count; see
    `zones_in_doubt`.
    """
    network = client.oauth.network
    if network.connection != "ZONE":
        return True
    if not network.include:
        return bool(network.exclude)
    if not _ZONE_KEYWORDS.isdisjoint(network.include):
        return True
    if not org.known("network_zones"):
        return None
    return len(list(useless_zones(org, client))) < len(network.include)


def zones_in_doubt(org: Org, client: App) -> bool:
    """Whether the client is let in only by zones of which no source says whether they do.

    Those are zones that are excluded too, and blocklists, from which Okta denies access.
    """
    network = client.oauth.network
    if network.connection != "ZONE":
        return False
    excluded = not _ZONE_KEYWORDS.isdisjoint(network.exclude)
    known = org.known("network_zones")
    doubts = []
    for zone_id in network.include:
        zone = org.network_zone(zone_id) if known and zone_id not in _ZONE_KEYWORDS else None
        if known and zone_id not in _ZONE_KEYWORDS and _fault(zone):
            continue
        blocklist = zone is not None and zone.usage == "BLOCKLIST"
        doubts.append(excluded or blocklist or zone_id in network.exclude)
    return bool(doubts) and all(doubts)


def assumed(org: Org, clients: Iterable[App]) -> tuple[str, ...]:
    """Collections that were not read, so that some of the clients are assumed to be let in."""
    checks = (("app_jwks", can_authenticate), ("network_zones", usable_somewhere))
    own = [client for client in clients if client.active and client.configurable]
    return tuple(name for name, check in checks if any(check(org, app) is None for app in own))


def useless_zones(org: Org, client: App) -> Iterator[tuple[str, str, NetworkZone | None]]:
    """Included zones that match nothing: name or id, what is wrong, the zone if it exists.

    Needs `network_zones`.
    """
    for zone_id in client.oauth.network.include:
        if zone_id in _ZONE_KEYWORDS:
            continue
        zone = org.network_zone(zone_id)
        if fault := _fault(zone):
            yield zone.title if zone else zone_id, fault, zone


def _fault(zone: NetworkZone | None) -> str:
    """Why a zone matches nothing; empty if it may match something."""
    if zone is None:
        return "does not exist"
    if not zone.active:
        return "is inactive"
    return "has no addresses" if matches_no_address(zone) else ""


def matches_no_address(zone: NetworkZone) -> bool:
    """Whether it is an IP zone without a single gateway or proxy address."""
    return zone.type == "IP" and not zone.gateways and not zone.proxies
