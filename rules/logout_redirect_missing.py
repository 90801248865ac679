"""A web or browser app has no address to which people could be sent after they sign out.

To end the session at Okta an app sends the browser to Okta's logout endpoint, with the address to
come back to. That address has to be among post_logout_redirect_uris, exactly; where the app has
none, Okta shows an error page instead. Apps that end only their own session need none, hence the
severity. Addresses without encryption are the subject of OAM509.

Left alone are apps that nobody can sign in to: those without a redirect URI, and those that
certainly nobody is assigned to (OAM601).

Fix: add the page that the app shows after signing out to its logout redirect URIs.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Shop", "settings": {"implicitAssignment": true,
       "oauthClient": {"application_type": "web", "grant_types": ["authorization_code"],
         "redirect_uris": ["https://shop.example.com/cb"]}}}]}

Accepted:

    {"/api/v1/apps": [
       {"id": "0oa1", "label": "Shop", "settings": {"implicitAssignment": true,
         "oauthClient": {"application_type": "web", "grant_types": ["authorization_code"],
           "redirect_uris": ["https://shop.example.com/cb"],
           "post_logout_redirect_uris": ["https://shop.example.com/"]}}},
       {"id": "0oa2", "label": "Phone", "settings": {"implicitAssignment": true,
         "oauthClient": {"application_type": "native", "grant_types": ["authorization_code"],
           "redirect_uris": ["com.example.app:/cb"]}}},
       {"id": "0oa3", "label": "Nobody is assigned", "settings": {
         "oauthClient": {"application_type": "web", "grant_types": ["authorization_code"],
           "redirect_uris": ["https://old.example.com/cb"]}}}]}

See:
- Okta developer documentation, "Sign users out"
- Okta support article 'Error "400 Bad Request" The "post_logout_redirect_uri" Parameter Must Be a
  Logout Redirect URI in the Client App Settings'
- okta-auth-js, issue 419, and firezone, issue 1159: the address must match exactly
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, quoted, rule
from auditor.oauth import AUTHORIZATION_CODE, IMPLICIT, Answer, AnswerForm

from ._clients import own_clients, without_users

_TYPES = frozenset({"browser", "web"})
_AT_A_PAGE = frozenset({AUTHORIZATION_CODE, IMPLICIT})


@rule(
    "OAM534",
    severity=Severity.INFO,
    impact=Impact.BROKEN,
    reads=["apps"],
    consults=["app_groups", "app_users", "group_members"],
    answer=Answer(
        description="The 'post_logout_redirect_uri' parameter must be a Logout redirect URI in the "
        "client app settings.",
        forms=(AnswerForm.BAD_REQUEST,),
    ),
)
def check(org: Org) -> Iterator[Finding]:
    for client in own_clients(org):
        settings = client.oauth
        signs_in = settings.redirect_uris and _AT_A_PAGE.intersection(client.grant_types)
        if settings.application_type not in _TYPES or not signs_in:
            continue
        if not settings.post_logout_redirect_uris and not without_users(org, client):
            yield Finding(
                client,
                f"Client {quoted(client.title)} has no logout redirect URI, so it cannot send "
                "people to Okta to sign out and have them back.",
                field="settings.oauthClient.post_logout_redirect_uris",
            )
