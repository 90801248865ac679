"""An app lets a public client sign people in to it with tokens that work for whoever holds them.

With interclient access (Native to Web SSO) an app exchanges tokens that it has for a token that
opens a session at another app, if that one trusts it. A public client cannot authenticate for
this exchange. Unless its tokens are bound to a key by DPoP, somebody who has stolen them opens the
session as well, as far as the sign-on policy of the other app does not ask for more.

Reported are apps that trust an active public client whose tokens are not bound. For native apps
this is the documented use, hence the low severity.

Fix: bind the trusted client's tokens by DPoP, let its server side make the exchange, or take it off
the list.

Flagged:

    {"/api/v1/apps": [
       {"id": "0oa1", "label": "Intranet", "settings": {"oauthClient": {
         "application_type": "web", "grant_types": ["authorization_code"]}}},
       {"id": "0oa2", "label": "Phone",
         "credentials": {"oauthClient": {"token_endpoint_auth_method": "none"}},
         "settings": {"oauthClient": {"application_type": "native", "grant_types": [
           "authorization_code", "urn:ietf:params:oauth:grant-type:token-exchange"]}}}],
     "/api/v1/apps/0oa2/interclient-target-apps": ["0oa1"]}

Accepted:

    {"/api/v1/apps": [
       {"id": "0oa1", "label": "Intranet", "settings": {"oauthClient": {
         "application_type": "web", "grant_types": ["authorization_code"]}}},
       {"id": "0oa2", "label": "Phone, bound",
         "credentials": {"oauthClient": {"token_endpoint_auth_method": "none"}},
         "settings": {"oauthClient": {"application_type": "native",
           "dpop_bound_access_tokens": true, "grant_types": [
             "authorization_code", "urn:ietf:params:oauth:grant-type:token-exchange"]}}},
       {"id": "0oa3", "label": "Portal with a server side",
         "credentials": {"oauthClient": {"token_endpoint_auth_method": "client_secret_basic"}},
         "settings": {"oauthClient": {"application_type": "web", "grant_types": [
           "authorization_code", "urn:ietf:params:oauth:grant-type:token-exchange"]}}},
       {"id": "0oa4", "label": "Cannot exchange",
         "credentials": {"oauthClient": {"token_endpoint_auth_method": "none"}},
         "settings": {"oauthClient": {"application_type": "native",
           "grant_types": ["authorization_code"]}}}],
     "/api/v1/apps/0oa2/interclient-target-apps": ["0oa1", "0oaOther"],
     "/api/v1/apps/0oa3/interclient-target-apps": ["0oa1"]}

See:
- Okta developer documentation, "Configure Native to Web SSO"
- Okta Management API, "Application Interclient Trust Mappings"
- RFC 9700, section 2.2.1, sender-constrained tokens
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Confidence, Finding, Impact, Org, Related, Severity, listed, quoted, rule
from auditor.models import App
from auditor.oauth import TOKEN_EXCHANGE

from ._clients import own_clients


@rule(
    "OAM535",
    severity=Severity.LOW,
    impact=Impact.RISKY,
    confidence=Confidence.MEDIUM,
    reads=["interclient_target_apps"],
)
def check(org: Org) -> Iterator[Finding]:
    trusted_by: dict[str, list[App]] = {}
    for client in own_clients(org):
        exchanges = client.public and TOKEN_EXCHANGE in client.grant_types
        if exchanges and not client.oauth.dpop_bound_access_tokens:
            for target_id in org.interclient_target_apps(client):
                trusted_by.setdefault(target_id, []).append(client)
    for target in own_clients(org):
        if trusted := trusted_by.get(target.id):
            names = listed(quoted(client.title) for client in trusted)
            several = f"{len(trusted):,} public clients, {names},"
            yield Finding(
                target,
                f"Client {quoted(target.title)} lets "
                f"{several if len(trusted) > 1 else f'public client {names}'} sign people in to "
                "it, with tokens that are not bound to a key.",
                related=tuple(
                    Related(record=client, role="a public client that it trusts")
                    for client in trusted
                ),
            )
