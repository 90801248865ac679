"""An app that is no service app was granted scopes of the Okta APIs for a machine.

Okta's own authorization server takes client_credentials from service apps only. A web or native
app may have the grant type and granted `okta.` scopes as well, and nothing in the Admin Console
looks wrong; but its request without a user is refused. With a user, by a sign-in, it gets the
scopes that the user may have.

Apps are left alone whose client_credentials serve at a custom authorization server: a rule that
they can meet allows it, and the `okta.` scopes may be meant for their users. So are scopes to which
only a user has consented.

Fix: register the machine as a service app of its own, with a key and an admin role, and grant that
one the scopes; or take client_credentials from this app.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Provisioning", "settings": {"oauthClient": {
       "application_type": "web", "grant_types": ["authorization_code", "client_credentials"]}}}],
     "/api/v1/apps/0oa1/grants": [{"scopeId": "okta.users.manage"}]}

Accepted:

    {"/api/v1/apps": [
       {"id": "0oa1", "label": "A machine", "settings": {"oauthClient": {
         "application_type": "service", "grant_types": ["client_credentials"]}}},
       {"id": "0oa2", "label": "For its users", "settings": {"oauthClient": {
         "application_type": "web", "grant_types": ["authorization_code"]}}},
       {"id": "0oa3", "label": "Nothing granted", "settings": {"oauthClient": {
         "application_type": "web", "grant_types": ["client_credentials"]}}},
       {"id": "0oa4", "label": "A user's consent", "settings": {"oauthClient": {
         "application_type": "web", "grant_types": ["authorization_code", "client_credentials"]}}}],
     "/api/v1/apps/0oa1/grants": [{"scopeId": "okta.users.manage"}],
     "/api/v1/apps/0oa2/grants": [{"scopeId": "okta.users.manage"}],
     "/api/v1/apps/0oa4/grants": [{"scopeId": "okta.users.read", "source": "END_USER"}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Machine at a custom server", "settings": {
       "oauthClient": {"application_type": "web",
         "grant_types": ["authorization_code", "client_credentials"]}}}],
     "/api/v1/apps/0oa1/grants": [{"scopeId": "okta.users.read"}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [{"conditions": {
       "grantTypes": {"include": ["client_credentials"]}, "scopes": {"include": ["jobs"]}}}]}

See:
- Okta developer documentation, "Set up third-party AI Agent token exchange": only service apps can
  use client_credentials
- Okta developer documentation, "Implement OAuth for Okta with a service app"
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Confidence, Finding, Impact, Org, Related, Severity, counted, quoted, rule
from auditor.oauth import CLIENT_CREDENTIALS

from ._clients import machine_grants, own_clients, reachable_rules
from ._witness import of_client, rejected


@rule(
    "OAM616",
    severity=Severity.MEDIUM,
    impact=Impact.BROKEN,
    confidence=Confidence.MEDIUM,
    reads=["app_grants", "policy_rules"],
)
def check(org: Org) -> Iterator[Finding]:
    for client in own_clients(org):
        kind = client.oauth.application_type
        if kind in {None, "service"} or CLIENT_CREDENTIALS not in client.grant_types:
            continue
        granted = machine_grants(org, client)
        served = any(
            CLIENT_CREDENTIALS in each.grant_types for each in reachable_rules(org, client)
        )
        if not granted or served:
            continue
        yield Finding(
            client,
            f"Client {quoted(client.title)} may use client_credentials and has "
            f"{counted(len(granted), 'Okta API scope')}, but is of type {quoted(kind or '')}, so "
            "Okta refuses to mint them without a user.",
            field="settings.oauthClient.application_type",
            witness=of_client(
                None,
                client,
                rejected("grant"),
                grants=[CLIENT_CREDENTIALS],
                scopes=[frozenset({grant.title for grant in granted})],
            ),
            related=tuple(Related(record=grant, role="a granted scope") for grant in granted),
        )
