"""A browser app runs at an origin that the org does not trust.

Code that a browser loads from an origin may read answers of Okta's APIs with the user's session
only if that very origin is among the org's trusted origins, for CORS. Where it is missing,
`/api/v1/sessions/me`, the embedded sign-in widget and the renewal of tokens by a session fail in
the browser, without an answer that names the cause. Redirects to Okta's sign-in page and back
work without it, hence the low severity and confidence.

The origins of an app are those of its redirect URIs. Origins that are only written wrongly, such
as with a slash at the end, are the subject of OAM809.

Fix: add the origin to Security > API > Trusted Origins, for CORS.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Widget", "settings": {"oauthClient": {
       "application_type": "browser", "grant_types": ["authorization_code"],
       "redirect_uris": ["http://localhost:4200/callback"]}}}],
     "/api/v1/trustedOrigins": [
       {"name": "No CORS", "origin": "http://localhost:4200", "scopes": [{"type": "REDIRECT"}]}]}

Accepted:

    {"/api/v1/apps": [
       {"id": "0oa1", "label": "Widget", "settings": {"oauthClient": {
         "application_type": "browser", "grant_types": ["authorization_code"],
         "redirect_uris": ["https://app.example.com/callback", "https://b.example.org/cb"]}}},
       {"id": "0oa2", "label": "Server-side", "settings": {"oauthClient": {
         "application_type": "web", "redirect_uris": ["https://web.example.com/callback"]}}}],
     "/api/v1/trustedOrigins": [
       {"name": "App", "origin": "https://APP.example.com:443", "scopes": [{"type": "CORS"}]},
       {"name": "B", "origin": "https://*.example.org", "scopes": [{"type": "CORS"}]}]}

See:
- Okta developer documentation, "Enable CORS"
- okta-django-samples, issue 28: `/api/v1/sessions/me` from an origin that is not trusted
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Confidence, Finding, Impact, Org, Severity, counted, listed, quoted, rule

from ._clients import own_clients
from ._origins import covers, origin_of


@rule(
    "OAM527",
    severity=Severity.LOW,
    impact=Impact.BROKEN,
    confidence=Confidence.LOW,
    reads=["apps", "trusted_origins"],
)
def check(org: Org) -> Iterator[Finding]:
    trusted = [
        each.origin
        for each in org.trusted_origins
        if each.active and each.origin and any(scope.type == "CORS" for scope in each.scopes)
    ]
    for client in own_clients(org):
        if client.oauth.application_type != "browser":
            continue
        origins = dict.fromkeys(map(origin_of, client.oauth.redirect_uris))
        missing = [
            origin
            for origin in origins
            if origin and "*" not in origin and not any(covers(each, origin) for each in trusted)
        ]
        if missing:
            are = "is no trusted origin" if len(missing) == 1 else "are no trusted origins"
            yield Finding(
                client,
                f"Browser app {quoted(client.title)} runs at "
                f"{counted(len(missing), 'origin')}, {listed(map(quoted, missing))}, that {are} "
                "for CORS, so its calls to Okta with the user's session fail in the browser.",
                field="settings.oauthClient.redirect_uris",
            )
