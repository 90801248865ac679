"""The steps of a decision as data: what was judged, how it ended, and why.

Deciding makes them and drops them; explaining keeps them. The modules of `wording/` put them into
words and judge nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from auditor.tokens.checks import Check, StepKind, Verdict
from auditor.tokens.conditions import Condition
from auditor.tokens.missing_facts import MissingFact
from auditor.tokens.rules_in_order import Candidate, PolicyCandidates


@dataclass(frozen=True, slots=True)
class PolicyStep:
    """A policy, in order of evaluation."""

    candidates: PolicyCandidates
    kind: StepKind = field(default=StepKind.POLICY, init=False)

    @property
    def verdict(self) -> Verdict:
        """Passed if the policy is for the client."""
        return Verdict.SKIPPED if self.failed else Verdict.PASSED

    @property
    def failed(self) -> Condition | None:
        """Why it takes no part: `status` or `clients`."""
        return self.candidates.skipped


@dataclass(frozen=True, slots=True)
class RuleStep:
    """A rule, in order of evaluation."""

    candidate: Candidate
    verdict: Verdict
    failed: Condition | None = None
    """The condition that is not met, or of which it is not known whether it is."""

    missing: MissingFact | None = None
    """The fact without which it is not known whether the rule matches."""

    granted: frozenset[str] = frozenset()
    """The scopes that a matching rule gives."""

    kind: StepKind = field(default=StepKind.RULE, init=False)

    @property
    def ends(self) -> bool:
        """Whether no later rule is tried."""
        return self.verdict is Verdict.PASSED or self.verdict is Verdict.UNKNOWN


Step: TypeAlias = Check | PolicyStep | RuleStep
