"""A service app authenticates with a client secret.

The secret is known to both sides, travels with every request or sits in every deployment's
environment, and Okta's API shows it in plain text to whoever may read apps. With
`private_key_jwt` the private key never leaves the client. RFC 9700 recommends asymmetric
client authentication, and scopes of the Okta APIs can be had with it only: apps that were granted
such scopes and have a secret are the subject of OAM614.

Fix: generate a key pair, add the public key to the app and change client authentication to
public key / private key. Okta deletes the secrets when the method changes, so switch the
client in the same step.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Nightly job",
       "credentials": {"oauthClient": {"token_endpoint_auth_method": "client_secret_basic"}},
       "settings": {"oauthClient": {"application_type": "service"}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Nightly job",
       "credentials": {"oauthClient": {"token_endpoint_auth_method": "private_key_jwt"}},
       "settings": {"oauthClient": {"application_type": "service"}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Shop",
       "credentials": {"oauthClient": {"token_endpoint_auth_method": "client_secret_basic"}},
       "settings": {"oauthClient": {"application_type": "web"}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Reported as OAM614",
       "credentials": {"oauthClient": {"token_endpoint_auth_method": "client_secret_basic"}},
       "settings": {"oauthClient": {"application_type": "service"}}}],
     "/api/v1/apps/0oa1/grants": [{"scopeId": "okta.users.read"}]}

See:
- RFC 9700 section 2.5, "Client Authentication"
- Okta developer documentation, "Implement OAuth for Okta with a service app"
- System Log filter for reads of a secret: `eventType eq "app.oauth2.client.read_client_secret"`
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, quoted, rule

from ._clients import okta_grants, own_clients


@rule(
    "OAM512",
    severity=Severity.LOW,
    impact=Impact.RISKY,
    reads=["apps"],
    consults=["app_grants"],
)
def check(org: Org) -> Iterator[Finding]:
    for client in own_clients(org):
        method = client.auth_method or ""
        if not client.service or not method.startswith("client_secret"):
            continue
        for_okta = org.known("app_grants", client) and okta_grants(org, client)
        if not for_okta:
            yield Finding(
                client,
                f"Service app {quoted(client.title)} authenticates with a shared secret "
                f"({method}), which can be copied and used from anywhere.",
                field="credentials.oauthClient.token_endpoint_auth_method",
            )
