"""Lists that say from another side what a collection says.

They are read in place of it where that takes less time. A snapshot never holds them: what they say
stands in the lists of the collection, as if those had been read.
"""

from __future__ import annotations

import re

from auditor.snapshot.collections import (
    GROUPS,
    PAGE,
    Collection,
    is_oidc,
    joined_ids,
    match,
    packed_ids,
)

APPS_OF_GROUPS = Collection(
    name="apps_of_groups",
    label="apps of groups",
    path="/api/v1/groups/{}/apps",
    model=None,
    oauth_scope="okta.groups.read",
    bucket=GROUPS,
    query=PAGE,
    parent="groups",
    keep=is_oidc,
    pack=packed_ids,
    join=joined_ids,
)
"""The apps that each group is assigned to (`listAssignedApplicationsForGroup`, Management API
2026.06.3): what `app_groups` says, in a bucket that lets five times as much through."""

OTHER_SIDES = (APPS_OF_GROUPS,)

_PATTERNS = [
    (re.compile(re.escape(row.path).replace(r"\{\}", "[^/]+") + r"\Z"), row) for row in OTHER_SIDES
]


def row_of(path: str) -> Collection | None:
    """What is read from a path: a collection, or the other side of one; None for neither."""
    matched = match(path)
    if matched is not None:
        return matched[0]
    return next((row for pattern, row in _PATTERNS if pattern.match(path)), None)
