"""Compares two snapshots: access, lifetimes, findings, objects, and what could not be compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from auditor.diff.findings import FindingChanges, compare_findings
from auditor.diff.merging import Merged
from auditor.diff.objects import Objects
from auditor.diff.result import DiffResult, SideInfo, Uncompared
from auditor.diff.revocations import revocations
from auditor.diff.sides import Side, Sides
from auditor.diff.situations import Question, Situations
from auditor.lint.rule import Rule
from auditor.text import one_line
from auditor.tokens.token_endpoint import taken_for_granted


@dataclass(frozen=True)
class Files:
    """The names of the two files, as reports show them."""

    old: str
    new: str


def compare_snapshots(
    sides: Sides,
    files: Files,
    question: Question,
    rules: Iterable[Rule] | None,
    gain_patterns: tuple[str, ...] = (),
) -> DiffResult:
    """Everything that differs in meaning.

    Args:
        sides: the snapshots.
        files: what they are called.
        question: which server or client matters.
        rules: to evaluate on both sides; None to leave findings out.
        gain_patterns: scopes that must not be gained.
    """
    merged = Merged(sides, Situations(sides, question).differences())
    objects = Objects(sides, question)
    findings = FindingChanges((), (), ())
    if rules is not None:
        findings = compare_findings(sides, rules, question)
    unread = dict.fromkeys((*_unread(sides), *objects.uncompared))
    return DiffResult(
        old=_info(sides.old, files.old),
        new=_info(sides.new, files.new),
        gained=merged.gained,
        lost=merged.lost,
        lifetimes=merged.lifetimes,
        gained_total=merged.totals("gained"),
        lost_total=merged.totals("lost"),
        lifetimes_total=merged.totals("lifetimes"),
        new_findings=None if rules is None else findings.new,
        fixed_findings=None if rules is None else findings.fixed,
        revocations=tuple(revocations(sides, objects.changes, question)),
        objects=objects.changes,
        uncompared=(*merged.uncompared, *unread, *findings.uncompared),
        gain_patterns=gain_patterns,
    )


def _unread(sides: Sides) -> Iterator[Uncompared]:
    """Lists of the whole org without which it is not known what there is to compare."""
    for side in sides.both:
        further = taken_for_granted(side.org, side.org.apps)
        for name in ("authorization_servers", "apps", "users", *further):
            if not side.read(name):
                entry = side.org.ledger.entry(name)
                yield Uncompared(
                    what=entry.label,
                    why=one_line(f"not completely read in {side.name}: {entry.explanation()}"),
                    remedy=one_line(entry.remedy()),
                )


def _info(side: Side, file: str) -> SideInfo:
    capture = side.snapshot.capture
    return SideInfo(file=file, org=capture.org_url, captured_at=capture.finished_at)
