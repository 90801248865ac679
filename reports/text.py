"""The results as plain text, for a reader in a hurry: a terminal, a CI log.

The heading of findings is the severity in capitals and two spaces at the left margin; no
other text that holds a tenant's words can look like one, because two spaces in it become
one or it is indented. A terminal may colour by that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from textwrap import fill
from typing import TypeVar

from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    pass_context,
    select_autoescape,
)
from jinja2.runtime import Context

from auditor import (
    AuditResult,
    Location,
    ReportedFinding,
    Rule,
    command_lines,
    counted,
    one_line,
    printable,
    report,
    without_commands,
)
from auditor.oauth import Answer
from auditor.results import (
    EarlierKind,
    Fixed,
    NotEvaluated,
    Presentation,
    deleted_objects,
    shown_gaps,
    unread_collections,
)

from ._log_words import log_sentences, rejections
from ._since import fixed, fixed_heading, mark, new_heading, not_known
from ._text_opening import cause_rows, checked, counts, not_selected, opening
from ._trend import trend
from ._wording import acceptance_counts, acceptance_reason, answer_lines, causes_heading, sentence

_LONG = 40
"""Lines of a report, about a screen, after which the answer is said again at the end."""
_TEMPLATES = Path(__file__).parent / "templates"
_FIXED_NAMED = 20
_TRY = "    Try: "
_Value = TypeVar("_Value")


@report("text", filename="results.txt")
def render(result: AuditResult) -> str:
    """The answer first, then every finding, then what could not be checked.

    A long one ends with the answer again, because that is what a terminal shows.
    """
    text = _ENVIRONMENT.get_template("text.j2").render(
        width=result.presentation.width,
        weakenings=result.weakenings,
        opening=opening(result),
        causes_heading=causes_heading(result),
        causes=cause_rows(result),
        counts=counts(result),
        not_selected=not_selected(result),
        accepted=acceptance_counts(result),
        accepted_findings=[_accepted(item) for item in result.accepted if result.show_accepted],
        gaps=shown_gaps(result),
        notices=result.notices,
        fixed=list(_fixed(result.fixed)),
        new_heading="" if result.baseline and not _compared(result) else new_heading(result),
        new=[
            f"{item.severity.upper()} {item.rule.code} {sentence(item.message)}"
            for item in result.new[:_FIXED_NAMED]
        ],
        new_more=max(0, len(result.new) - _FIXED_NAMED),
        gone_heading=fixed_heading(result),
        gone=list(_fixed(fixed(result))),
        not_known=not_known(result),
        groups=list(_groups(result)),
        unread=list(_reasons(result.unread)),
        crashed=result.crashed,
        not_applicable=list(_reasons(result.not_applicable)),
        coverage=_unmentioned(result),
        checked=checked(result),
        deleted=deleted_objects(result.coverage),
        trend=trend(result),
        log=list(log_sentences(result)),
    )
    return text + _end(result) if text.count("\n") > _LONG else text


def _end(result: AuditResult) -> str:
    return _ENVIRONMENT.get_template("text_end.j2").render(
        width=result.presentation.width,
        opening=opening(result),
        counts=counts(result),
        not_selected=not_selected(result),
    )


@pass_context
def _wrap(context: Context, text: str, first: str = "", rest: str | None = None) -> str:
    """The text in lines of the reader's width; a longer word, such as a path, stays whole."""
    return fill(
        " ".join(without_commands(one_line(text)).split()),
        context["width"],
        initial_indent=first,
        subsequent_indent=first if rest is None else rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


@pass_context
def _beside(context: Context, text: str, first: str) -> str:
    """The text beside what stands before it, none of it beneath that."""
    return _wrap(context, text, first, " " * len(first))


@pass_context
def _apart(context: Context, parts: tuple[str, ...], indent: str) -> str:
    """The parts on one line, far apart, or each on its own where that is too wide."""
    line = f"{indent}{'        '.join(parts)}"
    return line if len(line) <= context["width"] else "\n".join(f"{indent}{p}" for p in parts)


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
    environment.filters |= {"wrap": _wrap, "beside": _beside, "apart": _apart, "sentence": sentence}
    return environment


_ENVIRONMENT = _environment()


@dataclass(frozen=True)
class _FindingLines:
    """What is printed of one finding."""

    message: str
    context: str
    related: tuple[str, ...]
    fix: str
    """Empty where the whole group has one fix."""
    answer: tuple[str, ...]
    """As `fix`."""
    witness: tuple[str, ...]
    """Lines of the command to try; none where there is none."""
    remark: str
    rejections: str
    """Empty where none is tied to it."""
    identity: str
    """Empty where the reader did not ask for it."""


@dataclass(frozen=True)
class _RuleGroup:
    """The findings of one rule at one severity."""

    heading: str
    findings: tuple[_FindingLines, ...]
    fix: str
    answer: tuple[str, ...]


@dataclass(frozen=True)
class _Reason:
    """Why rules were not evaluated, once for all of them."""

    text: str
    rules: str
    next: str


def _groups(result: AuditResult) -> Iterator[_RuleGroup]:
    shown = result.presentation

    def by_rule(item: ReportedFinding) -> tuple[int, str]:
        return item.severity.rank, item.rule.code

    for _, findings in groupby(result.findings, key=by_rule):
        items = list(findings)
        severity, rule = items[0].severity, items[0].rule
        number = f" ({len(items):,})" if len(items) > 1 else ""
        fix = _shared([item.fix for item in items])
        answer = _shared([item.answer for item in items])
        yield _RuleGroup(
            heading=f"{severity.value.upper()}  {rule.code} {rule.name}{number}",
            findings=tuple(
                _finding_lines(
                    item, shown, fix="" if fix else item.fix, answer=None if answer else item.answer
                )
                for item in items
            ),
            fix=fix or "",
            answer=tuple(answer_lines(answer)),
        )


def _shared(values: list[_Value]) -> _Value | None:
    """What all have in common; None if they differ."""
    return values[0] if len(set(values)) == 1 else None


def _finding_lines(
    item: ReportedFinding, shown: Presentation, *, fix: str, answer: Answer | None
) -> _FindingLines:
    return _FindingLines(
        message=f"{mark(item)}{item.message}",
        context=f"{(item.server or item.object).described} · {_at(item.location)}",
        related=tuple(_related(item)),
        fix=fix,
        answer=tuple(answer_lines(answer)),
        witness=tuple(_witness(item, shown)),
        remark=item.remark,
        rejections=rejections(item),
        identity=one_line(_identity(item)) if shown.show_ids else "",
    )


def _witness(item: ReportedFinding, shown: Presentation) -> list[str]:
    if not item.witness:
        return []
    room = shown.width - len(_TRY)
    return [one_line(line) for line in command_lines(item.witness.command, room, shown.program)]


def _identity(item: ReportedFinding) -> str:
    """What names the finding to `suppress`, and to whoever compares two reports."""
    words = {"field": item.field, "key": item.key, "fingerprint": item.fingerprint}
    parts = [f"{name} {value}" for name, value in words.items() if value]
    return " · ".join([f"id {item.object.id}", *parts])


def _accepted(item: ReportedFinding) -> str:
    why = acceptance_reason(item.acceptance) if item.acceptance else ""
    return f"{item.rule.code} {sentence(item.message)} Accepted: {why}"


def _related(item: ReportedFinding) -> Iterator[str]:
    for other in item.related:
        yield f"{one_line(other.role)}: {other.object.described} · {_at(other.location)}"
    if item.related_more:
        yield f"and {counted(item.related_more, 'more object')}"


def _compared(result: AuditResult) -> bool:
    """Whether there is more to compare with than the baseline, whose new ones are all there are."""
    return result.since is not None and result.since.kind is not EarlierKind.BASELINE


def _fixed(items: tuple[Fixed, ...]) -> Iterator[str]:
    for item in items[:_FIXED_NAMED]:
        yield f"{one_line(item.code)} {item.object.described}"
    if (more := len(items) - _FIXED_NAMED) > 0:
        yield f"and {more:,} more"


def _at(location: Location) -> str:
    return one_line(f"{location.file}:{location.region.line}")


def _reasons(not_evaluated: Iterable[NotEvaluated]) -> Iterator[_Reason]:
    """Rules that miss the same things, in one paragraph."""
    paragraphs: dict[tuple[str, str], list[NotEvaluated]] = {}
    for item in not_evaluated:
        paragraphs.setdefault((item.reason, item.remedy), []).append(item)
    for (reason, remedy), items in paragraphs.items():
        yield _Reason(
            text=sentence(reason),
            rules=_rules_words([item.rule for item in items]),
            next=sentence(remedy),
        )


def _rules_words(rules: list[Rule]) -> str:
    if len(rules) == 1:
        return f"1 rule: {rules[0].code} {rules[0].name}."
    return f"{len(rules):,} rules: {', '.join(rule.code for rule in rules)}."


def _unmentioned(result: AuditResult) -> list[_Reason]:
    """What is missing and no selected rule has mentioned: no rule reads it."""
    mentioned = {name for item in result.not_evaluated for name in item.missing}
    return [
        _Reason(
            text=sentence(f"{entry.label}: {entry.explanation()}"),
            rules="No selected rule reads this.",
            next=sentence(entry.remedy()),
        )
        for entry in unread_collections(result)
        if entry.collection not in mentioned
    ]
