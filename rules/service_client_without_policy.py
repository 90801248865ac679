"""A service app cannot get a token anywhere: no policy covers it and it has no Okta API scope.

A custom authorization server gives tokens only to clients that an active access policy covers;
any other request fails with `access_denied`. A policy for all clients covers it only if one of
its rules allows a grant type of the app. The org authorization server gives a service app
nothing but `okta.` scopes that were granted to it. This app has neither.

Fix: add the app to an access policy of the authorization server it calls, or deactivate it if
nothing uses it.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Nightly job", "settings": {"oauthClient": {
       "application_type": "service", "grant_types": ["client_credentials"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"name": "Apps", "conditions": {"clients": {"include": ["0oa2"]}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Nightly job", "settings": {"oauthClient": {
       "application_type": "service", "grant_types": ["client_credentials"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"name": "Apps", "conditions": {"clients": {"include": ["0oa1"]}}}]}

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Nightly job", "settings": {"oauthClient": {
       "application_type": "service", "grant_types": ["client_credentials"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["ALL_CLIENTS"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [{"conditions": {
       "grantTypes": {"include": ["authorization_code"]}, "scopes": {"include": ["*"]},
       "people": {"groups": {"include": ["EVERYONE"]}}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Nightly job", "settings": {"oauthClient": {
       "application_type": "service", "grant_types": ["client_credentials"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["ALL_CLIENTS"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [{"conditions": {
       "grantTypes": {"include": ["client_credentials"]}, "scopes": {"include": ["*"]}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Directory sync", "settings": {"oauthClient": {
       "application_type": "service", "grant_types": ["client_credentials"]}}}],
     "/api/v1/apps/0oa1/grants": [{"scopeId": "okta.users.read"}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Retired", "status": "INACTIVE", "settings": {
       "oauthClient": {"application_type": "service"}}}]}

See:
- Okta developer documentation, "Create access policies"
- Okta developer documentation, "Implement OAuth for Okta with a service app"
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, quoted, rule
from auditor.models import App
from auditor.oauth import CLIENT_CREDENTIALS, NO_MATCHING_RULE, Answer, TokenRequest

from ._active import active_servers
from ._clients import okta_grants, own_clients, served
from ._witness import Search, of_client, rejected


@rule(
    "OAM501",
    severity=Severity.HIGH,
    impact=Impact.BROKEN,
    reads=["policy_rules", "app_grants"],
    answer=Answer.of(NO_MATCHING_RULE, CLIENT_CREDENTIALS),
)
def check(org: Org) -> Iterator[Finding]:
    for client in own_clients(org):
        if not client.service or okta_grants(org, client):
            continue
        if not served(org, client):
            yield Finding(
                client,
                f"Service app {quoted(client.title)} is named in no active policy of any "
                "authorization server, no rule for all clients allows its grant types, and it "
                "has no Okta API scope, so it cannot get a token.",
                witness=_witness(client),
            )


def _witness(client: App) -> Search:
    """A request to the first server that has a scope to ask for."""

    def search(org: Org) -> TokenRequest | None:
        for server in active_servers(org):
            custom = sorted(scope.name for scope in org.scopes(server) if scope.custom)
            if custom:
                scopes = [frozenset({custom[0]})]
                grants = [CLIENT_CREDENTIALS]
                return of_client(server, client, rejected("policy"), grants=grants, scopes=scopes)(
                    org
                )
        return None

    return search
