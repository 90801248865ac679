"""Holds what an older snapshot says of a group's requests against what the newer one says.

That configuration was changed, and that this is the cause, is shown by three facts together: the
older snapshot, read before the first of the requests, gives the token; the newer, read after it,
rejects the same request; and the reason that Okta logged is the one that this rejection has.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from auditor.lint.carried_over import carried_over
from auditor.snapshot.org import Org
from auditor.system_log.changes import Changes
from auditor.system_log.decisions import Agreement, GroupDecider, Outcomes
from auditor.system_log.group_lookup import GroupLookup
from auditor.system_log.groups import Change, Group, GroupedLog
from auditor.system_log.reading import LogReading
from auditor.tokens.decide import Decider

MOST_CANDIDATES = 5
_SECOND = timedelta(seconds=1)
"""Snapshots have their times in whole seconds, rounded down."""


class Verdict(StrEnum):
    """What an older snapshot shows."""

    CHANGED = "changed"
    """It gives the token, and the newer one rejects for the reason of the log: what was changed
    between them is the cause."""
    ALREADY = "already_rejected"
    """It rejects for the reason of the log as well."""
    GIVEN = "given"
    """It gives the token, and the newer one does not confirm the rejection."""
    DIFFERENT = "different"
    """Its answer is not the same for all of the requests, or it rejects for another reason."""
    NOT_TOLD = "not_told"
    """Of some requests it does not tell what became of them."""
    TIMES = "times_out_of_order"
    """It was not read before the first request, or the newer one not after it."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What an older snapshot says of a group's requests."""

    verdict: Verdict
    given: int
    """Requests for which it gives the token."""
    rejected: int
    """Requests that it rejects for the reason of the log."""
    cause: Change | None = None
    """The one change that the log has between the snapshots, where it is proven to be the cause."""
    candidates: tuple[Change, ...] = ()
    """Changes before the first request that can be the cause; the last one first."""
    more_candidates: bool = False
    log_covers: bool = False
    """Whether the log is known to hold all events from the older snapshot to the newer one. Who
    joined and left groups and apps is not pulled, and not meant."""


class Base:
    """An older snapshot.

    Args:
        decider: of the older snapshot.
        org: the newer snapshot.
        changes: those of the log.
        log: the log.
        reading: what came of reading it, to the end.
    """

    def __init__(
        self, decider: Decider, org: Org, changes: Changes, log: GroupedLog, reading: LogReading
    ) -> None:
        base = decider.org
        self._deciding = GroupDecider(decider, len(log.groups))
        self._lookup = GroupLookup(base)
        self._base, self._org = base.snapshot.capture, org.snapshot.capture
        self._changes = changes
        # What was carried over was read at another time than the snapshot.
        of_one_time = not any(carried_over(one.ledger.entries) for one in (base, org))
        self._covers = of_one_time and _covers(reading, log, base, org)

    def compared(
        self, group: Group, outcomes: Iterable[Outcomes], objects: Iterable[str]
    ) -> Comparison:
        """What it says of a group.

        Args:
            group: the requests.
            outcomes: what the newer snapshot says of them.
            objects: ids of what they meet in the newer one.
        """
        newer = tuple(outcomes)
        older = self._deciding.outcomes(group, self._lookup.situations(group))
        given = _count(older, Agreement.MINTED)
        rejected = _count(older, Agreement.CONFIRMED)
        if not self._base.finished_at + _SECOND <= group.first < self._org.started_at:
            return Comparison(Verdict.TIMES, given, rejected)
        verdict = _verdict(older, newer)
        if verdict is not Verdict.CHANGED:
            return Comparison(verdict, given, rejected)
        met = {*objects, *self._lookup.objects(group)}
        since, most = self._base.started_at, MOST_CANDIDATES + 1
        candidates = self._changes.latest_within(since, group.first, met, most)
        every = self._changes.latest_within(since, self._org.finished_at + _SECOND, met, 2)
        alone = self._covers and len(every) == 1 and candidates == every
        return Comparison(
            verdict,
            given,
            rejected,
            cause=every[0] if alone and not _of_people((*older, *newer)) else None,
            candidates=tuple(candidates[:MOST_CANDIDATES]),
            more_candidates=len(candidates) > MOST_CANDIDATES,
            log_covers=self._covers,
        )


def _verdict(older: tuple[Outcomes, ...], newer: tuple[Outcomes, ...]) -> Verdict:
    then = {outcome.agreement for outcome in older}
    now = {outcome.agreement for outcome in newer}
    if then & {Agreement.INDETERMINATE, Agreement.UNKNOWN, Agreement.NOT_DECIDED}:
        return Verdict.NOT_TOLD
    if then == {Agreement.MINTED}:
        return Verdict.CHANGED if now == {Agreement.CONFIRMED} else Verdict.GIVEN
    return Verdict.ALREADY if then == {Agreement.CONFIRMED} else Verdict.DIFFERENT


def _of_people(outcomes: Iterable[Outcomes]) -> bool:
    """Whether people take part.

    Then who joins and leaves groups and apps can be the cause as well, and the log that is pulled
    does not have that.
    """
    return any(
        outcome.steps is None or outcome.steps.request.user is not None for outcome in outcomes
    )


def _count(outcomes: Iterable[Outcomes], agreement: Agreement) -> int:
    return sum(outcome.count for outcome in outcomes if outcome.agreement is agreement)


def _covers(reading: LogReading, log: GroupedLog, base: Org, org: Org) -> bool:
    """Whether a log is known to have all changes from one snapshot to another."""
    header = reading.header
    if header is None or header.since is None or header.until is None:
        return False
    complete = reading.complete is True and not log.changes_left_out
    since, until = base.snapshot.capture.started_at, org.snapshot.capture.finished_at + _SECOND
    return complete and header.since <= since and until <= header.until
