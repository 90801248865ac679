"""The company in the making: people and things that know each other by name.

A `Company` is a tenant file in the making. Everything refers to everything else by the
name an administrator would use (`groups=["Finance"]`, `clients=["checkout-web"]`); the ids
are looked up, so that a misspelt name fails here and not in a finding. The methods return
what they add, for the few settings that have no argument:

    app = company.web_app("old-intranet", "https://intranet.northwind.example/callback")
    app["credentials"]["oauthClient"]["pkce_required"] = False
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from auditor.sandbox.northwind import records
from auditor.sandbox.northwind.ids import made_id, made_number, timestamp
from auditor.sandbox.northwind.records import CODE, DAY, HOUR, MACHINE, REFRESH, WEEK, Json

DOMAIN = "northwind.example"

EVERYBODY = "Everyone"
"""The built-in group that all people are in."""

ANY_ASSIGNED = "EVERYONE"
"""In a rule's groups: anybody who is assigned to the client. A keyword, not a group."""

ANY_CLIENT = "ALL_CLIENTS"
"""In a policy's clients: every client of the org."""

_SERVERS = "/api/v1/authorizationServers"
_APPS = "/api/v1/apps"
_GROUPS = "/api/v1/groups"
_AGENTS = "/workload-principals/api/v1/ai-agents"
_USERS = "/api/v1/users"

_KEYWORDS = {ANY_ASSIGNED: ANY_ASSIGNED, ANY_CLIENT: ANY_CLIENT}
OLDEST_DAYS = 1500
"""How old the company is in Okta."""

_YOUNGEST_DAYS = 60
_KEY_AGE = timedelta(days=20)
_KEY_LIFE = timedelta(days=90)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


class Company:
    """A tenant file in the making."""

    def __init__(self, now: datetime) -> None:
        self.now = now.astimezone(UTC).replace(second=0, microsecond=0)
        self.lists: dict[str, list[Json]] = {}
        self.objects: dict[str, Json] = {}
        self.bare_ids: dict[str, list[str]] = {}
        self._direct: dict[str, list[str]] = {}
        self._client_ids: dict[str, str] = {}
        self.group(EVERYBODY, kind="BUILT_IN")

    def add(self, path: str, record: Json) -> Json:
        """Put a record into a list. It was created some fixed time ago, which its id decides."""
        number = made_number(str(record.get("id", record.get("kid"))))
        age = _YOUNGEST_DAYS + number % (OLDEST_DAYS - _YOUNGEST_DAYS)
        since = number // OLDEST_DAYS % age
        dates = {"created": self.ago(days=age), "lastUpdated": self.ago(days=since)}
        self.lists.setdefault(path, []).append(record)
        record.update({name: date for name, date in dates.items() if name not in record})
        return record

    def ago(self, *, days: float) -> str:
        """The moment so many days ago; negative for days to come."""
        return timestamp(self.now - timedelta(days=days))

    # People

    def person(self, login: str, name: str, *, status: str = "ACTIVE") -> Json:
        """Add somebody, who is in the group Everyone from then on."""
        first, _, last = name.partition(" ")
        address = f"{login}@{DOMAIN}"
        profile = {"firstName": first, "lastName": last, "login": address, "email": address}
        user = {"id": made_id("00u", login), "status": status, "profile": profile}
        self.add(_USERS, user)
        self.join(EVERYBODY, login)
        return user

    def group(self, name: str, members: Iterable[str] = (), *, kind: str = "OKTA_GROUP") -> Json:
        """Add a group of people, who are given by login."""
        record = {
            "id": made_id("00g", name),
            "type": kind,
            "objectClass": ["okta:user_group"],
            "profile": {"name": name, "description": ""},
        }
        self.add(_GROUPS, record)
        record["lastMembershipUpdated"] = record["lastUpdated"]
        self.lists[self._members(name)] = []
        self.join(name, *members)
        return record

    def join(self, group: str, *logins: str) -> None:
        """Put people into a group."""
        self.lists[self._members(group)] += [self.user(login) for login in logins]

    def user(self, login: str) -> Json:
        """Somebody, by login."""
        return self.named(_USERS, made_id("00u", login), login)

    def group_id(self, name: str) -> str:
        """The id of a group, or a rule's keyword for anybody who is assigned."""
        return _KEYWORDS.get(name) or self._id(_GROUPS, made_id("00g", name), name)

    def admin(self, login: str, *roles: str) -> None:
        """Give somebody admin roles."""
        user = self.user(login)["id"]
        for role in roles:
            self.add(f"{_USERS}/{user}/roles", records.admin_role(user, role, "USER"))

    # Clients

    def web_app(self, label: str, redirect: str, **more: Iterable[str]) -> Json:
        """Add a server-side app, which authenticates with a secret."""
        app = self.app(label, "web", "client_secret_basic", redirects=[redirect], **more)
        app["settings"]["oauthClient"]["post_logout_redirect_uris"] = [f"{_origin(redirect)}/"]
        return app

    def browser_app(self, label: str, redirect: str, **more: Iterable[str]) -> Json:
        """Add a single-page app, a public client, whose origin the org trusts."""
        origin = _origin(redirect)
        self.add("/api/v1/trustedOrigins", records.trusted_origin(label, origin))
        app = self.app(label, "browser", "none", redirects=[redirect], **more)
        app["settings"]["oauthClient"]["post_logout_redirect_uris"] = [f"{origin}/"]
        return app

    def native_app(self, label: str, redirect: str, **more: Iterable[str]) -> Json:
        """Add a mobile, desktop or command-line app, a public client."""
        return self.app(label, "native", "none", redirects=[redirect], **more)

    def service_app(
        self,
        label: str,
        *,
        grants: Iterable[str] = (MACHINE,),
        okta_scopes: Iterable[str] = (),
        roles: Iterable[str] = (),
    ) -> Json:
        """Add a machine, which authenticates with a key of its own.

        Args:
            label: its name.
            grants: its grant types.
            okta_scopes: scopes of Okta's own API it may ask the org server for.
            roles: its admin roles.
        """
        app = self.app(label, "service", "private_key_jwt", grants=grants)
        key = records.public_key(label)
        app["settings"]["oauthClient"]["jwks"] = {"keys": [key]}
        self.add(f"{_APPS}/{app['id']}/credentials/jwks", dict(key))
        for name in okta_scopes:
            self.add(f"{_APPS}/{app['id']}/grants", records.grant(app["id"], app["id"], name))
        for role in roles:
            path = f"/oauth2/v1/clients/{app['id']}/roles"
            self.add(path, records.admin_role(app["id"], role, "CLIENT"))
        return app

    def app(
        self,
        label: str,
        kind: str,
        auth_method: str,
        *,
        redirects: Iterable[str] = (),
        grants: Iterable[str] = (CODE, REFRESH),
        groups: Iterable[str] = (),
        users: Iterable[str] = (),
    ) -> Json:
        """Add an OIDC app of any kind.

        Args:
            label: its name.
            kind: `web`, `browser`, `native` or `service`.
            auth_method: how it authenticates; `none` for a public client.
            redirects: its redirect URIs.
            grants: its grant types.
            groups: the groups it is assigned to.
            users: the logins it is assigned to directly.
        """
        app = self.other_app(records.oidc_app(label, kind, auth_method, grants))
        app["settings"]["oauthClient"]["redirect_uris"] = list(redirects)
        self._client_ids[label] = app["id"]
        self.assign(label, groups=groups, users=users)
        return app

    def custom_role(self, name: str, *permissions: str, holder: str) -> Json:
        """Make an admin role of the company's own, and give it to a service app."""
        record = {"id": made_id("cr0", name), "label": name, "description": name}
        role = self.add("/api/v1/iam/roles", record)
        dates = {date: role[date] for date in ("created", "lastUpdated")}
        for permission in permissions:
            path = f"/api/v1/iam/roles/{role['id']}/permissions"
            self.lists.setdefault(path, []).append({"label": permission, **dates})
        client = self.client(holder)["id"]
        assignment = records.custom_admin_role(client, role["id"], name)
        return self.add(f"/oauth2/v1/clients/{client}/roles", assignment)

    def other_app(self, app: Json) -> Json:
        """Add an app that is no OAuth client of the company's own."""
        return self.add(_APPS, app)

    def rename_client(self, label: str, client_id: str) -> None:
        """Give a client an id of its own; policies added from then on use it."""
        self.client(label)["credentials"]["oauthClient"]["client_id"] = client_id
        self._client_ids[label] = client_id

    def client(self, label: str) -> Json:
        """An app, by label."""
        return self.named(_APPS, made_id("0oa", label), label)

    def client_id(self, label: str) -> str:
        """The id by which policies know a client, or their keyword for all of them."""
        return _KEYWORDS.get(label) or self._client_ids[label]

    def assign(self, label: str, *, groups: Iterable[str] = (), users: Iterable[str] = ()) -> None:
        """Let people use an app."""
        app = self.client(label)["id"]
        for group in groups:
            rows = self.lists.setdefault(f"{_APPS}/{app}/groups", [])
            row = {"id": self.group_id(group), "priority": len(rows), "profile": {}}
            rows.append(row | {"lastUpdated": self.ago(days=_YOUNGEST_DAYS)})
        self._direct.setdefault(app, []).extend(self.user(login)["id"] for login in users)

    def let_open(self, origin: str, label: str) -> None:
        """Let an app sign people in to another one by interclient access."""
        path = f"{_APPS}/{self.client(origin)['id']}/interclient-target-apps"
        self.bare_ids.setdefault(path, []).append(self.client(label)["id"])

    # AI agents

    def agent(self, name: str, *, app: str) -> Json:
        """Add an active AI agent.

        Args:
            name: its name.
            app: the app in which people use it, and sign in for that.
        """
        record: Json = {
            "id": made_id("wlp", name),
            "status": "ACTIVE",
            "profile": {"name": name, "description": f"An agent of {app}"},
            "signOnProvider": {"appInstanceId": self.client(app)["id"]},
        }
        self._client_ids[name] = record["id"]
        return self.add(_AGENTS, record)

    def connect(self, agent: str, server: str, scopes: Iterable[str]) -> Json:
        """Let an agent ask for scopes of a server."""
        identity = self.named(_AGENTS, made_id("wlp", agent), agent)["id"]
        issuer = self.at(server).record
        connection = {
            "id": made_id("mcn", agent, server),
            "connectionType": "IDENTITY_ASSERTION_CUSTOM_AS",
            "status": "ACTIVE",
            "authorizationServer": {
                "orn": records.resource_name("idp", "authorization_servers", issuer["id"]),
                "name": server,
                "issuerUrl": issuer["issuer"],
            },
            "scopeCondition": "INCLUDE_ONLY",
            "scopes": list(scopes),
        }
        return self.add(f"{_AGENTS}/{identity}/connections", connection)

    # Authorization servers

    def server(
        self, name: str, audience: str, scopes: Mapping[str, str], description: str = ""
    ) -> Server:
        """Add an authorization server.

        Args:
            name: its name.
            audience: the resource its tokens are for.
            scopes: names and descriptions of its own scopes.
            description: what it is for.
        """
        record = self.add(_SERVERS, records.server(name, description or name, audience))
        rotated = self.now - _KEY_AGE
        record["credentials"]["signing"] |= {
            "lastRotated": timestamp(rotated),
            "nextRotation": timestamp(rotated + _KEY_LIFE),
        }
        server = Server(self, record)
        for key in records.signing_keys(name):
            self.add(f"{server.path}/credentials/keys", key)
        for row in records.system_scopes(record["id"]):
            self.add(f"{server.path}/scopes", row)
        for row in records.system_claims(record["id"]):
            self.add(f"{server.path}/claims", row)
        for scope, what in scopes.items():
            server.scope(scope, what)
        return server

    def at(self, server: str) -> Server:
        """An authorization server, by name."""
        return Server(self, self.named(_SERVERS, made_id("aus", server), server))

    # The document

    def document(self) -> Json:
        """The company as a tenant file."""
        assigned = {path: rows for path, rows in self._assigned() if rows}
        return {**self.objects, **self.lists, **self.bare_ids, **assigned}

    def _assigned(self) -> Iterable[tuple[str, list[Json]]]:
        """Who is assigned to each app: directly, or as a member of an assigned group."""
        for app in self.lists[_APPS]:
            path = f"{_APPS}/{app['id']}"
            ways = dict.fromkeys(self._direct.get(app["id"], ()), "USER")
            for group in self.lists.get(f"{path}/groups", ()):
                for member in self.lists.get(f"{_GROUPS}/{group['id']}/users", ()):
                    ways.setdefault(member["id"], "GROUP")
            since = self.ago(days=_YOUNGEST_DAYS)
            dates = dict.fromkeys(("created", "lastUpdated", "statusChanged"), since)
            yield (
                f"{path}/users",
                [
                    {"id": user, "scope": way, "status": "ACTIVE", **dates}
                    for user, way in ways.items()
                ],
            )

    def _members(self, group: str) -> str:
        return f"{_GROUPS}/{self.group_id(group)}/users"

    def named(self, path: str, identity: str, name: str) -> Json:
        """The record of a list that has an id, which was made of the name."""
        for record in self.lists.get(path, ()):
            if record["id"] == identity:
                return record
        raise LookupError(f"Northwind Robotics has no {name!r} in {path}")

    def _id(self, path: str, identity: str, name: str) -> str:
        return str(self.named(path, identity, name)["id"])


@dataclass(frozen=True)
class Server:
    """An authorization server of the company."""

    company: Company
    record: Json

    @property
    def path(self) -> str:
        """Where its parts are."""
        return f"{_SERVERS}/{self.record['id']}"

    def scope(self, name: str, description: str, **settings: object) -> Json:
        """Add a scope."""
        row = records.scope(self.record["id"], name, description)
        return self.company.add(f"{self.path}/scopes", row | settings)

    def claim(self, name: str, value: str, **settings: object) -> Json:
        """Add a claim to its access tokens."""
        row = records.claim(self.record["id"], name, value)
        return self.company.add(f"{self.path}/claims", row | settings)

    def groups_claim(self, filter_type: str, value: str) -> Json:
        """Add a claim that names groups of the user, as many as the filter lets through."""
        return self.claim("groups", value, valueType="GROUPS", group_filter_type=filter_type)

    def encrypt_tokens(self, algorithm: str = "RSA-OAEP-256") -> None:
        """Have its access tokens encrypted, though with what key is another matter."""
        self.record["accessTokenEncryptedResponseAlgorithm"] = algorithm

    def encryption_key(self) -> Json:
        """Add a key that its access tokens are encrypted with."""
        key = records.public_key(self.record["name"], use="enc")
        return self.company.add(f"{self.path}/resourceservercredentials/keys", key)

    def rotate_by_hand(self, *, days_ago: float) -> None:
        """Leave the rotation of its signing key to people, who last did it so long ago."""
        signing = self.record["credentials"]["signing"]
        signing.update(rotationMode="MANUAL", lastRotated=self.company.ago(days=days_ago))
        del signing["nextRotation"]

    def trust(self, other: str) -> None:
        """Accept another server's tokens in a token exchange."""
        trusted = dict(self.company.at(other).record)
        self.company.add(f"{self.path}/associatedServers", trusted)

    def policy(self, name: str, *, clients: Iterable[str]) -> Policy:
        """Add an access policy, which is tried after those that are there."""
        path = f"{self.path}/policies"
        known = [self.company.client_id(label) for label in clients]
        place = len(self.company.lists.get(path, ())) + 1
        record = records.policy(self.record["id"], name, known, place)
        return Policy(self.company, self.company.add(path, record), path)

    def find_policy(self, name: str) -> Policy:
        """One of its policies, by name."""
        path = f"{self.path}/policies"
        identity = made_id("00p", self.record["id"], name)
        return Policy(self.company, self.company.named(path, identity, name), path)


@dataclass(frozen=True)
class Policy:
    """An access policy of an authorization server."""

    company: Company
    record: Json
    parent: str = field(repr=False)

    @property
    def path(self) -> str:
        """Where its rules are."""
        return f"{self.parent}/{self.record['id']}/rules"

    def rule(
        self,
        name: str,
        grants: Iterable[str],
        scopes: Iterable[str],
        *,
        groups: Iterable[str] = (ANY_ASSIGNED,),
        users: Iterable[str] = (),
        access: int = HOUR,
        refresh: int = WEEK,
        idle: int = DAY,
        first: bool = False,
    ) -> Json:
        """Add a rule.

        Args:
            name: its name.
            grants: grant types it lets through.
            scopes: scopes it lets through.
            groups: groups it lets through; by default anybody who is assigned.
            users: logins it lets through.
            access: minutes an access token lives.
            refresh: minutes a refresh token lives; 0 for ever.
            idle: minutes a refresh token may go unused.
            first: whether it is tried before the rules that are there, and not after.
        """
        conditions = {
            "people": {
                "users": {
                    "include": [self.company.user(login)["id"] for login in users],
                    "exclude": [],
                },
                "groups": {"include": [self.company.group_id(group) for group in groups]},
            },
            "grantTypes": {"include": list(grants)},
            "scopes": {"include": list(scopes)},
        }
        token = {
            "accessTokenLifetimeMinutes": access,
            "refreshTokenLifetimeMinutes": refresh,
            "refreshTokenWindowMinutes": idle,
        }
        others = self.company.lists.get(self.path, [])
        for other in others if first else ():
            other["priority"] += 1
        place = 1 if first else len(others) + 1
        row = records.rule(self.record["id"], name, place, conditions, token)
        return self.company.add(self.path, row)

    def find_rule(self, name: str) -> Json:
        """One of its rules, by name."""
        identity = made_id("0pr", self.record["id"], name)
        return self.company.named(self.path, identity, name)
