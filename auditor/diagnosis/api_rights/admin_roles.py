"""Whether an admin role covers a call, as far as Okta publishes it.

Sources. Of few endpoints the OpenAPI document suggests standard roles and permissions of custom
ones ("Roles in Okta", API reference); `endpoints.tsv` has them. Okta help, "Standard administrator
roles and permissions": super admins do everything; nobody else adds, removes or views
administrators; authorization servers are changed by super admins and API Access Management
Administrators. Okta help, "Read-only administrators": they view users, groups, apps, policies,
authorization servers and the System Log, and change nothing but their notifications and API tokens;
"Report Admin role": it views reports and the System Log, and nothing else. "Implement OAuth for
Okta with a service app": only super admins grant scopes. Permissions of custom roles and what they
apply to: "Role assignment". All else is unpublished, and stays open here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto

from auditor.diagnosis.api_rights.endpoints import Endpoint
from auditor.snapshot.models.clients import AdminRole
from auditor.snapshot.org import Org

SUPER_ADMIN = "SUPER_ADMIN"
_CUSTOM = "CUSTOM"
_CHANGE_NOTHING = frozenset({"READ_ONLY_ADMIN", "REPORT_ADMIN"})
_VIEWED = {
    "READ_ONLY_ADMIN": frozenset(
        f"okta.{area}.read"
        for area in ("apps", "authorizationServers", "groups", "logs", "policies", "users")
    ),
    "REPORT_ADMIN": frozenset({"okta.logs.read"}),
}
_CHANGE_SERVERS = frozenset({"API_ACCESS_MANAGEMENT_ADMIN"})

_AREAS = {
    "apps": "apps",
    "authorizationServers": "authzServers",
    "devices": "devices",
    "groups": "groups",
    "idps": "identityProviders",
    "roles": "iam",
    "users": "users",
}
"""What permissions are called that go with a scope: `okta.roles.read` with `okta.iam.read`."""


class RoleVerdict(Enum):
    """Whether a role covers a call."""

    COVERS = auto()
    """To the objects that its targets or resource set name."""
    LACKS = auto()
    UNPUBLISHED = auto()


@dataclass(frozen=True, slots=True)
class JudgedRole:
    """A role of a caller, held against a call."""

    title: str
    verdict: RoleVerdict
    certain: bool = False
    """Whether Okta's pages say so of the call, and not of a console, or by names that agree."""
    custom: bool = False


def in_force(roles: Iterable[AdminRole]) -> tuple[AdminRole, ...]:
    """Roles that are not switched off. Where a record has no status, it is in force."""
    return tuple(role for role in roles if role.status in {None, "ACTIVE"})


def judged(role: AdminRole, endpoint: Endpoint, org: Org) -> JudgedRole:
    """Whether a role covers a call.

    Args:
        role: of a service app, or of an API token's owner.
        endpoint: what is called.
        org: the snapshot, of which permissions of custom roles are used if they were read.
    """
    if role.type == _CUSTOM:
        verdict, certain = _of_custom(_permissions(role, org), endpoint)
    else:
        verdict, certain = _of_standard(role.type or "", endpoint)
    return JudgedRole(role.title, verdict, certain, role.type == _CUSTOM)


def suggested_permission(endpoint: Endpoint) -> str | None:
    """The permission of a custom role whose name goes with the scope; None if none is known."""
    if endpoint.permissions:
        return min(endpoint.permissions)
    areas = _areas(endpoint)
    if len(areas) != 1 or (areas == {"iam"} and not endpoint.reads):
        return None
    return f"okta.{min(areas)}.{'read' if endpoint.reads else 'manage'}"


def _of_standard(kind: str, endpoint: Endpoint) -> tuple[RoleVerdict, bool]:
    if kind == SUPER_ADMIN:
        return RoleVerdict.COVERS, True
    if kind in _CHANGE_NOTHING and not endpoint.reads:
        own = endpoint.path.startswith("/api/v1/api-tokens")
        return (RoleVerdict.UNPUBLISHED, False) if own else (RoleVerdict.LACKS, True)
    if endpoint.admin_roles:
        suggested = kind in endpoint.admin_roles
        return RoleVerdict.COVERS if suggested else RoleVerdict.LACKS, suggested
    if kind in _VIEWED and (verdict := _of_viewer(kind, endpoint)):
        return verdict, False
    return _of_super_admins_alone(kind, endpoint)


def _of_super_admins_alone(kind: str, endpoint: Endpoint) -> tuple[RoleVerdict, bool]:
    """The verdict on what only super admins do, with the one exception there is."""
    areas = _areas(endpoint)
    if areas == {"authzServers"} and not endpoint.reads:
        return RoleVerdict.COVERS if kind in _CHANGE_SERVERS else RoleVerdict.LACKS, True
    granting = endpoint.scopes == (frozenset({"okta.appGrants.manage"}),)
    if granting or areas == {"iam"}:  # whose table is about a console, not about these endpoints
        return RoleVerdict.LACKS, granting
    return RoleVerdict.UNPUBLISHED, False


def _of_viewer(kind: str, endpoint: Endpoint) -> RoleVerdict | None:
    """The verdict on a role that views some things; None where its page does not tell."""
    secrets = "/credentials/" in endpoint.path
    if not secrets and any(scopes <= _VIEWED[kind] for scopes in endpoint.scopes):
        return RoleVerdict.COVERS
    return RoleVerdict.LACKS if kind == "REPORT_ADMIN" else None


def _of_custom(permissions: frozenset[str] | None, endpoint: Endpoint) -> tuple[RoleVerdict, bool]:
    if permissions is None:
        return RoleVerdict.UNPUBLISHED, False
    if endpoint.permissions:
        covers = bool(permissions & endpoint.permissions)
        return RoleVerdict.COVERS if covers else RoleVerdict.LACKS, covers
    areas = _areas(endpoint)
    if len(areas) != 1:
        return RoleVerdict.UNPUBLISHED, False
    (area,) = areas
    whole = {f"okta.{area}.manage"} | ({f"okta.{area}.read"} if endpoint.reads else set())
    if permissions & whole:
        return RoleVerdict.COVERS, False
    partly = any(each.startswith(f"okta.{area}.") for each in permissions)
    return RoleVerdict.UNPUBLISHED if partly else RoleVerdict.LACKS, False


def _permissions(role: AdminRole, org: Org) -> frozenset[str] | None:
    if not org.known("custom_roles"):
        return None
    custom = org.custom_role(role)
    if custom is None or not org.known("role_permissions", custom):
        return None
    return frozenset(permission.id for permission in org.permissions(custom))


def _areas(endpoint: Endpoint) -> frozenset[str]:
    """What the scopes of a call are about, in the words of permissions; empty if unknown."""
    names = {scope for scopes in endpoint.scopes for scope in scopes}
    areas = {_AREAS.get(name.split(".")[1], "") for name in names if name.startswith("okta.")}
    return frozenset() if "" in areas else frozenset(areas)
