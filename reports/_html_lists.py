"""What the HTML report lists: causes, findings by severity, choices of the filters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from auditor import AuditResult, Impact, ReportedFinding, Rule, Severity
from auditor.results import Cause, NotEvaluated, RuleOutcome, RuleOutcomes

from ._output import with_identity
from ._wording import sentence, shown_causes

_NO_SERVER = "-"


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding and what its row says in other words than the finding's."""

    anchor: str
    finding: ReportedFinding
    server: str
    """The server's id, or what stands for none."""


@dataclass(frozen=True, slots=True)
class CauseRow:
    """A cause, and the row of its example in the list of findings."""

    cause: Cause
    anchor: str


@dataclass(frozen=True, slots=True)
class FilterChoice:
    """A choice of a filter."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class NotEvaluatedGroup:
    """The rules that were not evaluated for one and the same reason."""

    reason: str
    remedy: str
    rules: tuple[Rule, ...]


SeverityGroup = tuple[Severity, list[FindingRow]]


def cause_rows(result: AuditResult, groups: list[SeverityGroup]) -> list[CauseRow]:
    """The causes that are shown, the most harmful first."""
    anchors: dict[tuple[str, Severity], str] = {}
    for severity, rows in groups:
        for row in rows:
            anchors.setdefault((row.finding.rule.code, severity), row.anchor)
    return [
        CauseRow(cause, anchors[cause.rule.code, cause.severity]) for cause in shown_causes(result)
    ]


def impact_counts(findings: Iterable[ReportedFinding]) -> list[tuple[Impact, int]]:
    counts = Counter(finding.rule.impact for finding in findings)
    return [(impact, counts[impact]) for impact in Impact]


def severity_groups(findings: Iterable[ReportedFinding]) -> list[SeverityGroup]:
    """The findings as rows, by severity. Anchors are unique even if fingerprints are not."""
    rows: dict[Severity, list[FindingRow]] = {}
    for finding, identity in with_identity(findings):
        server = finding.server.id if finding.server else _NO_SERVER
        row = FindingRow(f"finding-{identity}", finding, server)
        rows.setdefault(finding.severity, []).append(row)
    return [(severity, rows[severity]) for severity in Severity if severity in rows]


def server_choices(findings: Iterable[ReportedFinding]) -> list[FilterChoice]:
    """The filter's choices: servers by name; the id tells those with one name apart."""
    counts: Counter[str] = Counter()
    names: dict[str, str] = {}
    for finding in findings:
        server = finding.server
        counts[server.id if server else _NO_SERVER] += 1
        if server:
            names[server.id] = server.name
    twice = {name for name, count in Counter(names.values()).items() if count > 1}
    options = [
        FilterChoice(id_, f"{name}, {id_}" if name in twice else name, counts[id_])
        for id_, name in sorted(names.items(), key=lambda item: (item[1].casefold(), item[0]))
    ]
    if counts[_NO_SERVER]:
        options.append(
            FilterChoice(_NO_SERVER, "No server: clients and the org", counts[_NO_SERVER])
        )
    return options


def not_evaluated_groups(items: Iterable[NotEvaluated]) -> list[NotEvaluatedGroup]:
    """The rules by the reason why they were not evaluated."""

    def why(item: NotEvaluated) -> tuple[str, str]:
        return item.reason, item.remedy

    return [
        NotEvaluatedGroup(reason, sentence(remedy), tuple(item.rule for item in group))
        for (reason, remedy), group in groupby(sorted(items, key=why), key=why)
    ]


def rule_outcomes(result: AuditResult) -> Iterator[tuple[Rule, str]]:
    """Every selected rule with its number of findings, or why it has none."""
    outcomes = RuleOutcomes(result)
    accepted = Counter(item.rule.code for item in result.accepted)
    counts = Counter(item.rule.code for item in result.findings)
    for rule in result.rules:
        outcome = outcomes.of(rule.code)
        if outcome in {RuleOutcome.CLEAN, RuleOutcome.FINDINGS}:
            more = f" and {accepted[rule.code]:,} accepted" if accepted[rule.code] else ""
            yield rule, f"{counts[rule.code]:,}{more}"
        else:
            yield rule, outcome.value
