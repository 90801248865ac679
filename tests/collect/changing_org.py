"""An org that changes between two exports, and whose time stamps move as Okta's do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from helpers import tenant, unhurried

from auditor.collect.auth.credentials import SSWS, Credentials
from auditor.collect.exporter import export
from auditor.collect.since.older_snapshot import FULL_EVERY_S, OlderSnapshot
from auditor.sandbox import Sandbox
from auditor.sandbox.resources import Resources
from auditor.snapshot.document import Snapshot

Json = dict[str, Any]

APPS, GROUPS, USERS = "/api/v1/apps", "/api/v1/groups", "/api/v1/users"
SERVERS = "/api/v1/authorizationServers"
_BEGIN = datetime(2026, 3, 1, tzinfo=UTC)


class ChangingOrg:
    """Apps, groups and people. Each change is made as an administrator makes it.

    `moves` of a change says whether it moves `lastUpdated` of its app: no document of Okta's says
    so of keys, grants and assignments. Memberships always move their group's stamp.
    """

    def __init__(self, *, apps: int = 3, groups: int = 3, users: int = 5) -> None:
        self._moment = 0
        self._apps: dict[str, Json] = {}
        self._groups: dict[str, Json] = {}
        self._members: dict[str, set[str]] = {}
        self._users: dict[str, Json] = {}
        self._assigned: dict[str, set[str]] = {}
        self._direct: dict[str, set[str]] = {}
        self._lists: dict[str, list[Json]] = {}
        self.group("00gEveryone")
        for number in range(users):
            self.user(f"00u{number}")
        for number in range(groups):
            self.group(f"00g{number}")
            self.join(f"00g{number}", f"00u{number % users}")
        for number in range(apps):
            self.app(f"0oa{number}")
            self.assign(f"0oa{number}", f"00g{number % groups}", moves=True)
        self.scope("billing:read")

    # Who is there

    @property
    def apps(self) -> list[str]:
        return sorted(self._apps)

    @property
    def groups(self) -> list[str]:
        return sorted(self._groups)

    @property
    def users(self) -> list[str]:
        return sorted(self._users)

    # Changes

    def app(self, identity: str) -> None:
        if identity not in self._apps:
            self._assigned[identity], self._direct[identity] = set(), set()
            self._apps[identity] = {
                "id": identity, "label": identity, "status": "ACTIVE",
                "signOnMode": "OPENID_CONNECT", "created": self._now(),
                "credentials": {
                    "oauthClient": {
                        "client_id": identity, "token_endpoint_auth_method": "private_key_jwt"
                    }
                },
                "settings": {
                    "oauthClient": {
                        "application_type": "web",
                        "grant_types": [
                            "authorization_code", "urn:ietf:params:oauth:grant-type:token-exchange"
                        ],
                    }
                },
            }  # fmt: skip
        self.rename(identity)

    def rename(self, app: str) -> None:
        self._apps[app] |= {"label": f"{app} {self._moment}", "lastUpdated": self._now()}

    def delete_app(self, app: str) -> None:
        for by_app in (self._apps, self._assigned, self._direct):
            by_app.pop(app, None)
        for path in [path for path in self._lists if path.startswith(f"{APPS}/{app}/")]:
            del self._lists[path]

    def grant(self, app: str, scope: str, *, moves: bool) -> None:
        self._toggle(f"{APPS}/{app}/grants", {"id": f"oag{scope}", "scopeId": scope})
        self._touch(app, moves=moves)

    def key(self, app: str, kid: str, *, moves: bool) -> None:
        self._toggle(f"{APPS}/{app}/credentials/jwks", {"id": f"pks{kid}", "kid": kid})
        self._touch(app, moves=moves)

    def trust(self, app: str, other: str, *, moves: bool) -> None:
        self._toggle(f"{APPS}/{app}/interclient-target-apps", {"id": other})
        self._touch(app, moves=moves)

    def assign(self, app: str, group: str, *, moves: bool) -> None:
        self._assigned[app] ^= {group}
        self._touch(app, moves=moves)

    def assign_user(self, app: str, user: str, *, moves: bool) -> None:
        self._direct[app] ^= {user}
        self._touch(app, moves=moves)

    def group(self, identity: str) -> None:
        if identity not in self._groups:
            kind = "BUILT_IN" if identity == "00gEveryone" else "OKTA_GROUP"
            self._groups[identity] = {"id": identity, "type": kind, "created": self._now()}
            self._members[identity] = set()
            self._groups[identity]["lastMembershipUpdated"] = self._now()
        name = "Everyone" if identity == "00gEveryone" else f"{identity} {self._moment}"
        self._groups[identity] |= {"profile": {"name": name}, "lastUpdated": self._now()}

    def delete_group(self, group: str) -> None:
        if group != "00gEveryone":
            del self._groups[group], self._members[group]
            for assigned in self._assigned.values():
                assigned.discard(group)

    def join(self, group: str, user: str) -> None:
        """Put somebody into a group, or out of it."""
        self._members[group] ^= {user}
        self._groups[group]["lastMembershipUpdated"] = self._now()

    def user(self, identity: str) -> None:
        if identity not in self._users:
            self._users[identity] = {"id": identity, "status": "ACTIVE"}
            self.join("00gEveryone", identity)

    def lock(self, user: str) -> None:
        self._users[user]["status"] = "LOCKED_OUT"

    def delete_user(self, user: str, *, moves: bool) -> None:
        """Delete somebody; whether Okta moves the groups' stamps then is not said plainly."""
        del self._users[user]
        for group, members in self._members.items():
            if user in members:
                members.discard(user)
                if moves:
                    self._groups[group]["lastMembershipUpdated"] = self._now()
        for direct in self._direct.values():
            direct.discard(user)

    def scope(self, name: str) -> None:
        self._toggle(f"{SERVERS}/aus1/scopes", {"id": f"scp{name}", "name": name})

    # What the org answers

    def document(self) -> Json:
        document = {path: value for path, value in tenant().items() if APPS not in path}
        document |= self._lists
        document[APPS] = list(self._apps.values())
        document[GROUPS] = list(self._groups.values())
        document[USERS] = list(self._users.values())
        for group, members in self._members.items():
            document[f"{GROUPS}/{group}/users"] = [{"id": user} for user in sorted(members)]
        for app in self._apps:
            groups = self._assigned[app]
            document[f"{APPS}/{app}/groups"] = [{"id": group} for group in sorted(groups)]
            through = set().union(*(self._members[group] for group in groups))
            document[f"{APPS}/{app}/users"] = [
                {
                    "id": user,
                    "status": "ACTIVE",
                    "scope": "USER" if user in self._direct[app] else "GROUP",
                }
                for user in sorted(through | self._direct[app])
            ]
        return document

    def _now(self) -> str:
        self._moment += 1
        moment = _BEGIN + timedelta(minutes=self._moment)
        return f"{moment:%Y-%m-%dT%H:%M:%S}.000Z"

    def _touch(self, app: str, *, moves: bool) -> None:
        if moves:
            self._apps[app]["lastUpdated"] = self._now()

    def _toggle(self, path: str, record: Json) -> None:
        records = self._lists.setdefault(path, [])
        there = [one for one in records if one["id"] == record["id"]]
        if there:
            records.remove(there[0])
        else:
            records.append(record)


class ServedOrg:
    """A sandbox whose tenant changes while it runs."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    @property
    def url(self) -> str:
        return self.sandbox.url

    def becomes(self, document: Json) -> None:
        """Answer by another document from now on."""
        server = self.sandbox._server
        server._tenant = unhurried(document)
        server._resources = Resources(server._tenant)

    def read(self, older: Snapshot | None = None, full_every_s: int = FULL_EVERY_S) -> Snapshot:
        """Export it, since an older snapshot if there is one."""
        credentials = Credentials(self.url, SSWS, token="x")
        since = OlderSnapshot(older, full_every_s) if older else None
        return export(credentials, older=since)

    def asked(self) -> int:
        """How many requests it has answered."""
        return len(self.sandbox.requests)


@contextmanager
def served_org(document: Json) -> Iterator[ServedOrg]:
    with Sandbox(unhurried(document)) as sandbox:
        yield ServedOrg(sandbox)
