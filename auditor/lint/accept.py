"""Which findings count: those that no suppression and no baseline accepts.

A suppression comes first, because somebody answers for it. One that has expired has the last
word: the finding counts, whatever the baseline says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from auditor.lint.baseline import Baseline
from auditor.lint.result import Acceptance, AuditResult, Fixed, Notice, ReportedFinding
from auditor.lint.suppressions import Entry, Suppressions
from auditor.text import counted, listed, one_line, quoted

SOON_DAYS = 14
"""How long before its end a suppression is told of."""


def accept(
    result: AuditResult,
    suppressions: Suppressions,
    baseline: Baseline | None,
    *,
    as_of: date,
    forbidden: frozenset[str] = frozenset(),
) -> AuditResult:
    """Set apart the findings that somebody has accepted.

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
        findings=tuple(item for item in judged if item.status == "open"),
        accepted=tuple(item for item in judged if item.status != "open"),
        notices=(
            *_suppression_notices(result, suppressions, as_of),
            *_baseline_notices(result, baseline, forbidden),
        ),
        fixed=tuple(_fixed(result, baseline)),
        baseline=baseline.file if baseline else "",
        as_of=as_of if suppressions.entries else None,
    )


@dataclass
class _Judge:
    suppressions: Suppressions
    baseline: Baseline | None
    as_of: date
    forbidden: frozenset[str]

    def __post_init__(self) -> None:
        self._entries = _by_target(self.suppressions)

    def judged(self, finding: ReportedFinding) -> ReportedFinding:
        """The finding, with what is to be said about its acceptance."""
        for entry in self._entries[finding.rule.code, finding.object.id]:
            if entry.suppression.matches(finding):
                return self._suppressed(finding, entry)
        return self._unchanged(finding)

    def _suppressed(self, finding: ReportedFinding, entry: Entry) -> ReportedFinding:
        said = entry.suppression
        if _expired(entry, self.as_of):
            remark = (
                f"Its suppression ({one_line(entry.where)}, owner {quoted(said.owner)}) expired "
                f"on {said.expires}."
            )
            return replace(finding, remark=remark, lapsed=True)
        acceptance = Acceptance(
            by="suppression",
            where=entry.where,
            reason=said.reason,
            owner=said.owner,
            ticket=said.ticket or "",
            expires=said.expires,
        )
        return replace(finding, status="suppressed", acceptance=acceptance)

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
            finding, status="unchanged", acceptance=Acceptance(by="baseline", where=where)
        )


def _by_target(suppressions: Suppressions) -> defaultdict[tuple[str, str], list[Entry]]:
    found: defaultdict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in suppressions.entries:
        found[entry.suppression.rule, entry.suppression.target].append(entry)
    return found


def _expired(entry: Entry, as_of: date) -> bool:
    return as_of > entry.suppression.expires


def _suppression_notices(
    result: AuditResult, suppressions: Suppressions, as_of: date
) -> Iterator[Notice]:
    """What whoever keeps the file should know, in its order."""
    findings: defaultdict[tuple[str, str], list[ReportedFinding]] = defaultdict(list)
    for finding in result.findings:
        findings[finding.rule.code, finding.object.id].append(finding)
    for entry in suppressions.entries:
        said = entry.suppression
        met = [item for item in findings[said.rule, said.target] if said.matches(item)]
        if met:
            yield from _used(entry, met, as_of)
        elif said.rule in result.evaluated_codes:
            yield Notice(
                entry.where,
                f"The suppression of {said.rule} on {_shown(entry)} matches no finding.",
                "Remove it.",
            )


def _used(entry: Entry, met: list[ReportedFinding], as_of: date) -> Iterator[Notice]:
    said, name = entry.suppression, met[0].object.name
    left = (said.expires - as_of).days
    subject = f"The suppression of {said.rule} on {_shown(entry)}"
    if left < 0:
        yield Notice(
            entry.where,
            f"{subject} expired on {said.expires}; {counted(len(met), 'finding')} "
            f"{'counts' if len(met) == 1 else 'count'} again.",
            f"Fix the finding and remove the entry, or let {quoted(said.owner)} decide again.",
        )
    elif left < SOON_DAYS:
        when = "today" if left == 0 else f"in {counted(left, 'day')}"
        yield Notice(
            entry.where,
            f"{subject} ends {when}, on {said.expires}.",
            f"Fix the finding, or let {quoted(said.owner)} decide again.",
        )
    if said.name is not None and one_line(said.name) != one_line(name):
        yield Notice(
            entry.where,
            f"The suppression of {said.rule} on {quoted(said.target)} names {quoted(said.name)}, "
            f"but the object is called {quoted(name)} now.",
            "Check that the right object is meant, and correct the name.",
        )


def _shown(entry: Entry) -> str:
    said = entry.suppression
    named = f"{quoted(said.name)} ({one_line(said.target)})" if said.name else quoted(said.target)
    narrower = [
        f"{word} {quoted(value)}"
        for word, value in (("field", said.field), ("key", said.key))
        if value
    ]
    return ", ".join([named, *narrower])


def _baseline_notices(
    result: AuditResult, baseline: Baseline | None, forbidden: frozenset[str]
) -> Iterator[Notice]:
    if baseline is None:
        return
    if unread := sorted(set(baseline.not_evaluated) & result.evaluated_codes):
        yield Notice(
            baseline.file,
            f"The baseline was made when {counted(len(unread), 'rule')} could not be evaluated "
            f"({listed(unread, most=10)}), so all their findings count as new.",
            "Update it: okta-auditor baseline SNAPSHOT --update",
        )
    never = [key for key, entry in sorted(baseline.entries.items()) if entry.code in forbidden]
    if never:
        yield Notice(
            baseline.where(never[0]),
            f"{counted(len(never), 'entry', 'entries')} of the baseline "
            f"{'is' if len(never) == 1 else 'are'} of rules whose findings may not be accepted.",
            "Update it: okta-auditor baseline SNAPSHOT --update",
        )


def _fixed(result: AuditResult, baseline: Baseline | None) -> Iterator[Fixed]:
    """Entries whose rule was evaluated and did not find it, in the order of codes."""
    if baseline is None:
        return
    found = {finding.fingerprint for finding in result.findings}
    gone = [
        Fixed(entry.code, fingerprint, entry.object)
        for fingerprint, entry in baseline.entries.items()
        if fingerprint not in found and entry.code in result.evaluated_codes
    ]
    yield from sorted(gone, key=lambda item: (item.code, item.object.name, item.fingerprint))
