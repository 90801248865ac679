"""What was read of each collection so far, in numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from auditor.collect.fetch.list_fetcher import ListResult
from auditor.collect.fetch.problems import Problem, ProblemKind
from auditor.collect.lists.listing import Listing
from auditor.snapshot.collections import Collection
from auditor.snapshot.document import Effort
from auditor.snapshot.ledger import Quarantined


@dataclass(slots=True)
class CollectionCounts:
    """What happened to one collection so far."""

    row: Collection
    lists: int = 0
    pages: int = 0
    objects: int = 0
    left_out: int = 0
    not_asked: Counter[str] = field(default_factory=Counter)
    """Lists that nobody needs, by the reason."""
    gone: int = 0
    duplicates: int = 0
    problems: dict[str, Problem] = field(default_factory=dict)
    """By the path of the list."""
    refused: Problem | None = None
    """The refusal, if the token may not read the collection."""
    other_side_pages: int = 0
    """Pages that lists were made of which were read from another side."""
    derived: int = 0
    """Lists that were made of those pages."""
    absent: Problem | None = None
    """The first answer that the org lacks the feature."""
    answered: bool = False
    """Whether any list of it brought a page."""
    doubt: str | None = None
    """Why it is not all that the org has, although every list was read to its end."""
    quarantined: list[Quarantined] = field(default_factory=list)
    carried_over: dict[tuple[datetime, bool], list[str]] = field(default_factory=dict)
    """Paths of lists from an older snapshot, by when they were read and whether that is proven."""
    requests: int = 0
    retries: int = 0
    began: float | None = None
    ended: float = 0.0

    def fail(self, path: str, problem: Problem) -> None:
        """Note that a list could not be read."""
        self.problems[path] = problem
        if problem.kind is ProblemKind.REFUSED:
            self.refused = self.refused or problem
        if problem.kind is ProblemKind.ABSENT:
            self.absent = self.absent or problem

    def add_effort(self, result: ListResult, began: float, ended: float) -> None:
        """Note what it took to read a list; the times are of one clock."""
        self.answered |= result.pages > 0
        self.requests += result.requests
        self.retries += result.retries
        self.began = began if self.began is None else min(self.began, began)
        self.ended = max(self.ended, ended)

    def add_list(self, listing: Listing) -> None:
        """Count a list that the snapshot keeps."""
        self.derived += listing.derived
        self.pages += 0 if listing.derived else listing.pages
        self.objects += listing.records
        self.left_out += listing.left_out
        self.duplicates += listing.duplicates
        self.quarantined += listing.quarantined
        self.lists += listing.path not in self.problems
        if listing.read_at is not None:
            lists = self.carried_over.setdefault((listing.read_at, listing.proven), [])
            lists.append(listing.path)

    @property
    def carried_lists(self) -> int:
        """How many lists were carried over."""
        return sum(map(len, self.carried_over.values()))

    @property
    def unavailable(self) -> Problem | None:
        """Why no other list of it is worth a request; None if one is."""
        return self.refused or (None if self.answered else self.absent)

    @property
    def refused_only(self) -> bool:
        """Whether something is missing, and a right is all that it takes."""
        problems = self.problems.values()
        if self.doubt or self.quarantined or not problems:
            return False
        return all(problem.wants_right for problem in problems)

    @property
    def effort(self) -> Effort | None:
        """What it took; None if nothing was asked for."""
        if self.began is None:
            return None
        seconds = round(self.ended - self.began, 2)
        return Effort(requests=self.requests, retries=self.retries, seconds=seconds)
