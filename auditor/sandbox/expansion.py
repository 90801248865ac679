"""`expand=`: related objects that a list brings along in the `_embedded` of each record.

As the Okta Management API 2026.06.3 has it: `user` of app users, `group` of an app's groups,
`scope` of grants, `stats` and `app` of groups, `user/{id}` of apps, and the map of names of group
rules. Any other value changes nothing. `hasAdminPrivilege` is what orgs send; the API's
description misspells it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from auditor.sandbox.relations import APPS, GROUPS, USERS, Relations
from auditor.sandbox.tenant import TenantFile

Json = dict[str, Any]

_SOURCE_APP = ("id", "name", "label", "signOnMode")


class Expansion:
    """Embeds objects of one tenant file."""

    def __init__(self, tenant: TenantFile, relations: Relations) -> None:
        self._tenant = tenant
        self._relations = relations
        # Pages of a member list name the same few objects again and again.
        self._by_id: dict[str, dict[Any, Json]] = {}
        self._embedders: tuple[tuple[re.Pattern[str], Callable[..., Any]], ...] = (
            (re.compile(rf"{APPS} user/(?P<user>.+)"), self._app_user),
            (re.compile(rf"{APPS}/[^/]+/users user"), self._user),
            (re.compile(rf"{APPS}/[^/]+/groups group"), self._group),
            (re.compile(rf"{APPS}/[^/]+/grants scope"), self._scope),
            (re.compile(rf"{GROUPS}/rules groupIdToGroupNameMap"), self._names),
            (re.compile(rf"{GROUPS} stats"), self._stats),
            (re.compile(rf"{GROUPS} app"), self._source_app),
        )

    def expanded(self, path: str, expand: str, records: list[Any]) -> list[Any]:
        """Records with what they were asked to bring along.

        Args:
            path: of their list.
            expand: the query parameter, names with commas between them.
            records: the records of one page.
        """
        embedders = list(self._asked(path, expand))
        if not embedders:
            return records
        return [
            self._with(record, embedders) if isinstance(record, dict) else record
            for record in records
        ]

    def _asked(self, path: str, expand: str) -> Iterator[tuple[Callable[..., Any], Json]]:
        for name in expand.split(","):
            for pattern, embed in self._embedders:
                if matched := pattern.fullmatch(f"{path} {name.strip()}"):
                    yield embed, matched.groupdict()

    @staticmethod
    def _with(record: Json, embedders: list[tuple[Callable[..., Any], Json]]) -> Json:
        embedded = dict(record.get("_embedded") or {})
        for embed, arguments in embedders:
            embedded |= embed(record, **arguments)
        return {**record, "_embedded": embedded} if embedded else record

    def _object(self, path: str, identity: Any) -> Json | None:
        if path not in self._by_id:
            self._by_id[path] = {record.get("id"): record for record in self._tenant.records(path)}
        return self._by_id[path].get(identity)

    def _user(self, record: Json) -> Json:
        user = self._object(USERS, record.get("id"))
        return {"user": user} if user else {}

    def _app_user(self, app: Json, user: str) -> Json:
        row = self._object(f"{APPS}/{app.get('id')}/users", user)
        return {"user": row} if row else {}

    def _group(self, record: Json) -> Json:
        group = self._object(GROUPS, record.get("id"))
        return {"group": group} if group else {}

    @staticmethod
    def _scope(grant: Json) -> Json:
        return {"scope": {"id": grant.get("scopeId")}}

    def _names(self, rule: Json) -> Json:
        actions = rule.get("actions")
        assigned = actions.get("assignUserToGroups") if isinstance(actions, dict) else None
        ids = assigned.get("groupIds") if isinstance(assigned, dict) else None
        groups = (self._object(GROUPS, each) for each in (ids if isinstance(ids, list) else ()))
        names = {group["id"]: (group.get("profile") or {}).get("name") for group in groups if group}
        return {"groupIdToGroupNameMap": names}

    def _stats(self, group: Json) -> Json:
        path = f"{GROUPS}/{group.get('id')}"
        return {
            "stats": {
                "usersCount": len(self._tenant.records(f"{path}/users")),
                "appsCount": len(self._relations.apps_of_group(str(group.get("id")))),
                "groupPushMappingsCount": 0,
                "hasAdminPrivilege": bool(self._tenant.records(f"{path}/roles")),
            }
        }

    def _source_app(self, group: Json) -> Json:
        """The app that a group comes from, which only groups of apps have."""
        source = group.get("source")
        app = self._object(APPS, source.get("id")) if isinstance(source, dict) else None
        return {"app": {name: app.get(name) for name in _SOURCE_APP}} if app else {}
