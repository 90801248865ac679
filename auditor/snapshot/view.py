"""What a rule may look at: the collections that it declared, and nothing else.

A rule may read what it declared in `reads`, and, where `known` says that it was read, what it
declared in `consults`. Asking for anything else raises `UndeclaredRead`, so that a rule can never
rest on data whose absence nobody noticed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import copy
from datetime import datetime
from typing import Any, Self, TypeVar, cast

from auditor.errors import SnapshotError
from auditor.snapshot.collections import BY_NAME, Collection, lineage
from auditor.snapshot.document import Snapshot, Source, dump_snapshot
from auditor.snapshot.ledger import Ledger
from auditor.snapshot.models.base import Part, Record
from auditor.snapshot.models.directory import Group
from auditor.snapshot.open_fields import OpenFieldError, guarded_tables, open_attribute
from auditor.snapshot.packed_values import kept
from auditor.snapshot.tables import Tables
from auditor.text import quoted

R = TypeVar("R", bound=Part)
T = TypeVar("T")


class UndeclaredRead(Exception):  # noqa: N818 - reads as what happened
    """A rule looked at a collection that it did not declare, or did not ask whether it was read."""


class UnreadListError(SnapshotError):
    """A rule looked at a list that was not read, since nothing of ours needs it.

    Args:
        collection: the list's.
        what: a clause that says what was not read and why.
        option: the option of `snapshot` with which it is read.
    """

    def __init__(self, collection: str, what: str, option: str) -> None:
        super().__init__(what, remedy=f"run the snapshot with {option}")
        self.collection = collection

    @classmethod
    def of_members(cls, group: Group) -> Self:
        """The members of a group that nothing names."""
        return cls(
            "group_members",
            f"the members of {quoted(group.title)} were not read, since no policy rule and no "
            "app names the group",
            "--all-members",
        )

    @classmethod
    def of(cls, row: Collection, parent: Record) -> Self:
        """A list of an app that nobody needs."""
        why = row.not_needed(parent) or "nothing needs them"
        return cls(
            row.name,
            f"{row.label} of {quoted(parent.title)} were not read, since {why}",
            "--all-lists",
        )


class View:
    """The records of a snapshot, as far as they may be read.

    Args:
        tables: the records.
        readable: the collections that may be read; None for all of them.
        consulted: the collections that may be read after `known` was asked.
        strict: whether nobody may take for empty what was not read.
    """

    def __init__(
        self,
        tables: Tables,
        readable: frozenset[str] | None = None,
        consulted: frozenset[str] = frozenset(),
        *,
        strict: bool = False,
    ) -> None:
        self._tables = tables
        self._readable = readable
        self._consulted = consulted - (readable or frozenset())
        self._strict = strict

    def restricted_to(self, reads: Iterable[str], consults: Iterable[str] = ()) -> Self:
        """A view of the same org in which only these collections and their parents can be read.

        In it, nobody takes for empty what was not read: a list that the exporter left aside,
        such as `members` of a group that nothing names, raises `UnreadListError`, and a list that
        is merely consulted and was not read raises `UndeclaredRead`.

        Args:
            reads: collections that were read.
            consults: collections of which `known` has to be asked first.
        """
        return self._view(lineage(reads), lineage(consults), strict=True)

    def guarded(self) -> Self:
        """A view of the same org in which nobody reads what is not known before apply.

        Whoever does gets `OpenFieldError`; and then another one has to be made.
        """
        view = copy(self)
        vars(view).update(_tables=guarded_tables(self._tables))
        return view

    @property
    def snapshot(self) -> Snapshot:
        """All that was read. For programs; a rule gets `UndeclaredRead`.

        Raises:
            UndeclaredRead: only some collections may be read.
        """
        if self._readable is not None:
            raise UndeclaredRead("a rule cannot read the whole snapshot; ask for what it declared")
        return self._tables.snapshot

    @property
    def source(self) -> Source:
        """The file that the snapshot came from, or the document that it would be."""
        return self._tables.source or Source("snapshot.json", dump_snapshot(self.snapshot))

    @property
    def captured_at(self) -> datetime:
        """When the snapshot was finished: the only notion of now that a rule has."""
        return self._tables.snapshot.capture.finished_at

    @property
    def ledger(self) -> Ledger:
        """What was read, and what was not."""
        return self._tables.ledger

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
        path = row.resource(parent.place.path, key) if parent and key else row.path
        if entry.readable or (self._tables.guarded and entry.only_fields_open):
            return not (parent and key and self._list_unread(row, path, key))
        return path in self._tables.snapshot.resources and not entry.doubts(path)

    def left_aside(self, name: str, parent: Record) -> bool:
        """Whether a list of a parent was not asked for; it may hold anything.

        Args:
            name: the collection.
            parent: whose list is meant.
        """
        self._check_declared(name)
        row = BY_NAME[name]
        key = row.parent_key(parent)
        return key is not None and self._list_unread(row, row.resource(parent.place.path, key), key)

    def not_known_before_apply(
        self, name: str, record: Record, parent: Record | None = None
    ) -> str:
        """Of a planned snapshot: the attribute that leaves a record or its list open.

        Args:
            name: the collection.
            record: a record of it, or the parent whose list is meant.
            parent: the parent, if its list is meant and not a record.

        Returns:
            The attribute and why it is not known; empty if all is known.
        """
        entry = self.ledger.entry(name)
        if not entry.gaps:
            return ""
        row = BY_NAME[name]
        if parent is None:
            wanted = (record.place.path, record.id)
        else:
            key = row.parent_key(parent)
            wanted = (row.resource(parent.place.path, key) if key else row.path, "")
        found = (gap.attribute for gap in entry.gaps if (gap.path, gap.record) == wanted)
        attribute = next(found, "")
        if attribute and self._tables.guarded:
            raise OpenFieldError(attribute)
        return attribute

    def remembered(
        self,
        make: Callable[[Self], T],
        reads: Iterable[str] | None = None,
        consults: Iterable[str] = (),
    ) -> T:
        """What a function makes of the org, made once for all rules that ask for the same.

        Args:
            make: a function or class of a module. It gets a view in which only `reads` and
                `consults` can be read; so whoever shares what it made has declared as much.
            reads: the collections that it rests on; None for all that the rule declared.
            consults: the collections that it uses if they were read.

        Raises:
            UndeclaredRead: the rule did not declare all of these, or the function reads others.
        """
        if reads is None:
            readable, consulted = self._readable, self._consulted
        else:
            readable, consulted = lineage(reads), lineage(consults)
            for name in readable:
                self._check(name)
            for name in consulted:
                self._check_declared(name)
        key = (make, readable, consulted)
        strict, value = self._tables.remembered.get(key, (False, None))
        # A strict view refuses to take for empty what was not read; what was made of one that
        # does not must never reach it.
        if key not in self._tables.remembered or (self._strict and not strict):
            value = make(self._view(readable, consulted, strict=self._strict))
            self._tables.remembered[key] = (self._strict, value)
        return cast("T", value)

    def raw(self, record: Record) -> Any:
        """The record as it stands in the snapshot, a JSON value."""
        if attribute := open_attribute(record):
            raise OpenFieldError(attribute)
        value = kept(self._tables.snapshot.resources, record.place.path)
        return value if record.place.position is None else value[record.place.position]

    def _view(
        self, readable: frozenset[str] | None, consulted: frozenset[str], *, strict: bool
    ) -> Self:
        view = copy(self)
        vars(view).update(
            _readable=readable, _consulted=consulted - (readable or frozenset()), _strict=strict
        )
        return view

    def _may_read(self, name: str) -> bool:
        """Whether a list may be read here without a question: it was declared, and is known."""
        if self._readable is None or name in self._readable:
            return True
        return name in self._consulted and self.known(name)

    def _check(self, name: str, parent: Record | None = None) -> None:
        """Insist that a list may be read."""
        if self._readable is None or name in self._readable:
            return
        self._check_declared(name)
        if not self.known(name, parent):
            raise UndeclaredRead(f'ask `org.known` before "{name}": it is merely consulted')

    def _check_declared(self, name: str) -> None:
        if self._readable is None or name in self._readable or name in self._consulted:
            return
        raise UndeclaredRead(f'add "{name}" to the rule\'s reads')

    def _list_unread(self, row: Collection, path: str, key: str) -> bool:
        """Whether a list was not asked for, because nothing names it or nobody needs it.

        A list that is in a snapshot was read. One that is not there is of a parent that does
        not exist, or nobody asked for it; if nothing was left aside, it counts as empty.
        """
        if path in self._tables.lists:
            return False
        entry = self.ledger.entry(row.name)
        if row.if_named:
            return entry.left_out > 0 and key in self._lookup("groups", Group)
        return bool(entry.not_asked)

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
        if self._strict and self._list_unread(row, path, key):
            raise UnreadListError.of(row, parent)
        return cast("tuple[R, ...]", self._tables.lists.get(path, ()))

    def _lookup(self, name: str, model: type[R]) -> Mapping[str, R]:
        records = self._all(name, model)
        lookup = self._tables.lookups.setdefault(name, {})
        if not lookup:
            lookup.update({cast("Record", record).id: record for record in records})
        return lookup
