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

    A setting that only excludes lets everything else in.
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
        if zone is None:
            yield zone_id, "does not exist", None
        elif not zone.active:
            yield zone.title, "is inactive", zone
        elif matches_no_address(zone):
            yield zone.title, "has no addresses", zone


def matches_no_address(zone: NetworkZone) -> bool:
    """Whether it is an IP zone without a single gateway or proxy address."""
    return zone.type == "IP" and not zone.gateways and not zone.proxies
