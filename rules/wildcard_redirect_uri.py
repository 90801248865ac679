"""A client accepts redirect URIs with a wildcard subdomain.

Codes and tokens then go to every host below the domain, and one forgotten host or dangling DNS
record that somebody takes over is enough to receive them. RFC 9700 asks for exact comparison;
Okta allows the wildcard and calls it discouraged.

A client with wildcards enabled but no `*` in its redirect URIs is not reported: nothing matches
more than it says.

Fix: list the redirect URIs that are in use and set wildcard redirects to disabled.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Shop", "settings": {"oauthClient": {
       "wildcard_redirect": "SUBDOMAIN", "redirect_uris": ["https://*.example.com/callback"]}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Shop", "settings": {"oauthClient": {
       "wildcard_redirect": "DISABLED", "redirect_uris": ["https://shop.example.com/callback"]}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Shop", "settings": {"oauthClient": {
       "wildcard_redirect": "SUBDOMAIN", "redirect_uris": ["https://shop.example.com/callback"]}}}]}

See:
- RFC 9700 sections 2.1 and 4.1, redirect URI validation
- Okta Management API, `wildcard_redirect` of an OIDC app
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, listed, quoted, rule

from ._clients import own_clients


@rule("OAM508", severity=Severity.HIGH, impact=Impact.RISKY, reads=["apps"])
def check(org: Org) -> Iterator[Finding]:
    for client in own_clients(org):
        wild = [uri for uri in client.oauth.redirect_uris if "*" in uri]
        if wild and client.oauth.wildcard_redirect == "SUBDOMAIN":
            yield Finding(
                client,
                f"Client {quoted(client.title)} accepts any host that matches "
                f"{listed(map(quoted, wild))} as a redirect target for codes and tokens.",
                field="settings.oauthClient.redirect_uris",
            )
