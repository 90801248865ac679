"""Lists that follow from other lists of a tenant file, so that the file need not repeat them.

Who is in which groups follows from the groups' members, the apps of a group from the apps' groups,
OAuth clients from the OIDC apps, the holders of admin roles from the roles of users.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from auditor.sandbox.tenant import TenantFile

Json = dict[str, Any]

APPS = "/api/v1/apps"
GROUPS = "/api/v1/groups"
USERS = "/api/v1/users"


class Relations:
    """What follows from the lists of one tenant file. Each is worked out when it is first asked."""

    def __init__(self, tenant: TenantFile) -> None:
        self._tenant = tenant
        self._implied: tuple[tuple[re.Pattern[str], Callable[..., list[Json]]], ...] = (
            (re.compile(f"{GROUPS}/([^/]+)/apps"), self.apps_of_group),
            (re.compile(f"{USERS}/([^/]+)/groups"), self.groups_of_user),
            (re.compile("/oauth2/v1/clients"), lambda: self.clients),
            (re.compile("/api/v1/iam/assignees/users"), lambda: self.role_holders),
        )

    def implied(self, path: str) -> list[Json] | None:
        """The list at a path; None where nothing follows."""
        for pattern, make in self._implied:
            if matched := pattern.fullmatch(path):
                return make(*matched.groups())
        return None

    def apps_of_group(self, group: str) -> list[Json]:
        """The apps that a group is assigned to."""
        return self._apps_of_groups.get(group, [])

    def groups_of_user(self, user: str) -> list[Json]:
        """The groups that somebody is in."""
        return self._groups_of_users.get(user, [])

    def user_ids(self, app: Json) -> Iterable[Any]:
        """The ids of the users who are assigned to an app."""
        return (row.get("id") for row in self._tenant.records(f"{APPS}/{app.get('id')}/users"))

    @cached_property
    def clients(self) -> list[Json]:
        """The OIDC apps as the dynamic client registration endpoint shows them."""
        return [_client(app) for app in self._tenant.records(APPS) if _is_oidc(app)]

    @cached_property
    def role_holders(self) -> list[Json]:
        """Users with admin roles of their own."""
        return [
            {"id": user["id"], "orn": self.orn("directory", "users", str(user["id"]))}
            for user in self._tenant.records(USERS)
            if self._tenant.records(f"{USERS}/{user.get('id')}/roles")
        ]

    def orn(self, service: str, *parts: str) -> str:
        """The resource name of something of this org."""
        org = self._tenant.resources.get("/api/v1/org")
        identity = org.get("id") if isinstance(org, dict) else None
        return ":".join(("orn:okta", service, str(identity or "00oSandbox"), *parts))

    @cached_property
    def _apps_of_groups(self) -> dict[str, list[Json]]:
        return self._by_member(APPS, "groups")

    @cached_property
    def _groups_of_users(self) -> dict[str, list[Json]]:
        return self._by_member(GROUPS, "users")

    def _by_member(self, path: str, members: str) -> dict[str, list[Json]]:
        owners: dict[str, list[Json]] = {}
        for record in self._tenant.records(path):
            for member in self._tenant.records(f"{path}/{record.get('id')}/{members}"):
                owners.setdefault(str(member.get("id")), []).append(record)
        return owners


def _is_oidc(app: Json) -> bool:
    return app.get("signOnMode") == "OPENID_CONNECT" and bool(_part(app, "settings", "oauthClient"))


def _client(app: Json) -> Json:
    settings, credentials = (
        _part(app, name, "oauthClient") for name in ("settings", "credentials")
    )
    members = (
        "application_type",
        "client_uri",
        "grant_types",
        "jwks",
        "jwks_uri",
        "logo_uri",
        "post_logout_redirect_uris",
        "redirect_uris",
        "response_types",
    )
    return {
        "client_id": credentials.get("client_id") or app.get("id"),
        "client_name": app.get("label"),
        "token_endpoint_auth_method": credentials.get("token_endpoint_auth_method"),
        **{name: settings[name] for name in members if name in settings},
    }


def _part(value: Any, *names: str) -> Json:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}
