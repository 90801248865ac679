"""How many requests an export takes, by rate-limit bucket, and how long the limits make it.

Pure arithmetic. What is known comes from a survey, which reads little, or from an older snapshot.
A list of a collection whose query has no `limit` is one request: Okta's reference does not page
it. Of the others the number of pages is bounded by the number of objects that there are.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace

from auditor.collect.options import ExportOptions
from auditor.collect.plan.assignment_side import Side
from auditor.collect.plan.model import (
    BucketLoad,
    GroupAssignmentChoice,
    Plan,
    PlannedCollection,
    Range,
)
from auditor.collect.plan.survey import Survey
from auditor.collect.rate_limits.allowance import Allowance, seconds_for, share_of
from auditor.snapshot.collections import BY_NAME, COLLECTIONS, Collection
from auditor.snapshot.document import Capture
from auditor.snapshot.ledger import Ledger, LedgerEntry
from auditor.snapshot.other_sides import APPS_OF_GROUPS, OTHER_SIDES

_BOUNDED_BY = {
    "associated_servers": "authorization_servers",
    "app_groups": "groups",
    "app_users": "users",
    "group_members": "users",
}
"""Collections whose lists may have several pages, and of what they can hold each object once."""


SHARES = (None, 0.5, 0.25)
"""The shares that a plan compares."""

_AS_BEFORE = "as many as the older snapshot took"


def plan_from_survey(survey: Survey, options: ExportOptions) -> Plan:
    """The plan that follows from a survey."""
    collections = [
        planned
        for row in (*COLLECTIONS, *OTHER_SIDES)
        if (planned := _planned_collection(row, survey))
    ]
    plan = _plan(collections, survey.sent, survey.allowances, options, survey.unread)
    lists = survey.assignments
    choice = GroupAssignmentChoice(survey.side, lists.apps, lists.groups) if lists else None
    carried = {name: number for name, number in survey.carried_over.items() if number}
    return replace(
        plan,
        assignments=choice,
        not_asked=survey.not_asked,
        carried_over=carried,
        since=survey.since,
    )


def plan_from_snapshot(capture: Capture, ledger: Ledger, options: ExportOptions) -> Plan:
    """The plan for a tenant that is as large as it was when a snapshot was made."""
    collections = []
    for entry in ledger.entries:
        row = BY_NAME.get(entry.collection)
        # An org without a setting answers without a page.
        requests = max(entry.pages, entry.lists) + len(entry.gaps)
        if row is None or not (requests or entry.left_out):
            continue
        if entry.side == Side.GROUPS:
            row, requests = APPS_OF_GROUPS, entry.pages + len(entry.gaps)
        if row.if_named and options.all_members and entry.left_out:
            why = f"the snapshot lacks the members of {entry.left_out:,} groups"
            collections.append(PlannedCollection(row, Range(requests + entry.left_out, None), why))
        elif entry.readable:
            collections.append(PlannedCollection(row, Range(requests, requests), _AS_BEFORE))
        else:
            collections.append(
                PlannedCollection(row, Range(requests, None), f"{_AS_BEFORE}, which lacks some")
            )
    limits = {bucket: Allowance(limit) for bucket, limit in capture.rate_limits.items()}
    plan = _plan(collections, {}, limits, options, ledger.incomplete)
    not_asked = {entry.collection: entry.not_asked for entry in ledger.entries if entry.not_asked}
    return replace(plan, not_asked=not_asked)


def _planned_collection(row: Collection, survey: Survey) -> PlannedCollection | None:
    lists = survey.lists.get(row.name, 0)
    more = survey.unnamed if row.if_named else 0
    if not lists and not more:
        return None
    pages, why = _pages_of_a_list(row, survey)
    most = None if pages is None else (lists + more) * pages
    if more:
        which = f"of {more:,} groups only those that a policy rule or an app names"
        why = f"{which}; {why}" if why else which
    return PlannedCollection(row, Range(lists, most), why)


def _pages_of_a_list(row: Collection, survey: Survey) -> tuple[int | None, str]:
    """How many pages a list can have at most, and why that is not certain."""
    if "limit" not in row.query:
        return 1, ""
    size = int(row.query["limit"])
    if row is APPS_OF_GROUPS:
        pages = max(1, math.ceil(survey.apps / size))
        why = f"{pages:,} pages for each list if it held all {survey.apps:,} apps"
        return pages, why if pages > 1 else ""
    whole = _BOUNDED_BY.get(row.name)
    if whole is None or whole not in survey.objects:
        return None, f"how long the lists are is not known, {size} to a page"
    pages = max(1, math.ceil(survey.objects[whole] / size))
    if pages == 1:
        return 1, ""
    everything = f"{survey.objects[whole]:,} {BY_NAME[whole].label}"
    return pages, f"{pages:,} pages for each list if it held all {everything}"


def _plan(
    collections: Iterable[PlannedCollection],
    sent: Mapping[str, int],
    allowances: Mapping[str, Allowance],
    options: ExportOptions,
    unread: tuple[LedgerEntry, ...],
) -> Plan:
    collections = tuple(collections)
    needs: dict[str, Range] = {row.bucket: Range(0, 0) for row in COLLECTIONS}
    for planned in collections:
        needs[planned.collection.bucket] = needs[planned.collection.bucket].plus(planned.requests)
    total = Range(0, 0)
    for need in needs.values():
        total = total.plus(need)

    def loads_with(share: float | None) -> tuple[BucketLoad, ...]:
        return tuple(
            _load(bucket, sent.get(bucket, 0), need, allowances.get(bucket), share)
            for bucket, need in needs.items()
            if sent.get(bucket) or need.most != 0
        )

    loads = loads_with(options.share)
    cap = options.max_requests_per_minute
    return Plan(
        collections,
        loads,
        total,
        _slowest(loads, total, cap),
        unread,
        {share: _slowest(loads_with(share), total, cap) for share in SHARES},
    )


def _slowest(loads: tuple[BucketLoad, ...], total: Range, cap: int | None) -> Range:
    """How long the slowest bucket takes, or what a cap on all requests makes of it."""
    spans = [load.seconds for load in loads if load.seconds]
    if cap is not None:
        spans.append(_seconds(total, cap, Allowance(cap).window_s))
    unknown = any(load.seconds is None and load.requests.most != 0 for load in loads)
    unbounded = unknown or total.most is None or any(span.most is None for span in spans)
    return Range(
        max((span.least for span in spans), default=0),
        None if unbounded else max((span.most or 0 for span in spans), default=0),
    )


def _load(
    bucket: str, sent: int, need: Range, allowance: Allowance | None, share: float | None
) -> BucketLoad:
    if allowance is None:
        return BucketLoad(bucket, sent, need, None, None, None)
    if allowance.limit is None:
        return BucketLoad(bucket, sent, need, allowance, None, Range(0, 0))
    ours = allowance.limit if share is None else share_of(allowance.limit, share)
    return BucketLoad(bucket, sent, need, allowance, ours, _seconds(need, ours, allowance.window_s))


def _seconds(need: Range, ours: int, window_s: float) -> Range:
    most = None if need.most is None else seconds_for(need.most, ours, window_s)
    return Range(seconds_for(need.least, ours, window_s), most)
