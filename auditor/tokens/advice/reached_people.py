"""How many more people a proposal would let make the same request."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

from auditor.tokens.advice.hypothetical import HypotheticalOrg
from auditor.tokens.advice.proposal import Proposal
from auditor.tokens.decide import Decider
from auditor.tokens.grants import USERLESS_GRANTS
from auditor.tokens.outcome import Outcome
from auditor.tokens.people import assigned_ids, open_to_everybody
from auditor.tokens.request import TokenRequest

_MOST_ASSIGNED = 2_000
"""With more people assigned than this, nobody is counted."""


def more_people(decider: Decider, request: TokenRequest, proposal: Proposal) -> int | None:
    """How many others could newly make the request, if policies are what changes.

    Args:
        decider: decides for the org as it is.
        request: the request as it is.
        proposal: the request and the org as they would be.
    """
    org, changes = decider.org, proposal.changes.without_people()
    place = (proposal.request.server, proposal.request.client)
    same_place = place == (request.server, request.client)
    if not changes.of_policy or request.grant in USERLESS_GRANTS or not same_place:
        return None
    client = org.client(request.client)
    assert client is not None
    if open_to_everybody(client):
        people = frozenset(chain.from_iterable(org.users_by_status.values()))
    else:
        people, _ = assigned_ids(org, client)
    if len(people) > _MOST_ASSIGNED:
        return None
    after = Decider(HypotheticalOrg(org, changes), decider.oidc_scopes)
    return sum(
        after.decide(replace(proposal.request, user=user)).outcome is Outcome.MINTED
        and decider.decide(replace(request, user=user)).outcome is not Outcome.MINTED
        for user in people
        if user != request.user
    )
