"""The results as JUnit XML, for Jenkins, GitLab and whatever else shows test results.

The shape is what Jenkins' xunit plugin accepts (`junit-10.xsd`): a suite for each rule, a
failure for each finding that counts, skipped tests for accepted findings and for rules that
read what the org does not have, or what an accepted gap is about. A rule that crashed or could
otherwise not be evaluated is an error, because a skipped test turns no build red and could not
check is never clean. A rule that was evaluated and found nothing is a test that passed.

Jenkins shows an element's message and its text, GitLab its text alone (gitlabhq,
lib/gitlab/ci/parsers/test/junit.rb). So the text says what the message says, too.
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from auditor import AuditResult, ReportedFinding, Rule, one_line, report
from auditor.results import (
    NO_RULES,
    carried_over,
    deselected_words,
    empty_org,
    evaluated_words,
    gaps_by_rule,
    planned,
    shown_gaps,
)

from ._output import file_name
from ._since import mark, since_sentences
from ._wording import acceptance_reason, answer_lines, crash_notice, sentence

# Not characters of XML 1.0, even escaped; `one_line` replaces the other ones.
_NOT_XML = str.maketrans({"\ufffe": "\ufffd", "\uffff": "\ufffd"})


class _Ending(StrEnum):
    """How a test ended, as JUnit's elements are called."""

    PASSED = "passed"
    FAILURE = "failure"
    ERROR = "error"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class _Case:
    """A test and how it ended."""

    name: str
    ending: _Ending = _Ending.PASSED
    message: str = ""
    """One line; what a reader sees first."""
    details: str = ""
    """Further lines."""


@report("junit", filename="junit.xml")
def render(result: AuditResult) -> str:
    """A test suite for each rule."""
    cases = _cases(result)
    moment = f"{result.capture.finished_at:%Y-%m-%dT%H:%M:%S}"
    host = _attribute(result.tenant.id)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    lines.append(f'<testsuites name="okta-auditor" {_counts(list(chain(*cases.values())))}>')
    properties = list(_properties(result))
    for name, suite in cases.items():
        head = f'name={_attribute(name)} timestamp="{moment}" hostname={host} '
        skipped = _number(suite, _Ending.SKIPPED)
        head += f'file={_attribute(file_name(result.source))} skipped="{skipped}"'
        lines.append(f"  <testsuite {head} {_counts(suite)}>")
        lines += properties
        properties = []
        lines += (line for case in suite for line in _xml(name, case))
        lines.append("  </testsuite>")
    return "\n".join([*lines, "</testsuites>", ""])


def _properties(result: AuditResult) -> Iterator[str]:
    """What is left out or milder than it was asked for; the first suite says it for all."""
    properties = [("planned", words)] if (words := planned(result.capture)) else []
    properties += [("weakened", item.sentence) for item in result.weakenings]
    properties += [("not selected", evaluated_words(result))] if deselected_words(result) else []
    properties += [("warning", empty)] if (empty := empty_org(result.coverage)) else []
    if words := carried_over(result.coverage):
        properties.append(("carried over", words))
    properties += [("accepted gap", sentence(item.sentence)) for item in shown_gaps(result)]
    if result.since:
        properties += [("since", words) for words in since_sentences(result)]
        gone = result.since.fixed
        properties += [("fixed", f"{item.code} {item.object.described}") for item in gone]
    if properties:
        yield "    <properties>"
        for name, value in properties:
            yield f'      <property name="{name}" value={_attribute(value)}/>'
        yield "    </properties>"


def _cases(result: AuditResult) -> dict[str, list[_Case]]:
    """The tests by suite; every selected rule is one and has at least one test."""
    cases: dict[str, list[_Case]] = {_suite(rule): [] for rule in result.rules}
    for finding in result.findings:
        cases[_suite(finding.rule)].append(_failure(finding))
    for finding in result.accepted:
        cases[_suite(finding.rule)].append(_accepted(finding))
    for crash in result.crashed:
        message = crash_notice(crash.error)
        cases[_suite(crash.rule)].append(_Case("the rule", _Ending.ERROR, message))
    gaps = gaps_by_rule(result)
    for item in result.not_evaluated:
        accepted = gaps.get(item.rule.code, ())
        ending = _Ending.SKIPPED if item.absent or accepted else _Ending.ERROR
        message = f"{sentence(item.reason)} Next: {sentence(item.remedy)}"
        for gap in accepted:
            message += f" Accepted gap ({gap.gap.collection}), {sentence(gap.accepted)}"
        cases[_suite(item.rule)].append(_Case("the rule", ending, f"Not evaluated: {message}"))
    for suite in cases.values():
        if not suite:
            suite.append(_Case("no findings"))
    return cases or {"okta-auditor": [_Case("the audit", _Ending.ERROR, NO_RULES)]}


def _suite(rule: Rule) -> str:
    return f"{rule.code} {rule.name}"


def _failure(finding: ReportedFinding) -> _Case:
    location = finding.location
    details = [
        f"Fix: {sentence(finding.fix)}",
        *answer_lines(finding.answer),
        f"At: {location.file}:{location.region.line}",
        *([f"Try: {finding.witness.command}"] if finding.witness else []),
        f"Fingerprint: {finding.fingerprint}",
    ]
    text = "\n".join(one_line(line) for line in details)
    return _Case(_test(finding), _Ending.FAILURE, f"{mark(finding)}{finding.message}", text)


def _accepted(finding: ReportedFinding) -> _Case:
    why = acceptance_reason(finding.acceptance) if finding.acceptance else finding.status
    message = f"{finding.status}: {sentence(why)} {finding.message}"
    return _Case(_test(finding), _Ending.SKIPPED, message)


def _test(finding: ReportedFinding) -> str:
    """A name that stays the same while the finding does; the id is in it for that."""
    # Services compare runs by it, so it is made of the type itself and not of its display name.
    type_ = finding.object.type.replace("_", " ")
    parts = [type_, finding.object.name, f"({finding.object.id})"]
    parts += [finding.field] if finding.field else []
    return f"{' '.join(parts)} {finding.fingerprint[:8]}"


def _counts(cases: list[_Case]) -> str:
    failures, errors = _number(cases, _Ending.FAILURE), _number(cases, _Ending.ERROR)
    return f'tests="{len(cases)}" failures="{failures}" errors="{errors}" time="0"'


def _number(cases: list[_Case], ending: _Ending) -> int:
    return sum(case.ending is ending for case in cases)


def _xml(suite: str, case: _Case) -> Iterator[str]:
    head = f'name={_attribute(case.name)} classname={_attribute(f"okta-auditor.{suite}")} time="0"'
    if case.ending is _Ending.PASSED:
        yield f"    <testcase {head}/>"
        return
    kind = f' type="{case.ending}"'
    body = _escaped("\n".join(filter(None, [case.message, case.details])))
    yield f"    <testcase {head}>"
    yield f"      <{case.ending}{kind} message={_attribute(case.message)}>{body}</{case.ending}>"
    yield "    </testcase>"


def _escaped(text: str) -> str:
    lines = (one_line(line).translate(_NOT_XML) for line in text.split("\n"))
    return html.escape("\n".join(lines))


def _attribute(text: str) -> str:
    return f'"{html.escape(one_line(text).translate(_NOT_XML))}"'
