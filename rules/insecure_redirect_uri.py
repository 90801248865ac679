"""A client has an `http` redirect URI that leaves the user's machine.

Codes and ID tokens are sent to it without encryption, and anybody on the way can read
them or answer in the client's place. The same holds, with less at stake, for the state
that a logout redirect carries. `http` is accepted for localhost, 127.0.0.0/8 and ::1,
where nothing is sent, and custom schemes of native apps are not checked.

Fix: serve the page over https and replace the URI.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Shop", "settings": {"oauthClient": {
       "redirect_uris": ["https://shop.example.com/cb", "http://shop.example.com/cb"]}}}]}

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Shop", "settings": {"oauthClient": {
       "redirect_uris": ["https://shop.example.com/cb"],
       "post_logout_redirect_uris": ["http://shop.example.com/"]}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Command line", "settings": {"oauthClient": {
       "redirect_uris": ["http://127.0.0.1:8080/cb", "http://localhost/cb", "http://[::1]/cb",
                         "com.example.app:/cb", "https://shop.example.com/cb"],
       "post_logout_redirect_uris": ["http://localhost:8080"]}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Retired", "status": "INACTIVE", "settings": {
       "oauthClient": {"redirect_uris": ["http://shop.example.com/cb"]}}}]}

See:
- RFC 9700 section 2.6, end-to-end TLS
- RFC 8252 section 7.3, "Loopback Interface Redirection"
- Okta developer documentation, "API Access Management", recommended practices
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, listed, quoted, rule

from ._clients import own_clients
from ._uris import unencrypted


@rule("OAM509", severity=Severity.HIGH, impact=Impact.RISKY, reads=["apps"])
def check(org: Org) -> Iterator[Finding]:
    for client in own_clients(org):
        for kind, field, uris in (
            ("sign-in", "redirect_uris", client.oauth.redirect_uris),
            ("sign-out", "post_logout_redirect_uris", client.oauth.post_logout_redirect_uris),
        ):
            if insecure := [uri for uri in uris if unencrypted(uri)]:
                yield Finding(
                    client,
                    f"Client {quoted(client.title)} redirects after {kind} without encryption "
                    f"to {listed(map(quoted, insecure))}.",
                    field=f"settings.oauthClient.{field}",
                )
