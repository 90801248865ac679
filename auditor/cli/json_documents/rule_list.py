"""What `rules --format json` prints: a list of rules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import Field

from auditor.cli.json_documents.part import DocumentPart
from auditor.controls import Framework, bearing_on
from auditor.lint.finding import Confidence, Impact, Severity
from auditor.lint.framework import Strength
from auditor.lint.rule import Rule


class RuleControlInfo(DocumentPart):
    """A control that a rule bears on."""

    framework: str = Field(description="Its id.")
    control: str
    strength: Strength


class ListedRule(DocumentPart):
    """A rule, with what its page says."""

    code: str
    name: str
    severity: Severity
    impact: Impact
    confidence: Confidence
    summary: str
    why: str
    fix: str
    see: list[str] = Field(description="Sources.")
    reads: list[str] = Field(description="Collections without which it is not evaluated.")
    consults: list[str] = Field(description="Collections that it uses if they were read.")
    options: dict[str, Any] = Field(description="Its thresholds, with their defaults.")
    controls: list[RuleControlInfo] = Field(description="Of the frameworks that come with it.")


def listed_rule(rule: Rule, frameworks: Iterable[Framework]) -> ListedRule:
    """A rule as the list has it."""
    return ListedRule(
        code=rule.code,
        name=rule.name,
        severity=rule.severity,
        impact=rule.impact,
        confidence=rule.confidence,
        summary=rule.page.summary,
        why=rule.page.why,
        fix=rule.page.fix,
        see=list(rule.page.see),
        reads=sorted(rule.reads),
        consults=sorted(rule.consults),
        options=rule.options.model_dump(mode="json") if rule.options else {},
        controls=[
            RuleControlInfo(framework=item.id, control=control.id, strength=mapped.strength)
            for item, control, mapped in bearing_on(frameworks, rule.code)
        ],
    )
