"""Fixes of findings as a unified diff of HCL, each tried before it is shown."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from auditor.cli.audit.source_path import shown_path
from auditor.lint.engine import audit
from auditor.lint.reported_finding import ReportedFinding
from auditor.lint.result import AuditResult
from auditor.lint.rule import Rule
from auditor.snapshot.document import Snapshot, Source
from auditor.terraform.fixes import EXACT_FIXES, Fix, Removal, fixed_value
from auditor.terraform.plan import Plan, ResourceChange
from auditor.terraform.planned_snapshot import lay_plan
from auditor.terraform.resource_addresses import steps
from auditor.terraform.source.block_edits import with_value, without_text
from auditor.terraform.source.field_places import FieldPlaces
from auditor.terraform.source.hcl_file import HclFile
from auditor.terraform.source.source_tree import PlacedBlock

MOST_AUDITS = 40
"""Audits in which fixes are tried. Fixes are tried together, and those that do not hold by halves,
so that 1,000 that hold take one audit, and each that does not takes about ten more."""


@dataclass(frozen=True)
class TriedFixes:
    """What came of the fixes."""

    diff: str
    """A unified diff for `patch -p1` in the working folder; empty if there is none."""
    fixed: tuple[ReportedFinding, ...]
    """Findings that the changed plan no longer has."""
    audits: int = 0
    """Audits that trying them took."""
    untried: int = 0
    """Findings that were left when there had been as many audits as there may be."""


@dataclass(frozen=True)
class _Changed:
    """A plan and files with some fixes in them."""

    plan: Plan
    texts: Mapping[Path, tuple[str, str]]
    """Of each changed file, the text before and after."""


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
    _known: frozenset[str] = frozenset()
    """Fingerprints that the plan has with the fixes so far."""
    _fixed: list[ReportedFinding] = field(default_factory=list)
    _audits: int = 0
    _untried: int = 0

    def tried(self, result: AuditResult) -> TriedFixes:
        """The fixes of a result's findings, laid one over the other."""
        if self.places is None:
            return TriedFixes("", ())
        self._known = _fingerprints(result)
        fixable = [item for item in result.findings if item.rule.code in EXACT_FIXES]
        made = self._with_fixes(_Changed(self.plan, {}), fixable)
        diff = "".join(_diffs(made.texts))
        return TriedFixes(diff, tuple(self._fixed), self._audits, self._untried)

    def _with_fixes(self, before: _Changed, findings: Sequence[ReportedFinding]) -> _Changed:
        """What is changed already, and with it those fixes that hold, tried together first."""
        findings = [item for item in findings if item.fingerprint in self._known]
        if self._audits >= MOST_AUDITS:
            self._untried += len(findings)
            return before
        if len(findings) == 1:
            # A rule has two fixes at most, so that the last may be tried beyond the bound.
            candidates = self._candidates(before, findings[0])
            return next((one for one in candidates if self._holds(one, findings)), before)
        together, fixable = before, []
        for finding in findings:
            if (changed := next(self._candidates(together, finding), None)) is not None:
                together = changed
                fixable.append(finding)
        if not fixable or self._holds(together, fixable):
            return together
        half = len(fixable) // 2
        for part in (fixable[:half], fixable[half:]) if half else (fixable,):
            before = self._with_fixes(before, part)
        return before

    def _holds(self, changed: _Changed, findings: Sequence[ReportedFinding]) -> bool:
        """Whether a changed plan has none of some findings, and no new one."""
        self._audits += 1
        left = _fingerprints(self._audited(changed.plan))
        if left - self._known or any(item.fingerprint in left for item in findings):
            return False
        self._known = left
        self._fixed += findings
        return True

    def _candidates(self, before: _Changed, finding: ReportedFinding) -> Iterator[_Changed]:
        places = self.places
        resource = places.resource(finding.object.id) if places else None
        placed = places.source.block(resource.address) if places and resource else None
        if resource is None or placed is None or placed.block.kind != "resource":
            return
        if placed.overridden:
            return  # what it sets may not count
        original = placed.file.text
        if placed.path in before.texts:
            original = before.texts[placed.path][0]
            placed = _again(placed, before.texts[placed.path][1])
        for fix in EXACT_FIXES[finding.rule.code]:
            text = _edited(placed, fix, finding.key)
            plan = _changed(before.plan, resource, fix, finding.key)
            if text is not None and plan is not None:
                yield _Changed(plan, {**before.texts, placed.path: (original, text)})

    def _audited(self, plan: Plan) -> AuditResult:
        source = self.places.source if self.places else None
        snapshot = lay_plan(plan, self.base, source).snapshot
        return audit(snapshot, self.rules, Source("planned.json", b"{}"))  # nobody asks for lines


def _fingerprints(result: AuditResult) -> frozenset[str]:
    return frozenset(item.fingerprint for item in (*result.findings, *result.accepted))


def _again(placed: PlacedBlock, text: str) -> PlacedBlock:
    """The same block in a text that other fixes have changed: they add and remove none."""
    file = HclFile(text)
    blocks = zip(placed.file.blocks, file.blocks, strict=True)
    return PlacedBlock(placed.path, file, next(new for old, new in blocks if old is placed.block))


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


def _diffs(texts: Mapping[Path, tuple[str, str]]) -> Iterator[str]:
    for path in sorted(texts):
        before, after = texts[path]
        name = shown_path(path)
        yield from difflib.unified_diff(
            before.splitlines(keepends=True),
            after.splitlines(keepends=True),
            f"a/{name}",
            f"b/{name}",
        )
