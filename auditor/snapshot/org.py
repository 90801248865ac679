"""The org as rules see it: typed records, lookups and edges, computed once.

What may be read is decided in `view.py`; servers, clients and people have a module each.
"""

from __future__ import annotations

from auditor.snapshot.collections import COLLECTIONS
from auditor.snapshot.document import Snapshot, Source
from auditor.snapshot.models.base import Record
from auditor.snapshot.models.clients import AdminRole, CustomRole, RolePermission
from auditor.snapshot.models.directory import User
from auditor.snapshot.models.org import (
    ApiServiceIntegration,
    ApiToken,
    ClientPrivileges,
    CustomDomain,
    InlineHook,
    NetworkZone,
    OrgProfile,
    PrincipalRateLimit,
    TrustedOrigin,
)
from auditor.snapshot.org_clients import ClientsOfOrg
from auditor.snapshot.org_servers import ServersOfOrg
from auditor.snapshot.tables import tabulate


class Org(ServersOfOrg, ClientsOfOrg):
    """A tenant's configuration.

    Lists come in a fixed order: policies and rules as Okta evaluates them (priority,
    then creation), everything else by id.
    """

    @classmethod
    def of(cls, snapshot: Snapshot, source: Source | None = None) -> Org:
        """Index a snapshot. Records that cannot be understood make their collection partial.

        Args:
            snapshot: the tenant's configuration.
            source: the file it was read from, for locations; None for one that was never a file.
        """
        return cls(tabulate(snapshot, source))

    @property
    def profile(self) -> OrgProfile | None:
        """Id and company name of the org."""
        return next(iter(self._all("org", OrgProfile)), None)

    @property
    def client_privileges(self) -> ClientPrivileges | None:
        """The setting "Public client app admins"; None where the org does not have it."""
        return next(iter(self._all("client_privileges", ClientPrivileges)), None)

    @property
    def api_tokens(self) -> tuple[ApiToken, ...]:
        """Active SSWS tokens."""
        return self._all("api_tokens", ApiToken)

    @property
    def api_service_integrations(self) -> tuple[ApiServiceIntegration, ...]:
        """Other companies' services that have scopes of the Management API."""
        return self._all("api_service_integrations", ApiServiceIntegration)

    @property
    def client_rate_limits(self) -> tuple[PrincipalRateLimit, ...]:
        """How much of the rate limits clients may use up, where that was set for one."""
        return self._all("client_rate_limits", PrincipalRateLimit)

    @property
    def custom_domains(self) -> tuple[CustomDomain, ...]:
        """Custom domains, whatever their validation came to."""
        return self._all("custom_domains", CustomDomain)

    @property
    def network_zones(self) -> tuple[NetworkZone, ...]:
        """Network zones."""
        return self._all("network_zones", NetworkZone)

    def network_zone(self, zone_id: str) -> NetworkZone | None:
        """The network zone with an id."""
        return self._lookup("network_zones", NetworkZone).get(zone_id)

    def title_of(self, kind: str, record_id: str) -> str | None:
        """What an object is called, by its type and id; None for one that is not there."""
        if kind == User.kind:
            user = self.user(record_id)
            return user.title if user else None
        for row in COLLECTIONS:
            model = row.model
            if model is None or not issubclass(model, Record) or model.kind != kind:
                continue
            for record in self._all(row.name, model):
                if record.id == record_id:
                    return record.title
        return None

    @property
    def inline_hooks(self) -> tuple[InlineHook, ...]:
        """Inline hooks of every type."""
        return self._all("inline_hooks", InlineHook)

    @property
    def trusted_origins(self) -> tuple[TrustedOrigin, ...]:
        """Trusted origins."""
        return self._all("trusted_origins", TrustedOrigin)

    def custom_role(self, role: AdminRole) -> CustomRole | None:
        """The custom role that was assigned; None if a standard role was, or an unknown one."""
        return self._lookup("custom_roles", CustomRole).get(role.role or "")

    def permissions(self, role: CustomRole) -> tuple[RolePermission, ...]:
        """What a custom role permits, to the objects of its resource sets."""
        return self._of("role_permissions", RolePermission, role)

    def owner_roles(self, token: ApiToken) -> tuple[AdminRole, ...]:
        """Admin roles of the user who owns an API token."""
        return self._of("token_owner_roles", AdminRole, token)
