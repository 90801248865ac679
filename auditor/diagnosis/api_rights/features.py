"""Whether an org has the feature that a call is about, for errors that say it has not.

Source: Okta error codes and a support article on E0000015. An exporter that was told so keeps the
collection as absent, so a snapshot tells.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from auditor.snapshot.collections import COLLECTIONS, Collection
from auditor.snapshot.ledger import CollectionStatus
from auditor.snapshot.org import Org


class FeatureVerdict(Enum):
    """Whether the org has a feature."""

    ABSENT = auto()
    """The snapshot's exporter was told so, too."""
    PRESENT = auto()
    """The snapshot has objects of it, or their empty list."""
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class FeatureState:
    """What a snapshot says of a feature."""

    name: str
    """Okta's name for it; empty if the path does not tell."""
    verdict: FeatureVerdict

    @property
    def settled(self) -> bool:
        """Whether the error is explained."""
        return self.verdict is FeatureVerdict.ABSENT


def feature_state(path: str, org: Org | None) -> FeatureState:
    """Whether the org has the feature of a path.

    Args:
        path: what was called; empty if that is not known.
        org: the snapshot; None if there is none.
    """
    row = _row(path)
    if row is None or row.feature is None:
        return FeatureState("", FeatureVerdict.UNKNOWN)
    if org is None:
        return FeatureState(row.feature, FeatureVerdict.UNKNOWN)
    status = org.ledger.entry(row.name).status
    verdicts = {
        CollectionStatus.ABSENT: FeatureVerdict.ABSENT,
        CollectionStatus.COMPLETE: FeatureVerdict.PRESENT,
        CollectionStatus.PARTIAL: FeatureVerdict.PRESENT,
    }
    return FeatureState(row.feature, verdicts.get(status, FeatureVerdict.UNKNOWN))


def _row(path: str) -> Collection | None:
    """The collection with a feature that a path is in, or beneath."""
    for row in COLLECTIONS:
        if row.feature and row.parent is None and f"{path}/".startswith(f"{row.path}/"):
            return row
    return None
