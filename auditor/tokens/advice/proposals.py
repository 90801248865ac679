"""The proposals that a rejection calls for, by the condition that failed."""

from __future__ import annotations

from auditor.tokens.advice import (
    client_changes,
    request_changes,
    rule_changes,
    scope_changes,
    user_changes,
)
from auditor.tokens.advice.proposal import Proposal
from auditor.tokens.conditions import Condition
from auditor.tokens.decide import Decider, OidcScopes
from auditor.tokens.decision import Decision
from auditor.tokens.request import TokenRequest


def proposals(decider: Decider, request: TokenRequest, rejection: Decision) -> list[Proposal]:
    """Proposals for a rejected request, the cheapest first.

    Args:
        decider: decides for the org as it is.
        request: the request.
        rejection: its decision.
    """
    situation = decider.situation(request.server, request.client, request.grant)
    failed = rejection.failed
    if failed is Condition.POLICY:
        listed = decider.oidc_scopes is OidcScopes.LISTED
        made = rule_changes.for_policy(situation, request, openid_listed=listed)
    elif failed is not None and failed in _BY_CONDITION:
        made = _BY_CONDITION[failed](situation, request)
    else:
        return []
    return sorted(made, key=lambda proposal: proposal.cost)


_BY_CONDITION = {
    Condition.SERVER: client_changes.for_server,
    Condition.CLIENT: client_changes.for_client,
    Condition.GRANT: client_changes.for_grant,
    Condition.AUTHENTICATION: client_changes.for_authentication,
    Condition.KEYS: client_changes.for_keys,
    Condition.ZONES: client_changes.for_zones,
    Condition.RESPONSE_TYPE: request_changes.for_response_type,
    Condition.REDIRECT_URI: request_changes.for_redirect_uri,
    Condition.PKCE: request_changes.for_pkce,
    Condition.DPOP: request_changes.for_dpop,
    Condition.SUBJECT_TOKEN: request_changes.for_subject_token,
    Condition.SCOPES: scope_changes.for_scopes,
    Condition.CONSENT: scope_changes.for_consent,
    Condition.OKTA_SCOPES: scope_changes.for_grants,
    Condition.USER: user_changes.for_user,
    Condition.ASSIGNMENT: user_changes.for_assignment,
}
