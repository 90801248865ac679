"""What the text report says first: the answer, why it is not whole, and the numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sized

from auditor import AuditResult, Severity, counted, listed, quoted
from auditor.results import (
    Cause,
    LedgerEntry,
    carried_over,
    deselected_words,
    empty_org,
    evaluated_words,
    incompleteness,
    lineage,
)

from ._wording import harm, impacts, shown_causes

_CAUSES = 30
_KINDS_NAMED = 6


def opening(result: AuditResult) -> str:
    """The answer in a few sentences."""
    parts = (
        _answer(result),
        incompleteness(result),
        empty_org(result.coverage),
        carried_over(result.coverage),
        _absence(result),
    )
    return " ".join(filter(None, parts))


def _answer(result: AuditResult) -> str:
    url = result.tenant.url
    tenant = quoted(result.tenant.name) + (f" ({url})" if url else "")
    read = f"as read on {result.capture.finished_at:%Y-%m-%d at %H:%M %Z}"
    number = len(result.findings)
    finding = "new finding" if result.baseline else "finding"
    if number == 1:
        severity = result.findings[0].severity
        return f"{tenant} has 1 {finding}, of {severity} severity, {read}."
    if number:
        bad = sum(item.severity.at_least(Severity.HIGH) for item in result.findings)
        share = {0: "none", number: "all"}.get(bad, f"{bad:,}")
        return (
            f"{tenant} has {counted(number, finding)}, {share} of them critical or high, {read}. "
            f"By impact: {impacts(result)}."
        )
    if not result.evaluated:
        return f"Nothing was checked in {tenant}, {read}."
    if result.incomplete:
        nothing = "Nothing that counts" if result.accepted else "Nothing"
        return f"{nothing} was found in the part of {tenant} that could be checked, {read}."
    if result.accepted:
        accepted = counted(len(result.accepted), "accepted finding")
        others = "new" if result.baseline else "other"
        return f"{tenant} has {accepted} and no {others} ones, {read}."
    return f"{tenant} has no {finding}s, {read}."


def _absence(result: AuditResult) -> str:
    absent = len(result.not_applicable)
    if not absent:
        return ""
    read = "it reads" if absent == 1 else "they read"
    return f"{counted(absent, 'rule')} did not apply: the org does not have what {read}."


def cause_rows(result: AuditResult) -> list[tuple[str, str]]:
    """Severity, number and words of each cause; none where there are few findings anyway."""
    all_causes = shown_causes(result)
    rows = [
        (_row_head(cause.severity, cause.findings), _cause(cause)) for cause in all_causes[:_CAUSES]
    ]
    if more := all_causes[_CAUSES:]:
        rest = [finding for cause in more for finding in cause.findings]
        rows.append((_row_head("", rest), f"of {counted(len(more), 'more cause')}."))
    return rows


def _row_head(severity: str, findings: Sized) -> str:
    return f"{severity.upper():8} {len(findings):>6,}"


def _cause(cause: Cause) -> str:
    title, example = cause.rule.page.title, cause.example.object.described
    return f"{title} ({cause.rule.code}): {harm(cause)}. For example {example}."


def counts(result: AuditResult) -> tuple[str, str]:
    """Two lines of numbers: findings by severity, and rules by what became of them."""
    severities = "   ".join(
        f"{severity.value.upper()} {number:,}" for severity, number in result.by_severity.items()
    )
    rules = f"{counted(result.evaluated, 'rule')} ran, {len(result.not_evaluated):,} not evaluated"
    crashed = f", {len(result.crashed):,} crashed" if result.crashed else ""
    return severities, f"{rules}{crashed}"


def not_selected(result: AuditResult) -> str:
    """How many rules are left out and by what, in a sentence; empty if none is."""
    return f"{evaluated_words(result)}." if deselected_words(result) else ""


def checked(result: AuditResult) -> str:
    """What a complete audit looked at; empty for one that is not complete."""
    if result.incomplete or not result.evaluated:
        return ""
    codes = result.evaluated_codes
    evaluated = [rule for rule in result.rules if rule.code in codes]
    collections = lineage(name for rule in evaluated for name in (*rule.reads, *rule.consults))
    entries = [entry for entry in result.coverage if entry.collection in collections]
    total = counted(sum(entry.objects for entry in entries), "object")
    kinds = listed(_kinds(entries), most=_KINDS_NAMED, empty="")
    earlier = ", some of it earlier" if any(entry.carried_over for entry in entries) else ""
    return (
        f"Checked: {counted(result.evaluated, 'rule')} over {total}{': ' if kinds else ''}{kinds}. "
        f"All of that was read completely{earlier}."
    )


def _kinds(entries: Iterable[LedgerEntry]) -> list[str]:
    return [f"{entry.label} ({entry.objects:,})" for entry in entries if entry.objects]
