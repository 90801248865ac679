"""An authorization server and its clients are set to different issuers.

In an org with a custom domain, each authorization server issues tokens under the org's own URL or
under the custom domain, and each app has the same choice for its ID tokens. New servers and apps
begin with the custom domain; those from before keep the org's URL. Where a server and an app
differ, an app's ID tokens can name another issuer than its access tokens, and code that was told
one of them refuses the other; and people who have signed in under one domain are asked again
under the other.

Only fixed choices are compared: with the dynamic one, the issuer follows the request. The
reference speaks of the ID token for the app at any authorization server, a guide of the org
authorization server only, and code may know both issuers: hence the low severity and confidence.

Fix: choose the same issuer for the server (Settings > Issuer) and for its apps (Sign On > OpenID
Connect ID Token > Issuer), and tell it to the code that validates tokens.

Flagged:

    {"/api/v1/domains": [
       {"id": "OcD1", "domain": "login.example.com", "validationStatus": "COMPLETED"}],
     "/api/v1/apps": [{"id": "0oa1", "label": "Shop", "settings": {"oauthClient": {
       "application_type": "web", "grant_types": ["authorization_code"],
       "issuer_mode": "CUSTOM_URL"}}}],
     "/api/v1/authorizationServers": [{"id": "aus1", "name": "Orders", "issuerMode": "ORG_URL"}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}]}

Accepted:

    {"/api/v1/domains": [
       {"id": "OcD1", "domain": "login.example.com", "validationStatus": "COMPLETED"}],
     "/api/v1/apps": [
       {"id": "0oa1", "label": "Follows the request", "settings": {"oauthClient": {
         "application_type": "web", "grant_types": ["authorization_code"],
         "issuer_mode": "DYNAMIC"}}},
       {"id": "0oa2", "label": "The same", "settings": {"oauthClient": {
         "application_type": "web", "grant_types": ["authorization_code"],
         "issuer_mode": "ORG_URL"}}},
       {"id": "0oa3", "label": "Gets no ID token", "settings": {"oauthClient": {
         "application_type": "service", "grant_types": ["client_credentials"],
         "issuer_mode": "CUSTOM_URL"}}},
       {"id": "0oa4", "label": "Of another server", "settings": {"oauthClient": {
         "application_type": "web", "grant_types": ["authorization_code"],
         "issuer_mode": "CUSTOM_URL"}}}],
     "/api/v1/authorizationServers": [{"id": "aus1", "name": "Orders", "issuerMode": "ORG_URL"}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1", "0oa2", "0oa3"]}}}]}

Accepted:

    {"/api/v1/domains": [
       {"id": "OcD1", "domain": "login.example.com", "validationStatus": "IN_PROGRESS"}],
     "/api/v1/apps": [{"id": "0oa1", "label": "Before the domain", "settings": {"oauthClient": {
       "application_type": "web", "grant_types": ["authorization_code"],
       "issuer_mode": "CUSTOM_URL"}}}],
     "/api/v1/authorizationServers": [{"id": "aus1", "name": "Orders", "issuerMode": "ORG_URL"}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}]}

See:
- Okta Management API, authorization servers, `issuerMode`, and applications, `issuer_mode`: the
  issuer of the ID token for this client
- Okta developer documentation, "Manage multiple custom domains using Terraform" and "Customize
  domain and email address"
- okta-spring-boot, issue 187: the issuer in the metadata did not match the requested one
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import (
    Confidence,
    Finding,
    Impact,
    Org,
    Related,
    Severity,
    counted,
    listed,
    quoted,
    rule,
)
from auditor.models import App, RecordPlace
from auditor.oauth import user_grants

from ._active import active_servers
from ._clients import meant_servers, own_clients

_URLS = {"ORG_URL": "the org's own URL", "CUSTOM_URL": "the custom domain"}
"""How a sentence calls the fixed choices."""


@rule(
    "OAM107",
    severity=Severity.LOW,
    impact=Impact.BROKEN,
    confidence=Confidence.LOW,
    reads=["apps", "policies", "custom_domains"],
)
def check(org: Org) -> Iterator[Finding]:
    if not any(domain.validation_status == "COMPLETED" for domain in org.custom_domains):
        return
    clients = _clients_by_server(org)
    for server in active_servers(org):
        own = _URLS.get(server.issuer_mode or "")
        others = [
            client
            for client in clients.get(server.place, ())
            if client.oauth.issuer_mode != server.issuer_mode
        ]
        if not own or not others:
            continue
        other = _URLS[others[0].oauth.issuer_mode or ""]
        names = listed(quoted(client.title) for client in others)
        are = "is" if len(others) == 1 else "are"
        yield Finding(
            server,
            f"Server {quoted(server.title)} issues tokens under {own}, but "
            f"{counted(len(others), 'client')} of its policies ({names}) {are} set to {other}.",
            field="issuerMode",
            related=tuple(
                Related(record=each, role="a client set to the other") for each in others
            ),
        )


def _clients_by_server(org: Org) -> dict[RecordPlace, list[App]]:
    """Clients that get ID tokens, by the servers that have a policy for them by name."""
    by_server: dict[RecordPlace, list[App]] = {}
    for client in own_clients(org):
        if client.oauth.issuer_mode in _URLS and user_grants(client.grant_types):
            for server, _ in meant_servers(org, client):
                by_server.setdefault(server.place, []).append(client)
    return by_server
