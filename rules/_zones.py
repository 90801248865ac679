"""Which network zones match no address at all."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.snapshot.index import Org
from auditor.snapshot.models.clients import App
from auditor.snapshot.models.org import NetworkZone

_KEYWORDS = frozenset({"ALL_IP_ZONES", "ALL_ZONES"})


def empty(zone: NetworkZone) -> bool:
    """Whether it is an IP zone without a single gateway or proxy address."""
    return zone.type == "IP" and not zone.gateways and not zone.proxies


def useless_zones(org: Org, client: App) -> Iterator[tuple[str, str, NetworkZone | None]]:
    """Included zones that match nothing: name or id, what is wrong, the zone if it exists."""
    zones = {zone.id: zone for zone in org.network_zones}
    for zone_id in client.oauth.network.include:
        if zone_id in _KEYWORDS:
            continue
        zone = zones.get(zone_id)
        if zone is None:
            yield zone_id, "does not exist", None
        elif not zone.active:
            yield zone.title, "is inactive", zone
        elif empty(zone):
            yield zone.title, "has no addresses", zone
