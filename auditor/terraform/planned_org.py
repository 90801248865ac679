"""The resources of a snapshot, in a form that can be changed: what the org will be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from functools import cached_property
from typing import Any

from auditor.snapshot.collections import BY_NAME, Collection, children, match
from auditor.snapshot.document import Snapshot
from auditor.snapshot.ledger import CollectionStatus, Gap, Ledger
from auditor.snapshot.packed_values import Resources, kept
from auditor.snapshot.proof import is_everyone
from auditor.snapshot.records import read_record

Json = dict[str, Any]

OF_SERVERS = frozenset(
    {"authorization_servers", "associated_servers", "claims", "policies", "policy_rules", "scopes"}
)
"""What a plan that makes a server says all about, though not about other servers."""


class PlannedOrg:
    """What the org will be, as far as it is known.

    Args:
        base: what it is; None if a plan stands alone.
    """

    def __init__(self, base: Snapshot | None) -> None:
        self.base = base
        self._resources = Resources()
        resources = base.resources if base else {}
        for path in resources:
            self._resources[path] = kept(resources, path)  # people stay packed
        self._tables: dict[str, dict[str, Json]] = {}
        self._ids: dict[str, set[str]] = {}
        self._gaps: dict[str, dict[Gap, None]] = defaultdict(dict)
        """What is known after apply, by path."""
        self._everywhere: dict[str, str] = {}
        self.aliases: dict[str, str] = {}
        """Ids of objects that a resource takes over, by what references call it."""
        self.assumed: list[str] = []
        """Attributes that were read off their references, beside which a literal would not show."""
        self.notes: list[str] = []
        """What was taken for granted, in sentences."""

    @property
    def ledger(self) -> Ledger | None:
        """The base's ledger."""
        return self.base.ledger if self.base else None

    # Records

    def records(self, path: str) -> dict[str, Json]:
        """The records of a list by id, to be read and changed; empty if the list is not there."""
        if path not in self._tables:
            if path not in self._resources:
                return {}
            self._tables[path] = {
                record["id"]: record
                for record in self._resources[path]
                if isinstance(record, dict) and isinstance(record.get("id"), str)
            }
        return self._tables[path]

    def has_list(self, path: str) -> bool:
        """Whether a list is known."""
        return path in self._resources

    def in_base(self, path: str, identity: str) -> bool:
        """Whether the base has a record."""
        records = self.base.resources.get(path, ()) if self.base else ()
        return any(isinstance(one, dict) and one.get("id") == identity for one in records)

    def record(self, path: str, identity: str) -> Json | None:
        """A copy of a record, to be changed and put back; None if there is none."""
        found = self.records(path).get(identity)
        return deepcopy(found) if found is not None else None

    def put(self, path: str, record: Json) -> None:
        """Add a record, or replace the one with its id."""
        self._begin(path)
        new = record["id"] not in self.records(path)
        self.records(path)[record["id"]] = record
        for child, inner in self._child_lists(path, record):
            known = new or not self._left_aside(child)
            if inner not in self._resources and known and self._adds(child):
                self._resources[inner] = []

    def add_existing(self, path: str, record: Json) -> None:
        """Add a record of which nothing is known but what it holds: its lists are not read."""
        self._begin(path)
        self.records(path).setdefault(record["id"], record)

    def _begin(self, path: str) -> None:
        """Have a list. One that nobody has read may hold more than the plan puts there."""
        if path in self._resources:
            return
        self._resources[path] = []
        matched = match(path)
        if matched is None or (self.base is None and matched[0].name in OF_SERVERS):
            return
        row, keys = matched
        self.unknown(path, f"other {row.label} of {keys[-1] if keys else 'the org'}")

    def remove(self, path: str, identity: str) -> None:
        """Remove a record and all lists that belong to it."""
        record = self.records(path).pop(identity, None)
        if record is not None:
            for _, inner in list(self._child_lists(path, record)):
                self._drop(inner)

    def _drop(self, path: str) -> None:
        for record in list(self.records(path).values()) if self._is_table(path) else ():
            for _, inner in list(self._child_lists(path, record)):
                self._drop(inner)
        for table in (self._resources, self._tables, self._ids):
            table.pop(path, None)

    def _is_table(self, path: str) -> bool:
        matched = match(path)
        return matched is not None and any(children(matched[0].name))

    def _child_lists(self, path: str, record: Json) -> Iterator[tuple[Collection, str]]:
        matched = match(path)
        if matched is None:
            return
        row = matched[0]
        rows = list(children(row.name))
        read = read_record(row, path, 0, record) if rows else None
        for child in rows:
            key = child.parent_key(read) if hasattr(read, "id") else None
            if key is not None:
                yield child, child.resource(path, key)

    def _adds(self, row: Collection) -> bool:
        """Whether an empty list of a new record is known to be empty."""
        if row.if_named:
            return True
        if self.ledger is None:
            return True
        entry = self.ledger.entry(row.name)
        return entry.status in {CollectionStatus.COMPLETE, CollectionStatus.PARTIAL} and (
            not entry.not_contained
        )

    def _left_aside(self, row: Collection) -> bool:
        """Whether a list of an object of the base may be missing because nobody needed it."""
        return self.ledger is not None and bool(self.ledger.entry(row.name).not_asked)

    @cached_property
    def everyone_groups(self) -> list[str]:
        """Ids of the group that everybody is in, which no plan makes."""
        return [
            identity
            for identity, group in self.records(BY_NAME["groups"].path).items()
            if is_everyone(group)
        ]

    # Lists of ids

    def ids(self, path: str) -> set[str]:
        """The members of a list of ids, to be read and changed."""
        if path not in self._ids:
            self._ids[path] = set(self._resources.get(path, ()))
        self._resources.setdefault(path, [])
        return self._ids[path]

    def assign(self, path: str, users: Iterable[str]) -> None:
        """Assign users to an app directly."""
        ways = self._ways(path)
        direct = next((way for way in ways if way.get("scope") == "USER"), None)
        if direct is None:
            direct = {"scope": "USER", "status": "ACTIVE", "ids": []}
            ways.append(direct)
        direct["ids"] = sorted({*direct["ids"], *users})
        self._resources[path] = ways

    def unassign(self, path: str, users: Iterable[str]) -> None:
        """Take direct assignments of users to an app away, if those were read."""
        if path not in self._resources:
            return
        gone = set(users)
        ways = self._ways(path)
        for way in ways:
            if way.get("scope") == "USER":
                way["ids"] = [one for one in way["ids"] if one not in gone]
        self._resources[path] = [way for way in ways if way["ids"]]

    def _ways(self, path: str) -> list[Json]:
        return [{**way, "ids": list(way["ids"])} for way in self._resources.get(path, ())]

    # What is not known

    def unknown(self, path: str, attribute: str, record: str = "", field: str = "") -> None:
        """Note that something is known after apply.

        Args:
            path: the list that is not all known, or in which the record stands.
            attribute: the attribute and what is wrong with it, as `Attribute.unknown`.
            record: the id of the record whose attribute it is; empty if the list is meant.
            field: the field of the record that is all that is not known; empty if more is.
        """
        gap = Gap(path=path, reason=attribute, record=record, attribute=attribute, field=field)
        self._gaps[path][gap] = None

    def unknown_everywhere(self, collection: str, attribute: str) -> None:
        """Note that any list of a collection may change; of several reasons the first is named."""
        self._everywhere.setdefault(collection, attribute)

    def settle(self) -> None:
        """Leave all lists open of which any may change. To be called when all is laid."""
        for collection, attribute in self._everywhere.items():
            for path in list(self._resources):
                matched = match(path)
                if matched is not None and matched[0].name == collection:
                    self.unknown(path, attribute)

    def open(self, path: str) -> bool:
        """Whether a list may hold more, or less, than is there."""
        matched = match(path)
        named = matched is not None and matched[0].name in self._everywhere
        return named or any(not gap.record for gap in self.gaps_of(path))

    def gaps_of(self, path: str) -> list[Gap]:
        """What is known after apply of a list and its records."""
        return list(self._gaps.get(path, ()))

    @cached_property
    def gaps(self) -> Mapping[str, list[Gap]]:
        """What is known after apply, by collection. Asked for once, at the end."""
        found: dict[str, list[Gap]] = defaultdict(list)
        for path, gaps in self._gaps.items():
            matched = match(path)
            assert matched is not None
            found[matched[0].name].extend(gaps)
        return found

    def resources(self) -> Resources:
        """All resources as a snapshot has them: records sorted by id."""
        result = Resources()
        for path in self._resources:
            result[path] = self._resources.kept(path)
        for path, table in self._tables.items():
            if path in result:
                result[path] = [table[identity] for identity in sorted(table)]
        for path, ids in self._ids.items():
            if path in result:
                result[path] = sorted(ids)
        return result


def set_field(record: Json, field: str, value: Any) -> None:
    """Set a field of a record, given with dots; None removes it."""
    *outer, last = field.split(".")
    for name in outer:
        inner = record.get(name)
        if not isinstance(inner, dict):
            inner = record[name] = {}
        record = inner
    if value is None:
        record.pop(last, None)
    else:
        record[last] = value


def list_path(collection: str, *keys: str) -> str:
    """The path of a list of a collection.

    >>> list_path("policies", "aus1")
    '/api/v1/authorizationServers/aus1/policies'
    """
    return BY_NAME[collection].path.format(*keys)
