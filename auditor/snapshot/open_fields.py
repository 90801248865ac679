"""Records of a planned snapshot some of whose fields are not known before apply.

What stands in such a field is not what will be there. So whoever reads it gets `OpenFieldError`.
What a rule found without reading one holds whatever the fields will be: it takes the same steps up
to there. It is not evaluated beyond. To leave the object out and go on would not do: a policy that
seems to have no rules then, or a scope that nobody seems to grant, would be found.
"""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from types import FunctionType
from typing import Any, cast

from auditor.errors import SnapshotError
from auditor.snapshot.collections import match
from auditor.snapshot.ledger import LedgerEntry
from auditor.snapshot.models.base import Part, Record
from auditor.snapshot.tables import Tables

Fields = Mapping[str, str]
"""Fields that are not known, dotted and in the API's own names, each with the attribute."""


class OpenFieldError(SnapshotError):
    """Somebody read a field that is not known before apply.

    Args:
        attribute: the attribute of the plan, and why it is not known.
    """

    def __init__(self, attribute: str) -> None:
        super().__init__(f"not known before apply: {attribute}", remedy="")
        self.attribute = attribute


class _OpenPart:
    """A record, or a part of one, that tells all but its open fields.

    It is taken for an instance of its class. Its properties and methods read from it in turn.
    """

    __slots__ = ("_fields", "_whole")

    _whole: Part
    _fields: Fields

    def __init__(self, whole: Part, fields: Fields) -> None:
        object.__setattr__(self, "_whole", whole)
        object.__setattr__(self, "_fields", fields)

    @property  # type: ignore[misc]
    def __class__(self) -> type:  # pyright: ignore[reportIncompatibleMethodOverride]
        return type(self._whole)

    def __getattr__(self, name: str) -> Any:
        whole, fields = self._whole, self._fields
        if name.startswith(("__", "model_")):
            raise OpenFieldError(next(iter(fields.values())))
        member = inspect.getattr_static(type(whole), name, None)
        if isinstance(member, property) and member.fget:
            return member.fget(self)
        if isinstance(member, cached_property):
            return member.func(self)
        if isinstance(member, FunctionType):
            return member.__get__(self)
        return _guarded(getattr(whole, name), _below(fields, _api_name(type(whole), name)))

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(name)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        whole = self._whole
        if isinstance(whole, Record) and isinstance(other, Record):
            return (whole.place, whole.id) == (other.place, other.id)
        if isinstance(other, Part):
            raise OpenFieldError(next(iter(self._fields.values())))
        return False

    def __hash__(self) -> int:
        whole = self._whole
        if isinstance(whole, Record):
            return hash((whole.place, whole.id))
        raise OpenFieldError(next(iter(self._fields.values())))

    def __repr__(self) -> str:
        raise OpenFieldError(next(iter(self._fields.values())))


def _guard_of(record: object) -> _OpenPart | None:
    kind: type = type(record)
    return cast("_OpenPart", record) if kind is _OpenPart else None


def whole(record: Record) -> Record:
    """The record itself, with whatever stands in its open fields."""
    guard = _guard_of(record)
    return cast("Record", guard._whole) if guard else record  # noqa: SLF001


def open_attribute(record: Record) -> str:
    """The attribute that a field of a record has its value from, if that is not known."""
    guard = _guard_of(record)
    return next(iter(guard._fields.values())) if guard else ""


def guarded_tables(tables: Tables) -> Tables:
    """Tables whose open fields nobody reads by mistake, with caches of their own.

    To be made anew after an `OpenFieldError`: what was being worked out then is half done.
    """
    open_: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for entry in tables.ledger.entries:
        for gap in entry.gaps:
            if gap.record and gap.field:
                open_[gap.path, gap.record].setdefault(gap.field, gap.attribute)
    paths = {path for path, _ in open_}
    lists = dict(tables.lists)
    for path in paths & lists.keys():
        lists[path] = tuple(_guard(record, open_) for record in lists[path])
    by_collection = dict(tables.by_collection)
    for name in {matched[0].name for path in paths if (matched := match(path))}:
        by_collection[name] = tuple(_guard(record, open_) for record in by_collection.get(name, ()))
    return replace(
        tables, lists=lists, by_collection=by_collection, lookups={}, members={}, live_rules={},
        covering={}, remembered={}, guarded=True,
    )  # fmt: skip


def only_fields_missing(missing: Iterable[LedgerEntry]) -> bool:
    """Whether nothing is missing of collections but fields of records, which can be guarded."""
    return all(entry.only_fields_open for entry in missing)


def _guard(record: Any, open_: Mapping[tuple[str, str], Fields]) -> Any:
    if not isinstance(record, Record):
        return record
    fields = open_.get((record.place.path, record.id))
    return _OpenPart(record, fields) if fields else record


def _guarded(value: Any, fields: Fields) -> Any:
    if not fields:
        return value
    if "" in fields or not isinstance(value, Part):
        raise OpenFieldError(next(iter(fields.values())))
    return _OpenPart(value, fields)


def _below(fields: Fields, name: str) -> dict[str, str]:
    """The open fields that are, or are in, one of that name; the empty name is that itself."""
    inner: dict[str, str] = {}
    for field, attribute in fields.items():
        head, _, rest = field.partition(".")
        if head == name:
            inner[rest] = attribute
    return inner


def _api_name(part: type[Part], name: str) -> str:
    field = part.model_fields.get(name)
    return (field.alias or name) if field else name
