"""Steps in words: policies and rules, and checks by `checks.py`.

Nothing is judged here: each step says how it ended. Names that come from a tenant are quoted.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from auditor.snapshot.models.servers import PolicyRule
from auditor.snapshot.org import Org
from auditor.text import listed, quoted
from auditor.tokens.checks import Check, StepKind, Verdict
from auditor.tokens.conditions import Condition
from auditor.tokens.decision_steps import DecisionSteps
from auditor.tokens.missing_facts import MissingFact, MissingFactKind
from auditor.tokens.people import PeopleGap, people_gap
from auditor.tokens.rules_in_order import Candidate
from auditor.tokens.steps import PolicyStep, RuleStep, Step
from auditor.tokens.wording.checks import check_words

_SHOWN = 5
"""Names of a set that are shown before it is cut."""

_SKIPPED_POLICY = {
    Condition.STATUS: "is not active",
    Condition.CLIENTS: "does not apply: it names other clients",
}


@dataclass(frozen=True, slots=True)
class ExplainedStep:
    """One check, policy or rule on the way of a request, in words."""

    kind: StepKind
    verdict: Verdict
    """How it ended."""

    text: str
    """What the step found, without a full stop; names of the tenant are quoted."""

    object_id: str | None
    """The policy's or the rule's id."""

    failed: Condition | None
    """The one condition that was not met, if one was not."""

    def as_json(self) -> dict[str, str | None]:
        """The step as a JSON value; key names are part of the contract."""
        return {
            "kind": self.kind.value,
            "passed": self.verdict.value,
            "text": self.text,
            "object_id": self.object_id,
            "failed": self.failed.value if self.failed else None,
        }


def explained_steps(explanation: DecisionSteps) -> tuple[ExplainedStep, ...]:
    """The steps of an explanation in words, in order."""
    return tuple(
        ExplainedStep(
            step.kind,
            step.verdict,
            step_words(explanation, step),
            _object_id(step),
            step.failed,
        )
        for step in explanation.steps
    )


def step_words(explanation: DecisionSteps, step: Step) -> str:
    """What a step found, without a full stop."""
    match step:
        case Check():
            return check_words(explanation, step)
        case PolicyStep():
            return _policy(step)
        case RuleStep():
            return _rule(explanation, step)


def _object_id(step: Step) -> str | None:
    match step:
        case PolicyStep():
            return step.candidates.policy.id
        case RuleStep() if step.candidate.rule is not None:
            return step.candidate.rule.id
        case _:
            return None


def _policy(step: PolicyStep) -> str:
    policy = step.candidates.policy
    name = f"policy {policy.priority} {quoted(policy.title)}"
    if step.failed is not None:
        return f"{name} {_SKIPPED_POLICY[step.failed]}"
    rules = "" if step.candidates.candidates else ", but has no rules"
    return f"{name} applies to this client{rules}"


def _rule(explanation: DecisionSteps, step: RuleStep) -> str:
    rule = step.candidate.rule
    if rule is None:
        return "its rules were not all read"
    return f"rule {rule.priority} {quoted(rule.title)}: {_ending(explanation, step)}"


def _ending(explanation: DecisionSteps, step: RuleStep) -> str:
    candidate = step.candidate
    assert candidate.rule is not None
    match step.failed:
        case None:
            return "matches"
        case Condition.STATUS:
            return "is not active"
        case Condition.GRANT:
            return f"grant type {candidate.grant} is not in {_set(candidate.rule.grant_types)}"
        case Condition.SCOPES:
            return _scope_gap(explanation, candidate)
        case _:
            return _people(explanation, candidate.rule, step.missing)


def _people(explanation: DecisionSteps, rule: PolicyRule, missing: MissingFact | None) -> str:
    if missing is not None and missing.kind is MissingFactKind.RULE_WITHOUT_PEOPLE:
        return "it names nobody; what that means in this grant type is not published"
    if missing is not None and missing.kind is not MissingFactKind.EXCHANGE_USER_CHECK:
        return "whether it admits the user is not known"
    org, user = explanation.situation.org, explanation.user
    gap = people_gap(org, rule, user, explanation.request.grant)
    words = "matches" if gap is None else _people_gap(org, gap, user)
    if missing is None:
        return words
    return f"{words}; whether that matters in a token exchange is not published"


def _people_gap(org: Org, gap: PeopleGap, user_id: str | None) -> str:
    """Why a rule does not admit a user, or a client without one."""
    if user_id is None:
        return "it names people, so a client without a user does not match"
    user = org.user(user_id)
    name = quoted(user.title if user else user_id)
    groups = [
        quoted(group.title if (group := org.group(group_id)) else group_id)
        for group_id in gap.groups
    ]
    if gap.excluded and groups:
        return f"it excludes group {listed(groups)}, of which {name} is a member"
    if gap.excluded:
        return f"it excludes {name}"
    if not groups:
        return f"{name} is not among the people it names"
    which = f"group {groups[0]}" if len(groups) == 1 else f"any of the groups {listed(groups)}"
    return f"{name} is not in {which}"


def _scope_gap(explanation: DecisionSteps, candidate: Candidate) -> str:
    if not candidate.scopes:
        return "it lists no scopes, and so matches nothing"
    asked = explanation.situation.asked(explanation.request)
    lacking = candidate.lacking(asked.scopes, openid_listed=explanation.openid_listed)
    verb = "is" if len(lacking) == 1 else "are"
    return f"{listed(sorted(lacking), most=5)} {verb} not in {_set(candidate.scopes)}"


def _set(names: Collection[str]) -> str:
    return f"{{{', '.join(sorted(names)[:_SHOWN])}{', …' if len(names) > _SHOWN else ''}}}"
