"""The key that signs a client's ID tokens is not rotated.

Okta rotates the keys that sign ID tokens about four times a year. A client with
autoKeyRotation false is pinned to one key, which then signs its tokens for years; whoever gets
hold of it can sign in as anybody for as long. It is a leftover of clients that could not read
the `keys` endpoint.

Fix: have the client verify tokens with the keys of the `jwks_uri`, and set autoKeyRotation to
true.

Flagged:

    {"/api/v1/apps": [{"label": "Kiosk", "credentials": {"oauthClient": {
       "autoKeyRotation": false}}, "settings": {"oauthClient": {
       "grant_types": ["authorization_code"]}}}]}

Accepted:

    {"/api/v1/apps": [
       {"label": "Kiosk", "credentials": {"oauthClient": {"autoKeyRotation": true}},
        "settings": {"oauthClient": {"grant_types": ["authorization_code"]}}},
       {"label": "Unsaid", "settings": {"oauthClient": {"grant_types": ["authorization_code"]}}},
       {"label": "Machine", "credentials": {"oauthClient": {"autoKeyRotation": false}},
        "settings": {"oauthClient": {"application_type": "service",
                                     "grant_types": ["client_credentials"]}}}]}

See:
- Okta developer documentation, "Key rotation"
- Okta API reference, "Applications", OAuth credential object
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, quoted, rule
from auditor.oauth import user_grants

from ._clients import own_clients


@rule("OAM522", severity=Severity.LOW, impact=Impact.RISKY, reads=["apps"])
def check(org: Org) -> Iterator[Finding]:
    for client in own_clients(org):
        pinned = client.credentials.oauth_client.auto_key_rotation is False
        if pinned and user_grants(client.grant_types):
            yield Finding(
                client,
                f"Client {quoted(client.title)} is pinned to one key: Okta does not rotate the "
                "key that signs its ID tokens.",
                field="credentials.oauthClient.autoKeyRotation",
            )
