"""The audience of an active authorization server is a relative or malformed URI.

The audience names the resource that tokens are for, and a resource URI must be absolute:
`/orders` is the path of many APIs, so an API that checks `aud` against it accepts the tokens
of all of them. Okta refuses a value with a colon that is not a valid URI. A plain name such
as `orders` is accepted, but says less than a URI.

Fix: write the audience as an absolute URI, such as `https://api.example.com/orders`.

Flagged:

    {"/api/v1/authorizationServers": [{"name": "Orders", "audiences": ["/orders"]}]}

Flagged:

    {"/api/v1/authorizationServers": [{"name": "Orders", "audiences": ["api.example.com/orders"]}]}

Flagged:

    {"/api/v1/authorizationServers": [{"name": "Orders", "audiences": ["orders api: v1"]}]}

Flagged:

    {"/api/v1/authorizationServers": [
       {"name": "Orders", "audiences": ["api.example.com:8443/orders"]}]}

Flagged:

    {"/api/v1/authorizationServers": [
       {"name": "Orders", "audiences": ["http:://api.example.com", "http:/api.example.com",
                                        "https:api.example.com", "https://", "https//api"]}]}

Accepted:

    {"/api/v1/authorizationServers": [
       {"name": "Orders", "audiences": ["https://api.example.com/orders"]},
       {"name": "Stock", "audiences": ["api://stock"]},
       {"name": "Parts", "audiences": ["urn:example:parts"]},
       {"name": "Billing", "audiences": ["billing"]}]}

See:
- Okta developer documentation, "API Access Management", troubleshooting: the resource URI
  must be an absolute path
- Okta OpenID Connect reference, "Limits": an audience that contains a colon must be a valid URI
- RFC 3986, section 4.3, "Absolute URI"; RFC 9110, section 4.2, URIs of http need a host
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, quoted, rule

from ._active import active_servers

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")

# By the letter of RFC 3986 the host would be the scheme; nobody means that.
_HOST_AND_PORT = re.compile(r"(localhost|[^/:]+\.[^/:]+):[0-9]{1,5}(/|\Z)")

# `http:://host`, `http:/host`, `https:host` and `https://`: an http URI has two slashes and a host
# (RFC 9110, section 4.2).
_DAMAGED = re.compile(r"https?:(?!//[^/:?#])", re.IGNORECASE)

# What RFC 3986 leaves out of URIs. Characters beyond ASCII are left to Okta's judgement.
_NO_URI = re.compile(r'[\x00-\x20\x7f"<>\\^`{|}]|%(?![0-9A-Fa-f]{2})')


@rule("OAM104", severity=Severity.MEDIUM, impact=Impact.BROKEN, reads=["authorization_servers"])
def check(org: Org) -> Iterator[Finding]:
    for server in active_servers(org):
        for audience in server.audiences:
            if fault := _fault(audience):
                yield Finding(
                    server,
                    f"The audience {quoted(audience)} of authorization server "
                    f"{quoted(server.title)} {fault}, so it does not name one resource.",
                    field="audiences",
                    key=audience,
                )


def _fault(audience: str) -> str:
    if ":" in audience and (not _SCHEME.match(audience) or _NO_URI.search(audience)):
        return "contains a colon but is no valid URI"
    if _DAMAGED.match(audience):
        return "begins like an http URI, but has no host where one has to be"
    if _HOST_AND_PORT.match(audience):
        return "begins with a host and port instead of a scheme"
    if audience.startswith(("/", ".")) or ("/" in audience and not _SCHEME.match(audience)):
        return "is a relative URI"
    return ""
