"""Fixes of findings as a unified diff of HCL, each tried before it is shown."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from auditor.cli.audit.source_path import shown_path
from auditor.lint.engine import audit
from auditor.lint.reported_finding import ReportedFinding
from auditor.lint.result import AuditResult
from auditor.lint.rule import Rule
from auditor.snapshot.document import Snapshot, Source, dump_snapshot
from auditor.terraform.fixes import EXACT_FIXES, Fix, Removal, fixed_value
from auditor.terraform.plan import Plan, ResourceChange
from auditor.terraform.planned_snapshot import lay_plan
from auditor.terraform.resource_addresses import steps
from auditor.terraform.source.block_edits import with_value, without_text
from auditor.terraform.source.field_places import FieldPlaces
from auditor.terraform.source.hcl_file import HclFile
from auditor.terraform.source.source_tree import PlacedBlock

MOST_TRIED = 50
"""Findings whose fixes are tried; each takes an audit."""


@dataclass(frozen=True)
class TriedFixes:
    """What came of the fixes."""

    diff: str
    """A unified diff for `patch -p1` in the working folder; empty if there is none."""
    fixed: tuple[ReportedFinding, ...]
    """Findings that the changed plan no longer has."""
    untried: int = 0
    """Findings beyond the most that are tried."""


@dataclass
class HclFixes:
    """Looks for fixes of a plan's findings.

    Args:
        rules: those of the audit.
        plan: the plan.
        base: what the org is; None for a plan that stands alone.
        places: where objects stand in the configuration; None if there is none.
    """

    rules: Sequence[Rule]
    plan: Plan
    base: Snapshot | None
    places: FieldPlaces | None

    def tried(self, result: AuditResult) -> TriedFixes:
        """The fixes of a result's findings, laid one over the other."""
        plan, known = self.plan, _fingerprints(result)
        if self.places is None:
            return TriedFixes("", ())
        texts: dict[Path, tuple[str, str]] = {}
        fixed: list[ReportedFinding] = []
        fixable = [item for item in result.findings if item.rule.code in EXACT_FIXES]
        for finding in fixable[:MOST_TRIED]:
            if finding.fingerprint not in known:
                continue  # another fix has taken it away
            for changed, placed, text in self._candidates(plan, texts, finding):
                left = _fingerprints(self._audited(changed))
                if finding.fingerprint in left or left - known:
                    continue
                before = texts.get(placed.path, (placed.file.text, ""))[0]
                texts[placed.path] = (before, text)
                plan, known = changed, left
                fixed.append(finding)
                break
        return TriedFixes("".join(_diffs(texts)), tuple(fixed), max(0, len(fixable) - MOST_TRIED))

    def _candidates(
        self, plan: Plan, texts: dict[Path, tuple[str, str]], finding: ReportedFinding
    ) -> Iterator[tuple[Plan, PlacedBlock, str]]:
        places = self.places
        resource = places.resource(finding.object.id) if places else None
        placed = places.source.block(resource.address) if places and resource else None
        if resource is None or placed is None or placed.block.kind != "resource":
            return
        if placed.path in texts:
            placed = _again(placed, texts[placed.path][1])
        for fix in EXACT_FIXES[finding.rule.code]:
            text = _edited(placed, fix, finding.key) if placed else None
            changed = _changed(plan, resource, fix, finding.key)
            if placed and text is not None and changed is not None:
                yield changed, placed, text

    def _audited(self, plan: Plan) -> AuditResult:
        source = self.places.source if self.places else None
        snapshot = lay_plan(plan, self.base, source).snapshot
        return audit(snapshot, self.rules, Source("planned.json", dump_snapshot(snapshot)))


def _fingerprints(result: AuditResult) -> frozenset[str]:
    return frozenset(item.fingerprint for item in (*result.findings, *result.accepted))


def _again(placed: PlacedBlock, text: str) -> PlacedBlock | None:
    """The same block in a text that other fixes have changed."""
    file = HclFile(text)
    for block in file.blocks:
        if (block.kind, block.labels) == (placed.block.kind, placed.block.labels):
            return PlacedBlock(placed.path, file, block)
    return None


def _edited(placed: PlacedBlock, fix: Fix, key: str) -> str | None:
    if isinstance(fix, Removal):
        return without_text(placed, fix.attribute, fix.member or key)
    return with_value(placed, fix.attribute, fix.hcl)


def _changed(plan: Plan, resource: ResourceChange, fix: Fix, key: str) -> Plan | None:
    """The plan of the changed block: all instances that come from it have the fix."""
    value = fixed_value(fix, resource.after, key)
    if value is None or fix.attribute in resource.sensitive:
        return None

    def fixed(change: ResourceChange) -> ResourceChange:
        if (_module_names(change), change.kind) != (_module_names(resource), resource.kind):
            return change
        own = fixed_value(fix, change.after, key)
        if own is None:
            return change
        unknown = {name: mask for name, mask in change.unknown.items() if name != fix.attribute}
        actions = ("update",) if change.actions == ("no-op",) else change.actions
        after = {**change.after, fix.attribute: own}
        return replace(change, after=after, unknown=unknown, actions=actions)

    return replace(plan, changes=tuple(map(fixed, plan.changes)))


def _module_names(change: ResourceChange) -> tuple[str, ...]:
    return tuple(step.name for step in steps(change.module))


def _diffs(texts: dict[Path, tuple[str, str]]) -> Iterator[str]:
    for path in sorted(texts):
        before, after = texts[path]
        name = shown_path(path)
        yield from difflib.unified_diff(
            before.splitlines(keepends=True),
            after.splitlines(keepends=True),
            f"a/{name}",
            f"b/{name}",
        )
