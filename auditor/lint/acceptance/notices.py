"""What whoever keeps the file of suppressions, or the baseline, should know after an audit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from auditor.lint.acceptance.baseline import Baseline
from auditor.lint.acceptance.expiry import days_left, ends_soon, has_expired
from auditor.lint.acceptance.suppression import SuppressionEntry, Suppressions
from auditor.lint.acceptance.suppression_lookup import SuppressionLookup
from auditor.lint.reported_finding import ReportedFinding
from auditor.lint.result import AuditResult, Notice
from auditor.text import counted, listed, one_line, quoted

_UPDATE = "Update it: okta-auditor baseline SNAPSHOT --update"


def suppression_notices(
    result: AuditResult, suppressions: Suppressions, as_of: date
) -> Iterator[Notice]:
    """About suppressions that expire, match nothing or name the object wrongly; in file order."""
    lookup = SuppressionLookup(entry.suppression for entry in suppressions.entries)
    findings: defaultdict[int | None, list[ReportedFinding]] = defaultdict(list)
    for finding in result.findings:
        findings[lookup.position(finding)].append(finding)
    for position, entry in enumerate(suppressions.entries):
        item = entry.suppression
        matching = findings[position]
        if matching:
            yield from _expiry_notices(entry, len(matching), as_of)
            yield from _name_notices(entry, matching[0].object.name)
        elif item.rule in result.evaluated_codes:
            yield Notice(entry.where, f"{_subject(entry)} matches no finding.", "Remove it.")


def _expiry_notices(entry: SuppressionEntry, matching: int, as_of: date) -> Iterator[Notice]:
    expires, owner = entry.suppression.expires, quoted(entry.suppression.owner)
    if has_expired(expires, as_of):
        yield Notice(
            entry.where,
            f"{_subject(entry)} expired on {expires}; {counted(matching, 'finding')} "
            f"{'counts' if matching == 1 else 'count'} again.",
            f"Fix the finding and remove the entry, or let {owner} decide again.",
        )
    elif ends_soon(expires, as_of):
        days = days_left(expires, as_of)
        when = f"in {counted(days, 'day')}" if days else "today"
        yield Notice(
            entry.where,
            f"{_subject(entry)} ends {when}, on {expires}.",
            f"Fix the finding, or let {owner} decide again.",
        )


def _name_notices(entry: SuppressionEntry, name: str) -> Iterator[Notice]:
    item = entry.suppression
    if item.name is not None and one_line(item.name) != one_line(name):
        yield Notice(
            entry.where,
            f"The suppression of {item.rule} on {quoted(item.target)} names {quoted(item.name)}, "
            f"but the object is called {quoted(name)} now.",
            "Check that the right object is meant, and correct the name.",
        )


def _subject(entry: SuppressionEntry) -> str:
    item = entry.suppression
    target = f"{quoted(item.name)} ({one_line(item.target)})" if item.name else quoted(item.target)
    narrower = [
        f"{word} {quoted(value)}"
        for word, value in (("field", item.field), ("key", item.key))
        if value
    ]
    return f"The suppression of {item.rule} on {', '.join([target, *narrower])}"


def baseline_notices(
    result: AuditResult, baseline: Baseline | None, forbidden: frozenset[str]
) -> Iterator[Notice]:
    """About rules that the baseline knows nothing of, and entries that it may not hold."""
    if baseline is None:
        return
    if unread := sorted(set(baseline.not_evaluated) & result.evaluated_codes):
        yield Notice(
            baseline.file,
            f"The baseline was made when {counted(len(unread), 'rule')} could not be evaluated "
            f"({listed(unread, most=10)}), so all their findings count as new.",
            _UPDATE,
        )
    never = [key for key, entry in sorted(baseline.entries.items()) if entry.code in forbidden]
    if never:
        yield Notice(
            baseline.where(never[0]),
            f"{counted(len(never), 'entry', 'entries')} of the baseline "
            f"{'is' if len(never) == 1 else 'are'} of rules whose findings may not be accepted.",
            _UPDATE,
        )
