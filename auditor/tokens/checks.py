"""A condition of a request as a whole, judged: how it ended, and why, as data."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from auditor.tokens.conditions import Condition
from auditor.tokens.missing_facts import MissingFact, MissingFactKind
from auditor.tokens.rejections import Rejection


class StepKind(StrEnum):
    """What kind of thing a step judges."""

    CHECK = "check"
    POLICY = "policy"
    RULE = "rule"


class Verdict(StrEnum):
    """How a step ended."""

    PASSED = "yes"
    FAILED = "no"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"
    """The step does not apply, for example a policy that names other clients."""


@dataclass(frozen=True, slots=True)
class Check:
    """A condition of the request as a whole."""

    condition: Condition
    verdict: Verdict = Verdict.PASSED
    rejection: Rejection | None = None
    missing: MissingFact | None = None
    """The fact without which nothing can be decided."""

    unsettled: MissingFact | None = None
    """The fact without which a token is not certain, though a rejection would be."""

    kind: StepKind = field(default=StepKind.CHECK, init=False)

    @property
    def ends(self) -> bool:
        """Whether the request ends here. A check that could not be made need not end it."""
        return self.rejection is not None or self.missing is not None

    @property
    def failed(self) -> Condition | None:
        """The condition that failed, if the check failed."""
        return self.rejection.failed if self.rejection else None


def rejected(condition: Condition, rejection: Rejection) -> Check:
    """A check that failed, and Okta's words for it."""
    return Check(condition, Verdict.FAILED, rejection)


def unknown(condition: Condition, kind: MissingFactKind) -> Check:
    """A check that cannot be made and without which nothing can be decided."""
    return Check(condition, Verdict.UNKNOWN, missing=MissingFact(kind=kind))
