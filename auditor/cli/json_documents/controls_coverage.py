"""What `controls --format json` prints.

The keys are those of `auditor.controls.coverage_report`. Those that have defaults here are there
only if a snapshot or results were named.
"""

from __future__ import annotations

from datetime import date

from pydantic import Field, NonNegativeInt

from auditor.cli.json_documents.part import DocumentPart
from auditor.controls.assessment import ControlStatus
from auditor.lint.framework import Strength
from auditor.lint.rule_outcomes import RuleOutcome


class MappedRuleInfo(DocumentPart):
    """A rule that bears on a control, and what became of it."""

    strength: Strength
    rule: str
    name: str = Field(description="Empty if the rule is not installed.")
    rationale: str
    outcome: RuleOutcome = Field(default=RuleOutcome.NOT_SELECTED)
    findings: NonNegativeInt = Field(default=0, description="Those that count.")
    accepted: NonNegativeInt = Field(default=0, description="Those that are accepted.")
    accepted_gaps: list[str] = Field(
        default=[], description="Collections whose gap is accepted, so that it was not evaluated."
    )


class ControlInfo(DocumentPart):
    """A control, and what the configuration shows of it."""

    id: str
    title: str
    status: ControlStatus = Field(
        default=ControlStatus.NOT_EVALUATED,
        description="Satisfied only if each direct rule was evaluated and found nothing.",
    )
    findings: NonNegativeInt = Field(default=0, description="Of direct rules, that count.")
    accepted: NonNegativeInt = Field(default=0, description="Of direct rules, accepted.")
    related_findings: NonNegativeInt = Field(default=0, description="They decide nothing.")
    not_evaluated: list[str] = Field(
        default=[], description="Codes of direct rules that were not evaluated to the end."
    )
    rules: list[MappedRuleInfo]


class FrameworkInfo(DocumentPart):
    """A compliance framework."""

    id: str
    title: str
    version: str
    source: str = Field(description="The address of whoever publishes it.")
    controls: list[ControlInfo]
    beyond: list[str] = Field(description="What configuration cannot show.")


class UnmappedInfo(DocumentPart):
    """A rule that none of these frameworks has."""

    rule: str
    name: str
    reason: str


class AcceptedGapInfo(DocumentPart):
    """A collection that Okta refuses to whoever reads, and that somebody does without."""

    collection: str
    reason: str
    owner: str
    ticket: str
    expires: date = Field(description="The last day on which it holds.")
    where: str = Field(description="The file and line that accepts it.")


class ControlsCoverage(DocumentPart):
    """Which controls the rules bear on."""

    frameworks: list[FrameworkInfo]
    unmapped: list[UnmappedInfo]
    accepted_gaps: list[AcceptedGapInfo] = Field(default=[])
