"""What admin roles let their holders do to tokens of others, as far as it is published."""

from __future__ import annotations

from collections.abc import Iterable

from auditor.models import AdminRole

SERVER_ROLES = frozenset({"API_ACCESS_MANAGEMENT_ADMIN"})
"""Standard roles that change authorization servers, besides super admins (Okta help, "Standard
administrator roles and permissions": no other role has a mark there)."""

SECRET_ROLES = frozenset({"API_ACCESS_MANAGEMENT_ADMIN", "APP_ADMIN"})
"""Standard roles that read clients' secrets, besides super admins (OktaHound,
`Okta_ReadClientSecret`). It names Read-Only Administrators as well."""


def in_force(roles: Iterable[AdminRole]) -> tuple[AdminRole, ...]:
    """Roles that are not switched off. Where a record has no status, it is in force."""
    return tuple(role for role in roles if role.status in {None, "ACTIVE"})


def is_super(roles: Iterable[AdminRole]) -> bool:
    """Whether one of the roles is that of a super admin, whom other rules report."""
    return any(role.type == "SUPER_ADMIN" for role in roles)
