"""Two snapshots of a tenant made comparable: one numbering of people, equal parts shared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice
from urllib.parse import urlsplit

from auditor.errors import UsageError
from auditor.snapshot.collections import BY_NAME
from auditor.snapshot.document import Snapshot
from auditor.snapshot.ledger import CollectionStatus
from auditor.snapshot.models.base import Record
from auditor.snapshot.org import Org
from auditor.snapshot.packed_values import kept
from auditor.text import quoted
from auditor.tokens.decide import OidcScopes
from auditor.tokens.missing_facts import MissingFact
from auditor.tokens.reach.populations import Populations
from auditor.tokens.reach.servers import TenantReach
from auditor.tokens.reach.situations import Reach
from auditor.tokens.reach.user_sets import Numbering, Person
from auditor.tokens.situation import Situation

SAMPLE = 5
"""Logins that a change names."""


@dataclass(frozen=True)
class SnapshotSide:
    """One of the two snapshots."""

    name: str
    """`OLD` or `NEW`."""
    snapshot: Snapshot
    org: Org
    reach: Reach

    @cached_property
    def tenant(self) -> TenantReach:
        """All requests to its custom authorization servers."""
        return TenantReach(self.reach)

    def read(self, collection: str, parent: Record | None = None) -> bool:
        """Whether a list is known; one that the org does not have is known to be empty."""
        absent = self.org.ledger.entry(collection).status is CollectionStatus.ABSENT
        return absent or self.org.known(collection, parent)

    def login(self, user: Person) -> str | None:
        """The login of a user of this side; None for anybody else."""
        record = self.org.user(user) if user is not None else None
        return record.title if record else None


@dataclass(frozen=True)
class SnapshotPair:
    """Both snapshots, and which resources differ."""

    old: SnapshotSide
    new: SnapshotSide
    changed: frozenset[str]
    """Paths of resources that are not the same, or that only one side has."""

    @classmethod
    def of(
        cls, old: Snapshot, new: Snapshot, reading: OidcScopes = OidcScopes.LISTED
    ) -> SnapshotPair:
        """Index two snapshots. Equal resources become the same objects, which halves memory."""
        changed = _share(old, new)
        old_org, new_org = Org.of(old), Org.of(new)
        users = _everybody((old_org, new_org))
        return cls(
            SnapshotSide("OLD", old, old_org, Reach(old_org, reading, users)),
            SnapshotSide("NEW", new, new_org, Reach(new_org, reading, users)),
            changed,
        )

    @property
    def both(self) -> tuple[SnapshotSide, SnapshotSide]:
        """Old and new."""
        return self.old, self.new

    def same(self, path: str) -> bool:
        """Whether a resource was read on both sides, and is the same."""
        return path not in self.changed and path in self.old.snapshot.resources

    def same_members(self, group: str) -> bool:
        """Whether the members of a group are the same, as far as they were read."""
        return BY_NAME["group_members"].path.format(group) not in self.changed

    def one_sided(
        self, client: str, grant: str
    ) -> tuple[tuple[MissingFact, ...], tuple[MissingFact, ...]]:
        """What each side takes for granted about a client, and the other one knows.

        Args:
            client: its id.
            grant: the grant type.
        """
        old, new = self.old.org.client(client), self.new.org.client(client)
        if old is None or new is None:
            return (), ()
        old_assumed = Situation(self.old.org, None, old, grant).assumed
        new_assumed = Situation(self.new.org, None, new, grant).assumed
        return (
            tuple(fact for fact in old_assumed if fact not in new_assumed),
            tuple(fact for fact in new_assumed if fact not in old_assumed),
        )

    def login(self, user: Person) -> str:
        """What reports call a person: the login, else the id."""
        return self.new.login(user) or self.old.login(user) or user or "somebody"

    def sample_logins(self, people: Iterable[Person]) -> tuple[str, ...]:
        """What reports call some of the people."""
        return tuple(map(self.login, islice(people, SAMPLE)))

    def refuse_strangers(self) -> None:
        """See to it that both sides are the same org.

        Raises:
            UsageError: they are not.
        """
        old, new = map(_identity, self.both)
        if old != new:
            raise UsageError(
                f"The snapshots are of two orgs: {quoted(old)} and {quoted(new)}.",
                remedy="Objects are matched by id, which two orgs do not share. "
                "--across-orgs compares them all the same.",
            )


def _identity(side: SnapshotSide) -> str:
    profile = side.org.profile
    url = side.snapshot.capture.org_url
    return profile.id if profile else urlsplit(url).hostname or url


def _share(old: Snapshot, new: Snapshot) -> frozenset[str]:
    changed = set(old.resources.keys() ^ new.resources.keys())
    alike = type(old.resources) is type(new.resources)
    for path in old.resources.keys() & new.resources.keys():
        value = kept(old.resources, path)
        if value != kept(new.resources, path):
            changed.add(path)
        elif alike:
            new.resources[path] = value
    return frozenset(changed)


def _everybody(orgs: Iterable[Org]) -> Numbering:
    """One numbering over the people of both sides; strangers of one side have no status there."""
    people = chain.from_iterable(Populations(org).users.people for org in orgs)
    return Numbering(dict.fromkeys(people))
