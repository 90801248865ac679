"""HTML: the report for people, one file that works from a mail attachment.

It requests nothing, and its Content-Security-Policy admits only the one style sheet and
the one script that it carries, by their hashes. Look and behaviour are in `templates/`.
"""

from __future__ import annotations

from collections import Counter

from auditor import AuditResult, report
from auditor.results import (
    CollectionStatus,
    assessed_frameworks,
    carried_over,
    deleted_objects,
    empty_org,
    incompleteness,
    shown_gaps,
    unread_collections,
)

from ._access_pictures import pictures
from ._html_answers import answer, evaluated, is_complete, not_checked, window_title
from ._html_environment import environment, policy, styles
from ._html_lists import (
    cause_rows,
    impact_counts,
    not_evaluated_groups,
    rule_outcomes,
    server_choices,
    severity_groups,
)
from ._lifetime_scale import axis
from ._log_words import log_sentences, rejections
from ._since import new_heading, not_known
from ._sparkline import sparkline
from ._trend import run_severities, trend
from ._wording import acceptance_counts, causes_heading

_MANY = 300
"""Findings, from which on a browser makes rows when they come into sight or it has time."""


@report("html", filename="report.html")
def render(result: AuditResult) -> str:
    """One self-contained HTML document."""
    css, js = styles("report.css", "access.css", "controls.css"), styles("report.js")
    counts = Counter(finding.rule.code for finding in result.findings)
    groups = severity_groups(result.findings)
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            result=result,
            policy=policy(css, js),
            css=css,
            js=js,
            window_title=window_title(result),
            answer=answer(result),
            incompleteness=incompleteness(result),
            empty=empty_org(result.coverage),
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
            gaps=shown_gaps(result),
            gap_ends={gap.collection: gap.expires for gap in result.accepted_gaps},
            unread=unread_collections(result),
            carried=carried_over(result.coverage),
            deleted=deleted_objects(result.coverage),
            readable=CollectionStatus.COMPLETE,
            frameworks=assessed_frameworks(result),
            trend=trend(result),
            log=list(log_sentences(result)),
            hurts=rejections,
            sparkline=sparkline(result.history) if len(result.history) > 1 else "",
            run_severities=run_severities,
            new_heading=new_heading(result),
            new_rows=[row for _, rows in groups for row in rows if row.finding.new],
            not_known_new=not_known(result),
            pictures=pictures(result),
            axis=axis(),
        )
    )
