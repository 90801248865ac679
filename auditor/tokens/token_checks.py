"""Whether Okta refuses the token that a rule gives: for a claim, or consent it cannot ask for."""

from __future__ import annotations

from auditor.tokens import rejections
from auditor.tokens.checks import Check, rejected
from auditor.tokens.conditions import Condition
from auditor.tokens.scopes import AskedScopes
from auditor.tokens.situation import Situation


def token_check(situation: Situation, granted: frozenset[str], asked: AskedScopes) -> Check | None:
    """The check that ends the request after a rule matched; None if none is known to fail."""
    return _consent_check(situation, granted, asked) or _claims_check(situation, granted, asked)


def _consent_check(
    situation: Situation, granted: frozenset[str], asked: AskedScopes
) -> Check | None:
    """`prompt=none` where app and scope require consent (API description, `consent_method`)."""
    without_page = "none" in (asked.prompt or "").split()
    if not without_page or situation.client.oauth.consent_method != "REQUIRED":
        return None
    defined = situation.defined_scopes or {}
    required = (defined[name] for name in granted & defined.keys())
    if any(scope.consent == "REQUIRED" for scope in required):
        return rejected(Condition.CONSENT, rejections.CONSENT_WITHOUT_PAGE)
    return None


def _claims_check(
    situation: Situation, granted: frozenset[str], asked: AskedScopes
) -> Check | None:
    """The check that ends the request; None if no claim is known to fail."""
    access = asked.access_token
    refusals = situation.claim_refusals if access else situation.id_token_refusals
    fault = refusals.fault(granted)
    if fault is None:
        return None
    return rejected(Condition.CLAIMS, rejections.claim_not_evaluated(fault.claim))
