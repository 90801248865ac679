"""What the HTML report says at its head: the result, what ran, and what could not be checked."""

from __future__ import annotations

from auditor import AuditResult, Severity, counted, listed
from auditor.results import (
    Completeness,
    deselected_words,
    evaluated_words,
    incomplete_rules,
    unread_share,
)

from ._wording import impacts, severities

_COUNTED = (
    ("authorization_servers", "authorization servers"),
    ("policy_rules", "policy rules"),
    ("apps", "OIDC apps"),
)
_TITLE_SEVERITIES = 2


def window_title(result: AuditResult) -> str:
    """The result in the few words that fit a window's title."""
    number = _findings(result)
    worst = severities(result)[:_TITLE_SEVERITIES]
    named = f" ({', '.join(worst)})" if worst else ""
    return f"{'Incomplete: ' if result.incomplete else ''}{number}{named}"


def answer(result: AuditResult) -> str:
    """What a manager wants to know, in one or two sentences."""
    if result.findings:
        parts = listed(severities(result), most=len(Severity))
        return f"{_findings(result)}: {parts}. By impact: {impacts(result)}."
    if result.incomplete:
        nothing = "Nothing that counts" if result.accepted else "Nothing"
        return f"{nothing} was found in the part that could be checked."
    if result.accepted:
        return f"Nothing was found but {counted(len(result.accepted), 'accepted finding')}."
    return "Nothing was found."


def _findings(result: AuditResult) -> str:
    return counted(len(result.findings), "new finding" if result.baseline else "finding")


def evaluated(result: AuditResult) -> str:
    """How many rules were evaluated, over what, in a sentence."""
    if result.evaluated == len(result.rules) > 1 and not deselected_words(result):
        rules = f"All {result.evaluated:,} rules evaluated"
    else:
        rules = evaluated_words(result)
    objects = [
        f"{result.objects[name]:,} {label}" for name, label in _COUNTED if result.objects.get(name)
    ]
    over = f"{';' if deselected_words(result) else ','} over {listed(objects)}" if objects else ""
    return f"{rules}{over}."


def is_complete(result: AuditResult) -> str:
    """The answer to whether everything was checked, without a full stop."""
    if result.incomplete:
        return f"No: {_gaps(result)}"
    return f"Yes: {_all_read(result)}, {_rules_evaluated(result)}"


def not_checked(result: AuditResult) -> str:
    """The answer to what was not checked, without a full stop."""
    missing = [_gaps(result), deselected_words(result)]
    if any(missing):
        return "; ".join(filter(None, missing))
    return f"Nothing: {_all_read(result)}, {_rules_evaluated(result)}"


def _all_read(result: AuditResult) -> str:
    """That all was read, of a complete audit, as a clause: never as more recent than it is."""
    carried = sum(len(i.paths) for entry in result.coverage for i in entry.carried_over)
    earlier = f" ({counted(carried, 'list')} earlier, and carried over)" if carried else ""
    return f"every collection was read{earlier}"


def _rules_evaluated(result: AuditResult) -> str:
    """What ran, of a complete audit, as a clause: never more than is true."""
    left_out = deselected_words(result)
    every = "every selected rule evaluated" if left_out else "every rule evaluated"
    absent = len(result.not_applicable)
    but = f" but for {absent:,} that did not apply" if absent else ""
    return f"{every}{but}{f'; {left_out}' if left_out else ''}"


def _gaps(result: AuditResult) -> str:
    """What is missing, as a clause; empty if nothing is."""
    if not result.rules:
        return "no rule was selected"
    completeness = Completeness.of(result)
    parts = filter(None, [incomplete_rules(completeness), unread_share(completeness)])
    return "; ".join(parts) or ("" if result.complete else "no rule could be evaluated")
