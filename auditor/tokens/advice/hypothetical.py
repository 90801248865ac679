"""An org as it would be with a few changes, in which advice is tried."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from pydantic import BaseModel

from auditor.snapshot.models.base import Record
from auditor.snapshot.models.clients import App, Grant
from auditor.snapshot.models.directory import User
from auditor.snapshot.models.org import NetworkZone
from auditor.snapshot.models.servers import (
    AccessPolicy,
    AuthorizationServer,
    Key,
    PolicyRule,
    Scope,
)
from auditor.snapshot.org import Org

R = TypeVar("R", bound=Record)
P = TypeVar("P", bound=BaseModel)


@dataclass(frozen=True)
class Changes:
    """What is different: records in place of others, and entries added or taken away."""

    records: Mapping[str, Record] = field(default_factory=dict)
    """By the id of the record they replace."""

    scopes: Mapping[str, tuple[Scope, ...]] = field(default_factory=dict)
    """Further scopes, by server id."""

    grants: Mapping[str, tuple[Grant, ...]] = field(default_factory=dict)
    """Further grants of `okta.` scopes, by app id."""

    assigned: frozenset[tuple[str, str]] = frozenset()
    """Pairs of app id and user id."""

    joined: frozenset[tuple[str, str]] = frozenset()
    """Pairs of group id and user id."""

    left: frozenset[tuple[str, str]] = frozenset()
    """Pairs of group id and user id."""

    trusted: frozenset[tuple[str, str]] = frozenset()
    """Pairs of ids: a server, and one that it trusts in token exchanges."""

    def also(self, other: Changes) -> Changes:
        """Both together; of two replacements for a record, the other's counts."""
        return Changes(
            records={**self.records, **other.records},
            scopes={**self.scopes, **other.scopes},
            grants={**self.grants, **other.grants},
            assigned=self.assigned | other.assigned,
            joined=self.joined | other.joined,
            left=self.left | other.left,
            trusted=self.trusted | other.trusted,
        )

    @property
    def of_policy(self) -> bool:
        """Whether policies or rules are among what changes."""
        kinds = (AccessPolicy, PolicyRule)
        return any(isinstance(record, kinds) for record in self.records.values())

    def without_people(self) -> Changes:
        """The changes of configuration, without those of people."""
        nobody = frozenset[tuple[str, str]]()
        return replace(self, assigned=nobody, joined=nobody, left=nobody)


class HypotheticalOrg(Org):
    """A view of an org with changes; everything else is the org's own."""

    def __init__(self, org: Org, changes: Changes) -> None:
        vars(self).update(vars(org))
        # Results computed for the org do not hold for this one, nor the other way round.
        self._tables = replace(self._tables, lookups={}, remembered={}, covering={}, live_rules={})
        self._changes = changes

    def server(self, server_id: str) -> AuthorizationServer:
        """The server with an id."""
        return self._changed(super().server(server_id))

    def policies(self, server: AuthorizationServer) -> tuple[AccessPolicy, ...]:
        """The server's access policies."""
        return self._all_changed(super().policies(server))

    def rules(self, policy: AccessPolicy) -> tuple[PolicyRule, ...]:
        """The policy's rules."""
        return self._all_changed(super().rules(policy))

    def scopes(self, server: AuthorizationServer) -> tuple[Scope, ...]:
        """The server's scopes."""
        own = self._all_changed(super().scopes(server))
        return own + self._changes.scopes.get(server.id, ())

    def trusted_servers(self, server: AuthorizationServer) -> tuple[AuthorizationServer, ...]:
        """Servers whose tokens the server accepts in a token exchange."""
        further = _second(self._changes.trusted, server.id)
        return super().trusted_servers(server) + tuple(map(self.server, sorted(further)))

    def client(self, client_id: str) -> App | None:
        """The app with a client id."""
        app = super().client(client_id)
        return self._changed(app) if app else None

    def client_keys(self, app: App) -> tuple[Key, ...]:
        """The app's public keys."""
        return self._all_changed(super().client_keys(app))

    def network_zone(self, zone_id: str) -> NetworkZone | None:
        """The network zone with an id."""
        zone = super().network_zone(zone_id)
        return self._changed(zone) if zone else None

    def grants(self, app: App) -> tuple[Grant, ...]:
        """Grants of the org server's scopes to the app."""
        return super().grants(app) + self._changes.grants.get(app.id, ())

    def assigned_users(self, app: App) -> frozenset[str]:
        """Ids of all users assigned to the app."""
        return super().assigned_users(app) | _second(self._changes.assigned, app.id)

    def user(self, user_id: str) -> User | None:
        """The user with an id."""
        user = super().user(user_id)
        return self._changed(user) if user else None

    def members(self, group_id: str) -> frozenset[str]:
        """Ids of the group's members."""
        own = super().members(group_id) | _second(self._changes.joined, group_id)
        return own - _second(self._changes.left, group_id)

    def member_list(self, group_id: str) -> Sequence[str]:
        """As `members`: assignments through a group are read from lists."""
        pairs = self._changes.joined | self._changes.left
        if any(group == group_id for group, _ in pairs):
            return sorted(self.members(group_id))
        return super().member_list(group_id)

    def _changed(self, record: R) -> R:
        replacement = self._changes.records.get(record.id)
        return replacement if isinstance(replacement, type(record)) else record

    def _all_changed(self, records: Iterable[R]) -> tuple[R, ...]:
        return tuple(map(self._changed, records))


def with_field(part: P, path: str, value: object) -> P:
    """A copy of a record, or of a part of one, with another value at a dotted path."""
    head, _, rest = path.partition(".")
    inner = with_field(getattr(part, head), rest, value) if rest else value
    changed = part.model_copy(update={head: inner})
    if isinstance(part, Record) and isinstance(changed, Record):
        changed.put(part.place)
    return changed


def _second(pairs: frozenset[tuple[str, str]], first: str) -> frozenset[str]:
    return frozenset(other for one, other in pairs if one == first)
