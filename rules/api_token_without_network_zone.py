"""An API token can be used from any address.

A token is a password that no second factor backs: whoever copies it, from a log or a laptop,
can use it from anywhere with all privileges of its owner. A network zone makes the copy
worthless outside of it. A setting that only excludes zones is reported too, because it lets
every other address in.

Fix: edit the token and restrict it to the network zone of the system that uses it.

Flagged:

    {"/api/v1/api-tokens": [{"id": "00T1", "name": "Sync", "network": {"connection": "ANYWHERE"}}]}

Flagged:

    {"/api/v1/api-tokens": [{"id": "00T1", "name": "Sync"}]}

Flagged:

    {"/api/v1/api-tokens": [{"id": "00T1", "name": "Sync",
       "network": {"connection": "ZONE", "exclude": ["nzo1"]}}]}

Accepted:

    {"/api/v1/api-tokens": [{"id": "00T1", "name": "Sync",
       "network": {"connection": "ZONE", "include": ["nzo1"]}}]}

See:
- DISA STIG for Okta IDaaS V1R2, OKTA-APP-003240 (V-279689)
- Okta support article "Restrict which IP Address/Device is Allowed to Use an API Token"
- System Log filter: `eventType eq "system.api_token.request_outside_allowed_range"`
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, counted, quoted, rule


@rule("OAM804", severity=Severity.MEDIUM, impact=Impact.RISKY, reads=["api_tokens"])
def check(org: Org) -> Iterator[Finding]:
    for token in org.api_tokens:
        network = token.network
        if network.connection == "ZONE" and (network.include or not network.exclude):
            continue
        but = f" outside {counted(len(network.exclude), 'network zone')}" if network.exclude else ""
        yield Finding(
            token,
            f"API token {quoted(token.title)} can be used from any address{but}.",
            field="network",
        )
