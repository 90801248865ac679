"""Compares two snapshots: access, lifetimes, findings, objects, and what could not be compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from auditor.comparison.differences import Differences, DiffFilter
from auditor.comparison.finding_changes import FindingChanges, compare_findings
from auditor.comparison.merged_changes import MergedChanges
from auditor.comparison.object_changes import ObjectChanges
from auditor.comparison.result import DiffResult, SideInfo, Uncompared
from auditor.comparison.revocations import revocations
from auditor.comparison.snapshot_pair import SnapshotPair, SnapshotSide
from auditor.lint.carried_over import carried_over
from auditor.lint.rule import Rule
from auditor.text import one_line


@dataclass(frozen=True)
class SideFiles:
    """The names of the two files, as reports show them."""

    old: str
    new: str


def compare_snapshots(
    sides: SnapshotPair,
    files: SideFiles,
    only: DiffFilter,
    rules: Iterable[Rule] | None,
    gain_patterns: tuple[str, ...] = (),
) -> DiffResult:
    """Everything that differs in meaning.

    Args:
        sides: the snapshots.
        files: what they are called.
        only: which server or client matters.
        rules: to evaluate on both sides; None to leave findings out.
        gain_patterns: scopes that must not be gained.
    """
    merged = MergedChanges(sides, Differences(sides, only).differences())
    objects = ObjectChanges(sides, only)
    findings = FindingChanges((), (), ())
    if rules is not None:
        findings = compare_findings(sides, rules, only)
    unread = dict.fromkeys((*_unread(sides), *objects.uncompared))
    return DiffResult(
        old=_info(sides.old, files.old),
        new=_info(sides.new, files.new),
        gained=merged.gained,
        lost=merged.lost,
        lifetimes=merged.lifetimes,
        gained_total=merged.gained_total,
        lost_total=merged.lost_total,
        lifetimes_total=merged.lifetimes_total,
        new_findings=None if rules is None else findings.new,
        fixed_findings=None if rules is None else findings.fixed,
        revocations=tuple(revocations(sides, objects.changes, only)),
        objects=objects.changes,
        uncompared=(*merged.uncompared, *unread, *findings.uncompared),
        gain_patterns=gain_patterns,
    )


def _unread(sides: SnapshotPair) -> Iterator[Uncompared]:
    """What was not completely read, whether or not a comparison of the whole org rests on it."""
    for side in sides.both:
        for entry in side.org.ledger.incomplete:
            yield Uncompared(
                what=entry.label,
                why=one_line(f"not completely read in {side.name}: {entry.explanation()}"),
                remedy=one_line(entry.remedy()),
                missing=(entry.collection,),
            )


def _info(side: SnapshotSide, file: str) -> SideInfo:
    capture = side.snapshot.capture
    return SideInfo(
        file=file,
        org=capture.org_url,
        captured_at=capture.finished_at,
        carried_over=carried_over(side.org.ledger.entries),
    )
