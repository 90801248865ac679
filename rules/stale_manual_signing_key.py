"""An authorization server with manual key rotation was not rotated for more than 90 days.

Whoever gets hold of a signing key can mint tokens that every API accepts, until the key is
replaced. With automatic rotation Okta replaces it about 4 times a year; with rotationMode
MANUAL it does so only when somebody asks for it. Age counts up to when the snapshot was taken.

Fix: rotate the key, or set the rotation mode to AUTO; APIs that pin a key must read the
server's `keys` endpoint instead.

Flagged:

    {"/api/v1/authorizationServers": [
       {"name": "Billing", "credentials": {"signing": {
          "rotationMode": "MANUAL", "lastRotated": "2025-06-01T00:00:00.000Z"}}}]}

Accepted:

    {"/api/v1/authorizationServers": [
       {"name": "Billing", "credentials": {"signing": {
          "rotationMode": "MANUAL", "lastRotated": "2025-12-01T00:00:00.000Z"}}},
       {"name": "Orders", "credentials": {"signing": {
          "rotationMode": "AUTO", "lastRotated": "2025-06-01T00:00:00.000Z"}}},
       {"name": "Stock", "credentials": {"signing": {"rotationMode": "MANUAL"}}}]}

See:
- Okta developer documentation, "Key rotation"
- System Log filter: `eventType eq "app.oauth2.as.key.rollover"`
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, rule
from auditor.text import counted, quoted

from ._active import active_servers

_DAYS = 90


@rule("OAM707", severity=Severity.MEDIUM, impact=Impact.RISKY, reads=["authorization_servers"])
def check(org: Org) -> Iterator[Finding]:
    for server in active_servers(org):
        signing = server.credentials.signing
        if signing.rotation_mode != "MANUAL" or signing.last_rotated is None:
            continue
        age = (org.captured_at - signing.last_rotated).days
        if age > _DAYS:
            yield Finding(
                server,
                f"Authorization server {quoted(server.title)} rotates its signing key by hand, "
                f"last {counted(age, 'day')} ago.",
                field="credentials.signing.lastRotated",
            )
