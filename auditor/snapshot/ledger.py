"""The ledger: for every collection, what was read and what was not, and why.

An audit is only as good as what was read. Rules are evaluated only over collections
whose entry here says that nothing is missing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict, NonNegativeInt, PositiveInt

from auditor.snapshot.collections import BY_NAME

PLANNED_ALONE = "the plan stands alone, and says nothing of what the org has already"
NOT_ALL = "the plan is not all that will happen: "
"""How the reason begins where a plan says so itself."""
_WHOLE_PLAN = "make a plan of everything, and lay that over the snapshot"
_PLAN_REMEDY = (
    "lay the plan over a snapshot of the org with --base, or apply the plan and export the org"
)
_ORDERING = frozenset({"priority"})
"""Fields by which records are ordered."""
_NOT_CONTAINED = "this snapshot does not contain it; it was made by another version"


class CollectionStatus(StrEnum):
    """How completely a collection was read."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    REFUSED = "refused"
    ABSENT = "absent"


class Quarantined(BaseModel):
    """A record that could not be understood and was set aside."""

    model_config = ConfigDict(frozen=True)

    path: str
    record: str
    """Its id, or its position in the list where it has none."""
    reason: str


class Gap(BaseModel):
    """A list that could not be read to its end."""

    model_config = ConfigDict(frozen=True)

    path: str
    reason: str
    record: str = ""
    """The id of the record of which something is not known, where the list was read to its end."""
    attribute: str = ""
    """Of a planned snapshot: the attribute of the plan that is known after apply."""
    field: str = ""
    """Of a planned snapshot: the field of a record that is all that is not known, dotted. If no
    record is named, it is one of the list."""


class NotAsked(BaseModel):
    """Lists that were not asked for, since nothing that is decided or found rests on them."""

    model_config = ConfigDict(frozen=True)

    lists: PositiveInt
    why: str
    """Why they are not needed, a clause."""


class Contradiction(BaseModel):
    """Something that the ledger says of a resource and that does not hold."""

    model_config = ConfigDict(frozen=True)

    path: str
    """The resource's path; the collection's own, with `{}` for keys, if all its lists are meant.

    Empty if the whole snapshot is meant.
    """
    reason: str


class CarriedOver(BaseModel):
    """Lists that were not read again but taken from an older snapshot."""

    model_config = ConfigDict(frozen=True)

    read_at: AwareDatetime
    """When the export began that read them; they were read then or soon after."""
    proven: bool = False
    """Whether Okta documents that the time stamp moves by which they were taken as unchanged."""
    paths: tuple[str, ...]
    """Of the lists, sorted."""


class LedgerEntry(BaseModel):
    """What is known about one collection."""

    model_config = ConfigDict(frozen=True)

    collection: str
    status: CollectionStatus
    lists: NonNegativeInt = 0
    """How many lists it was read from: one per parent record, or one."""
    pages: NonNegativeInt = 0
    objects: NonNegativeInt = 0
    left_out: NonNegativeInt = 0
    """Records that were seen and deliberately not kept, such as apps that are not OIDC.

    Of group members: groups that were not asked for their members, because nothing names them.
    """
    side: str | None = None
    """`groups` if the lists were made of the apps of each group, whose pages are then counted."""
    not_asked: tuple[NotAsked, ...] = ()
    """Lists that are not in the snapshot because nobody needs them; they may hold anything."""
    gone: NonNegativeInt = 0
    """Records that were deleted while the tenant was read, and are left out with all of theirs."""
    duplicates: NonNegativeInt = 0
    """Records that came again, mostly because a list changed between two pages; kept once."""
    oauth_scope: str | None = None
    """The missing OAuth scope, where that may be why the collection was refused; an API token
    has none."""
    reason: str | None = None
    gaps: tuple[Gap, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    """What was found when the snapshot was read: the resources are not what this entry says."""
    lacks: tuple[str, ...] = ()
    """What every org has and this list has not, although it was read to its end."""
    carried_over: tuple[CarriedOver, ...] = ()
    """Lists that count as read, but at an earlier time, by that time."""
    refused_only: bool = False
    """Whether the exporter missed nothing but what Okta refuses to whoever reads, for want of a
    right, or what depends on that."""
    planned_alone: bool = False
    """Whether it is what a plan makes, and what the org has besides was not given."""

    @property
    def readable(self) -> bool:
        """Whether rules may rely on it.

        They may if nothing is missing, and also if the only thing known to be missing is what it
        `lacks`, or what is there besides a plan: a rule that finds something finds it all the same.
        The audit is then incomplete.
        """
        if self.status is CollectionStatus.PARTIAL and (self.lacks or self.planned_alone):
            return not (self.reason or self.gaps or self.quarantined or self.contradictions)
        return self.status is CollectionStatus.COMPLETE

    @property
    def only_fields_open(self) -> bool:
        """Whether all records are there, and only fields of some are not known before apply.

        Where a record stands among others may not rest on such a field.
        """
        if self.status is not CollectionStatus.PARTIAL or self.reason or self.lacks:
            return False
        if self.quarantined or self.contradictions or not self.gaps:
            return False
        return all(gap.field and gap.field not in _ORDERING for gap in self.gaps)

    def doubts(self, path: str) -> bool:
        """Whether a list of the collection is known not to be complete, or not to be proven."""
        row = BY_NAME[self.collection]
        unread = {gap.path for gap in self.gaps if not gap.record} | {
            record.path for record in self.quarantined
        }
        unproven = {item.path for item in self.contradictions}
        return path in unread or not unproven.isdisjoint((path, row.path, ""))

    @property
    def incomplete(self) -> bool:
        """Whether some of it, or all, could not be read although the org has it."""
        return self.status in {CollectionStatus.PARTIAL, CollectionStatus.REFUSED}

    @property
    def lacks_only_rights(self) -> bool:
        """Whether rights are all that it takes to read the rest: the only gap that is acceptable.

        What failed, is not proven or cannot be understood is none, whatever else was refused.
        """
        worse = self.gaps or self.quarantined or self.contradictions or self.lacks
        return self.incomplete and self.refused_only and not (worse or self._planned)

    @property
    def not_contained(self) -> bool:
        """Whether the snapshot is of a version that did not read it."""
        return self.reason == _NOT_CONTAINED and not self.contradictions

    @property
    def label(self) -> str:
        """How a sentence calls the objects."""
        row = BY_NAME.get(self.collection)
        return row.label if row else self.collection

    def explanation(self) -> str:
        """One clause that says why the collection is not complete."""
        if self.contradictions:
            wrong = self.contradictions[0]
            if not wrong.path:
                return wrong.reason
            more = len(self.contradictions) - 1
            also = f"; {more:,} more" if more else ""
            return f"{wrong.path}: {wrong.reason}{also}"
        if self.reason:
            return self.reason
        parts = []
        if self.gaps:
            parts.append(self._gaps_explained())
        if self.quarantined:
            record = self.quarantined[0]
            parts.append(
                f"{_count(len(self.quarantined), 'record')} quarantined, first {record.record} "
                f"in {record.path}: {record.reason}"
            )
        parts += [f"no {item} is in it, although every org has one" for item in self.lacks]
        if self.planned_alone:
            parts.append("it is what the plan makes, without what the org has already")
        return "; ".join(parts) or str(self.status)

    def _gaps_explained(self) -> str:
        planned = [gap for gap in self.gaps if gap.attribute]
        if planned:
            return f"not known before apply: {planned[0].attribute}" + (
                f"; {len(planned) - 1:,} more" if len(planned) > 1 else ""
            )
        first = self.gaps[0]
        return f"{_count(len(self.gaps), 'list')} unread, first {first.path}: {first.reason}"

    def remedy(self) -> str:
        """What to do so that the collection can be read next time."""
        if (self.reason or "").startswith(NOT_ALL):
            return _WHOLE_PLAN
        if self._planned:
            return _PLAN_REMEDY
        return self._reading_remedy()

    @property
    def _planned(self) -> bool:
        """Whether something is missing because a plan does not say it."""
        alone = self.planned_alone or self.reason == PLANNED_ALONE
        return alone or any(gap.attribute for gap in self.gaps)

    def _reading_remedy(self) -> str:
        if self.oauth_scope or self.status is CollectionStatus.REFUSED or self.lacks_only_rights:
            grant = (
                f"grant {self.oauth_scope} and"
                if self.oauth_scope
                else "give the API token's owner"
            )
            return f"{grant} an admin role that may view {self.label}"
        if self.status is CollectionStatus.ABSENT:
            return "nothing, unless the org should have the feature: then ask Okta to enable it"
        if self.contradictions:
            return "run the snapshot again, and leave its file as it was written"
        if self.quarantined:
            return "report the record's shape to the okta-auditor project; its id is in the ledger"
        if self.lacks:
            return (
                f"run the snapshot again as somebody whose admin role may view all {self.label}; "
                "this one seems to be for a part of the org (a resource set)"
            )
        return "run the snapshot again"


class Ledger(BaseModel):
    """The entries of all collections, in the order of the collection table."""

    model_config = ConfigDict(frozen=True)

    entries: tuple[LedgerEntry, ...]

    def entry(self, collection: str) -> LedgerEntry:
        """The entry of a collection; one that was never read is partial, not complete."""
        for entry in self.entries:
            if entry.collection == collection:
                return entry
        return LedgerEntry(
            collection=collection,
            status=CollectionStatus.PARTIAL,
            reason=_NOT_CONTAINED,
        )

    @property
    def of_earlier_version(self) -> bool:
        """Whether the snapshot is of a version that read less than this one.

        Such a version may have kept less of a record, too: what a record lacks may be set.
        """
        return any(self.entry(name).not_contained for name in BY_NAME)

    def missing(self, collections: Iterable[str]) -> tuple[LedgerEntry, ...]:
        """The entries among the named collections that rules may not rely on."""
        return tuple(e for e in map(self.entry, sorted(collections)) if not e.readable)

    @property
    def oldest_reading(self) -> datetime | None:
        """When the oldest of the lists was read that were carried over; None if none was."""
        times = [item.read_at for entry in self.entries for item in entry.carried_over]
        return min(times, default=None)

    @property
    def incomplete(self) -> tuple[LedgerEntry, ...]:
        """Entries that could not be read although the org has them."""
        return tuple(entry for entry in self.entries if entry.incomplete)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
