"""The results as plain text, for a reader in a hurry: a terminal, a CI log.

The heading of findings is the severity in capitals and two spaces at the left margin; no
other text that holds a tenant's words can look like one, because two spaces in it become
one or it is indented. A terminal may colour by that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from textwrap import fill

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from auditor import AuditResult, Location, ObjectRef, ReportedFinding, Rule, Severity, report
from auditor.lint.result import NotEvaluated
from auditor.snapshot.collections import lineage
from auditor.snapshot.ledger import CollectionStatus, LedgerEntry
from auditor.text import counted, listed, one_line, printable, quoted

from ._shared import acceptance_counts, because, impacts, sentence
from ._trend import trend

WIDTH = 100
_TEMPLATES = Path(__file__).parent / "templates"
_FACTS = 3
_KINDS_NAMED = 6
_FIXED_NAMED = 20


@report("text", filename="results.txt")
def render(result: AuditResult) -> str:
    """The answer first, then every finding, then what could not be checked."""
    return _ENVIRONMENT.get_template("text.j2").render(
        opening=_opening(result),
        facts=_facts(result),
        counts=_counts(result),
        accepted=acceptance_counts(result),
        accepted_ones=[_accepted(item) for item in result.accepted if result.show_accepted],
        notices=result.notices,
        fixed=list(_fixed(result)),
        groups=list(_groups(result)),
        unread=list(_unread(result, absent=False)),
        crashed=result.crashed,
        absent=list(_unread(result, absent=True)),
        coverage=_coverage(result),
        checked=_checked(result),
        trend=trend(result),
    )


def _wrap(text: str, first: str = "", rest: str | None = None) -> str:
    """The text in lines of at most `WIDTH`; a longer word, such as a path, stays whole."""
    return fill(
        " ".join(one_line(text).split()),
        WIDTH,
        initial_indent=first,
        subsequent_indent=first if rest is None else rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        finalize=lambda value: printable(str(value)),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"wrap": _wrap, "sentence": sentence}
    return environment


_ENVIRONMENT = _environment()


@dataclass(frozen=True)
class _Bullet:
    message: str
    context: str
    related: tuple[str, ...]
    fix: str
    """Empty where the whole group has one fix."""
    witness: str
    remark: str


@dataclass(frozen=True)
class _Group:
    """The findings of one rule at one severity."""

    heading: str
    bullets: tuple[_Bullet, ...]
    fix: str


@dataclass(frozen=True)
class _Reason:
    """Why rules were not evaluated, once for all of them."""

    text: str
    rules: str
    next: str


def _opening(result: AuditResult) -> str:
    return " ".join(filter(None, [_answer(result), _incompleteness(result), _absence(result)]))


def _answer(result: AuditResult) -> str:
    tenant = f"{quoted(result.tenant.name)} ({result.tenant.url})"
    read = f"as read on {result.capture.finished_at:%Y-%m-%d at %H:%M %Z}"
    number = len(result.findings)
    new = "new " if result.baseline else ""
    if number == 1:
        return f"{tenant} has 1 {new}finding, of {result.findings[0].severity} severity, {read}."
    if number:
        bad = sum(item.severity.at_least(Severity.HIGH) for item in result.findings)
        share = {0: "none", number: "all"}.get(bad, f"{bad:,}")
        found = f"{tenant} has {number:,} {new}findings, {share} of them critical or high, {read}."
        return f"{found} By impact: {impacts(result)}."
    if not result.evaluated:
        return f"Nothing was checked in {tenant}, {read}."
    if result.incomplete:
        nothing = "Nothing that counts" if result.accepted else "Nothing"
        return f"{nothing} was found in {tenant}, {read}, but not everything was checked."
    if result.accepted:
        share = counted(len(result.accepted), "accepted finding")
        return f"{tenant} has {share} and no {new.strip() or 'other'} ones, {read}."
    return f"{tenant} has no {new}findings, {read}."


def _incompleteness(result: AuditResult) -> str:
    if not result.rules:
        return "No rule was selected."
    if not result.incomplete:
        return ""
    unread = sum(not item.absent for item in result.not_evaluated)
    parts = [f"{unread:,} could not be evaluated"] if unread else []
    parts += [f"{len(result.crashed):,} crashed"] if result.crashed else []
    rules = counted(len(result.rules), "rule")
    return f"The audit is incomplete: of {rules}, {' and '.join(parts)}."


def _absence(result: AuditResult) -> str:
    absent = sum(item.absent for item in result.not_evaluated)
    if not absent:
        return ""
    read = "it reads" if absent == 1 else "they read"
    return f"{counted(absent, 'rule')} did not apply: the org does not have what {read}."


def _facts(result: AuditResult) -> list[str]:
    """The worst rules, where there are more than one sees at a glance."""
    rules: dict[str, list[ReportedFinding]] = {}
    for item in result.findings:
        rules.setdefault(item.rule.code, []).append(item)
    if len(rules) <= _FACTS:
        return []
    return [
        f"{found[0].rule.page.title}: {counted(len(found), 'finding')} ({code})"
        for code, found in list(rules.items())[:_FACTS]
    ]


def _counts(result: AuditResult) -> str:
    severities = "   ".join(
        f"{severity.value.upper()} {number:,}" for severity, number in result.by_severity.items()
    )
    rules = f"{counted(result.evaluated, 'rule')} ran, {len(result.not_evaluated):,} not evaluated"
    crashed = f", {len(result.crashed):,} crashed" if result.crashed else ""
    return f"{severities}        {rules}{crashed}"


def _groups(result: AuditResult) -> Iterator[_Group]:
    def by_rule(item: ReportedFinding) -> tuple[int, str]:
        return item.severity.rank, item.rule.code

    for _, found in groupby(result.findings, key=by_rule):
        items = list(found)
        severity, rule = items[0].severity, items[0].rule
        number = f" ({len(items):,})" if len(items) > 1 else ""
        shared = items[0].fix if len({item.fix for item in items}) == 1 else ""
        yield _Group(
            heading=f"{severity.value.upper()}  {rule.code} {rule.name}{number}",
            bullets=tuple(_bullet(item, "" if shared else item.fix) for item in items),
            fix=shared,
        )


def _bullet(item: ReportedFinding, fix: str) -> _Bullet:
    return _Bullet(
        message=item.message,
        context=f"{_named(item.server or item.object)} · {_at(item.location)}",
        related=tuple(_related(item)),
        fix=fix,
        witness=one_line(item.witness.command) if item.witness else "",
        remark=item.remark,
    )


def _accepted(item: ReportedFinding) -> str:
    why = because(item.acceptance) if item.acceptance else ""
    return f"{item.rule.code} {sentence(item.message)} Accepted: {why}"


def _related(item: ReportedFinding) -> Iterator[str]:
    for other in item.related:
        yield f"{one_line(other.role)}: {_named(other.object)} · {_at(other.location)}"
    if item.related_more:
        yield f"and {counted(item.related_more, 'more object')}"


def _fixed(result: AuditResult) -> Iterator[str]:
    for item in result.fixed[:_FIXED_NAMED]:
        yield f"{one_line(item.code)} {_named(item.object)}"
    if (more := len(result.fixed) - _FIXED_NAMED) > 0:
        yield f"and {more:,} more"


def _named(ref: ObjectRef) -> str:
    return f"{ref.type.replace('_', ' ')} {quoted(ref.name)}"


def _at(location: Location) -> str:
    return one_line(f"{location.file}:{location.region.line}")


def _unread(result: AuditResult, *, absent: bool) -> Iterator[_Reason]:
    """Rules that miss the same things, in one paragraph."""
    paragraphs: dict[tuple[str, str], list[NotEvaluated]] = {}
    for item in result.not_evaluated:
        if item.absent is absent:
            paragraphs.setdefault((item.reason, item.remedy), []).append(item)
    for (reason, remedy), items in paragraphs.items():
        yield _Reason(
            text=sentence(reason),
            rules=_concerned([item.rule for item in items]),
            next=sentence(remedy),
        )


def _concerned(rules: list[Rule]) -> str:
    if len(rules) == 1:
        return f"1 rule: {rules[0].code} {rules[0].name}."
    return f"{len(rules):,} rules: {', '.join(rule.code for rule in rules)}."


def _coverage(result: AuditResult) -> list[_Reason]:
    """What is missing and no selected rule has mentioned: no rule reads it."""
    told = {name for item in result.not_evaluated for name in item.missing}
    broken = {CollectionStatus.PARTIAL, CollectionStatus.REFUSED}
    return [
        _Reason(
            text=sentence(f"{entry.label}: {entry.explanation()}"),
            rules="No selected rule reads this.",
            next=sentence(entry.remedy()),
        )
        for entry in result.coverage
        if entry.status in broken and entry.collection not in told
    ]


def _checked(result: AuditResult) -> str:
    """What a complete audit looked at; empty for one that is not complete."""
    if result.incomplete or not result.evaluated:
        return ""
    skipped = {item.rule.code for item in result.not_evaluated}
    evaluated = [rule for rule in result.rules if rule.code not in skipped]
    read = lineage(name for rule in evaluated for name in (*rule.reads, *rule.consults))
    entries = [entry for entry in result.coverage if entry.collection in read]
    total = counted(sum(entry.objects for entry in entries), "object")
    kinds = [_kind(entry) for entry in entries if entry.objects]
    return (
        f"Checked: {counted(result.evaluated, 'rule')} over {total}"
        + (f": {listed(kinds, most=_KINDS_NAMED)}" if kinds else "")
        + ". All of that was read completely."
    )


def _kind(entry: LedgerEntry) -> str:
    return f"{entry.label} ({entry.objects:,})"
