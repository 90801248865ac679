"""Findings of one side only, by fingerprint; and rules of which that cannot be said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from auditor.comparison.differences import DiffFilter
from auditor.comparison.object_names import reference
from auditor.comparison.result import FindingRef, Uncompared
from auditor.comparison.snapshot_pair import SnapshotPair, SnapshotSide
from auditor.lint.engine import fingerprint
from auditor.lint.rule import Rule
from auditor.snapshot.collections import lineage
from auditor.snapshot.ledger import CollectionStatus
from auditor.snapshot.view import UnreadListError
from auditor.text import listed


@dataclass(frozen=True)
class FindingChanges:
    """Findings that came and went, by severity, code and object."""

    new: tuple[FindingRef, ...]
    fixed: tuple[FindingRef, ...]
    uncompared: tuple[Uncompared, ...]


def compare_findings(
    sides: SnapshotPair, rules: Iterable[Rule], only: DiffFilter
) -> FindingChanges:
    """Evaluate rules on both sides.

    Args:
        sides: the snapshots.
        rules: the selected rules.
        only: which server or client matters; findings of other objects are left out.
    """
    new: list[tuple[int, FindingRef]] = []
    fixed: list[tuple[int, FindingRef]] = []
    missed: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for rule in rules:
        by_side: list[dict[str, FindingRef]] = []
        for side in sides.both:
            evaluated = _evaluate(side, rule)
            if isinstance(evaluated, _NotEvaluated):
                if evaluated.why:
                    key = f"{side.name}: {evaluated.why}", evaluated.remedy, evaluated.missing
                    missed.setdefault(key, []).append(rule.code)
            else:
                by_side.append(evaluated)
        if len(by_side) < 2:  # noqa: PLR2004 - both sides
            continue
        old, now = by_side
        rank = rule.severity.rank
        new += [(rank, item) for key, item in now.items() if key not in old]
        fixed += [(rank, item) for key, item in old.items() if key not in now]
    matters = _Matters(sides, only)
    return FindingChanges(
        tuple(item for _, item in sorted(new, key=_order) if matters(item)),
        tuple(item for _, item in sorted(fixed, key=_order) if matters(item)),
        tuple(
            Uncompared(
                what=f"findings of {listed(codes, most=8)}",
                why=why,
                remedy=remedy,
                missing=missing,
            )
            for (why, remedy, missing), codes in sorted(missed.items())
        ),
    )


class _Matters:
    """Whether a finding is about the server or the client that the comparison is about."""

    def __init__(self, sides: SnapshotPair, only: DiffFilter) -> None:
        self._only = only
        apps = [side.org.client(only.client) for side in sides.both if only.client is not None]
        self._clients = {only.client} | {app.id for app in apps if app}

    def __call__(self, item: FindingRef) -> bool:
        server = item.server.id if item.server else None
        return self._only.server in {None, server} and (
            self._only.client is None or item.object.id in self._clients
        )


@dataclass(frozen=True)
class _NotEvaluated:
    """Why a rule has no findings on a side, and what to do; empty for no fault."""

    why: str = ""
    remedy: str = ""
    missing: tuple[str, ...] = ()
    """The collections that were not read, where that is why."""


def _evaluate(side: SnapshotSide, rule: Rule) -> dict[str, FindingRef] | _NotEvaluated:
    """The findings by fingerprint, or why there are none."""
    org = side.org
    if missing := org.ledger.missing(lineage(rule.reads)):
        if all(entry.status is CollectionStatus.ABSENT for entry in missing):
            return _NotEvaluated()
        why = "; ".join(f"{entry.label}: {entry.explanation()}" for entry in missing)
        remedies = dict.fromkeys(entry.remedy() for entry in missing)
        unread = (e.collection for e in missing if e.status is not CollectionStatus.ABSENT)
        return _NotEvaluated(why, "; ".join(remedies), tuple(unread))
    findings: dict[str, FindingRef] = {}
    try:
        for item in rule.findings(org):
            server = org.server_of(item.record)
            key = fingerprint(rule.code, item.record, item.field, item.key)
            findings[key] = FindingRef(
                code=rule.code,
                name=rule.name,
                severity=rule.severity.value,
                message=item.message,
                object=reference(item.record),
                server=reference(server) if server else None,
                fingerprint=key,
            )
    except UnreadListError as error:
        return _NotEvaluated(error.message, error.remedy, (error.collection,))
    except Exception as error:  # noqa: BLE001 - one broken rule must not hide the others
        why = f"the rule crashed ({type(error).__name__})"
        return _NotEvaluated(why, "Report it to the rule's authors.")
    return findings


def _order(entry: tuple[int, FindingRef]) -> tuple[int, str, str, str]:
    rank, item = entry
    return rank, item.code, item.object.id, item.fingerprint
