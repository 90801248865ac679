"""Two snapshots of a tenant made comparable: one numbering of people, equal parts shared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from urllib.parse import urlsplit

from auditor.errors import UsageError
from auditor.snapshot.document import Snapshot
from auditor.snapshot.ledger import CollectionStatus
from auditor.snapshot.models.base import Record
from auditor.snapshot.org import Org
from auditor.text import quoted
from auditor.tokens.decide import OidcScopes
from auditor.tokens.reach.populations import Populations
from auditor.tokens.reach.servers import TenantReach
from auditor.tokens.reach.situations import Reach
from auditor.tokens.reach.user_sets import Numbering, Person
from auditor.tokens.situation import Situation


@dataclass(frozen=True)
class Side:
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
        found = self.org.user(user) if user is not None else None
        return found.title if found else None


@dataclass(frozen=True)
class Sides:
    """Both snapshots, and which resources differ."""

    old: Side
    new: Side
    changed: frozenset[str]
    """Paths of resources that are not the same, or that only one side has."""

    @classmethod
    def of(cls, old: Snapshot, new: Snapshot, reading: OidcScopes = OidcScopes.LISTED) -> Sides:
        """Index two snapshots. Equal resources become the same objects, which halves memory."""
        changed = _share(old, new)
        orgs = Org.of(old), Org.of(new)
        users = _everybody(orgs)
        one, other = (Reach(org, reading, users) for org in orgs)
        sides = Side("OLD", old, orgs[0], one), Side("NEW", new, orgs[1], other)
        return cls(*sides, changed)

    @property
    def both(self) -> tuple[Side, Side]:
        """Old and new."""
        return self.old, self.new

    def same(self, path: str) -> bool:
        """Whether a resource was read on both sides, and is the same."""
        return path not in self.changed and path in self.old.snapshot.resources

    def one_sided(self, client: str, grant: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What each side takes for granted about a client, and the other one knows.

        Args:
            client: its id.
            grant: the grant type.
        """
        old, new = self.old.org.client(client), self.new.org.client(client)
        if old is None or new is None:
            return (), ()
        one = Situation(self.old.org, None, old, grant).assumed
        other = Situation(self.new.org, None, new, grant).assumed
        return (
            tuple(fact for fact in one if fact not in other),
            tuple(fact for fact in other if fact not in one),
        )

    def login(self, user: Person) -> str:
        """What reports call a person: the login, else the id."""
        return self.new.login(user) or self.old.login(user) or user or "somebody"

    def refuse_strangers(self) -> None:
        """See to it that both sides are the same org.

        Raises:
            UsageError: they are not.
        """
        one, other = map(_identity, self.both)
        if one != other:
            raise UsageError(
                f"The snapshots are of two orgs: {quoted(one)} and {quoted(other)}.",
                remedy="Objects are matched by id, which two orgs do not share. "
                "--across-orgs compares them all the same.",
            )


def _identity(side: Side) -> str:
    profile = side.org.profile
    url = side.snapshot.capture.org_url
    return profile.id if profile else urlsplit(url).hostname or url


def _share(old: Snapshot, new: Snapshot) -> frozenset[str]:
    mine, theirs = old.resources, new.resources
    changed = set(mine.keys() ^ theirs.keys())
    for path in mine.keys() & theirs.keys():
        if mine[path] == theirs[path]:
            theirs[path] = mine[path]
        else:
            changed.add(path)
    return frozenset(changed)


def _everybody(orgs: Iterable[Org]) -> Numbering:
    """One numbering over the people of both sides; strangers of one side have no status there."""
    people = chain.from_iterable(Populations(org).users.people for org in orgs)
    return Numbering(dict.fromkeys(people))
