"""What a minted token depends on besides the rule: what the request says, and who the user is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from auditor.snapshot.models.servers import Claim
from auditor.tokens.caveat import Caveat, CaveatKind
from auditor.tokens.claims.evaluation import MOST_GROUPS
from auditor.tokens.claims.group_claims import group_claims
from auditor.tokens.decision import Decision
from auditor.tokens.grants import (
    AUTHORIZATION_CODE,
    INTERACTION_CODE,
    TOKEN_EXCHANGE,
    USERLESS_GRANTS,
)
from auditor.tokens.outcome import Outcome
from auditor.tokens.request import TokenRequest
from auditor.tokens.situation import Situation
from auditor.tokens.subject_tokens import trusted_servers

_ANY_NUMBER_OF_GROUPS = USERLESS_GRANTS | {AUTHORIZATION_CODE, INTERACTION_CODE}
"""Grant types in which a groups claim may be as long as it gets, or is about nobody."""


def with_request(situation: Situation, request: TokenRequest, decision: Decision) -> Decision:
    """A decision of a custom server with what it owes to its request: audience and caveats."""
    if decision.outcome is not Outcome.MINTED:
        return decision
    caveats = tuple(_caveats(situation, request, decision))
    if not caveats and request.resource is None:
        return decision
    own = decision.audience
    audience = request.resource if own is not None and request.resource is not None else own
    return replace(decision, audience=audience, caveats=(*decision.caveats, *caveats))


def _caveats(situation: Situation, request: TokenRequest, decision: Decision) -> Iterator[Caveat]:
    assert situation.server is not None
    if request.resource is not None:
        yield Caveat(kind=CaveatKind.RESOURCE, audience=situation.audience)
    if request.grant == TOKEN_EXCHANGE and request.subject_server is None:
        trusted = trusted_servers(situation.org, situation.server)
        yield Caveat(kind=CaveatKind.SUBJECT_TOKEN, servers=trusted)
    if request.grant not in _ANY_NUMBER_OF_GROUPS:
        granted = frozenset(decision.granted_scopes)
        access_token = situation.asked(request).access_token
        for claim in group_claims(situation.claims, granted, access_token=access_token):
            if _may_be_too_long(situation, claim, request.user):
                yield Caveat(kind=CaveatKind.GROUPS_CLAIM, claim=claim)


def _may_be_too_long(situation: Situation, claim: Claim, user: str | None) -> bool:
    """Whether the user may be in more groups than a claim can hold."""
    matching = situation.matching_groups(claim)
    if matching is None:
        return True
    most = matching.unread + len(matching.read)
    if most <= MOST_GROUPS or matching.unread > MOST_GROUPS:
        return most > MOST_GROUPS
    inside = sum(user in situation.org.members(group) for group in matching.read)
    return matching.unread + inside > MOST_GROUPS
