"""Findings of one side only, by fingerprint; and rules of which that cannot be said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from auditor.diff.naming import reference
from auditor.diff.result import FindingRef, Uncompared
from auditor.diff.sides import Side, Sides
from auditor.diff.situations import Question
from auditor.lint.engine import fingerprint
from auditor.lint.rule import Rule
from auditor.snapshot.collections import lineage
from auditor.snapshot.ledger import CollectionStatus
from auditor.snapshot.view import UnreadMembersError
from auditor.text import listed


@dataclass(frozen=True)
class FindingChanges:
    """Findings that came and went, by severity, code and object."""

    new: tuple[FindingRef, ...]
    fixed: tuple[FindingRef, ...]
    uncompared: tuple[Uncompared, ...]


def compare_findings(sides: Sides, rules: Iterable[Rule], question: Question) -> FindingChanges:
    """Evaluate rules on both sides.

    Args:
        sides: the snapshots.
        rules: the selected rules.
        question: which server or client matters; findings of other objects are left out.
    """
    new: list[tuple[int, FindingRef]] = []
    fixed: list[tuple[int, FindingRef]] = []
    missed: dict[tuple[str, str], list[str]] = {}
    for rule in rules:
        found: list[dict[str, FindingRef]] = []
        for side in sides.both:
            result = _evaluate(side, rule)
            if isinstance(result, tuple):
                why, remedy = result
                if why:
                    missed.setdefault((f"{side.name}: {why}", remedy), []).append(rule.code)
            else:
                found.append(result)
        if len(found) < 2:  # noqa: PLR2004 - both sides
            continue
        old, now = found
        rank = rule.severity.rank
        new += [(rank, item) for key, item in now.items() if key not in old]
        fixed += [(rank, item) for key, item in old.items() if key not in now]
    clients = {question.client}
    if question.client is not None:
        apps = [side.org.client(question.client) for side in sides.both]
        clients |= {app.id for app in apps if app}

    def wanted(item: FindingRef) -> bool:
        server = item.server.id if item.server else None
        return question.server in {None, server} and (
            question.client is None or item.object.id in clients
        )

    return FindingChanges(
        tuple(item for _, item in sorted(new, key=_order) if wanted(item)),
        tuple(item for _, item in sorted(fixed, key=_order) if wanted(item)),
        tuple(
            Uncompared(what=f"findings of {listed(codes, most=8)}", why=why, remedy=remedy)
            for (why, remedy), codes in sorted(missed.items())
        ),
    )


def _evaluate(side: Side, rule: Rule) -> dict[str, FindingRef] | tuple[str, str]:
    """The findings by fingerprint; or why there are none and what to do, empty for no fault."""
    org = side.org
    if missing := org.ledger.missing(lineage(rule.reads)):
        if all(entry.status is CollectionStatus.ABSENT for entry in missing):
            return "", ""
        why = "; ".join(f"{entry.label}: {entry.explanation()}" for entry in missing)
        return why, "; ".join(dict.fromkeys(entry.remedy() for entry in missing))
    found: dict[str, FindingRef] = {}
    try:
        for item in rule.findings(org):
            server = org.server_of(item.record)
            key = fingerprint(rule.code, item.record, item.field, item.key)
            found[key] = FindingRef(
                code=rule.code,
                name=rule.name,
                severity=rule.severity.value,
                message=item.message,
                object=reference(item.record),
                server=reference(server) if server else None,
                fingerprint=key,
            )
    except UnreadMembersError as error:
        return error.message, error.remedy
    except Exception as error:  # noqa: BLE001 - one broken rule must not hide the others
        return f"the rule crashed ({type(error).__name__})", "Report it to the rule's authors."
    return found


def _order(entry: tuple[int, FindingRef]) -> tuple[int, str, str, str]:
    rank, item = entry
    return rank, item.code, item.object.id, item.fingerprint
