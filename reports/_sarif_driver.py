"""What the SARIF report says of the tool: its rules and the kinds of its notifications.

The properties and limits are those of github/docs, "SARIF support for code scanning".
"""

from __future__ import annotations

from textwrap import shorten
from typing import Any

from auditor import AuditResult, Rule, Severity, one_line

from ._wording import answer_lines, sentence

Json = dict[str, Any]

_LONGEST_DESCRIPTION = 1024

LEVEL = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
_PROBLEM = {"error": "error", "warning": "warning", "note": "recommendation"}

# GitHub calls more than 9.0 critical, from 7.0 high, from 4.0 medium. A rule without a
# score, as for `info`, has no security severity.
_SCORE = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "2.5",
}

_AREAS = {
    "1": "authorization-servers",
    "2": "access-policies",
    "3": "policy-rules",
    "4": "scopes-and-claims",
    "5": "clients",
    "6": "assignments-and-grants",
    "7": "lifetimes-and-keys",
    "8": "org-settings",
    "9": "audit",
}

CRASHED = "rule-crashed"
NOT_EVALUATED = "rule-not-evaluated"
NOT_SELECTED = "rules-not-selected"
LEFT_OUT = "results-left-out"
NOTICE = "upkeep-notice"
ACCEPTED_GAP = "accepted-gap"
NOTIFICATIONS = {
    CRASHED: "A rule failed; nothing that it found is reported.",
    NOT_EVALUATED: "A rule was not evaluated, because what it reads was not completely read.",
    LEFT_OUT: "There are more results than GitHub accepts; the least severe are left out.",
    NOT_SELECTED: "The settings leave rules out, and of what they seek nothing is known.",
    NOTICE: "Whoever keeps suppressions, the baseline or the history should know something.",
    ACCEPTED_GAP: "Okta refuses what was not read, and somebody does without it until a day.",
}


def driver(result: AuditResult) -> Json:
    """The component that found the results."""
    return {
        "name": "okta-auditor",
        "version": result.tool_version,
        "semanticVersion": result.tool_version,
        **({"informationUri": one_line(result.home_page)} if result.home_page else {}),
        "rules": [_rule(item, result.rule_page) for item in result.rules],
        "notifications": [_notification_kind(*item) for item in NOTIFICATIONS.items()],
    }


def _rule(item: Rule, address: str) -> Json:
    page, level = item.page, LEVEL[item.severity]
    see = "".join(f"\n- {line}" for line in page.see)
    text = "\n\n".join([page.summary, page.why, f"Fix: {page.fix}", *answer_lines(item.answer)])
    properties = {
        "tags": _tags(item),
        "precision": item.confidence.value,
        "problem.severity": _PROBLEM[level],
    }
    if item.severity in _SCORE:
        properties["security-severity"] = _SCORE[item.severity]
    link = {"helpUri": one_line(address.replace("{code}", item.code))} if address else {}
    return {
        "id": item.code,
        "name": _pascal(item.name),
        **link,
        "shortDescription": {"text": _cut(sentence(page.summary))},
        "fullDescription": {"text": _cut(f"{sentence(page.summary)} {page.why}")},
        "help": {"text": f"{text}\n\nSee:{see}" if see else text, "markdown": item.markdown()},
        "defaultConfiguration": {"level": level},
        "properties": properties,
    }


def _notification_kind(name: str, text: str) -> Json:
    """All three texts, which GitHub wants of everything that the driver describes."""
    described = {key: {"text": text} for key in ("shortDescription", "fullDescription", "help")}
    return {"id": name, "name": _pascal(name), **described}


def _tags(item: Rule) -> list[str]:
    """What the code's area says; other packs number their areas as they like."""
    area = _AREAS.get(item.code[3]) if item.code.startswith("OAM") else None
    return ["security", "okta", "oauth2", item.impact.value, *filter(None, [area])]


def _pascal(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("-"))


def _cut(text: str) -> str:
    return shorten(text, _LONGEST_DESCRIPTION, placeholder=" ….")
