"""An API token is restricted to a network zone that does not exist.

A token may be limited to network zones. A zone that is gone matches no address, so calls with the
token from the network that was meant are refused, and nobody sees why.

Fix: choose zones that exist for the token, or make it anew.

Flagged:

    {"/api/v1/api-tokens": [{"id": "00T1", "name": "Backup",
       "network": {"connection": "ZONE", "include": ["nzo-gone"]}}],
     "/api/v1/zones": [{"id": "nzo1", "name": "Office"}]}

Accepted:

    {"/api/v1/api-tokens": [
       {"id": "00T1", "name": "Backup", "network": {"connection": "ZONE", "include": ["nzo1"]}},
       {"id": "00T2", "name": "Any zone",
        "network": {"connection": "ZONE", "include": ["ALL_IP_ZONES"]}},
       {"id": "00T3", "name": "Anywhere", "network": {"connection": "ANYWHERE"}}],
     "/api/v1/zones": [{"id": "nzo1", "name": "Office"}]}

See:
- Okta Management API, API tokens, `network`
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, counted, listed, quoted, rule
from auditor.oauth import Answer

_ANY_ZONE = "ALL_IP_ZONES"


@rule(
    "OAM810",
    severity=Severity.MEDIUM,
    impact=Impact.BROKEN,
    reads=["api_tokens", "network_zones"],
    answer=Answer(log_filter='eventType eq "system.api_token.request_outside_allowed_range"'),
)
def check(org: Org) -> Iterator[Finding]:
    for token in org.api_tokens:
        network = token.network
        if network.connection != "ZONE":
            continue
        missing = [
            zone
            for zone in dict.fromkeys(network.include)
            if zone != _ANY_ZONE and org.network_zone(zone) is None
        ]
        if missing:
            yield Finding(
                token,
                f"API token {quoted(token.title)} may be used only from certain network zones, of "
                f"which {counted(len(missing), 'zone')} ({listed(map(quoted, missing))}) "
                f"{'does' if len(missing) == 1 else 'do'} not exist.",
                field="network.include",
            )
