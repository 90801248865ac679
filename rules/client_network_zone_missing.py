"""A client may be used only from network zones that match no address.

The client's network setting is ZONE, and at least one zone that it includes does not exist, is
inactive or is an IP zone without addresses; or nothing is included at all. Requests of this
client that come from elsewhere fail with 403 `access_denied` and "The request is made from
outside the client's permitted network zones."

Zones that the client merely excludes are not checked, and a setting that only excludes
is accepted: it lets everything else in.

Fix: name the zones that the client's requests come from, activate them and fill them.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Nightly job", "settings": {"oauthClient": {
       "network": {"connection": "ZONE", "include": ["nzo9"]}}}}]}

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Nightly job", "settings": {"oauthClient": {
       "network": {"connection": "ZONE", "include": ["nzo1"]}}}}],
     "/api/v1/zones": [{"id": "nzo1", "name": "Data centre", "type": "IP", "gateways": []}]}

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Nightly job", "settings": {"oauthClient": {
       "network": {"connection": "ZONE", "include": []}}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Nightly job", "settings": {"oauthClient": {
       "network": {"connection": "ZONE", "include": ["nzo1"]}}}}],
     "/api/v1/zones": [{"id": "nzo1", "name": "Data centre", "type": "IP",
       "gateways": [{"type": "CIDR", "value": "192.0.2.0/24"}]}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Nightly job", "settings": {"oauthClient": {
       "network": {"connection": "ZONE", "include": ["nzo1"]}}}}],
     "/api/v1/zones": [{"id": "nzo1", "name": "Norway", "type": "DYNAMIC"}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Any known zone", "settings": {"oauthClient": {
       "network": {"connection": "ZONE", "include": ["ALL_IP_ZONES"]}}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Elsewhere", "settings": {"oauthClient": {
       "network": {"connection": "ZONE", "include": [], "exclude": ["nzo9"]}}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Anywhere", "settings": {"oauthClient": {
       "network": {"connection": "ANYWHERE"}}}}]}

See:
- Okta OAuth 2.0 API, 403 response of the token endpoint
- Okta support article "Network Restrictions for OAuth Token Endpoint"
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Related, Severity, listed, quoted, rule
from auditor.oauth import OUTSIDE_ZONES, Answer, usable_somewhere, useless_zones

from ._clients import own_clients


@rule(
    "OAM515",
    severity=Severity.HIGH,
    impact=Impact.BROKEN,
    reads=["apps", "network_zones"],
    answer=Answer.of(OUTSIDE_ZONES),
)
def check(org: Org) -> Iterator[Finding]:
    for client in own_clients(org):
        network = client.oauth.network
        useless = list(useless_zones(org, client))
        if network.connection != "ZONE" or (not useless and (network.include or network.exclude)):
            continue
        faults = [f"{quoted(name)} {fault}" for name, fault, _ in useless]
        alone = not usable_somewhere(org, client)
        yield Finding(
            client,
            f"Client {quoted(client.title)} may be used only from certain network zones, and "
            f"{listed(faults, empty='none is named')}, so "
            f"{'all its requests' if alone else 'requests from there'} fail with access_denied.",
            field="settings.oauthClient.network.include",
            related=tuple(
                Related(record=zone, role="a zone that matches no address")
                for _, _, zone in useless
                if zone
            ),
        )
