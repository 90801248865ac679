"""The org as rules see it: typed records, lookups and edges, computed once.

A rule may look only at what it declared in `reads`, and, where `known` says that it was read,
at what it declared in `consults`. Asking for anything else raises `UndeclaredRead`, so that a
rule can never rest on data whose absence nobody noticed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar, cast

from auditor.errors import SnapshotError
from auditor.snapshot.collections import BY_NAME, lineage, match, resource_keys
from auditor.snapshot.document import Snapshot
from auditor.snapshot.ledger import CollectionStatus, Ledger, LedgerEntry, Quarantined
from auditor.snapshot.models.base import Part, Record, RecordPlace
from auditor.snapshot.models.clients import (
    AdminRole,
    App,
    Grant,
    GroupAssignment,
    UserAssignments,
)
from auditor.snapshot.models.directory import Group, User
from auditor.snapshot.models.org import (
    ApiToken,
    ClientPrivileges,
    InlineHook,
    NetworkZone,
    OrgProfile,
    TrustedOrigin,
)
from auditor.snapshot.models.servers import (
    ALL_CLIENTS,
    AccessPolicy,
    AuthorizationServer,
    Claim,
    Key,
    PolicyRule,
    Scope,
)
from auditor.snapshot.records import read_records
from auditor.snapshot.users import UserTable
from auditor.text import quoted

R = TypeVar("R", bound=Part)
T = TypeVar("T")

_OVER = frozenset({"DEPROVISIONED", "INACTIVE", "REVOKED", "SUSPENDED", "UNASSIGNED"})
"""Statuses of a user assignment that is no longer one."""


class UndeclaredRead(Exception):  # noqa: N818 - reads as what happened
    """A rule looked at a collection that it did not declare, or did not ask whether it was read."""


class UnreadMembersError(SnapshotError):
    """A rule looked at the members of a group that nothing names; they were not read."""

    def __init__(self, group: Group) -> None:
        super().__init__(
            f"the members of {quoted(group.title)} were not read, since no policy rule and no "
            "app names the group",
            remedy=ALL_MEMBERS,
        )


ALL_MEMBERS = "run the snapshot with --all-members"


@dataclass(frozen=True)
class _Tables:
    """All records by resource path, shared by every view of one snapshot."""

    snapshot: Snapshot
    ledger: Ledger
    lists: Mapping[str, Sequence[Any]]
    by_collection: Mapping[str, tuple[Any, ...]]
    users: UserTable
    lookups: dict[str, dict[str, Any]] = field(default_factory=dict)
    members: dict[str, frozenset[str]] = field(default_factory=dict)
    live_rules: dict[RecordPlace, tuple[PolicyRule, ...]] = field(default_factory=dict)
    covering: dict[str, tuple[tuple[AuthorizationServer, AccessPolicy], ...]] = field(
        default_factory=dict
    )
    remembered: dict[str, Any] = field(default_factory=dict)


class Org:
    """A tenant's configuration.

    Lists come in a fixed order: policies and rules as Okta evaluates them (priority,
    then creation), everything else by id.
    """

    def __init__(
        self,
        tables: _Tables,
        readable: frozenset[str] | None = None,
        consulted: frozenset[str] = frozenset(),
        *,
        strict: bool = False,
    ) -> None:
        self._tables = tables
        self._readable = readable
        self._consulted = consulted - (readable or frozenset())
        self._strict = strict

    @classmethod
    def of(cls, snapshot: Snapshot) -> Org:
        """Index a snapshot. Records that cannot be understood make their collection partial."""
        return cls(_tabulate(snapshot))

    def restricted_to(self, reads: Iterable[str], consults: Iterable[str] = ()) -> Org:
        """A view of the same org in which only these collections and their parents can be read.

        In it, nobody takes for empty what was not read: `members` of a group that the
        exporter left aside raises `UnreadMembersError`, and a list that is merely consulted and
        was not read raises `UndeclaredRead`.

        Args:
            reads: collections that were read.
            consults: collections of which `known` has to be asked first.
        """
        return Org(self._tables, lineage(reads), lineage(consults), strict=True)

    # The org itself

    @property
    def captured_at(self) -> datetime:
        """When the snapshot was finished: the only notion of now that a rule has."""
        return self._tables.snapshot.capture.finished_at

    @property
    def ledger(self) -> Ledger:
        """What was read, and what was not."""
        return self._tables.ledger

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
    def network_zones(self) -> tuple[NetworkZone, ...]:
        """Network zones."""
        return self._all("network_zones", NetworkZone)

    def network_zone(self, zone_id: str) -> NetworkZone | None:
        """The network zone with an id."""
        return self._lookup("network_zones", NetworkZone).get(zone_id)

    @property
    def inline_hooks(self) -> tuple[InlineHook, ...]:
        """Inline hooks of every type."""
        return self._all("inline_hooks", InlineHook)

    @property
    def trusted_origins(self) -> tuple[TrustedOrigin, ...]:
        """Trusted origins."""
        return self._all("trusted_origins", TrustedOrigin)

    # Authorization servers

    @property
    def servers(self) -> tuple[AuthorizationServer, ...]:
        """Custom authorization servers."""
        return self._all("authorization_servers", AuthorizationServer)

    def server(self, server_id: str) -> AuthorizationServer:
        """The server with an id.

        Raises:
            KeyError: there is none.
        """
        return self._lookup("authorization_servers", AuthorizationServer)[server_id]

    def policies(self, server: AuthorizationServer) -> tuple[AccessPolicy, ...]:
        """The server's access policies in order of evaluation, inactive ones included."""
        return self._of("policies", AccessPolicy, server)

    def rules(self, policy: AccessPolicy) -> tuple[PolicyRule, ...]:
        """The policy's rules in order of evaluation, inactive ones included."""
        return self._of("policy_rules", PolicyRule, policy)

    def scopes(self, server: AuthorizationServer) -> tuple[Scope, ...]:
        """The server's scopes, built-in ones included."""
        return self._of("scopes", Scope, server)

    def claims(self, server: AuthorizationServer) -> tuple[Claim, ...]:
        """The server's claims."""
        return self._of("claims", Claim, server)

    def signing_keys(self, server: AuthorizationServer) -> tuple[Key, ...]:
        """The keys the server signs tokens with."""
        return self._of("server_keys", Key, server)

    def encryption_keys(self, server: AuthorizationServer) -> tuple[Key, ...]:
        """The keys access tokens are encrypted with."""
        return self._of("resource_server_keys", Key, server)

    def trusted_servers(self, server: AuthorizationServer) -> tuple[AuthorizationServer, ...]:
        """Servers whose tokens this one accepts in a token exchange."""
        return self._of("associated_servers", AuthorizationServer, server)

    def server_of(self, record: Record) -> AuthorizationServer | None:
        """The server a policy, rule, scope, claim or key belongs to, or the server itself."""
        if isinstance(record, AuthorizationServer):
            return record
        if not record.place.path.startswith("/api/v1/authorizationServers/"):
            return None
        keys = resource_keys(record.place.path)
        return self._lookup("authorization_servers", AuthorizationServer).get(keys[0])

    def policy_of(self, rule: PolicyRule) -> AccessPolicy:
        """The policy a rule belongs to."""
        server = self.server_of(rule)
        assert server is not None
        key = resource_keys(rule.place.path)[1]
        return next(policy for policy in self.policies(server) if policy.id == key)

    def active_policies(self, server: AuthorizationServer) -> Iterator[AccessPolicy]:
        """The server's active policies in order of evaluation."""
        return (policy for policy in self.policies(server) if policy.active)

    def active_rules(
        self, server: AuthorizationServer
    ) -> Iterator[tuple[AccessPolicy, PolicyRule]]:
        """Active rules of active policies, in the order in which Okta tries them."""
        for policy in self.active_policies(server):
            for rule in self.live_rules(policy):
                yield policy, rule

    def live_rules(self, policy: AccessPolicy) -> tuple[PolicyRule, ...]:
        """The policy's active rules in order of evaluation, whether or not it is active itself."""
        self._check("policy_rules")
        known = self._tables.live_rules
        if policy.place not in known:
            known[policy.place] = tuple(rule for rule in self.rules(policy) if rule.active)
        return known[policy.place]

    def covering(self, client_id: str) -> Iterator[tuple[AuthorizationServer, AccessPolicy]]:
        """Active policies of active servers whose client condition includes a client.

        In order of evaluation within a server. Worked out once for all clients.
        """
        self._check("policies")
        known = self._tables.covering
        if client_id not in known:
            known[client_id] = tuple(self._covering(client_id))
        return iter(known[client_id])

    def _covering(self, client_id: str) -> Iterator[tuple[AuthorizationServer, AccessPolicy]]:
        lookup = self._tables.lookups.setdefault("covering", {})
        if not lookup:
            lookup[ALL_CLIENTS] = []
            live = [(s, p) for s in self.servers if s.active for p in self.active_policies(s)]
            for number, (server, policy) in enumerate(live):
                for covered in dict.fromkeys(policy.clients):
                    lookup.setdefault(covered, []).append((number, server, policy))
        found = {number: pair for number, *pair in lookup.get(client_id, ())}
        found |= {number: pair for number, *pair in lookup[ALL_CLIENTS]}
        return ((server, policy) for _, (server, policy) in sorted(found.items()))

    # Clients

    @property
    def apps(self) -> tuple[App, ...]:
        """OIDC apps, Okta's own included."""
        return self._all("apps", App)

    def client(self, client_id: str) -> App | None:
        """The app with a client id, which may differ from its app id."""
        self._check("apps")
        lookup = self._tables.lookups.setdefault("client_id", {})
        if not lookup:
            lookup.update({app.client_id: app for app in self.apps})
        return lookup.get(client_id)

    def grants(self, app: App) -> tuple[Grant, ...]:
        """Scopes of the org server the app may ask for."""
        return self._of("app_grants", Grant, app)

    def client_keys(self, app: App) -> tuple[Key, ...]:
        """The app's public keys, from its own endpoint and from its record."""
        listed = self._of("app_jwks", Key, app)
        known = {key.kid for key in listed}
        return listed + tuple(key for key in app.oauth.jwks.keys if key.kid not in known)

    def admin_roles(self, app: App) -> tuple[AdminRole, ...]:
        """Admin roles of a service app; always empty for other apps."""
        return self._of("client_roles", AdminRole, app)

    def assigned_groups(self, app: App) -> tuple[GroupAssignment, ...]:
        """Groups assigned to the app."""
        return self._of("app_groups", GroupAssignment, app)

    def assigned_users(self, app: App) -> frozenset[str]:
        """Ids of all users assigned to the app, directly or through a group.

        Needs `app_users`, `app_groups` and `group_members`: Okta adds the members of a
        newly assigned group in the background, so neither list alone is the truth.
        """
        return frozenset[str]().union(*self.assigned_lists(app))

    def assigned_lists(self, app: App) -> Iterator[Collection[str]]:
        """The lists whose ids make up `assigned_users`: for whoever needs to see few of them."""
        yield from self.direct_assignments(app)
        for group in self.assigned_groups(app):
            yield self.member_list(group.id)

    # People

    @property
    def groups(self) -> tuple[Group, ...]:
        """Groups."""
        return self._all("groups", Group)

    @property
    def users(self) -> tuple[User, ...]:
        """Users; Okta's list leaves deprovisioned ones out."""
        self._check("users")
        return self._tables.users.everyone

    @property
    def able_users(self) -> frozenset[str]:
        """Ids of the users who are not shut out. Cheap, where reading all users is not."""
        self._check("users")
        return self._tables.users.able

    @property
    def users_by_status(self) -> Mapping[str | None, Sequence[str]]:
        """Ids of the users of each status. Cheap, where reading all users is not."""
        self._check("users")
        return self._tables.users.by_status

    @property
    def logins(self) -> tuple[str, ...]:
        """The title of every user. Cheap, where reading all users is not."""
        self._check("users")
        return self._tables.users.logins

    def group(self, group_id: str) -> Group | None:
        """The group with an id."""
        return self._lookup("groups", Group).get(group_id)

    def user(self, user_id: str) -> User | None:
        """The user with an id; None if deprovisioned or deleted."""
        self._check("users")
        return self._tables.users.get(user_id)

    def members(self, group_id: str) -> frozenset[str]:
        """Ids of the group's members; empty for a group that does not exist.

        The exporter reads the members of groups that a policy rule or an app names. Of the
        others, `known("group_members", group)` says that they were not read.
        """
        self._check("group_members")
        known = self._tables.members
        if group_id not in known:
            if self._unnamed(group_id):
                return frozenset()
            path = BY_NAME["group_members"].path.format(group_id)
            known[group_id] = frozenset(self._tables.lists.get(path, ()))
        return known[group_id]

    def member_list(self, group_id: str) -> Sequence[str]:
        """As `members`, as it stands in the snapshot: for whoever reads it once."""
        self._check("group_members")
        if self._unnamed(group_id):
            return ()
        return self._tables.lists.get(BY_NAME["group_members"].path.format(group_id), ())

    def direct_assignments(self, app: App) -> Iterator[Collection[str]]:
        """Ids of an app's users as the app lists them, by the ways they are assigned."""
        for way in self._of("app_users", UserAssignments, app):
            if way.status not in _OVER:
                yield way.ids

    def owner_roles(self, token: ApiToken) -> tuple[AdminRole, ...]:
        """Admin roles of the user who owns an API token."""
        return self._of("token_owner_roles", AdminRole, token)

    # What is worked out of it

    def remembered(
        self,
        what: str,
        reads: Iterable[str],
        make: Callable[[Org], T],
        consults: Iterable[str] = (),
    ) -> T:
        """Something that is worked out once, whoever asks for it.

        Args:
            what: its name.
            reads: the collections that it rests on.
            make: makes it of a view in which only these can be read.
            consults: the collections that it uses if they were read.
        """
        names, further = lineage(reads), lineage(consults)
        for name in names:
            self._check(name)
        for name in further:
            self._check_declared(name)
        remembered = self._tables.remembered
        if what not in remembered:
            remembered[what] = make(Org(self._tables, names, further, strict=self._strict))
        return cast("T", remembered[what])

    # What was read

    def known(self, name: str, parent: Record | None = None) -> bool:
        """Whether a list was read to its end and every record of it was understood.

        Args:
            name: the collection.
            parent: whose list is meant, for collections that have one list per parent.
        """
        self._check_declared(name)
        entry = self.ledger.entry(name)
        row = BY_NAME[name]
        key = row.parent_key(parent) if parent else None
        if entry.readable:
            return not (row.if_named and parent and key and self._left_aside(row.name, key))
        path = row.resource(parent.place.path, key) if parent and key else row.path
        unsure = {gap.path for gap in entry.gaps} | {odd.path for odd in entry.quarantined}
        return path in self._tables.snapshot.resources and path not in unsure

    # Plumbing

    def raw(self, record: Record) -> Any:
        """The record as it stands in the snapshot."""
        value = self._tables.snapshot.resources[record.place.path]
        return value if record.place.position is None else value[record.place.position]

    def _check(self, name: str, parent: Record | None = None) -> None:
        """See to it that a list may be read."""
        if self._readable is None or name in self._readable:
            return
        self._check_declared(name)
        if not self.known(name, parent):
            raise UndeclaredRead(f'ask `org.known` before "{name}": it is merely consulted')

    def _check_declared(self, name: str) -> None:
        if self._readable is None or name in self._readable or name in self._consulted:
            return
        raise UndeclaredRead(f'add "{name}" to the rule\'s reads')

    def _unnamed(self, group_id: str) -> bool:
        """Whether a group's members were left aside; a rule is not evaluated then."""
        if not self._left_aside("group_members", group_id):
            return False
        group = self.group(group_id)
        if self._strict and group is not None:
            raise UnreadMembersError(group)
        return True

    def _left_aside(self, name: str, key: str) -> bool:
        """Whether a list was not asked for, because nothing names what it belongs to.

        A list that is in a snapshot was read. One that is not there is of a parent that does
        not exist, or it was left aside; without any that was, it counts as empty.
        """
        if BY_NAME[name].path.format(key) in self._tables.lists:
            return False
        return self.ledger.entry(name).left_out > 0 and self.group(key) is not None

    def _all(self, name: str, model: type[R]) -> tuple[R, ...]:
        self._check(name)
        assert BY_NAME[name].model is model
        return cast("tuple[R, ...]", self._tables.by_collection.get(name, ()))

    def _of(self, name: str, model: type[R], parent: Record) -> tuple[R, ...]:
        self._check(name, parent)
        row = BY_NAME[name]
        assert row.model is model
        key = row.parent_key(parent)
        if key is None:
            return ()
        path = row.resource(parent.place.path, key)
        return cast("tuple[R, ...]", self._tables.lists.get(path, ()))

    def _lookup(self, name: str, model: type[R]) -> Mapping[str, R]:
        records = self._all(name, model)
        lookup = self._tables.lookups.setdefault(name, {})
        if not lookup:
            lookup.update({cast("Record", record).id: record for record in records})
        return lookup


def _tabulate(snapshot: Snapshot) -> _Tables:
    lists: dict[str, Sequence[Any]] = {}
    by_collection: dict[str, list[Any]] = defaultdict(list)
    odd: dict[str, list[Quarantined]] = defaultdict(list)
    users = UserTable([])
    for path, value in sorted(snapshot.resources.items()):
        found = match(path)
        if found is None:
            continue
        row = found[0]
        raw = [value] if row.single else value
        if row.model is None:
            lists[path] = raw
            continue
        if row.model is User:
            users = UserTable(raw)
            odd[row.name].extend(users.quarantined)
            continue
        read, bad = read_records(row, path, raw)
        odd[row.name].extend(bad)
        for position, record in read:
            if isinstance(record, Record):
                record.put(RecordPlace(path, None if row.single else position))
        records = tuple(record for _, record in read)
        if row.name in {"policies", "policy_rules"}:
            records = tuple(sorted(records, key=_evaluation_order))
        lists[path] = records
        by_collection[row.name].extend(records)
    whole = {name: tuple(records) for name, records in by_collection.items()}
    return _Tables(snapshot, _with_quarantine(snapshot.ledger, odd), lists, whole, users)


def _evaluation_order(record: Any) -> tuple[int, str, str]:
    """Ascending priority; ties, which Okta leaves undocumented, by creation and id."""
    extra = record.model_extra or {}
    priority = record.priority
    return (priority if priority is not None else 2**31, str(extra.get("created")), record.id)


def _with_quarantine(ledger: Ledger, odd: Mapping[str, list[Quarantined]]) -> Ledger:
    def marked(entry: LedgerEntry) -> LedgerEntry:
        bad = odd.get(entry.collection)
        if not bad:
            return entry
        status = (
            CollectionStatus.PARTIAL if entry.status is CollectionStatus.COMPLETE else entry.status
        )
        return entry.model_copy(
            update={"status": status, "quarantined": (*entry.quarantined, *bad)}
        )

    return Ledger(entries=tuple(marked(entry) for entry in ledger.entries))
