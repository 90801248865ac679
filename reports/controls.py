"""HTML: the controls of compliance frameworks on a page, for auditors.

It says of each control what the audit shows, what that rests on and why each rule bears on it.
Before that it says what was not evaluated, of which nothing is claimed.
"""

from __future__ import annotations

from auditor import AuditResult, report
from auditor.results import (
    ControlStatus,
    assessed_frameworks,
    carried_over,
    empty_org,
    incompleteness,
    shown_gaps,
)

from ._html_answers import is_complete
from ._html_environment import environment, policy, styles
from ._html_lists import not_evaluated_groups

_STATUSES = {
    ControlStatus.SATISFIED: "Every rule that shows the control directly was evaluated and found "
    "nothing, not even anything that somebody accepts.",
    ControlStatus.NOT_SATISFIED: "A rule that shows it directly found something. That somebody "
    "accepts a finding makes it no less true.",
    ControlStatus.NOT_EVALUATED: "A rule that shows it directly was not evaluated to the end, and "
    "none found anything. Nothing is claimed.",
    ControlStatus.NOT_CLAIMED: "Only related rules bear on it, which cannot show whether it is "
    "met.",
}


@report("controls", filename="controls.html")
def render(result: AuditResult) -> str:
    """One self-contained HTML document without a script."""
    css = styles("report.css", "controls.css")
    return (
        environment()
        .get_template("controls.html.j2")
        .render(
            result=result,
            policy=policy(css),
            css=css,
            incompleteness=incompleteness(result),
            empty=empty_org(result.coverage),
            carried=carried_over(result.coverage),
            is_complete=is_complete(result),
            statuses=_STATUSES,
            names={rule.code: rule.name for rule in result.rules},
            frameworks=assessed_frameworks(result),
            gaps=shown_gaps(result),
            unread_rules=not_evaluated_groups(result.unread),
            not_applicable=not_evaluated_groups(result.not_applicable),
        )
    )
