"""A service app is an organization administrator.

The role covers the users, groups and apps of the whole org. An integration rarely needs that
much, and whoever gets hold of its credentials has it too, as far as its scopes go.

Fix: give the app a custom role or a narrower standard role for what it does, then take the
Organization Administrator role away.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Directory sync", "settings": {"oauthClient": {
       "application_type": "service"}}}],
     "/oauth2/v1/clients/0oa1/roles": [
       {"type": "ORG_ADMIN", "label": "Organization Administrator"}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Directory sync", "settings": {"oauthClient": {
       "application_type": "service"}}}],
     "/oauth2/v1/clients/0oa1/roles": [{"type": "HELP_DESK_ADMIN"}, {"type": "CUSTOM"}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Reported as OAM605", "settings": {"oauthClient": {
       "application_type": "service"}}}],
     "/oauth2/v1/clients/0oa1/roles": [{"type": "SUPER_ADMIN"}]}

See:
- Okta developer documentation, "Implement OAuth for Okta with a service app", on admin roles
- System Log filter: `eventType eq "app.oauth2.client.privilege.grant"`
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Related, Severity, quoted, rule

from ._clients import own_clients


@rule("OAM608", severity=Severity.HIGH, impact=Impact.RISKY, reads=["client_roles"])
def check(org: Org) -> Iterator[Finding]:
    for client in own_clients(org):
        for role in org.admin_roles(client):
            if role.type == "ORG_ADMIN" and role.status in {None, "ACTIVE"}:
                yield Finding(
                    role,
                    f"Service app {quoted(client.title)} has the admin role "
                    f"{quoted(role.title)}, which covers all users, groups and apps.",
                    field="type",
                    related=(Related(record=client, role="the app that has the role"),),
                )
