"""Which findings of an audit bear on failed requests of a log, and how many each.

A finding is tied to requests if they were rejected for the reason that the finding's answer has,
and the request that shows the finding, made by the same client for the same person, is rejected on
the snapshot in the same way: by the same condition, rule by rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from auditor.lint.reported_finding import ReportedFinding
from auditor.system_log.decisions import Agreement, Outcomes, decision_path
from auditor.system_log.explanations import ExplainedGroup
from auditor.tokens.answers import Answer, reason_filter
from auditor.tokens.conditions import Condition
from auditor.tokens.decide import Decider
from auditor.tokens.decision import Decision
from auditor.tokens.decision_steps import DecisionSteps
from auditor.tokens.request import TokenRequest
from auditor.tokens.steps import PolicyStep, RuleStep

MOST_TIED_GROUPS = 5_000
"""Groups that are looked at, those with the most requests first."""

_FIELDS = (
    ("conditions.people", Condition.PEOPLE),
    ("conditions.scopes", Condition.SCOPES),
    ("conditions.grantTypes", Condition.GRANT),
)


class FindingTies:
    """Finds the findings that bear on requests.

    Args:
        decider: of the snapshot that the findings are of.
        findings: of one audit.
    """

    def __init__(self, decider: Decider, findings: Iterable[ReportedFinding]) -> None:
        self._decider = decider
        self._by_server: dict[str, list[ReportedFinding]] = {}
        self.tied = 0
        """How many requests some finding bears on, of the groups that were asked for."""
        self._paths: dict[TokenRequest, tuple[object, ...] | None] = {}
        for finding in findings:
            if finding.witness is not None and finding.answer is not None:
                server = finding.witness.request.server
                self._by_server.setdefault(server, []).append(finding)

    def of(self, explained: ExplainedGroup) -> Iterator[tuple[ReportedFinding, int]]:
        """The findings that bear on requests of a group, each with how many of them."""
        counts: dict[str, int] = {}
        by_fingerprint: dict[str, ReportedFinding] = {}
        for outcome in explained.outcomes:
            if outcome.agreement is not Agreement.CONFIRMED or outcome.steps is None:
                continue
            some = False
            for finding in self._by_server.get(outcome.steps.request.server, ()):
                if self._bears_on(finding, outcome, outcome.steps):
                    by_fingerprint[finding.fingerprint] = finding
                    number = counts.get(finding.fingerprint, 0) + outcome.count
                    counts[finding.fingerprint] = number
                    some = True
            self.tied += outcome.count if some else 0
        yield from ((by_fingerprint[name], counts[name]) for name in by_fingerprint)

    def _bears_on(self, finding: ReportedFinding, outcome: Outcomes, steps: DecisionSteps) -> bool:
        witness, answer = finding.witness, finding.answer
        assert witness is not None
        assert answer is not None
        if not _answered_so(answer, steps.decision):
            return False
        if not _takes_part(finding, outcome, steps):
            return False
        asked, shown = steps.request.scopes, witness.request.scopes
        if steps.decision.failed in {Condition.POLICY, Condition.SCOPES} and not (
            asked == shown if asked is None or shown is None else shown <= asked
        ):
            return False
        request = replace(
            witness.request,
            client=steps.request.client,
            grant=steps.request.grant,
            user=steps.request.user,
        )
        return self._path(request) == decision_path(steps)

    def _path(self, request: TokenRequest) -> tuple[object, ...] | None:
        if request not in self._paths:
            self._paths[request] = decision_path(self._decider.explain(request))
        return self._paths[request]


def _answered_so(answer: Answer, decision: Decision) -> bool:
    if decision.reason is not None and answer.log_filter == reason_filter(decision.reason):
        return True
    return answer.description is not None and answer.description == decision.error_description


def _takes_part(finding: ReportedFinding, outcome: Outcomes, steps: DecisionSteps) -> bool:
    """Whether the finding's object is one that decided the requests."""
    request, record = steps.request, finding.object
    assert finding.witness is not None
    shown = finding.witness.request
    match record.type:
        case "authorization_server":
            return record.id == request.server
        case "scope":
            return record.name in (request.scopes or ())
        case "access_policy":
            return any(
                isinstance(step, PolicyStep)
                and step.candidates.policy.id == record.id
                and step.failed is not Condition.CLIENTS
                for step in steps.steps
            )
        case "user":
            return record.id == request.user and outcome.people == 1
        case "policy_rule":
            return any(
                isinstance(step, RuleStep) and _is_at_fault(finding, step) for step in steps.steps
            )
        case _:
            return (shown.client, shown.grant) == (request.client, request.grant)


def _is_at_fault(finding: ReportedFinding, step: RuleStep) -> bool:
    rule = step.candidate.rule
    if rule is None or rule.id != finding.object.id or step.failed is None:
        return False
    field = finding.field or ""
    named = [condition for start, condition in _FIELDS if field.startswith(start)]
    return not named or step.failed in named
