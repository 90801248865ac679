"""HTML: the report for people, one file that works from a mail attachment.

It requests nothing, and its Content-Security-Policy admits only the one style sheet and
the one script that it carries, by their hashes. Every value passes through autoescape and
loses its control and invisible characters first. Look and behaviour are in `templates/`.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from functools import cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from auditor import AuditResult, counted, listed, report
from auditor.oauth import answer_words
from auditor.results import (
    BY_NAME,
    CollectionStatus,
    carried_over,
    deleted_objects,
    incompleteness,
    type_name,
    unread_collections,
)

from ._access_pictures import pictures
from ._access_wording import grants_words, path_recipients, scopes_words, step_class, whom
from ._display_names import title
from ._html_answers import answer, evaluated, is_complete, not_checked, window_title
from ._html_lists import (
    cause_rows,
    impact_counts,
    not_evaluated_groups,
    rule_outcomes,
    server_choices,
    severity_groups,
)
from ._html_markup import example, harmless, lines, paragraphs, prose, utc
from ._lifetime_scale import axis, lifetimes, scale
from ._since import new_heading, not_known
from ._sparkline import sparkline
from ._trend import run_severities, trend
from ._wording import acceptance_counts, causes_heading, harm, sentence

_MANY = 300
"""Findings, from which on a browser makes rows when they come into sight or it has time."""


@report("html", filename="report.html")
def render(result: AuditResult) -> str:
    """One self-contained HTML document."""
    css, js = _text("report.css") + _text("access.css"), _text("report.js")
    counts = Counter(finding.rule.code for finding in result.findings)
    groups = severity_groups(result.findings)
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            result=result,
            policy=_policy(css, js),
            css=Markup(css),  # noqa: S704 - a file of this package
            js=Markup(js),  # noqa: S704 - a file of this package
            window_title=window_title(result),
            answer=answer(result),
            incompleteness=incompleteness(result),
            is_complete=is_complete(result),
            not_checked=not_checked(result),
            evaluated=evaluated(result),
            causes=cause_rows(result, groups),
            causes_heading=causes_heading(result),
            severities=list(result.by_severity.items()),
            groups=groups,
            impacts=impact_counts(result.findings),
            many=len(result.findings) > _MANY,
            servers=server_choices(result.findings),
            rules_with_findings=[rule for rule in result.rules if counts[rule.code]],
            counts=counts,
            unread_rules=not_evaluated_groups(result.unread),
            not_applicable=not_evaluated_groups(result.not_applicable),
            outcomes=rule_outcomes(result),
            accepted=acceptance_counts(result),
            unread=unread_collections(result),
            carried=carried_over(result.coverage),
            deleted=deleted_objects(result.coverage),
            readable=CollectionStatus.COMPLETE,
            trend=trend(result),
            sparkline=sparkline(result.history) if len(result.history) > 1 else "",
            run_severities=run_severities,
            new_heading=new_heading(result),
            new_rows=[row for _, rows in groups for row in rows if row.finding.new],
            not_known_new=not_known(result),
            pictures=pictures(result),
            axis=axis(),
        )
    )


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
        finalize=harmless,
        keep_trailing_newline=True,
        loader=FunctionLoader(_text),
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters |= {
        "prose": prose,
        "paragraphs": paragraphs,
        "lines": lines,
        "example": example,
        "utc": utc,
        "count": lambda number: f"{number:,}",
        "sentence": sentence,
        "answer_words": answer_words,
        "harm": harm,
        "label": lambda name: BY_NAME[name].label,
        "titled": title,
        "type_name": type_name,
        "plural": counted,
        "named": listed,
        "whom": whom,
        "path_recipients": path_recipients,
        "scopes": scopes_words,
        "scale": scale,
        "lifetimes": lifetimes,
        "step_class": step_class,
        "grants": grants_words,
    }
    return environment


@cache
def _text(name: str) -> str:
    return (files("auditor.reports") / "templates" / name).read_text(encoding="utf-8")
