"""Differences of single clients, merged where they say the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from auditor.comparison.differences import Difference
from auditor.comparison.object_names import ObjectNames
from auditor.comparison.rejection_reasons import RejectionReasons
from auditor.comparison.result import (
    AccessChange,
    ClientPart,
    LifetimeChange,
    RuleLifetimes,
    Totals,
    Uncompared,
)
from auditor.comparison.scope_sources import RuleId, ScopeSources
from auditor.comparison.side_evaluation import RuleScopes
from auditor.comparison.snapshot_pair import SnapshotPair
from auditor.comparison.token_lifetimes import TokenLifetimes
from auditor.text import counted, listed
from auditor.tokens.grants import USERLESS_GRANTS
from auditor.tokens.reach.requestable import OTHER_OKTA
from auditor.tokens.reach.user_sets import UncertainUsers, UserSet

RuleLife = tuple[RuleId, TokenLifetimes]
LifePart = tuple[UserSet, tuple[RuleLife, ...], tuple[RuleLife, ...]]
"""People, and by which rules their tokens live how long on the old side and on the new one."""


@dataclass
class _MergedEntry:
    """Differences that say the same."""

    first: Difference
    source: RuleScopes | None
    scopes: set[str] = field(default_factory=set)
    clients: dict[str, set[str]] = field(default_factory=dict)
    people: UserSet | None = None

    def add(self, item: Difference, people: UserSet) -> None:
        self.scopes |= item.scope_class.scopes
        self.clients.setdefault(item.client, set()).add(item.grant)
        self.people = people if self.people is None else self.people | people

    @property
    def userless(self) -> bool:
        return self.first.grant in USERLESS_GRANTS


class MergedChanges:
    """All differences of two snapshots.

    Args:
        sides: the snapshots.
        differences: of single clients.
    """

    def __init__(self, sides: SnapshotPair, differences: Iterable[Difference]) -> None:
        self._sides = sides
        self._names = ObjectNames(sides)
        self._reasons = RejectionReasons(sides)
        self._gained: dict[object, _MergedEntry] = {}
        self._lost: dict[object, _MergedEntry] = {}
        self._lifetimes: dict[
            tuple[str, bool, tuple[RuleLife, ...], tuple[RuleLife, ...]], _MergedEntry
        ] = {}
        self._unclear: dict[tuple[str, str], _MergedEntry] = {}
        for item in differences:
            _add_access(self._gained, item, item.scope_class.new, item.people.gained)
            _add_access(self._lost, item, item.scope_class.old, item.people.lost)
            self._add_lifetimes(item)
            if item.people.unclear:
                key = item.server, self._reasons.indeterminate_because(item)
                entry = self._unclear.setdefault(key, _MergedEntry(item, None))
                entry.add(item, item.people.unclear)

    def _add_lifetimes(self, item: Difference) -> None:
        changed = item.people.changed
        if not changed:
            return
        none = changed - changed
        parts: list[LifePart] = [(changed, (), ())]
        for rule_life, holders in item.scope_class.old.lifetimes(none).items():
            parts = [
                (people, (*old, rule_life) if inside else old, new)
                for people, old, new, inside in _split(parts, holders)
            ]
        for rule_life, holders in item.scope_class.new.lifetimes(none).items():
            parts = [
                (people, old, (*new, rule_life) if inside else new)
                for people, old, new, inside in _split(parts, holders)
            ]
        for people, old, new in parts:
            key = item.server, item.grant in USERLESS_GRANTS, old, new
            self._lifetimes.setdefault(key, _MergedEntry(item, None)).add(item, people)

    @property
    def gained(self) -> tuple[AccessChange, ...]:
        """Who can obtain what they could not."""
        return tuple(self._changes(self._gained, new=True))

    @property
    def lost(self) -> tuple[AccessChange, ...]:
        """Who cannot obtain any more what they could."""
        return tuple(self._changes(self._lost, new=False))

    @property
    def lifetimes(self) -> tuple[LifetimeChange, ...]:
        """Whose tokens live longer or shorter."""
        changes = [
            LifetimeChange(
                server=self._names.server(server),
                old=self._rule_lifetimes(server, old, new=False),
                new=self._rule_lifetimes(server, new, new=True),
                scopes=tuple(sorted(entry.scopes)),
                clients=self._clients(entry),
                people=None if userless else len(entry.people or ()),
                sample=self._sample(entry),
            )
            for (server, userless, old, new), entry in self._lifetimes.items()
        ]
        return tuple(
            sorted(changes, key=lambda e: (e.server.name, e.server.id, repr(e.old), repr(e.new)))
        )

    @property
    def uncompared(self) -> tuple[Uncompared, ...]:
        """What cannot be compared, because a side is indeterminate."""
        entries = []
        for (server, why), entry in self._unclear.items():
            scopes = sorted(scope for scope in entry.scopes if scope and scope != "okta.")
            named = listed(scopes) if scopes else "scopes that were not read"
            who = [counted(len(entry.clients), "client")]
            if not entry.userless:
                who.append(f"{counted(len(entry.people or ()), 'person', 'people')} at most")
            what = f"{self._names.server_words(server)}: {named} ({', '.join(who)})"
            # Of a scope of the Okta APIs that has no name here nothing is known for want of grants,
            # whatever else bears on it.
            missing = ("app_grants",) if entry.scopes == {OTHER_OKTA} else ()
            entries.append(Uncompared(what=what, why=why, missing=missing))
        return tuple(sorted(entries, key=lambda item: (item.what, item.why)))

    @property
    def gained_total(self) -> Totals:
        """Clients and people of all gains."""
        return _totals(self._gained.values())

    @property
    def lost_total(self) -> Totals:
        """Clients and people of all losses."""
        return _totals(self._lost.values())

    @property
    def lifetimes_total(self) -> Totals:
        """Clients and people of all changes of lifetimes."""
        return _totals(self._lifetimes.values())

    def _changes(self, entries: dict[object, _MergedEntry], *, new: bool) -> Iterator[AccessChange]:
        changes = []
        for entry in _joined(list(entries.values())):
            assert entry.source is not None
            server = entry.first.server
            changes.append(
                AccessChange(
                    server=self._names.server(server),
                    rule=self._names.rule(server, entry.source.rule, new=new),
                    scopes=tuple(sorted(entry.scopes)),
                    clients=self._clients(entry),
                    people=None if entry.userless else len(entry.people or ()),
                    sample=self._sample(entry),
                    otherwise=self._reasons.otherwise(entry.first, entry.people, new=new),
                )
            )
        yield from sorted(changes, key=_order)

    def _rule_lifetimes(
        self, server: str, rule_lives: tuple[RuleLife, ...], *, new: bool
    ) -> tuple[RuleLifetimes, ...]:
        return tuple(
            RuleLifetimes(self._names.rule(server, rule, new=new), lifetimes)
            for rule, lifetimes in rule_lives
        )

    def _clients(self, entry: _MergedEntry) -> tuple[ClientPart, ...]:
        parts = [
            ClientPart(self._names.client(client), tuple(sorted(grants)))
            for client, grants in entry.clients.items()
        ]
        return tuple(sorted(parts, key=lambda part: (part.client.name, part.client.id)))

    def _sample(self, entry: _MergedEntry) -> tuple[str, ...]:
        if entry.userless or entry.people is None:
            return ()
        return self._sides.sample_logins(entry.people)


def _add_access(
    entries: dict[object, _MergedEntry], item: Difference, given: ScopeSources, people: UserSet
) -> None:
    """Each person counts for the first rule that gives the scopes."""
    left = people
    for source, holders in given.sources:
        counted_here = left & holders.sure
        if not counted_here:
            continue
        left -= counted_here
        userless = item.grant in USERLESS_GRANTS
        key = item.server, source.rule, item.scope_class.scopes, userless
        entries.setdefault(key, _MergedEntry(item, source)).add(item, counted_here)


def _totals(entries: Iterable[_MergedEntry]) -> Totals:
    """Everybody once."""
    clients: set[str] = set()
    people: UserSet | None = None
    for entry in entries:
        clients |= entry.clients.keys()
        if not entry.userless and entry.people is not None:
            people = entry.people if people is None else people | entry.people
    return Totals(len(clients), 0 if people is None else len(people))


def _split(
    parts: Iterable[LifePart], holders: UncertainUsers
) -> Iterator[tuple[UserSet, tuple[RuleLife, ...], tuple[RuleLife, ...], bool]]:
    """The parts, each cut into those who are among the holders and those who are not."""
    for people, old, new in parts:
        if inside := people & holders.sure:
            yield inside, old, new, True
        if outside := people - holders.sure:
            yield outside, old, new, False


def _joined(entries: list[_MergedEntry]) -> list[_MergedEntry]:
    """Entries of one rule that concern the same clients and people become one."""
    by_rule: dict[object, list[_MergedEntry]] = {}
    for entry in entries:
        assert entry.source is not None
        clients = frozenset((c, g) for c, grants in entry.clients.items() for g in grants)
        key = entry.first.server, entry.source.rule, clients, entry.userless
        same = by_rule.setdefault(key, [])
        twin = next((item for item in same if item.people == entry.people), None)
        if twin is None:
            same.append(entry)
        else:
            twin.scopes |= entry.scopes
    return [entry for same in by_rule.values() for entry in same]


def _order(item: AccessChange) -> tuple[object, ...]:
    rule = item.rule.rule.id if item.rule else ""
    who = item.people if item.people is not None else 0
    return item.server.name, item.server.id, -who, rule, item.scopes, item.clients[0].client.id
