"""An authorization server's signing key is rotated by hand, and has not been for a long time.

Whoever gets hold of a signing key can mint tokens that every API accepts, until the key
is replaced. With automatic rotation Okta replaces it about 4 times a year; with
rotationMode MANUAL it does so only when somebody asks for it. The age is that on the
day of the snapshot; what is too old is an option, more than 90 days unless you say
otherwise.

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

from pydantic import Field

from auditor import Finding, Impact, Org, RuleOptions, Severity, counted, quoted, rule

from ._active import active_servers


class SigningKeyOptions(RuleOptions):
    """What too old is."""

    max_age_days: int = Field(
        default=90,
        ge=1,
        le=3_650,
        description="The age up to which a signing key is not reported, in days.",
    )


@rule(
    "OAM707",
    severity=Severity.MEDIUM,
    impact=Impact.RISKY,
    reads=["authorization_servers"],
    options=SigningKeyOptions,
)
def check(org: Org, options: SigningKeyOptions) -> Iterator[Finding]:
    for server in active_servers(org):
        signing = server.credentials.signing
        if signing.rotation_mode != "MANUAL" or signing.last_rotated is None:
            continue
        age = (org.captured_at - signing.last_rotated).days
        if age > options.max_age_days:
            yield Finding(
                server,
                f"Authorization server {quoted(server.title)} rotates its signing key by hand, "
                f"last {counted(age, 'day')} ago.",
                field="credentials.signing.lastRotated",
            )
