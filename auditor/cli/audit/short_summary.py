"""The outcome of an audit in a dozen lines."""

from __future__ import annotations

import textwrap

from auditor.lint.causes import causes
from auditor.lint.deselection import deselected_words, evaluated_words
from auditor.lint.presentation import Presentation
from auditor.lint.reported_finding import ReportedFinding
from auditor.lint.result import AuditResult
from auditor.log_commands import without_commands
from auditor.text import command_lines, counted, printable

_SHOWN = 4
_TRY = "    Try: "

_NO_TOKEN = frozenset({"OAM501", "OAM503", "OAM504", "OAM511", "OAM515", "OAM601", "OAM613"})
"""Rules by which requests of a client fail that it is set up for."""
_SENTENCES = (
    (
        _NO_TOKEN,
        "client cannot get a token that it is set up for",
        "clients cannot get a token that they are set up for",
    ),
    ({"OAM318"}, "policy rule can never be reached", "policy rules can never be reached"),
    ({"OAM303"}, "rule gives every scope to everyone", "rules give every scope to everyone"),
)
"""What a newcomer should hear first: codes of rules, and what one or several objects do."""


def short_summary(result: AuditResult, shown_to: Presentation) -> str:
    """What matters in a few sentences, the counts, the worst findings, what was not checked."""
    counts = "   ".join(f"{s.upper()} {n}" for s, n in result.by_severity.items() if n)
    checked = f"{counted(result.evaluated, 'rule')} ran, {len(result.not_evaluated)} not evaluated"
    severities = counts or "No findings"
    numbers = [f"{severities}        {checked}"]
    if len(numbers[0]) > shown_to.width:
        numbers = [severities, checked]
    lines = ["", *_sentences(result), *numbers]
    lines += [f"{evaluated_words(result)}."] if deselected_words(result) else []
    lines += [f"rule {item.rule.code} crashed: {item.error}" for item in result.crashed]
    # The first finding of each cause: variety says more than repetition.
    shown = [cause.example for cause in causes(result.findings)[:_SHOWN]]
    for finding in shown:
        lines += ["", *_entry(finding, shown_to)]
    more = len(result.findings) - len(shown)
    if more > 0:
        lines += ["", f"… and {counted(more, 'more finding')}"]
    return printable("\n".join([*lines, ""]))


def _sentences(result: AuditResult) -> list[str]:
    """The sentences that hold, with how many objects make them so, and a blank line."""
    lines = []
    for codes, one, several in _SENTENCES:
        objects = {item.object.id: item for item in result.findings if item.rule.code in codes}
        if not objects:
            continue
        first = next(iter(objects.values()))
        example = f": {(first.server or first.object).described}" if len(objects) == 1 else ""
        lines.append(f"  {len(objects):,} {one if len(objects) == 1 else several}{example}")
    return [*lines, ""] if lines else []


def _entry(finding: ReportedFinding, shown_to: Presentation) -> list[str]:
    where = f'  authorization server "{finding.server.name}"' if finding.server else ""
    place = f"{finding.location.file}:{finding.location.region.line}"
    indented = textwrap.TextWrapper(
        shown_to.width,
        initial_indent="    ",
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [
        f"{finding.severity.upper():8}  {finding.rule.code} {finding.rule.name}{where}",
        *indented.wrap(without_commands(finding.message)),
        *indented.wrap(without_commands(f"Fix: {finding.fix}")),
        *_witness(finding, shown_to),
        f"    {place}",
    ]


def _witness(finding: ReportedFinding, shown_to: Presentation) -> list[str]:
    if not finding.witness:
        return []
    room = shown_to.width - len(_TRY)
    first, *others = command_lines(finding.witness.command, room, shown_to.program)
    return [f"{_TRY}{first}", *(f"{' ' * len(_TRY)}{line}" for line in others)]
