"""How many findings each rule has, as a table."""

from __future__ import annotations

from collections import Counter

from auditor.lint.result import AuditResult


def findings_per_rule(result: AuditResult) -> str:
    """A row for each rule with findings, those that count and those that are accepted.

    The most findings come first, then the lower code; the last row has the sums.
    """
    accepted = Counter(finding.rule.code for finding in result.accepted)
    rules = {rule.code: rule for rule in result.rules}
    codes = [*result.by_rule, *sorted(accepted.keys() - result.by_rule.keys())]
    rows = [
        (
            f"{result.by_rule.get(code, 0):,}",
            f"{accepted[code]:,}",
            code,
            rule.severity.value,
            rule.name,
        )
        for code, rule in ((code, rules[code]) for code in codes)
    ]
    rows.append((f"{len(result.findings):,}", f"{len(result.accepted):,}", "total", "", ""))
    head = ("findings", "accepted", "rule", "severity", "name")
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    lines = []
    for row in [head, *rows]:
        numbers = [cell.rjust(width) for cell, width in zip(row[:2], widths[:2], strict=True)]
        words = [cell.ljust(width) for cell, width in zip(row[2:], widths[2:], strict=True)]
        lines.append("  ".join([*numbers, *words]).rstrip())
    return "\n".join(["", *lines, ""])
