"""What is raised where a word names no single object, with sentences that say what to do."""

from __future__ import annotations

from auditor.errors import AuditorError, UsageError
from auditor.snapshot.ledger import CollectionStatus
from auditor.snapshot.org import Org
from auditor.text import one_line
from auditor.tokens.missing_facts import MissingFact, MissingFactKind


class NotFoundError(UsageError):
    """A word names nothing, or several objects.

    Args:
        message: what happened.
        remedy: what to do next.
        key: which part of the request the word stands for, such as `server`.
    """

    def __init__(self, message: str, *, remedy: str = "", key: str) -> None:
        super().__init__(message, remedy=remedy)
        self.key = key


class UnreadError(AuditorError):
    """The object may exist, but the collection that would tell was not read.

    Args:
        message: what happened.
        remedy: what to do next.
        missing: the fact that an indeterminate decision lacks.
    """

    def __init__(self, message: str, *, remedy: str, missing: MissingFact) -> None:
        super().__init__(message, remedy=remedy)
        self.missing = missing


def not_in_snapshot(org: Org, collection: str, key: str, clause: str) -> AuditorError:
    """The error for a word that names nothing in a collection that was not read completely.

    Args:
        org: the tenant.
        collection: the collection's name.
        key: which part of the request the word stands for.
        clause: what happened, without a full stop.
    """
    entry = org.ledger.entry(collection)
    reason = one_line(entry.explanation())
    if entry.status is CollectionStatus.ABSENT:
        return NotFoundError(f"{clause}: the org has no {entry.label} ({reason}).", key=key)
    return UnreadError(
        f"{clause}, but not all {entry.label} were read ({reason}).",
        remedy=f"To read them: {one_line(entry.remedy())}.",
        missing=MissingFact(kind=MissingFactKind.COLLECTION, collection=entry.label),
    )
