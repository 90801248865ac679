"""What admin roles let their holders do to tokens of others, as far as it is published.

Okta help, "Standard administrator roles and permissions", has one mark for changing authorization
servers besides that of super admins. Which roles read clients' secrets is from OktaHound,
`Okta_ReadClientSecret`, and names Read-Only Administrators as well.
"""

from __future__ import annotations

from collections.abc import Iterable

from auditor import Org
from auditor.models import AdminRole

SERVER_ROLES = frozenset({"API_ACCESS_MANAGEMENT_ADMIN"})
"""Standard roles that change authorization servers, besides super admins."""

SERVER_PERMISSION = "okta.authzServers.manage"
"""The permission of a custom role that does the same."""

SECRET_ROLES = frozenset({"API_ACCESS_MANAGEMENT_ADMIN", "APP_ADMIN"})
"""Standard roles that read clients' secrets, besides super admins and Read-Only Administrators."""

SECRET_PERMISSION = "okta.apps.clientCredentials.read"  # noqa: S105 - a permission
"""The permission of a custom role that does the same."""


def in_force(roles: Iterable[AdminRole]) -> tuple[AdminRole, ...]:
    """Roles that are not switched off. Where a record has no status, it is in force."""
    return tuple(role for role in roles if role.status in {None, "ACTIVE"})


def is_super(roles: Iterable[AdminRole]) -> bool:
    """Whether one of the roles is that of a super admin, whom other rules report."""
    return any(role.type == "SUPER_ADMIN" for role in roles)


def permits(org: Org, role: AdminRole, permission: str) -> bool:
    """Whether a role is a custom one that is known to have a permission.

    Needs `role_permissions`, consulted: what was not read is not known.
    """
    if role.type != "CUSTOM" or not org.known("custom_roles"):
        return False
    custom = org.custom_role(role)
    if custom is None or not org.known("role_permissions", custom):
        return False
    return any(each.id == permission for each in org.permissions(custom))
