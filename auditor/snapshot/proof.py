"""Holds the ledger of a snapshot against its resources, whatever wrote or changed the file.

A ledger that says "complete" is a claim. A bad merge or a filter can cut lists out and leave it
standing, and then an audit would call clean what nobody looked at. So whenever a snapshot is read,

- there is one entry for each collection, and none for anything else; only of collections that
  earlier versions did not read there may be none, and then nothing of them was read,
- as many lists and objects are there as each entry says,
- each parent record has the lists that belong to it, unless the entry accounts for it,
- each list is there that the entry says was carried over from an older snapshot,
- each list has its parent record, a path that is read from a tenant, and the shape that its path
  says, and no record or id stands in it twice,
- no object has a member twice.

What does not hold makes the entry partial, with the path and the reason; so it does for all that
depends on it. A changed digest and the like put everything in doubt.

Further, every org has the group Everyone and at least one user. A list of groups or users that
was read to its end without them was read by somebody who may see only a part.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from operator import itemgetter
from typing import Any, NamedTuple, cast

from pydantic import ValidationError

from auditor.snapshot.collections import (
    BY_NAME,
    COLLECTIONS,
    Collection,
    children,
    match,
    own_id,
)
from auditor.snapshot.dependence import dependent
from auditor.snapshot.json_reader import repeated_members
from auditor.snapshot.ledger import (
    CollectionStatus,
    Contradiction,
    Ledger,
    LedgerEntry,
    Quarantined,
)
from auditor.snapshot.packed_values import IdList, Resources, kept
from auditor.snapshot.packing import packed
from auditor.snapshot.records import read_record
from auditor.snapshot.users import UserList
from auditor.text import counted, one_line, quoted

Json = dict[str, Any]

_ID = itemgetter("id")
_MOST_NAMED = 5
"""How many lists of a collection are named that are missing, or that belong to nothing."""

_NEVER_ABSENT = frozenset({"org", "apps", "groups", "users"})
"""What every org has, so that no missing feature is an excuse."""


class Doubt(NamedTuple):
    """Something that does not hold."""

    collection: str
    path: str
    """The resource's, or the collection's own if it is about all its lists."""
    reason: str


class Proven(NamedTuple):
    """What may be believed of a snapshot."""

    ledger: Ledger
    resources: Resources
    """Those that have the shape that their path says."""


class Examination:
    """Looks at the resources of a snapshot, each by itself, and packs what is long."""

    def __init__(self) -> None:
        self.doubts: list[Doubt] = []
        """What does not hold, in the order of the resources."""
        self.lists: dict[str, Json] = {row.name: {} for row in COLLECTIONS}
        """Those that have the shape that their path says, by collection and path."""
        self.resources = Resources()
        """All of them."""

    def take(self, path: str, value: Any, *, may_repeat: bool) -> None:
        """Look at a resource.

        Args:
            path: its path, which no other has.
            value: the JSON value.
            may_repeat: whether an object in it may have a member twice.
        """
        row = self._row(path)
        if row is None:
            self.resources[path] = value
            return
        is_list = isinstance(value, list) and not row.single
        if is_list and (not value or (row.model is None and _in_order(value))):
            self._keep(row, path, value)
            return
        if not _fits(row, value):
            kind = "an object" if row.single else "a list of ids" if row.model is None else "a list"
            self.doubts.append(Doubt(row.name, path, f"it is not {kind}"))
            self.resources[path] = value
            return
        self.doubts += [Doubt(row.name, path, reason) for reason in _repeated(row, value)]
        if may_repeat:
            self.doubts += _with_member_twice(row, path, value)
        self._keep(row, path, value)

    def take_users(self, path: str, stretches: Iterable[tuple[list[Any], bytes | None]]) -> None:
        """Look at a long list of users; at each stretch but once.

        Args:
            path: its path, which no other has.
            stretches: some records each, and their JSON; None instead of it if an object in them
                may have a member twice.
        """
        row = BY_NAME["users"]
        users = UserList()
        ids: list[str] = []
        twice: list[Doubt] = []
        for stretch, text in stretches:
            ids += _ids(stretch)
            if text is None:
                twice += _with_member_twice(row, path, stretch)
            users.add(stretch, text)
        self.doubts += [Doubt(row.name, path, reason) for reason in _twice(ids)]
        self.doubts += twice[:1]
        self._keep(row, path, users)

    def _row(self, path: str) -> Collection | None:
        matched = match(path)
        if matched is None:
            shown = quoted(path)
            self.doubts += _everywhere(f"the snapshot has {shown}, which is not read from a tenant")
            return None
        return matched[0]

    def _keep(self, row: Collection, path: str, value: Any) -> None:
        self.resources[path] = self.lists[row.name][path] = packed(row, value)


def prove(entries: list[Any], examination: Examination, doubts: Iterable[str]) -> Proven:
    """Hold a ledger against resources.

    Args:
        entries: the ledger, as JSON.
        examination: of all resources.
        doubts: why nothing of the snapshot can be believed, a clause each.
    """
    ledger, found = _entries(entries)
    for reason in doubts:
        found += _everywhere(reason)
    found += examination.doubts
    lists = examination.lists
    for row in COLLECTIONS:
        found += _amounts(row, ledger[row.name], lists[row.name])
        found += _carried(row, ledger[row.name], lists[row.name])
        records = list(_records(row, lists[row.name]))
        for child in children(row.name):
            expected = dict(_paths(child, records))
            found += _families(child, ledger[child.name], lists[child.name], expected)
    by_collection: dict[str, list[Contradiction]] = defaultdict(list)
    for doubt in dict.fromkeys(found):
        by_collection[doubt.collection].append(Contradiction(path=doubt.path, reason=doubt.reason))
    judged = {
        name: _with_lacks(
            _doubted(entry, by_collection[name]), lists[name].get(BY_NAME[name].path, [])
        )
        for name, entry in ledger.items()
    }
    resources = examination.resources
    fitting = set().union(*lists.values())
    for path in resources.keys() - fitting:
        del resources[path]
    return Proven(dependent(judged), resources)


def complete_ledger(resources: Mapping[str, Any]) -> Ledger:
    """The ledger of resources that are all there is."""
    lists = Counter[str]()
    objects = Counter[str]()
    for path in resources:
        if matched := match(path):
            lists[matched[0].name] += 1
            objects[matched[0].name] += _objects(matched[0], kept(resources, path))
    return Ledger(
        entries=tuple(
            LedgerEntry(
                collection=row.name,
                status=CollectionStatus.COMPLETE,
                lists=1 if row.single else lists[row.name],
                objects=objects[row.name],
            )
            for row in COLLECTIONS
        )
    )


def expected_lists(row: Collection, parents: Json) -> set[str]:
    """The paths of the lists that belong to parent records.

    Args:
        row: the collection of the lists.
        parents: lists of the parent collection, by path.
    """
    assert row.parent is not None
    return {path for path, _ in _paths(row, list(_records(BY_NAME[row.parent], parents)))}


def lists_below(parent: Collection, parents: Json) -> dict[str, dict[str, str | None]]:
    """The lists that belong to parent records, by collection and path.

    Args:
        parent: the collection of the records.
        parents: its lists, by path.

    Returns:
        For each list the reason why nobody needs it; None if it is needed.
    """
    records = list(_records(parent, parents))
    return {child.name: dict(_paths(child, records)) for child in children(parent.name)}


def _everywhere(reason: str) -> list[Doubt]:
    return [Doubt(row.name, "", reason) for row in COLLECTIONS]


# The ledger itself


def _entries(values: list[Any]) -> tuple[dict[str, LedgerEntry], list[Doubt]]:
    """One entry for each collection, and what is wrong with those that are there."""
    found: list[Doubt] = []
    entries: dict[str, LedgerEntry] = {}
    for value in values:
        name = value.get("collection") if isinstance(value, dict) else None
        if not isinstance(name, str) or name not in BY_NAME:
            what = quoted(name) if isinstance(name, str) else "something"
            found += _everywhere(f"the ledger has an entry of {what}, which is no collection")
            continue
        path = BY_NAME[name].path
        if name in entries:
            found.append(Doubt(name, path, "the ledger has two entries of it"))
            continue
        try:
            entries[name] = LedgerEntry.model_validate(value)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            field = ".".join(str(part) for part in first["loc"])
            entries[name] = LedgerEntry(collection=name, status=CollectionStatus.PARTIAL)
            reason = f"its ledger entry cannot be understood: {field}: {first['msg']}"
            found.append(Doubt(name, path, one_line(reason)))
        repeated = next(repeated_members(value), None)
        if repeated is not None:
            reason = f"its ledger entry has the member {quoted(repeated)} twice"
            found.append(Doubt(name, path, reason))
    for row in COLLECTIONS:
        if row.name not in entries:
            entries[row.name] = Ledger(entries=()).entry(row.name)
            if not row.later:  # of a snapshot that an earlier version made, that is no wonder
                found.append(Doubt(row.name, row.path, "the ledger has no entry of it"))
    return entries, found


def _doubted(entry: LedgerEntry, contradictions: list[Contradiction]) -> LedgerEntry:
    if not contradictions:
        return entry
    update = {
        "status": CollectionStatus.PARTIAL,
        "oauth_scope": None,
        "contradictions": (*entry.contradictions, *contradictions),
    }
    return entry.model_copy(update=update)


# A resource by itself


def _fits(row: Collection, value: Any) -> bool:
    """Whether a value is what its path says."""
    if row.single:
        return isinstance(value, dict)
    return isinstance(value, list) and (row.model is not None or set(map(type, value)) <= {str})


def _in_order(values: list[Any]) -> bool:
    """Whether all are strings, none before the one in front of it.

    The exporter sorts ids, and they are millions; of all ways to see that they are ids this is
    the cheapest. One that stands in a sorted list twice is not seen so, only counted: whatever is
    made of the list is a set. Records are looked at closely.
    """
    try:
        return not values or (type(values[0]) is str and values == sorted(values))
    except TypeError:
        return False


def _repeated(row: Collection, value: Any) -> Iterator[str]:
    """What stands in a list twice, a clause for each list of ids or records."""
    if row.single:
        return
    if row.pack and row.model is not None:
        for ids in _packed_ids(value):
            if not _in_order(ids):
                yield from _twice(ids)
        return
    if row.model is None:
        yield from _twice(value)
        return
    yield from _twice(_ids(value))


def _ids(records: list[Any]) -> list[str]:
    """The ids of those records that have one."""
    try:
        ids = list(map(_ID, records))
        if set(map(type, ids)) <= {str}:
            return ids
    except (KeyError, TypeError, IndexError):
        pass
    ids = [record.get("id") for record in records if isinstance(record, dict)]
    return [one for one in ids if isinstance(one, str)]


def _with_member_twice(row: Collection, path: str, value: Any) -> list[Doubt]:
    return [
        Doubt(row.name, path, f"an object in it has the member {quoted(name)} twice")
        for name in islice(repeated_members(value), 1)
    ]


def _twice(ids: list[Any]) -> Iterator[str]:
    if len(set(map(str, ids))) == len(ids):
        return
    one, times = Counter(map(str, ids)).most_common(1)[0]
    yield f"{quoted(one)} stands in it {'twice' if times == 2 else f'{times:,} times'}"  # noqa: PLR2004


def _packed_ids(value: list[Any]) -> Iterator[Any]:
    for bundle in value:
        ids = bundle.get("ids") if isinstance(bundle, dict) else None
        yield ids if isinstance(ids, (list, IdList)) else []


def _objects(row: Collection, value: Any) -> int:
    """How many objects a resource holds."""
    if row.single:
        return 1
    if row.pack and row.model is not None:
        return sum(map(len, _packed_ids(value)))
    return len(value)


# Resources together


def _amounts(row: Collection, entry: LedgerEntry, lists: Json) -> Iterator[Doubt]:
    """Whether there is as much as the entry says."""
    objects = sum(_objects(row, value) for value in lists.values())
    if objects != entry.objects:
        reason = f"the ledger says {counted(entry.objects, 'object')}, and {objects:,} are there"
        yield Doubt(row.name, row.path, reason)
    if entry.status is CollectionStatus.ABSENT:
        if lists or entry.lists:
            yield Doubt(row.name, row.path, "the ledger says that the org does not have it")
        elif row.name in _NEVER_ABSENT:
            yield Doubt(row.name, row.path, "the ledger says that the org has none; every org has")
    if not entry.readable:
        return
    if entry.gaps or entry.quarantined or entry.oauth_scope:
        reason = "the ledger says that it is complete, and that something is missing"
        yield Doubt(row.name, row.path, reason)
    # An org may not have a setting: that was read, and nothing is there.
    there = 1 if row.single else len(lists)
    if entry.lists != there:
        reason = f"the ledger says {counted(entry.lists, 'list')}, and {there:,} are there"
        yield Doubt(row.name, row.path, reason)
    if not row.parent and not row.single and row.path not in lists:
        yield Doubt(row.name, row.path, "it is not there")


def _carried(row: Collection, entry: LedgerEntry, lists: Json) -> Iterator[Doubt]:
    """Whether each list is there once that was carried over."""
    paths = Counter(path for item in entry.carried_over for path in item.paths)
    missing = sorted(paths.keys() - lists.keys())
    yield from _named(row, missing, "the ledger says that it was carried over, and it is not there")
    twice = sorted(path for path, times in paths.items() if times > 1)
    yield from _named(row, twice, "the ledger says more than once that it was carried over")


def _records(row: Collection, lists: Json) -> Iterator[tuple[str, str, Any]]:
    """The parent records of a collection: path, id, and the model where more than the id counts.

    One that cannot be understood has no lists: it is quarantined when the org is indexed.
    """
    by_model = any(child.parent_key is not own_id for child in children(row.name))
    if not any(children(row.name)):
        return
    for path, values in lists.items():
        for position, value in enumerate(values):
            identity = value.get("id") if isinstance(value, dict) else None
            if not isinstance(identity, str):
                continue
            read = read_record(row, path, position, value) if by_model else None
            if not isinstance(read, Quarantined):
                yield path, identity, read


def _paths(
    row: Collection, records: list[tuple[str, str, Any]]
) -> Iterator[tuple[str, str | None]]:
    """The lists that belong to parent records, and why one is not needed."""
    for path, identity, record in records:
        key = identity if row.parent_key is own_id else row.parent_key(record)
        if key is not None:
            why = None if row.parent_key is own_id else row.not_needed(record)
            yield row.resource(path, key), why


def _families(
    row: Collection, entry: LedgerEntry, lists: Json, expected: Mapping[str, str | None]
) -> Iterator[Doubt]:
    """Whether each parent record has its list, and each list its parent record."""
    orphans = sorted(lists.keys() - expected)
    yield from _named(row, orphans, "there is nothing that it belongs to")
    if not entry.readable:
        return
    missing = sorted(expected.keys() - lists.keys())
    not_needed = sum(expected[path] is not None for path in missing)
    missing = [path for path in missing if expected[path] is None]
    said = sum(each.lists for each in entry.not_asked)
    if not_needed != said:
        lack = f"{not_needed:,} that nobody needs are not there"
        reason = f"the ledger says that {counted(said, 'list')} were not asked for, and {lack}"
        yield Doubt(row.name, row.path, reason)
    if not row.if_named:
        yield from _named(row, missing, "it is not there")
    elif len(missing) != entry.left_out:
        left_out, there = counted(entry.left_out, "list"), len(missing)
        reason = f"the ledger says that {left_out} were left out, and {there:,} are not there"
        yield Doubt(row.name, row.path, reason)


def _named(row: Collection, paths: list[str], reason: str) -> Iterator[Doubt]:
    for path in paths[:_MOST_NAMED]:
        yield Doubt(row.name, path, reason)
    if len(paths) > _MOST_NAMED:
        more = counted(len(paths) - _MOST_NAMED, "more list")
        yield Doubt(row.name, row.path, f"{more}: {reason}")


# What every org has


def with_lacks(ledger: Ledger, resources: Json) -> Ledger:
    """The ledger of an export, in which a list without what every org has is not complete."""
    return Ledger(
        entries=tuple(
            _with_lacks(entry, resources.get(BY_NAME[entry.collection].path, []))
            for entry in ledger.entries
        )
    )


def _with_lacks(entry: LedgerEntry, value: Any) -> LedgerEntry:
    if entry.status is not CollectionStatus.COMPLETE:
        return entry
    lacks: tuple[str, ...] = ()
    if entry.collection == "groups" and not any(map(is_everyone, value)):
        lacks = ("group Everyone",)
    elif entry.collection == "users" and not value:
        lacks = ("user at all",)
    update = {"status": CollectionStatus.PARTIAL, "lacks": lacks}
    return entry.model_copy(update=update) if lacks else entry


def is_everyone(group: Any) -> bool:
    """Whether a raw record is the group that every org has and everybody is in."""
    if not isinstance(group, dict) or group.get("type") != "BUILT_IN":
        return False
    profile = group.get("profile")
    return cast("bool", isinstance(profile, dict) and profile.get("name") == "Everyone")
