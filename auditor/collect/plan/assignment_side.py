"""From which side group assignments are read: a list of each app, or a list of each group.

Pure arithmetic over what is known once all apps and groups are: the lists of the apps count
against the bucket in which most of an export waits, those of the groups against one that lets more
through, and there may be many more groups than apps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from auditor.collect.options import ExportOptions
from auditor.collect.rate_limits.allowance import USUAL_WINDOW_S, Allowance, seconds_for, share_of
from auditor.snapshot.collections import APPS, GROUPS


class Side(StrEnum):
    """A side from which the assignments are read."""

    APPS = "apps"
    GROUPS = "groups"


@dataclass(frozen=True, slots=True)
class AssignmentLists:
    """How many lists there are to choose from."""

    apps: int
    """Apps whose groups matter."""
    groups: int
    """Groups of the org."""
    others_of_apps: int
    """Further lists that count against the bucket of the apps."""


def quicker_side(
    lists: AssignmentLists, allowances: Mapping[str, Allowance], options: ExportOptions
) -> Side:
    """The side from which less time is spent waiting; that of the apps where it makes none.

    The members of every group might have to be read, too, so the side of the groups is chosen
    only where it is quicker all the same. So it is where a limit is not known: nothing is gained
    for certain then.
    """
    by_apps = _seconds(lists.others_of_apps + lists.apps, lists.groups, allowances, options)
    by_groups = _seconds(lists.others_of_apps, 2 * lists.groups, allowances, options)
    if by_apps is None or by_groups is None:
        return Side.APPS
    return Side.GROUPS if by_groups < by_apps else Side.APPS


def _seconds(
    apps: int, groups: int, allowances: Mapping[str, Allowance], options: ExportOptions
) -> float | None:
    """How long so many requests take in the two buckets; None where a limit is not known."""
    spans = []
    for bucket, requests in ((APPS, apps), (GROUPS, groups)):
        allowance = allowances.get(bucket)
        if allowance is None:
            return None
        if allowance.limit is not None:
            share = options.share
            ours = allowance.limit if share is None else share_of(allowance.limit, share)
            spans.append(seconds_for(requests, ours, allowance.window_s))
    if (cap := options.max_requests_per_minute) is not None:
        spans.append(seconds_for(apps + groups, cap, USUAL_WINDOW_S))
    return max(spans, default=0.0)
