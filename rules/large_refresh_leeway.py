"""A client's rotated refresh tokens stay usable for a long time.

With rotation every refresh token works once, so that a copy is noticed when both are used. The
leeway is how many seconds the old one works on, for clients whose connection broke: 0 to 60, and
30 by default. Whoever has a copy can use it within the leeway without anybody noticing. What is
long is an option: more than 30 seconds unless you say otherwise.

Fix: set `refresh_token.leeway` to 30 seconds or less; 0 if the client's connection is reliable.

Flagged:

    {"/api/v1/apps": [{"label": "Shop", "settings": {"oauthClient": {
       "application_type": "browser", "grant_types": ["authorization_code", "refresh_token"],
       "refresh_token": {"rotation_type": "ROTATE", "leeway": 60}}}}]}

Accepted:

    {"/api/v1/apps": [
       {"label": "Shop", "settings": {"oauthClient": {
         "grant_types": ["authorization_code", "refresh_token"],
         "refresh_token": {"rotation_type": "ROTATE", "leeway": 30}}}},
       {"label": "Never refreshes", "settings": {"oauthClient": {
         "grant_types": ["authorization_code"],
         "refresh_token": {"rotation_type": "ROTATE", "leeway": 60}}}},
       {"label": "Never rotates", "settings": {"oauthClient": {
         "grant_types": ["authorization_code", "refresh_token"],
         "refresh_token": {"rotation_type": "STATIC", "leeway": 60}}}}]}

See:
- Okta developer documentation, "Refresh access tokens", refresh token rotation
- RFC 9700, section 4.14, "Refresh Token Protection"
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from auditor import Finding, Impact, Org, RuleOptions, Severity, quoted, rule
from auditor.oauth import REFRESH_TOKEN

from ._clients import own_clients


class RefreshLeewayOptions(RuleOptions):
    """What a long leeway is."""

    leeway_seconds: int = Field(
        default=30, ge=0, le=60, description="The longest leeway that is not reported, in seconds."
    )


@rule(
    "OAM521",
    severity=Severity.LOW,
    impact=Impact.RISKY,
    reads=["apps"],
    options=RefreshLeewayOptions,
)
def check(org: Org, options: RefreshLeewayOptions) -> Iterator[Finding]:
    for client in own_clients(org):
        refresh = client.oauth.refresh_token
        leeway = refresh.leeway or 0
        rotates = refresh.rotation_type == "ROTATE" and REFRESH_TOKEN in client.grant_types
        if rotates and leeway > options.leeway_seconds:
            yield Finding(
                client,
                f"A refresh token of client {quoted(client.title)} works for {leeway} seconds "
                f"after it was replaced, more than {options.leeway_seconds}.",
                field="settings.oauthClient.refresh_token.leeway",
            )
