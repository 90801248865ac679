"""The walk over policies and rules: the one place that judges whether a rule matches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from auditor.tokens.checks import Verdict
from auditor.tokens.conditions import Condition
from auditor.tokens.missing_facts import MissingFact, MissingFactKind
from auditor.tokens.rule_conditions import names_nobody
from auditor.tokens.rules_in_order import Candidate, PolicyCandidates
from auditor.tokens.scopes import AskedScopes
from auditor.tokens.steps import PolicyStep, RuleStep


def walk_policies(
    candidates: Iterable[Candidate], asked: AskedScopes, user: str | None, *, openid_listed: bool
) -> Iterator[RuleStep]:
    """Try rules in order, up to the first that matches or may match: that one decides.

    Args:
        candidates: those that are not skipped.
        asked: the scopes.
        user: the user's id; None in a grant type without users.
        openid_listed: whether OpenID scopes must be listed like others.
    """
    for candidate in candidates:
        step = _judged(candidate, asked, user, openid_listed=openid_listed)
        yield step
        if step.ends:
            return


def with_skipped(
    policies: Iterable[PolicyCandidates], steps: Iterator[RuleStep]
) -> Iterator[PolicyStep | RuleStep]:
    """The steps of a walk with the policies and the skipped rules in between."""
    for policy in policies:
        yield PolicyStep(policy)
        for candidate in () if policy.skipped else policy.candidates:
            if candidate.skipped:
                active = candidate.skipped is not Condition.STATUS
                verdict = Verdict.FAILED if active else Verdict.SKIPPED
                yield RuleStep(candidate, verdict, candidate.skipped)
                continue
            step = next(steps)
            yield step
            if step.ends:
                return


def _judged(
    candidate: Candidate, asked: AskedScopes, user: str | None, *, openid_listed: bool
) -> RuleStep:
    if candidate.rule is None:
        policy = candidate.policy
        attribute = candidate.org.not_known_before_apply("policy_rules", policy, policy)
        missing = MissingFact(kind=MissingFactKind.RULES, policy=policy, attribute=attribute)
        return RuleStep(candidate, Verdict.UNKNOWN, missing=missing)
    granted = candidate.grants(asked.scopes, omitted=asked.omitted, openid_listed=openid_listed)
    if not granted:
        return RuleStep(candidate, Verdict.FAILED, Condition.SCOPES)
    admitted = candidate.admits(user)
    if admitted is None:
        missing = _missing_admission(candidate, user)
        return RuleStep(candidate, Verdict.UNKNOWN, Condition.PEOPLE, missing)
    if not admitted:
        return RuleStep(candidate, Verdict.FAILED, Condition.PEOPLE)
    return RuleStep(candidate, Verdict.PASSED, granted=granted)


def _missing_admission(candidate: Candidate, user: str | None) -> MissingFact:
    """The fact without which it is not known whether a rule admits a user."""
    assert candidate.rule is not None
    if candidate.names(user) is False:
        return MissingFact(kind=MissingFactKind.EXCHANGE_USER_CHECK)
    kind = MissingFactKind.ADMISSION
    if names_nobody(candidate.rule, candidate.grant):
        kind = MissingFactKind.RULE_WITHOUT_PEOPLE
    return MissingFact(kind=kind, policy=candidate.policy, rule=candidate.rule)
