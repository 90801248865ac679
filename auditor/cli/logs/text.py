"""An analysed log as text: what failed, since when, and what explains it."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.cli.logs.base_text import base_lines
from auditor.cli.logs.usage_text import usage_lines
from auditor.cli.logs.words import (
    at_rule,
    before_words,
    change_words,
    client_words,
    day_and_time,
    outcome_words,
    people_words,
    scope_words,
    server_words,
)
from auditor.lint.planned import planned
from auditor.lint.reported_finding import ReportedFinding
from auditor.lint.witness import explain_command
from auditor.system_log.analysis import LogAnalysis
from auditor.system_log.explanations import ExplainedGroup
from auditor.text import command_lines, counted, fitted, listed, one_line, quoted

_MOST_GROUPS = 20
_MOST_OUTCOMES = 4
_MOST_FINDINGS = 3
_WIDTH = 80


def log_lines(
    analysis: LogAnalysis, snapshot: str = "", *, width: int = _WIDTH, most: int = _MOST_GROUPS
) -> Iterator[str]:
    """The lines of a text; names of the tenant and the log are quoted in them.

    Args:
        analysis: of the log.
        snapshot: the snapshot's file, for commands; empty if there is none.
        width: columns that lines may have.
        most: how many groups are shown; the others are counted.
    """
    for made in _lines(analysis, snapshot, most):
        line = one_line(made)  # what decides a request is worded with scopes as they came
        if line.lstrip().startswith("okta-auditor "):
            indent = line[: len(line) - len(line.lstrip())]
            yield from (indent + part for part in command_lines(line.strip(), width - len(indent)))
        else:
            yield from fitted(line, width, 2)


def _lines(analysis: LogAnalysis, snapshot: str, most: int) -> Iterator[str]:
    yield from _head(analysis)
    findings = iter(analysis.findings)
    for group in analysis.groups[:most]:
        yield ""
        yield from _group(analysis, group, next(findings, ()), snapshot)
    rest = analysis.groups[most:]
    if rest:
        requests = counted(sum(group.group.count for group in rest), "rejection")
        yield ""
        yield f"And {counted(len(rest), 'more group')} of {requests}: --format json has them all."
    if analysis.log.ungrouped:
        yield f"{counted(analysis.log.ungrouped, 'rejection')} more differ too much to be grouped."
    yield ""
    yield from usage_lines(analysis)


def _head(analysis: LogAnalysis) -> Iterator[str]:
    log, reading = analysis.log, analysis.reading
    period = "no events"
    if analysis.since and analysis.until:
        since, until = day_and_time(analysis.since), day_and_time(analysis.until)
        period = f"{since} to {until} UTC"
    kept = {
        True: "complete",
        False: "INCOMPLETE: what is said holds for the part that is there",
        None: "whether it holds all of them is not known",
    }[reading.complete]
    yield f"Period    {period}; {kept}"
    yield (
        f"Events    {counted(reading.events, 'event')}: {counted(log.failed, 'rejection')}, "
        f"{counted(log.granted, 'grant')}, {counted(len(log.changes), 'change')}, "
        f"{log.other:,} others"
    )
    if reading.header and reading.header.redacted:
        yield "People    are replaced in the log; only a snapshot redacted by the same key has them"
    if reading.bad:
        first = listed((f"{line.where} ({line.why})" for line in reading.bad_lines), most=3)
        yield f"Unread    {counted(reading.bad, 'line')} could not be read: {first}"
    if log.changes_left_out:
        yield f"Left out  {counted(log.changes_left_out, 'change')}: there are too many to keep"
    if analysis.org is not None:
        plan = planned(analysis.org.snapshot.capture)
        yield f"Snapshot  {plan or f'read {day_and_time(analysis.org.captured_at)} UTC'}"
    if analysis.base is not None:
        yield f"Base      read {day_and_time(analysis.base.captured_at)} UTC"
    if not log.failed:
        yield "No rejection is in the log."


def _group(
    analysis: LogAnalysis,
    explained: ExplainedGroup,
    findings: tuple[tuple[ReportedFinding, int], ...],
    snapshot: str,
) -> Iterator[str]:
    group, org = explained.group, analysis.org
    key = group.key
    since = "since" if group.count > 1 else "on"
    head = f"{counted(group.count, 'rejection')} {since} {day_and_time(group.first)} UTC"
    yield head + at_rule(explained)
    if day_and_time(group.last) != day_and_time(group.first):
        yield f"  last {day_and_time(group.last)}"
    reason = quoted(key.reason) if key.reason else "no reason given"
    yield f"  {reason} at {server_words(explained)} ({quoted(key.type).strip(chr(34))})"
    grant = quoted(key.grant).strip('"') if key.grant else "grant type not told"
    yield f"  {client_words(explained)}, {grant}, {scope_words(key.scopes)}"
    if group.people:
        first = [user for user, _ in group.ranked_people[:3]]
        yield f"  {people_words(org, len(group.people), first)}"
    yield from _why(analysis, explained, snapshot)
    for finding, count in findings[:_MOST_FINDINGS]:
        of = "" if count == group.count else f" ({counted(count, 'rejection')} of them)"
        yield f"  Finding {finding.rule.code} {finding.rule.name}{of}: {finding.object.described}"
    if more := len(findings) - _MOST_FINDINGS:
        yield from [f"  and {counted(more, 'more finding')}"] if more > 0 else []


def _why(analysis: LogAnalysis, explained: ExplainedGroup, snapshot: str) -> Iterator[str]:
    group, org = explained.group, analysis.org
    several = len(explained.outcomes) > 1
    for outcome in explained.outcomes[:_MOST_OUTCOMES]:
        of = ""
        if several:
            whose = people_words(org, outcome.people, outcome.first_people)
            of = f"{outcome.count:,} of them" + (f" ({whose})" if outcome.people else "") + ": "
        yield f"  {of}{outcome_words(outcome, group.key.reason)}"
    if (more := len(explained.outcomes) - _MOST_OUTCOMES) > 0:
        yield f"  and {counted(more, 'more answer')} for other people"
    for line in base_lines(analysis, explained):
        yield f"  {line}"
    if explained.deletion:
        yield f"  It was deleted: {change_words(org, explained.deletion)}."
    shown = explained.base is not None and bool(explained.base.candidates)
    if not shown and (words := before_words(org, explained)):
        yield f"  {words}"
    if explained.meanwhile:
        yield (
            "  Changed between the requests and the snapshot, so it need not have been so then: "
            f"{change_words(org, explained.meanwhile)}."
        )
    steps = explained.outcomes[0].steps if explained.outcomes else None
    if steps is not None and org is not None and snapshot:
        yield f"  {explain_command(org, steps.request, snapshot)}"
