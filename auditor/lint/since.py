"""What is new since an earlier time, and what is fixed: a pure comparison by fingerprints.

Only rules that were evaluated both times prove anything, so of the findings of others it is not
known whether they are new.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from auditor.lint.acceptance.baseline import Baseline
from auditor.lint.reported_finding import ObjectRef, ReportedFinding
from auditor.lint.result import AuditResult, EarlierKind, Fixed, Run, Since

UNKNOWN_OBJECT = ObjectRef(type="object", id="", name="(not recorded then)")
"""The object of a finding of which only the fingerprint was kept."""


@dataclass(frozen=True)
class Earlier:
    """The findings of a tenant at an earlier time, accepted ones included."""

    kind: EarlierKind
    where: str
    captured_at: datetime | None
    evaluated: frozenset[str]
    """Codes of the rules that were evaluated then."""
    findings: Mapping[str, tuple[str, ObjectRef]]
    """Code and object, by fingerprint."""

    @classmethod
    def of_result(cls, result: AuditResult, where: str) -> Earlier:
        """The findings of an audit of an earlier snapshot, by the same rules."""
        return cls(
            EarlierKind.SNAPSHOT,
            where,
            result.capture.finished_at,
            result.evaluated_codes,
            {
                item.fingerprint: (item.rule.code, item.object)
                for item in (*result.findings, *result.accepted)
            },
        )

    @classmethod
    def of_baseline(cls, baseline: Baseline, result: AuditResult) -> Earlier:
        """What a baseline accepts; it says only which rules could not be evaluated then."""
        return cls(
            EarlierKind.BASELINE,
            baseline.file,
            None,
            result.evaluated_codes - set(baseline.not_evaluated),
            {key: (item.code, item.object) for key, item in baseline.entries.items()},
        )

    @classmethod
    def of_run(cls, run: Run, result: AuditResult) -> Earlier | None:
        """What the history kept of a run; None if it kept no fingerprints.

        Names are those of today: a history keeps none.
        """
        if run.fingerprints is None:
            return None
        return cls(
            EarlierKind.RUN,
            "",
            run.captured_at,
            frozenset(run.by_rule),
            {
                item: (code, _object(run, item, result))
                for code, items in run.fingerprints.items()
                for item in items
            },
        )


def compare(result: AuditResult, earlier: Earlier) -> AuditResult:
    """The result with what is new and what is fixed since then."""
    both = earlier.evaluated & result.evaluated_codes

    def marked(item: ReportedFinding) -> ReportedFinding:
        known = item.rule.code in both or item.fingerprint in earlier.findings
        return replace(item, new=item.fingerprint not in earlier.findings if known else None)

    now = {item.fingerprint for item in (*result.findings, *result.accepted)}
    fixed = [
        Fixed(code, key, ref)
        for key, (code, ref) in earlier.findings.items()
        if key not in now and code in both
    ]
    since = Since(
        kind=earlier.kind,
        where=earlier.where,
        captured_at=earlier.captured_at,
        fixed=tuple(sorted(fixed, key=_order)),
        uncompared=tuple(sorted(result.evaluated_codes - earlier.evaluated)),
    )
    return replace(
        result,
        findings=tuple(map(marked, result.findings)),
        accepted=tuple(map(marked, result.accepted)),
        since=since,
    )


def _object(run: Run, fingerprint: str, result: AuditResult) -> ObjectRef:
    kept = (run.objects or {}).get(fingerprint)
    if kept is None:
        return UNKNOWN_OBJECT
    kind, _, record_id = kept.partition("/")
    name = result.title_of(kind, record_id) if result.title_of else None
    return ObjectRef(type=kind, id=record_id, name=name or record_id)


def _order(item: Fixed) -> tuple[str, str, str]:
    return item.code, item.object.name, item.fingerprint
