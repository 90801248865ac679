"""Differences of single clients, put together where they say the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from auditor.diff.naming import Names
from auditor.diff.pairs import Gift, Lifetimes, Ways
from auditor.diff.reasons import Reasons
from auditor.diff.result import (
    AccessChange,
    ClientPart,
    LifetimeChange,
    RuleLifetimes,
    Totals,
    Uncompared,
)
from auditor.diff.sides import Sides
from auditor.diff.situations import Difference
from auditor.text import counted, listed
from auditor.tokens.grants import USERLESS_GRANTS
from auditor.tokens.reach.user_sets import People, UserSet

SAMPLE = 5
"""Logins that an entry shows."""

RuleId = tuple[str, str] | None
Way = tuple[RuleId, Lifetimes]


@dataclass
class _Entry:
    """What one entry is made of."""

    first: Difference
    gift: Gift | None
    scopes: set[str] = field(default_factory=set)
    clients: dict[str, set[str]] = field(default_factory=dict)
    people: UserSet | None = None

    def add(self, item: Difference, people: UserSet) -> None:
        self.scopes |= item.item.scopes
        self.clients.setdefault(item.client, set()).add(item.grant)
        self.people = people if self.people is None else self.people | people

    @property
    def userless(self) -> bool:
        return self.first.grant in USERLESS_GRANTS


class Merged:
    """All differences of two snapshots.

    Args:
        sides: the snapshots.
        differences: of single clients.
    """

    def __init__(self, sides: Sides, differences: Iterable[Difference]) -> None:
        self._sides = sides
        self._names = Names(sides)
        self._reasons = Reasons(sides)
        self._gained: dict[object, _Entry] = {}
        self._lost: dict[object, _Entry] = {}
        self._lifetimes: dict[tuple[str, bool, tuple[Way, ...], tuple[Way, ...]], _Entry] = {}
        self._unclear: dict[tuple[str, str], _Entry] = {}
        for item in differences:
            self._take(self._gained, item, item.item.new, item.outcome.gained)
            self._take(self._lost, item, item.item.old, item.outcome.lost)
            self._take_lifetimes(item)
            if item.outcome.unclear:
                key = item.server, self._reasons.why(item)
                entry = self._unclear.setdefault(key, _Entry(item, None))
                entry.add(item, item.outcome.unclear)

    def _take(
        self, entries: dict[object, _Entry], item: Difference, ways: Ways, people: UserSet
    ) -> None:
        """Each person counts for the first rule that gives the scopes."""
        left = people
        for gift, holders in ways.gifts:
            here = left & holders.sure
            if not here:
                continue
            left -= here
            userless = item.grant in USERLESS_GRANTS
            key = item.server, gift.rule, item.item.scopes, userless
            entries.setdefault(key, _Entry(item, gift)).add(item, here)

    def _take_lifetimes(self, item: Difference) -> None:
        changed = item.outcome.changed
        if not changed:
            return
        none = changed - changed
        parts: list[tuple[UserSet, tuple[Way, ...], tuple[Way, ...]]] = [(changed, (), ())]
        for at, ways in enumerate((item.item.old, item.item.new)):
            for way, holders in ways.lifetimes(none).items():
                parts = list(_split(parts, way, holders, at))
        for people, old, new in parts:
            key = item.server, item.grant in USERLESS_GRANTS, old, new
            self._lifetimes.setdefault(key, _Entry(item, None)).add(item, people)

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
        found = [
            LifetimeChange(
                server=self._names.server(server),
                old=self._ways(server, old, new=False),
                new=self._ways(server, new, new=True),
                scopes=tuple(sorted(entry.scopes)),
                clients=self._clients(entry),
                people=None if userless else len(entry.people or ()),
                sample=self._sample(entry),
            )
            for (server, userless, old, new), entry in self._lifetimes.items()
        ]
        return tuple(
            sorted(found, key=lambda e: (e.server.name, e.server.id, repr(e.old), repr(e.new)))
        )

    @property
    def uncompared(self) -> tuple[Uncompared, ...]:
        """Of whom nothing can be said."""
        found = []
        for (server, why), entry in self._unclear.items():
            userless = (
                ""
                if entry.userless
                else f", {counted(len(entry.people or ()), 'person', 'people')} at most"
            )
            scopes = sorted(scope for scope in entry.scopes if scope and scope != "okta.")
            of = listed(scopes) if scopes else "scopes that were not read"
            what = (
                f"{self._names.server_words(server)}: {of} "
                f"({counted(len(entry.clients), 'client')}{userless})"
            )
            found.append(Uncompared(what=what, why=why))
        return tuple(sorted(found, key=lambda item: (item.what, item.why)))

    def totals(self, kind: str) -> Totals:
        """Clients and people of all changes of a kind: gained, lost or lifetimes."""
        entries: list[_Entry] = list(getattr(self, f"_{kind}").values())
        clients = {client for entry in entries for client in entry.clients}
        people: UserSet | None = None
        for entry in entries:
            if not entry.userless and entry.people is not None:
                people = entry.people if people is None else people | entry.people
        return Totals(len(clients), len(people) if people is not None else 0)

    def _changes(self, entries: dict[object, _Entry], *, new: bool) -> Iterator[AccessChange]:
        found = []
        for entry in _joined(list(entries.values())):
            assert entry.gift is not None
            server = entry.first.server
            found.append(
                AccessChange(
                    server=self._names.server(server),
                    rule=self._names.rule(server, entry.gift.rule, new=new),
                    scopes=tuple(sorted(entry.scopes)),
                    clients=self._clients(entry),
                    people=None if entry.userless else len(entry.people or ()),
                    sample=self._sample(entry),
                    otherwise=self._reasons.otherwise(entry.first, entry.people, new=new),
                )
            )
        yield from sorted(found, key=_order)

    def _ways(self, server: str, ways: tuple[Way, ...], *, new: bool) -> tuple[RuleLifetimes, ...]:
        return tuple(
            RuleLifetimes(self._names.rule(server, rule, new=new), lifetimes)
            for rule, lifetimes in ways
        )

    def _clients(self, entry: _Entry) -> tuple[ClientPart, ...]:
        parts = [
            ClientPart(self._names.client(client), tuple(sorted(grants)))
            for client, grants in entry.clients.items()
        ]
        return tuple(sorted(parts, key=lambda part: (part.client.name, part.client.id)))

    def _sample(self, entry: _Entry) -> tuple[str, ...]:
        if entry.userless or entry.people is None:
            return ()
        some = []
        for person in entry.people:
            some.append(self._sides.login(person))
            if len(some) == SAMPLE:
                break
        return tuple(some)


def _split(
    parts: list[tuple[UserSet, tuple[Way, ...], tuple[Way, ...]]], way: Way, people: People, at: int
) -> Iterator[tuple[UserSet, tuple[Way, ...], tuple[Way, ...]]]:
    for some, old, new in parts:
        if inside := some & people.sure:
            yield inside, (*old, way) if at == 0 else old, (*new, way) if at == 1 else new
        if outside := some - people.sure:
            yield outside, old, new


def _joined(entries: list[_Entry]) -> list[_Entry]:
    """Entries of one rule that concern the same clients and people become one."""
    found: dict[object, list[_Entry]] = {}
    for entry in entries:
        assert entry.gift is not None
        clients = frozenset((c, g) for c, grants in entry.clients.items() for g in grants)
        key = entry.first.server, entry.gift.rule, clients, entry.userless
        same = found.setdefault(key, [])
        twin = next((item for item in same if item.people == entry.people), None)
        if twin is None:
            same.append(entry)
        else:
            twin.scopes |= entry.scopes
    return [entry for same in found.values() for entry in same]


def _order(item: AccessChange) -> tuple[object, ...]:
    rule = item.rule.rule.id if item.rule else ""
    who = item.people if item.people is not None else 0
    return item.server.name, item.server.id, -who, rule, item.scopes, item.clients[0].client.id
