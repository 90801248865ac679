"""An active IP zone contains no address.

Whatever is restricted to this zone can be used from nowhere, and whatever is to be kept out by
it is let in. The zone looks like a safeguard and is none.

Zones that come with Okta (BlockedIpZone, LegacyIpZone) and blocklist zones are not reported:
they are empty while nobody is blocked. A zone that a client is restricted to is reported once,
as OAM515.

Fix: add the gateway addresses, or deactivate the zone.

Flagged:

    {"/api/v1/zones": [{"id": "nzo1", "name": "Data centre", "type": "IP", "gateways": null}]}

Accepted:

    {"/api/v1/zones": [{"id": "nzo1", "name": "Data centre", "type": "IP",
       "gateways": [{"type": "CIDR", "value": "192.0.2.0/24"}]},
       {"id": "nzo2", "name": "Norway", "type": "DYNAMIC"},
       {"id": "nzo3", "name": "Old", "type": "IP", "gateways": [], "status": "INACTIVE"},
       {"id": "nzo4", "name": "BlockedIpZone", "type": "IP", "system": true,
        "usage": "BLOCKLIST"},
       {"id": "nzo5", "name": "Bad hosts", "type": "IP", "usage": "BLOCKLIST"}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Reported as OAM515", "settings": {"oauthClient": {
       "network": {"connection": "ZONE", "include": ["nzo1"]}}}}],
     "/api/v1/zones": [{"id": "nzo1", "name": "Data centre", "type": "IP", "gateways": []}]}

See:
- Okta Help Center, "Network zones"
- Okta Management API, Network Zones
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, quoted, rule
from auditor.models import NetworkZone
from auditor.oauth import matches_no_address

from ._clients import own_clients


@rule("OAM808", severity=Severity.LOW, impact=Impact.DEAD, reads=["network_zones", "apps"])
def check(org: Org) -> Iterator[Finding]:
    used = {
        zone
        for client in own_clients(org)
        if client.oauth.network.connection == "ZONE"
        for zone in client.oauth.network.include
    }
    for zone in org.network_zones:
        if (
            zone.active
            and matches_no_address(zone)
            and not _often_empty(zone)
            and zone.id not in used
        ):
            yield Finding(
                zone,
                f"IP zone {quoted(zone.title)} has no gateway address, so it matches nobody.",
                field="gateways",
            )


def _often_empty(zone: NetworkZone) -> bool:
    return bool(zone.system) or zone.usage == "BLOCKLIST"
