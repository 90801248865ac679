"""The results as Markdown, for GitHub's step summary and a comment on a pull request.

The gist takes ten lines; tables fold out below it. The document fits into a comment, which
holds 65,536 characters, and so into a step summary, which holds 1 MiB: findings that have no
room are counted. The first line is an HTML comment that is the same for every run over a
tenant, so that a bot finds and updates its own comment.

A tenant's words become neither markup nor mentions, links or emoji: whatever Markdown gives a
meaning is escaped, and GitHub's own additions are broken by a zero-width space.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator

from auditor import AuditResult, ReportedFinding, Rule, counted, listed, one_line, quoted, report
from auditor.results import (
    Cause,
    ShownGap,
    carried_over,
    causes,
    deleted_objects,
    empty_org,
    evaluated_words,
    incompleteness,
    shown_gaps,
)

from ._log_words import log_sentences, rejections
from ._output import file_name
from ._since import fixed, fixed_heading, mark, new_heading, not_known
from ._trend import trend
from ._wording import (
    acceptance_reason,
    answer_lines,
    causes_heading,
    harm,
    sentence,
    severities,
    shown_causes,
)

MOST_CHARACTERS = 65_536
"""What a comment holds. Counted in UTF-16 units, of which no counting knows more."""

_RESERVE = 1_000
"""Characters kept for the line that says what is left out, and for closing tags."""

_WORST = 4
_NEW = 2
_SHOWN = 40
_GAP = "&#8203;"
# What has a meaning within a line; a tenant's words never begin one.
_MARKUP = re.compile(r"([\\`*_\[\]|~$])")
_LIVE = (
    (re.compile(r"(?i)(?<=#)(?=\d)|(?<=\bgh-)(?=\d)"), _GAP),  # first: gaps have a # too
    (re.compile(r"@(?=\w)"), f"@{_GAP}"),
    (re.compile(r"(?i)(?<=\bwww)(?=\.)|(?<=:)(?=//)|(?<=mailto:)(?=\w)"), _GAP),
    (re.compile(r":(?=[\w+\\-]+:)"), f":{_GAP}"),
)
_TICKS = re.compile("`+")


@report("markdown", filename="summary.md")
def render(result: AuditResult) -> str:
    """The gist, then tables that fold out, the most severe findings first."""
    document = _Document(MOST_CHARACTERS - _RESERVE - result.presentation.taken)
    document.add([_marker(result), *_weakenings(result), *_gist(result), ""])
    document.table(
        causes_heading(result),
        ("Severity", "Findings", "Cause", "For example", "What it does"),
        map(_cause, shown_causes(result)),
        unfolded=True,
    )
    document.table(
        counted(len(result.findings), "finding"),
        ("Severity", "Rule", "Finding", "Where"),
        map(_finding, result.findings),
    )
    document.table(
        f"{counted(len(result.not_evaluated) + len(result.crashed), 'rule')} not evaluated",
        ("Rule", "Why", "Next"),
        _not_evaluated(result),
    )
    document.table(
        counted(len(result.accepted), "accepted finding"),
        ("Rule", "Object", "Accepted because"),
        map(_accepted, result.accepted),
    )
    document.table(
        counted(len(result.accepted_gaps), "accepted gap"),
        ("Not read", "Why", "What it costs", "Accepted"),
        map(_gap, shown_gaps(result)),
        unfolded=True,
    )
    for title, gone in (
        (f"{counted(len(result.fixed), 'finding')} of the baseline fixed", result.fixed),
        (_text(fixed_heading(result)), fixed(result)),
    ):
        rows = ((item.code, _text(item.object.described)) for item in gone)
        document.table(title, ("Rule", "Object"), rows)
    document.table(
        counted(len(result.notices), "notice"),
        ("Where", "Notice", "Next"),
        ((_code(item.where), _text(sentence(item.message)), _text(sentence(item.remedy)))
         for item in result.notices),
    )  # fmt: skip
    return document.text()


def _weakenings(result: AuditResult) -> Iterator[str]:
    """What files that nobody named make milder; a document has room for the first ones."""
    for item in result.weakenings[:_SHOWN]:
        yield f"> **{item.label}:** {_text(item.sentence)}  "
    if len(result.weakenings) > _SHOWN:
        yield f"> **Weakened:** and {counted(len(result.weakenings) - _SHOWN, 'more setting')}.  "
    if result.weakenings:
        yield ""


def _marker(result: AuditResult) -> str:
    """A comment may not hold `--`; an id is letters and digits, a host name may hold more."""
    return f"<!-- okta-auditor:{re.sub(r'[^A-Za-z0-9.]', '_', result.tenant.id)} -->"


def _gist(result: AuditResult) -> Iterator[str]:
    """At most ten lines, blank ones not counted."""
    number = counted(len(result.findings), "finding") if result.findings else "no findings"
    by_severity = f" ({', '.join(severities(result))})" if result.findings else ""
    yield f"### okta-auditor: {number}{by_severity} in {_text(quoted(result.tenant.name))}"
    yield ""
    if reason := incompleteness(result):
        yield f"**{reason}** Could not check is never clean."
        yield ""
    if empty := empty_org(result.coverage):
        yield f"**{empty}**"
        yield ""
    yield from _new(result)
    if log := list(log_sentences(result)):
        yield _text(" ".join(log))
        yield ""
    for cause in causes(result.findings)[: _WORST - min(len(result.new), _NEW)]:
        finding, more = cause.example, len(cause.findings) - 1
        also = f" (and {more:,} more)" if more else ""
        head = f"- **{finding.severity.upper()}** {_rule(finding.rule)}{also}: "
        yield head + _text(sentence(finding.message))
    yield ""
    coverage = [_text(words(result.coverage)) for words in (carried_over, deleted_objects)]
    parts = [_read(result), *coverage, _apart(result), trend(result), not_known(result)]
    yield " ".join(filter(None, parts))
    if result.reproduce:
        yield ""
        yield f"Reproduce: {_code(result.reproduce)}"


def _new(result: AuditResult) -> Iterator[str]:
    """The first of the findings that are new, if something was compared."""
    if result.since is None:
        return
    more = len(result.new) - _NEW
    also = f" The first {_NEW}:" if more > 0 else ""
    gone = fixed_heading(result) or "None is known to be fixed"
    yield f"**{_text(new_heading(result))}.** {_text(gone)}.{also}"
    yield ""
    for item in result.new[:_NEW]:
        head = f"- **New, {item.severity.upper()}** {_rule(item.rule)}: "
        yield head + _text(sentence(item.message))


def _read(result: AuditResult) -> str:
    read = f"{result.capture.finished_at:%Y-%m-%d at %H:%M %Z}"
    return f"Read on {read}; {_text(evaluated_words(result))}."


def _apart(result: AuditResult) -> str:
    """What is not among the findings."""
    parts = [f"{len(result.accepted):,} accepted"] if result.accepted else []
    parts += [f"{len(result.fixed):,} of the baseline fixed"] if result.fixed else []
    parts += [counted(len(result.notices), "notice")] if result.notices else []
    return f"Apart from that: {listed(parts)}." if parts else ""


def _cause(cause: Cause) -> tuple[str, ...]:
    example = cause.example.object
    does = answer_lines(cause.answer) or [harm(cause)]
    return (
        cause.severity.upper(),
        f"{len(cause.findings):,}",
        f"{_text(cause.rule.page.title)} ({_rule(cause.rule)})",
        _text(example.described),
        "<br>".join(map(_text, does)),
    )


def _finding(item: ReportedFinding) -> tuple[str, ...]:
    where = _code(f"{file_name(item.location.file)}:{item.location.region.line}")
    new = f"**{mark(item)}**" if item.new else ""
    fix = f"{new}{_text(sentence(item.message))}<br>Fix: {_text(sentence(item.fix))}"
    if hurts := rejections(item):
        fix = f"{fix}<br>Hurts: {_text(hurts)}"
    return item.severity.upper(), _rule(item.rule), fix, where


def _accepted(item: ReportedFinding) -> tuple[str, ...]:
    why = acceptance_reason(item.acceptance) if item.acceptance else item.status
    target = f"{_text(item.object.described)} {_code(item.object.id)}"
    return _rule(item.rule), target, _text(why)


def _gap(item: ShownGap) -> tuple[str, ...]:
    name = f"{_text(item.label)} ({_code(item.gap.collection)})"
    return name, _text(item.explanation), _text(item.costs), _text(item.accepted)


def _not_evaluated(result: AuditResult) -> Iterator[tuple[str, ...]]:
    for crash in result.crashed:
        yield _rule(crash.rule), f"crashed: {_code(crash.error)}", "Report it to its maintainer."
    for item in (*result.unread, *result.not_applicable):
        yield _rule(item.rule), _text(sentence(item.reason)), _text(sentence(item.remedy))


def _rule(rule: Rule) -> str:
    return f"{rule.code} {_text(rule.name)}"


def _text(text: str) -> str:
    """Words that mean nothing to Markdown, HTML or GitHub."""
    shown = _MARKUP.sub(r"\\\1", html.escape(one_line(text), quote=False))
    for pattern, replacement in _LIVE:
        shown = pattern.sub(replacement, shown)
    return shown


def _code(text: str) -> str:
    """A code span, fenced by more backticks than stand in the text; safe in a table."""
    clean = one_line(text).replace("|", "\\|")
    fence = "`" * (1 + max((len(run) for run in _TICKS.findall(clean)), default=0))
    pad = " " if clean.startswith("`") or clean.endswith("`") else ""
    return f"{fence}{pad}{clean}{pad}{fence}"


class _Document:
    """Lines that fit into a comment."""

    def __init__(self, room: int) -> None:
        self._lines: list[str] = []
        self._room = room
        self._left_out: list[str] = []

    def add(self, lines: Iterable[str]) -> bool:
        """Add all of the lines, or none if they have no room."""
        added = list(lines)
        size = sum(map(_size, added))
        if size > self._room:
            return False
        self._lines += added
        self._room -= size
        return True

    def table(
        self,
        title: str,
        columns: tuple[str, ...],
        rows: Iterable[tuple[str, ...]],
        *,
        unfolded: bool = False,
    ) -> None:
        """Add a table that folds out, with as many rows as have room; none if it is empty."""
        all_rows = list(rows)
        head = [
            f"<details{' open' if unfolded else ''}><summary>{title}</summary>",
            "",
            _row(columns),
            _row(["---"] * len(columns)),
        ]
        if not all_rows:
            return
        shown = 0
        if self.add(head):
            add: Callable[[list[str]], bool] = self.add
            while shown < len(all_rows) and add([_row(all_rows[shown])]):
                shown += 1
            self._lines += ["", "</details>", ""]
        if shown < len(all_rows):
            self._left_out.append(f"{title}: {len(all_rows) - shown:,} without a row")

    def text(self) -> str:
        """The document."""
        if self._left_out:
            self._lines.append(
                f"A comment holds {MOST_CHARACTERS:,} characters. {'; '.join(self._left_out)}. "
                "The other reports have them all."
            )
        return "\n".join(self._lines).rstrip("\n") + "\n"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _size(line: str) -> int:
    return len(line.encode("utf-16-le", "replace")) // 2 + 1
