"""Whether Okta refuses the token that a rule gives, because a claim cannot be evaluated."""

from __future__ import annotations

from auditor.tokens import rejections
from auditor.tokens.checks import Check, rejected
from auditor.tokens.conditions import Condition
from auditor.tokens.scopes import AskedScopes
from auditor.tokens.situation import Situation


def claims_check(situation: Situation, granted: frozenset[str], asked: AskedScopes) -> Check | None:
    """The check that ends the request; None if no claim is known to fail."""
    access = asked.access_token
    refusals = situation.claim_refusals if access else situation.id_token_refusals
    fault = refusals.fault(granted)
    if fault is None:
        return None
    return rejected(Condition.CLAIMS, rejections.claim_not_evaluated(fault.claim))
