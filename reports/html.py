"""HTML: the report for people, one file that works from a mail attachment.

It requests nothing, and its Content-Security-Policy admits only the one style sheet and
the one script that it carries, by their hashes. Every value passes through autoescape and
loses its control and invisible characters first. Look and behaviour are in `templates/`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup, escape

from auditor import AuditResult, Impact, ReportedFinding, Rule, Severity, report
from auditor.lint.result import NotEvaluated
from auditor.snapshot.collections import BY_NAME
from auditor.snapshot.ledger import CollectionStatus, LedgerEntry
from auditor.text import counted, listed, one_line, printable

from ._access import by_way, pictures, scopes_words, whom
from ._scale import axis, lifetimes, scale
from ._shared import acceptance_counts, impacts
from ._sparkline import sparkline
from ._trend import severities, trend

_NO_SERVER = "-"
_MOST_SEVERE = 3
_MANY = 300
"""Findings, from which on a browser makes rows when they come into sight or it has time."""
_CODE = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True, slots=True)
class _Row:
    """A finding and what its row says in other words than the finding's."""

    anchor: str
    finding: ReportedFinding
    server: str


@dataclass(frozen=True, slots=True)
class _Worst:
    """A rule among those with the most severe findings."""

    severity: Severity
    rule: Rule
    count: int
    only: _Row | None
    """Its finding, if it has just one."""


@dataclass(frozen=True, slots=True)
class _Option:
    """A choice of a filter."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class _Unchecked:
    """The rules that were not evaluated for one and the same reason."""

    reason: str
    remedy: str
    rules: tuple[Rule, ...]


@report("html", filename="report.html")
def render(result: AuditResult) -> str:
    """One self-contained HTML document."""
    css, js = _text("report.css") + _text("access.css"), _text("report.js")
    found = Counter(finding.rule.code for finding in result.findings)
    groups = _groups(result.findings)
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            result=result,
            policy=_policy(css, js),
            css=Markup(css),  # noqa: S704 - a file of this package
            js=Markup(js),  # noqa: S704 - a file of this package
            outcome=_outcome(result),
            answer=_answer(result),
            warning=_warning(result),
            complete=_complete(result),
            ran=_ran(result),
            most_severe=_most_severe(groups, found),
            severities=[(severity, count) for severity, count in result.by_severity.items()],
            groups=groups,
            impacts=_impacts(result.findings),
            many=len(result.findings) > _MANY,
            servers=_servers(result.findings),
            rules_found=[rule for rule in result.rules if found[rule.code]],
            found=found,
            unchecked=_unchecked(result.not_evaluated, absent=False),
            absent=_unchecked(result.not_evaluated, absent=True),
            outcomes=_outcomes(result, found),
            accepted=acceptance_counts(result),
            unread=_unread(result.coverage),
            readable=CollectionStatus.COMPLETE,
            trend=trend(result),
            sparkline=sparkline(result.history) if len(result.history) > 1 else "",
            parts=severities,
            pictures=pictures(result),
            broken=_broken(result),
            axis=axis(),
        )
    )


def _outcome(result: AuditResult) -> str:
    """The result in the few words that fit a window's title."""
    said = counted(len(result.findings), "new finding" if result.baseline else "finding")
    worst = [f"{count:,} {name}" for name, count in result.by_severity.items() if count][:2]
    if worst:
        said += f" ({', '.join(worst)})"
    return f"Incomplete: {said}" if result.incomplete else said


def _answer(result: AuditResult) -> str:
    """What a manager wants to know, in one or two sentences."""
    total = len(result.findings)
    if not total:
        if result.incomplete:
            nothing = "Nothing that counts" if result.accepted else "Nothing"
            return f"{nothing} was found in the part that could be checked."
        if result.accepted:
            return f"Nothing was found but {counted(len(result.accepted), 'accepted finding')}."
        return "Nothing was found."
    parts = [f"{count:,} {name}" for name, count in result.by_severity.items() if count]
    noun = "new finding" if result.baseline else "finding"
    first = f"{counted(total, noun)}: {listed(parts, most=len(Severity))}."
    return f"{first} By impact: {impacts(result)}."


def _ran(result: AuditResult) -> str:
    selected, evaluated = len(result.rules), result.evaluated
    said = f"{evaluated:,} of {counted(selected, 'rule')} evaluated"
    if evaluated == selected > 1:
        said = f"All {selected:,} rules evaluated"
    objects = [
        f"{result.objects[name]:,} {label}"
        for name, label in (
            ("authorization_servers", "authorization servers"),
            ("policy_rules", "policy rules"),
            ("apps", "OIDC apps"),
        )
        if result.objects.get(name)
    ]
    return f"{said}, over {listed(objects)}." if objects else f"{said}."


def _warning(result: AuditResult) -> str:
    """Why the absence of findings proves nothing; empty where it does."""
    if not result.rules:
        return "No rule was selected, so nothing was checked."
    if not result.incomplete:
        return ""
    parts = []
    if missed := sum(not item.absent for item in result.not_evaluated):
        parts.append(
            f"{missed:,} of {counted(len(result.rules), 'rule')} could not be evaluated, because "
            "what they need was not read completely from Okta"
        )
    if result.crashed:
        parts.append(f"{counted(len(result.crashed), 'rule')} crashed")
    return f"{', and '.join(parts)}."


def _complete(result: AuditResult) -> str:
    unread = len(_unread(result.coverage))
    collections = f"{unread:,} of {counted(len(result.coverage), 'collection')}"
    if result.incomplete:
        missed = len(result.rules) - result.evaluated - sum(n.absent for n in result.not_evaluated)
        said = f"No: {missed:,} of {counted(len(result.rules), 'rule')} not evaluated"
        return f"{said}, {collections} not read completely" if unread else said
    if unread:
        return f"Every selected rule, but {collections} not read completely"
    return "Yes: every collection was read, every rule evaluated"


def _unchecked_part(complete: str) -> str:
    """What `_complete` says, as an answer to what was not checked."""
    for opening in ("No: ", "Every selected rule, but "):
        complete = complete.removeprefix(opening)
    return _capital(complete.replace("Yes:", "Nothing:"))


def _unread(coverage: Iterable[LedgerEntry]) -> list[LedgerEntry]:
    return [
        entry
        for entry in coverage
        if entry.status in {CollectionStatus.PARTIAL, CollectionStatus.REFUSED}
    ]


def _most_severe(groups: list[tuple[Severity, list[_Row]]], found: Counter[str]) -> list[_Worst]:
    """The rules with the most severe findings; nothing where the list of findings is as short."""
    if len(found) <= _MOST_SEVERE:
        return []
    worst: dict[str, tuple[Severity, _Row]] = {}
    for severity, rows in groups:
        for row in rows:
            worst.setdefault(row.finding.rule.code, (severity, row))
    first = sorted(worst.items(), key=lambda item: (item[1][0].rank, -found[item[0]], item[0]))
    return [
        _Worst(severity, row.finding.rule, found[code], row if found[code] == 1 else None)
        for code, (severity, row) in first[:_MOST_SEVERE]
    ]


def _broken(result: AuditResult) -> list[tuple[Rule, int]]:
    """The rules whose findings are requests that fail, those with most findings first."""
    by_code = {rule.code: rule for rule in result.rules}
    return [
        (by_code[code], count)
        for code, count in result.by_rule.items()
        if code in by_code and by_code[code].impact is Impact.BROKEN
    ]


def _impacts(findings: Iterable[ReportedFinding]) -> list[tuple[Impact, int]]:
    counts = Counter(finding.rule.impact for finding in findings)
    return [(impact, counts[impact]) for impact in Impact]


def _groups(findings: Iterable[ReportedFinding]) -> list[tuple[Severity, list[_Row]]]:
    """The findings as rows, by severity. Anchors are unique even if fingerprints are not."""
    seen: Counter[str] = Counter()
    rows: dict[Severity, list[_Row]] = {}
    for finding in findings:
        seen[finding.fingerprint] += 1
        again = seen[finding.fingerprint]
        anchor = f"finding-{finding.fingerprint}" + (f"-{again}" if again > 1 else "")
        server = finding.server.id if finding.server else _NO_SERVER
        rows.setdefault(finding.severity, []).append(_Row(anchor, finding, server))
    return [(severity, rows[severity]) for severity in Severity if severity in rows]


def _servers(findings: Iterable[ReportedFinding]) -> list[_Option]:
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
        _Option(id_, f"{name}, {id_}" if name in twice else name, counts[id_])
        for id_, name in sorted(names.items(), key=lambda item: (item[1].casefold(), item[0]))
    ]
    if counts[_NO_SERVER]:
        options.append(_Option(_NO_SERVER, "No server: clients and the org", counts[_NO_SERVER]))
    return options


def _unchecked(items: Iterable[NotEvaluated], *, absent: bool) -> list[_Unchecked]:
    def why(item: NotEvaluated) -> tuple[str, str]:
        return item.reason, item.remedy

    chosen = sorted((item for item in items if item.absent is absent), key=why)
    return [
        _Unchecked(_capital(reason), _sentence(remedy), tuple(item.rule for item in rows))
        for (reason, remedy), rows in groupby(chosen, key=why)
    ]


def _outcomes(result: AuditResult, found: Counter[str]) -> Iterator[tuple[Rule, str]]:
    """Every selected rule with what came of it."""
    special = {item.rule.code: "crashed" for item in result.crashed}
    for item in result.not_evaluated:
        special[item.rule.code] = "does not apply" if item.absent else "not evaluated"
    accepted = Counter(item.rule.code for item in result.accepted)
    for rule in result.rules:
        more = f" and {accepted[rule.code]:,} accepted" if accepted[rule.code] else ""
        yield rule, special.get(rule.code) or f"{found[rule.code]:,}{more}"


def _policy(css: str, js: str) -> str:
    """A Content-Security-Policy under which nothing runs but what is inlined here."""
    style, script = (
        base64.b64encode(hashlib.sha256(part.encode()).digest()).decode() for part in (css, js)
    )
    return (
        f"default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        autoescape=True,
        finalize=_harmless,
        keep_trailing_newline=True,
        loader=FunctionLoader(_text),
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters |= {
        "prose": _prose,
        "paragraphs": _paragraphs,
        "lines": _lines,
        "example": _example,
        "utc": _utc,
        "count": lambda number: f"{number:,}",
        "sentence": _sentence,
        "label": lambda name: BY_NAME[name].label,
        "kind": lambda type_: type_.replace("_", " "),
        "plural": counted,
        "named": listed,
        "unchecked": _unchecked_part,
        "whom": whom,
        "by_way": by_way,
        "scopes": scopes_words,
        "scale": scale,
        "lifetimes": lifetimes,
        "slug": lambda words: words.replace(" ", "-"),
        "grants": lambda names: listed(
            (name.rpartition(":")[2] for name in names), most=6, empty="no grant type"
        ),
    }
    return environment


@cache
def _text(name: str) -> str:
    return (files("auditor.reports") / "templates" / name).read_text(encoding="utf-8")


def _harmless(value: object) -> object:
    """What every value in the template goes through before it is escaped."""
    return one_line(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _prose(text: str) -> Markup:
    """One line of escaped text in which `this` becomes code."""
    # Escaping leaves backticks alone, so what is between them is escaped already.
    marked = _CODE.sub(r"<code>\1</code>", str(escape(one_line(text))))
    return Markup(marked)  # noqa: S704 - escaped in the line above


def _paragraphs(text: str) -> Markup:
    """As `_prose`; a blank line begins a paragraph."""
    return Markup("").join(
        Markup("<p>{}</p>").format(_prose(part.strip())) for part in text.split("\n\n")
    )


def _lines(text: str) -> Markup:
    return escape(printable(text))


def _example(example: dict[str, Any]) -> Markup:
    """An example of a rule's page as JSON, one record a line."""
    parts = []
    for path, value in example.items():
        shown = json.dumps(value, ensure_ascii=False)
        if isinstance(value, list) and value:
            rows = ",\n".join(f"    {json.dumps(row, ensure_ascii=False)}" for row in value)
            shown = f"[\n{rows}\n  ]"
        parts.append(f"  {json.dumps(path)}: {shown}")
    return _lines("{\n" + ",\n".join(parts) + "\n}")


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _sentence(text: str) -> str:
    """A clause as a sentence of its own."""
    return _capital(text) + ("" if text.endswith((".", "!", "?")) else ".")
