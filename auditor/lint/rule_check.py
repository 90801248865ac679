"""Whether a rule does what its page says: its examples are run, and what is wrong is located."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from auditor.lint.engine import audit_org
from auditor.lint.error_location import SourceLine, author_line, describe_error, docstring_line
from auditor.lint.examples import example_snapshot
from auditor.lint.result import AuditResult
from auditor.lint.rule import Rule
from auditor.snapshot.document import Snapshot
from auditor.snapshot.kept_fields import field_names
from auditor.snapshot.org import Org
from auditor.text import closest, did_you_mean, one_line


@dataclass(frozen=True, slots=True, order=True)
class RuleProblem:
    """Something that is wrong with a rule."""

    where: SourceLine
    message: str

    def __str__(self) -> str:
        return one_line(f"{self.where}: {self.message}")


def check_rule(rule: Rule) -> Iterator[RuleProblem]:
    """Everything that is wrong with a rule, as far as its examples show it.

    A flagged example has to give findings that can be told apart, a sound one none; neither may
    crash the rule, nor have it read what it did not declare.
    """
    page, faults = rule.page, set[tuple[SourceLine, str]]()
    for example, line in zip(page.flagged, page.flagged_lines, strict=True):
        yield from _check_example(rule, example, line, faults, flagged=True)
    for example, line in zip(page.accepted, page.accepted_lines, strict=True):
        yield from _check_example(rule, example, line, faults, flagged=False)


def _check_example(
    rule: Rule,
    example: dict[str, Any],
    line: int,
    faults: set[tuple[SourceLine, str]],
    *,
    flagged: bool,
) -> Iterator[RuleProblem]:
    """What is wrong on one example; `faults` are those of the function that were told before."""
    where = docstring_line(rule.file, line)
    kind = "Flagged" if flagged else "Accepted"
    try:
        snapshot = example_snapshot(example, people=False)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with an example, it is told
        yield RuleProblem(where, f"{rule.code}: {kind} example: {describe_error(error)}")
        return
    if crash := _crash(rule, snapshot):
        at = author_line(crash, rule.file.parent) or SourceLine(rule.file, rule.line)
        fault = at, describe_error(crash, at)
        if fault not in faults:
            faults.add(fault)
            yield RuleProblem(at, f"{rule.code}: on the {kind} example: {fault[1]}")
        return
    result = audit_org(Org.of(snapshot), [rule])
    if not result.crashed and not result.not_evaluated:
        for fault in _unknown_fields(rule, snapshot):
            if fault not in faults:
                faults.add(fault)
                yield RuleProblem(fault[0], f"{rule.code}: {fault[1]}")
    for problem in _unexpected(result, flagged=flagged):
        yield RuleProblem(where, f"{rule.code}: {problem}")


def _crash(rule: Rule, snapshot: Snapshot) -> Exception | None:
    """What the rule raises, where the engine would only tell of it."""
    if not audit_org(Org.of(snapshot), [rule]).crashed:
        return None
    try:
        list(rule.findings(Org.of(snapshot)))
    except Exception as error:  # noqa: BLE001 - whatever a rule's author wrote
        return error
    return None


def _unknown_fields(rule: Rule, snapshot: Snapshot) -> Iterator[tuple[SourceLine, str]]:
    """Fields of findings that no record of the kind has."""
    where = SourceLine(rule.file, rule.line)
    for finding in rule.findings(Org.of(snapshot)):
        if finding.field is None:
            continue
        names = field_names(type(finding.record))
        # A list's entry is named by its position, which no model knows.
        path = [name for name in finding.field.split(".") if not name.isdigit()]
        if not any(name.split(".")[: len(path)] == path for name in names):
            hint = did_you_mean(closest(finding.field, names))
            kind = type(finding.record).__name__
            yield where, f"a finding has the field {finding.field!r}, which no {kind} has{hint}"


def _unexpected(result: AuditResult, *, flagged: bool) -> Iterator[str]:
    for skipped in result.not_evaluated:
        yield f"is not evaluated on an example: {skipped.reason}"
    for crashed in result.crashed:
        yield f"gives findings that cannot be reported: {crashed.error}"
    if flagged and not result.findings and not result.not_evaluated and not result.crashed:
        yield "the Flagged example gives no finding"
    if not flagged:
        for finding in result.findings:
            yield f"the Accepted example gives a finding: {finding.message}"
    if len({finding.fingerprint for finding in result.findings}) < len(result.findings):
        yield (
            "several findings of an example have one fingerprint; "
            "give them different fields or keys"
        )
