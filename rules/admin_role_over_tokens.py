"""An admin role lets a service app or an API token obtain the tokens of other clients.

Who may change an authorization server can let any client and any scope through a policy. Who may
read a client's secret can ask for tokens in its name; Okta shows secrets in plain text. Neither
needs a grant of the scopes in question, so a review of policies does not see it. The finding says
who, through which role.

What a service app can do is limited by its scopes as well: it needs
`okta.authorizationServers.manage` to change servers, and `okta.apps.read` or `okta.apps.manage` to
read secrets. An API token has all rights of its owner. Super admins are the subject of OAM605 and
OAM805. Of custom roles count the permissions `okta.authzServers.manage` and
`okta.apps.clientCredentials.read`; where the permissions were not read, custom roles are passed
over. To which servers and apps a role is limited is not read, hence the medium confidence. Nothing
is said of people without an API token: their roles are not read.

Read-Only Administrators read secrets, too. They are left out by default, because audits like this
one need that role; the option has them reported.

Fix: take the role, or the scope, from who does not change servers or apps; move clients with
privileged scopes from secrets to `private_key_jwt`, where there is nothing to read.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Deployment", "settings": {"oauthClient": {
       "application_type": "service"}}}],
     "/api/v1/apps/0oa1/grants": [{"scopeId": "okta.authorizationServers.manage"}],
     "/oauth2/v1/clients/0oa1/roles": [{"type": "API_ACCESS_MANAGEMENT_ADMIN"}],
     "/api/v1/api-tokens": [{"id": "00T1", "name": "Onboarding script", "userId": "00u1"}],
     "/api/v1/users/00u1/roles": [{"type": "APP_ADMIN", "label": "Application Administrator"}]}

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Inventory", "settings": {"oauthClient": {
       "application_type": "service"}}}],
     "/api/v1/apps/0oa1/grants": [{"scopeId": "okta.apps.read"}],
     "/oauth2/v1/clients/0oa1/roles": [
       {"type": "CUSTOM", "label": "App readers", "role": "cr01"}],
     "/api/v1/iam/roles": [{"id": "cr01", "label": "App readers"}],
     "/api/v1/iam/roles/cr01/permissions": [
       {"label": "okta.apps.read"}, {"label": "okta.apps.clientCredentials.read"}]}

Accepted:

    {"/api/v1/apps": [
       {"id": "0oa1", "label": "Has no scope for it", "settings": {"oauthClient": {
         "application_type": "service"}}},
       {"id": "0oa2", "label": "Reviews", "settings": {"oauthClient": {
         "application_type": "service"}}},
       {"id": "0oa3", "label": "See OAM605", "settings": {"oauthClient": {
         "application_type": "service"}}},
       {"id": "0oa4", "label": "Cannot read secrets by that role", "settings": {"oauthClient": {
         "application_type": "service"}}}],
     "/api/v1/apps/0oa1/grants": [{"scopeId": "okta.authorizationServers.read"}],
     "/api/v1/apps/0oa2/grants": [{"scopeId": "okta.apps.read"}],
     "/api/v1/apps/0oa3/grants": [{"scopeId": "okta.authorizationServers.manage"}],
     "/api/v1/apps/0oa4/grants": [{"scopeId": "okta.apps.manage"}],
     "/oauth2/v1/clients/0oa1/roles": [{"type": "API_ACCESS_MANAGEMENT_ADMIN"}],
     "/oauth2/v1/clients/0oa2/roles": [{"type": "READ_ONLY_ADMIN"}],
     "/oauth2/v1/clients/0oa3/roles": [{"type": "SUPER_ADMIN"}],
     "/oauth2/v1/clients/0oa4/roles": [
       {"type": "USER_ADMIN"}, {"type": "CUSTOM", "role": "cr01"}],
     "/api/v1/iam/roles": [{"id": "cr01", "label": "App readers"}],
     "/api/v1/iam/roles/cr01/permissions": [{"label": "okta.apps.read"}],
     "/api/v1/api-tokens": [{"id": "00T1", "name": "Helpdesk", "userId": "00u1"},
                            {"id": "00T2", "name": "See OAM805", "userId": "00u2"}],
     "/api/v1/users/00u1/roles": [
       {"type": "HELP_DESK_ADMIN"}, {"type": "APP_ADMIN", "status": "INACTIVE"}],
     "/api/v1/users/00u2/roles": [{"type": "SUPER_ADMIN"}, {"type": "APP_ADMIN"}]}

See:
- Okta help, "Standard administrator roles and permissions" and "API Access Management
  administrators"
- Okta API reference, "Permissions", the permissions catalog
- Okta Management API, client secrets of an application: they are read with `okta.apps.read`
- OktaHound, `Okta_ReadClientSecret`: which roles read client secrets
- System Log filter: `eventType eq "app.oauth2.client.read_client_secret"`
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pydantic import Field

from auditor import (
    Confidence,
    Finding,
    Impact,
    Org,
    Related,
    RuleOptions,
    Severity,
    listed,
    quoted,
    rule,
)
from auditor.models import AdminRole

from ._admin_roles import (
    SECRET_PERMISSION,
    SECRET_ROLES,
    SERVER_PERMISSION,
    SERVER_ROLES,
    in_force,
    is_super,
    permits,
)
from ._clients import machine_grants, own_clients

_CHANGES_SERVERS = frozenset({"okta.authorizationServers.manage"})
_READS_SECRETS = frozenset({"okta.apps.read", "okta.apps.manage"})


class RoleOptions(RuleOptions):
    """Whose role is worth a finding."""

    read_only_administrators: bool = Field(
        default=False,
        description="Whether to report Read-Only Administrators, who read clients' secrets.",
    )


@rule(
    "OAM617",
    severity=Severity.LOW,
    impact=Impact.RISKY,
    confidence=Confidence.MEDIUM,
    reads=["app_grants", "client_roles", "token_owner_roles"],
    consults=["role_permissions"],
    options=RoleOptions,
)
def check(org: Org, options: RoleOptions) -> Iterator[Finding]:
    for client in own_clients(org):
        scopes = {grant.title for grant in machine_grants(org, client)}
        roles = in_force(org.admin_roles(client))
        changing = _changing(org, roles) if scopes & _CHANGES_SERVERS else ()
        reading = _reading(org, roles, options) if scopes & _READS_SECRETS else ()
        if (changing or reading) and not is_super(roles):
            yield Finding(
                client,
                f"Service app {quoted(client.title)} can {_what(changing, reading)}.",
                related=_related(changing, reading),
            )
    for token in org.api_tokens:
        roles = in_force(org.owner_roles(token))
        changing, reading = _changing(org, roles), _reading(org, roles, options)
        if (changing or reading) and not is_super(roles):
            yield Finding(
                token,
                f"Whoever has API token {quoted(token.title)} can {_what(changing, reading)}.",
                field="userId",
                related=_related(changing, reading),
            )


def _changing(org: Org, roles: Iterable[AdminRole]) -> tuple[AdminRole, ...]:
    """Those of the roles that change authorization servers."""
    return tuple(
        role for role in roles if role.type in SERVER_ROLES or permits(org, role, SERVER_PERMISSION)
    )


def _reading(org: Org, roles: Iterable[AdminRole], options: RoleOptions) -> tuple[AdminRole, ...]:
    """Those of the roles that read clients' secrets."""
    types = SECRET_ROLES | ({"READ_ONLY_ADMIN"} if options.read_only_administrators else set())
    return tuple(
        role for role in roles if role.type in types or permits(org, role, SECRET_PERMISSION)
    )


def _what(changing: tuple[AdminRole, ...], reading: tuple[AdminRole, ...]) -> str:
    """What the roles allow, and which they are, as part of a sentence."""
    deeds = {"change authorization servers": changing, "read the secrets of clients": reading}
    if changing == reading:
        deeds = {" and ".join(deeds): changing}
    parts = [
        f"{deed} by the admin role {listed(quoted(role.title) for role in roles)}"
        for deed, roles in deeds.items()
        if roles
    ]
    return f"{', and '.join(parts)}, and so obtain the tokens of others"


def _related(
    changing: tuple[AdminRole, ...], reading: tuple[AdminRole, ...]
) -> tuple[Related, ...]:
    roles = {role.place: role for role in (*changing, *reading)}
    return tuple(Related(record=role, role="the admin role") for role in roles.values())
