"""A service app is a super admin.

The role lets it do anything that its scopes name: change policies, make other admins, add keys
to other apps. Whoever gets hold of its credentials can do the same, without a second factor,
and each scope that is granted later widens it at once. Apps become super admins by themselves
where the org setting "Public client app admins" is on (OAM806).

Fix: give the app a custom role or a narrower standard role for what it does, then take the
Super Administrator role away.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Directory sync", "settings": {"oauthClient": {
       "application_type": "service"}}}],
     "/oauth2/v1/clients/0oa1/roles": [{"type": "SUPER_ADMIN", "label": "Super Administrator"}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Directory sync", "settings": {"oauthClient": {
       "application_type": "service"}}}],
     "/oauth2/v1/clients/0oa1/roles": [{"type": "READ_ONLY_ADMIN"}, {"type": "CUSTOM"}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Retired", "status": "INACTIVE", "settings": {
       "oauthClient": {"application_type": "service"}}}],
     "/oauth2/v1/clients/0oa1/roles": [{"type": "SUPER_ADMIN"}]}

See:
- Okta developer documentation, "Implement OAuth for Okta with a service app", on admin roles
- System Log filter: `eventType eq "app.oauth2.client.privilege.grant"`
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Related, Severity, quoted, rule

from ._clients import own_clients


@rule("OAM605", severity=Severity.CRITICAL, impact=Impact.RISKY, reads=["client_roles"])
def check(org: Org) -> Iterator[Finding]:
    for client in own_clients(org):
        for role in org.admin_roles(client):
            if role.type == "SUPER_ADMIN" and role.status in {None, "ACTIVE"}:
                yield Finding(
                    role,
                    f"Service app {quoted(client.title)} has the admin role "
                    f"{quoted(role.title)}, so only its granted scopes limit what it can do.",
                    field="type",
                    related=(Related(record=client, role="the app that has the role"),),
                )
