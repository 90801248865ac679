"""Which findings count: those that no suppression and no baseline accepts; and accepted gaps.

A suppression comes first, because somebody answers for it. One that has expired has the last
word: the finding counts, whatever the baseline says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from auditor.lint.acceptance.accept_gaps import gap_notices, gaps_in_force
from auditor.lint.acceptance.baseline import Baseline
from auditor.lint.acceptance.expiry import has_expired
from auditor.lint.acceptance.notices import baseline_notices, suppression_notices
from auditor.lint.acceptance.suppression import SuppressionEntry, Suppressions
from auditor.lint.acceptance.suppression_lookup import SuppressionLookup
from auditor.lint.reported_finding import Acceptance, AcceptedBy, FindingStatus, ReportedFinding
from auditor.lint.result import AuditResult, Fixed
from auditor.text import one_line, quoted


def accept(
    result: AuditResult,
    suppressions: Suppressions,
    baseline: Baseline | None,
    *,
    as_of: date,
    forbidden: frozenset[str] = frozenset(),
) -> AuditResult:
    """Set apart the findings that somebody has accepted, and name the gaps that somebody has.

    Args:
        result: an audit, with all its findings.
        suppressions: those that are to hold.
        baseline: what was there when a line was drawn; None if none was.
        as_of: the day by which expiry is judged. A suppression holds on its last day.
        forbidden: codes of rules whose findings nobody may accept.

    Raises:
        UsageError: the baseline is another org's.
    """
    if baseline:
        baseline.check_tenant(result.tenant)
    judge = _Judge(suppressions, baseline, as_of, forbidden)
    judged = [judge.judged(finding) for finding in result.findings]
    return replace(
        result,
        findings=tuple(item for item in judged if item.status is FindingStatus.OPEN),
        accepted=tuple(item for item in judged if item.status is not FindingStatus.OPEN),
        accepted_gaps=gaps_in_force(result.coverage, suppressions.gaps, as_of),
        notices=(
            *suppression_notices(result, suppressions, as_of),
            *gap_notices(result.coverage, suppressions.gaps, as_of),
            *baseline_notices(result, baseline, forbidden),
        ),
        fixed=tuple(_fixed(result, baseline)),
        baseline=baseline.file if baseline else "",
        as_of=as_of if suppressions.entries or suppressions.gaps else None,
    )


@dataclass
class _Judge:
    suppressions: Suppressions
    baseline: Baseline | None
    as_of: date
    forbidden: frozenset[str]

    def __post_init__(self) -> None:
        self._lookup = SuppressionLookup(entry.suppression for entry in self.suppressions.entries)

    def judged(self, finding: ReportedFinding) -> ReportedFinding:
        """The finding with its status, its acceptance, and why it has none any more."""
        position = self._lookup.position(finding)
        if position is None:
            return self._unchanged(finding)
        return self._suppressed(finding, self.suppressions.entries[position])

    def _suppressed(self, finding: ReportedFinding, entry: SuppressionEntry) -> ReportedFinding:
        suppression = entry.suppression
        if has_expired(suppression.expires, self.as_of):
            remark = (
                f"Its suppression ({one_line(entry.where)}, owner {quoted(suppression.owner)}) "
                f"expired on {suppression.expires}."
            )
            return replace(finding, remark=remark, lapsed=True)
        acceptance = Acceptance(
            by=AcceptedBy.SUPPRESSION,
            where=entry.where,
            reason=suppression.reason,
            owner=suppression.owner,
            ticket=suppression.ticket or "",
            expires=suppression.expires,
        )
        return replace(finding, status=FindingStatus.SUPPRESSED, acceptance=acceptance)

    def _unchanged(self, finding: ReportedFinding) -> ReportedFinding:
        entry = self.baseline.entries.get(finding.fingerprint) if self.baseline else None
        if self.baseline is None or entry is None:
            return finding
        where = self.baseline.where(finding.fingerprint)
        if finding.rule.code in self.forbidden:
            remark = f"It is in the baseline ({one_line(where)}), but may not be accepted."
            return replace(finding, remark=remark)
        if entry.content != finding.content:
            remark = (
                f"It is in the baseline ({one_line(where)}), but the object, or what takes part, "
                "has changed since."
            )
            return replace(finding, remark=remark)
        return replace(
            finding,
            status=FindingStatus.UNCHANGED,
            acceptance=Acceptance(by=AcceptedBy.BASELINE, where=where),
        )


def _fixed(result: AuditResult, baseline: Baseline | None) -> Iterator[Fixed]:
    """Entries whose rule was evaluated and did not find it, in the order of codes."""
    if baseline is None:
        return
    present = {finding.fingerprint for finding in result.findings}
    gone = [
        Fixed(entry.code, fingerprint, entry.object)
        for fingerprint, entry in baseline.entries.items()
        if fingerprint not in present and entry.code in result.evaluated_codes
    ]
    yield from sorted(gone, key=lambda item: (item.code, item.object.name, item.fingerprint))
