"""How many requests an export takes, by rate-limit bucket, and how long the limits make it.

Pure arithmetic. What is known comes from a survey, which reads little, or from an older snapshot.
A list of a collection whose query has no `limit` is one request: Okta's reference does not page
it. Of the others the number of pages is bounded by the number of objects that there are.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from auditor.collect.options import ExportOptions
from auditor.collect.rate_limits.allowance import Allowance, share_of
from auditor.snapshot.collections import BY_NAME, COLLECTIONS, Collection, roots
from auditor.snapshot.document import Capture
from auditor.snapshot.ledger import Ledger, LedgerEntry

READS = frozenset(row.name for row in roots()) | {"policies", "scopes"}
"""What a survey reads: what an export reads once for the org, and two lists of each server. From
there on, the number of lists is known, and all but one kind of them is bounded."""

_BOUNDED_BY = {
    "associated_servers": "authorization_servers",
    "app_groups": "groups",
    "app_users": "users",
    "group_members": "users",
}
"""Collections whose lists may have several pages, and of what they can hold each object once."""


_AS_BEFORE = "as many as the older snapshot took"


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found out before an export."""

    sent: Mapping[str, int]
    """Requests that it took, by bucket; an export that goes on from it does not send them."""
    lists: Mapping[str, int]
    """Lists to come, by collection."""
    unnamed: int
    """Groups whose members are read only if something names them that was not read so far."""
    objects: Mapping[str, int]
    """Objects of the collections that were read completely."""
    unread: tuple[LedgerEntry, ...]
    """What could not be read, so that nothing is known of what depends on it."""
    allowances: Mapping[str, Allowance]
    """What the buckets let through. One that is missing was not asked."""


@dataclass(frozen=True, slots=True)
class Range:
    """A number of requests, or of seconds, of which the bounds are known."""

    least: float
    most: float | None
    """None if nothing bounds it."""

    @property
    def exact(self) -> bool:
        """Whether it is one number."""
        return self.least == self.most

    def plus(self, other: Range) -> Range:
        """The sum."""
        most = None if self.most is None or other.most is None else self.most + other.most
        return Range(self.least + other.least, most)


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be read of one collection."""

    collection: Collection
    requests: Range
    why: str = ""
    """Why it is an estimate; empty if it is exact."""


@dataclass(frozen=True, slots=True)
class Load:
    """What one bucket has to bear."""

    bucket: str
    sent: int
    requests: Range
    allowance: Allowance | None
    ours: int | None
    """Requests in a window that the share allows; None if there is no limit or none is known."""
    seconds: Range | None
    """How long its limit makes it take; None if the limit is not known."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an export is going to take."""

    steps: tuple[Step, ...]
    loads: tuple[Load, ...]
    requests: Range
    seconds: Range
    """The slowest bucket's, or what `max_requests_per_minute` makes of all of them. Nothing
    bounds them if a limit is not known."""
    unread: tuple[LedgerEntry, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The plan as JSON has it; numbers of requests and seconds have least and most."""
        return {
            "requests": _span(self.requests),
            "seconds": _span(self.seconds),
            "buckets": [
                {
                    "bucket": load.bucket,
                    "sent": load.sent,
                    "requests": _span(load.requests),
                    "limit": load.allowance.limit if load.allowance else None,
                    "window_s": load.allowance.window_s if load.allowance else None,
                    "ours": load.ours,
                    "seconds": _span(load.seconds) if load.seconds else None,
                }
                for load in self.loads
            ],
            "collections": [
                {
                    "collection": step.collection.name,
                    "requests": _span(step.requests),
                    "exact": step.requests.exact and not step.why,
                    "why": step.why or None,
                }
                for step in self.steps
            ],
            "unread": [entry.collection for entry in self.unread],
        }


def planned(survey: Survey, options: ExportOptions) -> Plan:
    """The plan that follows from a survey."""
    steps = [step for row in COLLECTIONS if (step := _step(row, survey))]
    return _plan(steps, survey.sent, survey.allowances, options, survey.unread)


def planned_like(capture: Capture, ledger: Ledger, options: ExportOptions) -> Plan:
    """The plan for a tenant that is as large as it was when a snapshot was made."""
    steps = []
    for entry in ledger.entries:
        row = BY_NAME.get(entry.collection)
        # An org without a setting answers without a page.
        requests = max(entry.pages, entry.lists) + len(entry.gaps)
        if row is None or not (requests or entry.left_out):
            continue
        if row.if_named and options.all_members and entry.left_out:
            why = f"the snapshot lacks the members of {entry.left_out:,} groups"
            steps.append(Step(row, Range(requests + entry.left_out, None), why))
        elif entry.readable:
            steps.append(Step(row, Range(requests, requests), _AS_BEFORE))
        else:
            steps.append(Step(row, Range(requests, None), f"{_AS_BEFORE}, which lacks some"))
    limits = {bucket: Allowance(limit) for bucket, limit in capture.rate_limits.items()}
    return _plan(steps, {}, limits, options, ledger.incomplete)


def _step(row: Collection, survey: Survey) -> Step | None:
    lists = survey.lists.get(row.name, 0)
    more = survey.unnamed if row.if_named else 0
    if not lists and not more:
        return None
    pages, why = _pages_of_a_list(row, survey)
    most = None if pages is None else (lists + more) * pages
    if more:
        which = f"of {more:,} groups only those that a policy rule or an app names"
        why = f"{which}; {why}" if why else which
    return Step(row, Range(lists, most), why)


def _pages_of_a_list(row: Collection, survey: Survey) -> tuple[int | None, str]:
    """How many pages a list can have at most, and why that is not certain."""
    if "limit" not in row.query:
        return 1, ""
    whole = _BOUNDED_BY.get(row.name)
    size = int(row.query["limit"])
    if whole is None or whole not in survey.objects:
        return None, f"how long the lists are is not known, {size} to a page"
    pages = max(1, math.ceil(survey.objects[whole] / size))
    if pages == 1:
        return 1, ""
    there = f"{survey.objects[whole]:,} {BY_NAME[whole].label}"
    return pages, f"{pages:,} pages for each list if it held all {there}"


def _plan(
    steps: Iterable[Step],
    sent: Mapping[str, int],
    allowances: Mapping[str, Allowance],
    options: ExportOptions,
    unread: tuple[LedgerEntry, ...],
) -> Plan:
    steps = tuple(steps)
    needs: dict[str, Range] = {row.bucket: Range(0, 0) for row in COLLECTIONS}
    for step in steps:
        needs[step.collection.bucket] = needs[step.collection.bucket].plus(step.requests)
    loads = tuple(
        _load(bucket, sent.get(bucket, 0), need, allowances.get(bucket), options.share)
        for bucket, need in needs.items()
        if sent.get(bucket) or need.most != 0
    )
    total = Range(0, 0)
    for need in needs.values():
        total = total.plus(need)
    spans = [load.seconds for load in loads if load.seconds]
    if options.max_requests_per_minute is not None:
        cap = options.max_requests_per_minute
        spans.append(_seconds(total, cap, Allowance(cap).window_s))
    unknown = any(load.seconds is None and load.requests.most != 0 for load in loads)
    unbounded = unknown or total.most is None or any(span.most is None for span in spans)
    return Plan(
        steps,
        loads,
        total,
        Range(
            max((span.least for span in spans), default=0),
            None if unbounded else max((span.most or 0 for span in spans), default=0),
        ),
        unread,
    )


def _load(bucket: str, sent: int, need: Range, allowance: Allowance | None, share: float) -> Load:
    if allowance is None:
        return Load(bucket, sent, need, None, None, None)
    if allowance.limit is None:
        return Load(bucket, sent, need, allowance, None, Range(0, 0))
    ours = share_of(allowance.limit, share)
    return Load(bucket, sent, need, allowance, ours, _seconds(need, ours, allowance.window_s))


def _seconds(need: Range, ours: int, window_s: float) -> Range:
    """How long so many requests take: what fits into a window goes at once, more is spread."""

    def long(requests: float) -> float:
        return requests / ours * window_s if requests > ours else 0.0

    return Range(long(need.least), None if need.most is None else long(need.most))


def _span(span: Range) -> dict[str, float | None]:
    return {
        "least": round(span.least, 1),
        "most": None if span.most is None else round(span.most, 1),
    }
