"""Clients of an org: OIDC apps, their grants, keys and assignments."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import cast

from auditor.snapshot.collections import BY_NAME
from auditor.snapshot.models.clients import AdminRole, App, Grant, GroupAssignment, UserAssignments
from auditor.snapshot.models.servers import Key
from auditor.snapshot.org_agents import AgentsOfOrg
from auditor.snapshot.org_people import PeopleOfOrg
from auditor.snapshot.packed_values import whole
from auditor.snapshot.view import UnreadListError

_ENDED = frozenset({"DEPROVISIONED", "INACTIVE", "REVOKED", "SUSPENDED", "UNASSIGNED"})
"""Statuses of a user assignment that is no longer one."""


class ClientsOfOrg(PeopleOfOrg, AgentsOfOrg):
    """OIDC apps with their grants, keys, roles and assignments."""

    @property
    def apps(self) -> tuple[App, ...]:
        """OIDC apps, Okta's own included."""
        return self._all("apps", App)

    def app(self, app_id: str) -> App | None:
        """The OIDC app with an id, which may differ from its client id."""
        return self._lookup("apps", App).get(app_id)

    @property
    def clients(self) -> tuple[App, ...]:
        """OAuth clients: the apps, and the AI agents if they may be read.

        An agent that is bound to an app stands for both.
        """
        agents = self.agent_clients
        ids = {agent.client_id for agent in agents}
        return (*(app for app in self.apps if app.client_id not in ids), *agents)

    def client(self, client_id: str) -> App | None:
        """The client with a client id, which may differ from its app id."""
        self._check("apps")
        lookup = self._tables.lookups.setdefault("client_id", {})
        if not lookup:
            lookup.update({app.client_id: app for app in self.apps})
        return self._agent_clients().get(client_id) or lookup.get(client_id)

    def grants(self, app: App) -> tuple[Grant, ...]:
        """Scopes of the org server the app may ask for."""
        return self._of("app_grants", Grant, app)

    def client_keys(self, app: App) -> tuple[Key, ...]:
        """The app's public keys, from its own endpoint and from its record.

        From the record alone where that has a key for each use; see `why_keys_not_asked`.
        """
        if app.oauth.jwks.keys and self.left_aside("app_jwks", app):
            return app.oauth.jwks.keys
        listed = self._of("app_jwks", Key, app)
        kids = {key.kid for key in listed}
        return listed + tuple(key for key in app.oauth.jwks.keys if key.kid not in kids)

    def admin_roles(self, app: App) -> tuple[AdminRole, ...]:
        """Admin roles of a service app; always empty for other apps."""
        return self._of("client_roles", AdminRole, app)

    def interclient_target_apps(self, app: App) -> Sequence[str]:
        """Ids of the apps that the app may open by interclient access (Native to Web SSO).

        They may be SAML apps. Empty for apps that may not exchange tokens: they have no use for it.
        """
        self._check("interclient_target_apps", app)
        row = BY_NAME["interclient_target_apps"]
        path = row.resource(app.place.path, app.id)
        if self._strict and row.parent_key(app) and self._list_unread(row, path, app.id):
            raise UnreadListError.of(row, app)
        return cast("Sequence[str]", self._tables.lists.get(path, ()))

    def assigned_groups(self, app: App) -> tuple[GroupAssignment, ...]:
        """Groups assigned to the app."""
        return self._of("app_groups", GroupAssignment, app)

    def assigned_users(self, app: App) -> frozenset[str]:
        """Ids of all users assigned to the app, directly or through a group.

        Needs `app_users`, `app_groups` and `group_members`: Okta adds the members of a
        newly assigned group in the background, so neither list alone is the truth.
        """
        # Of equal ids the first is kept: those of a group are there once for all its apps.
        members = [self.members(group.id) for group in self.assigned_groups(app)]
        return frozenset[str]().union(*members, *map(whole, self.direct_assignments(app)))

    def assigned_lists(self, app: App) -> Iterator[Collection[str]]:
        """The lists whose ids make up `assigned_users`: for callers that need few of them."""
        yield from self.direct_assignments(app)
        for group in self.assigned_groups(app):
            yield self.member_list(group.id)

    def direct_assignments(self, app: App) -> Iterator[Collection[str]]:
        """Ids of an app's users as the app lists them, one list for each way of assignment."""
        for way in self._of("app_users", UserAssignments, app):
            if way.status not in _ENDED:
                yield way.ids
