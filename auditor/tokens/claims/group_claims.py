"""Claims that list groups, and the groups that they may match.

A claim holds up to 100 groups of a user; with more, Okta refuses the token, but not in
authorization code and interaction code (support article "The groups claim matched too many groups
and must be configured to match fewer groups").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from auditor.snapshot.credentials_in_text import REDACTED
from auditor.snapshot.models.directory import Group
from auditor.snapshot.models.servers import Claim
from auditor.tokens.claims.refusals import in_id_token


@dataclass(frozen=True, slots=True)
class MatchingGroups:
    """The groups that a claim may match."""

    read: frozenset[str]
    """Ids of those whose members were read."""

    unread: int
    """How many others there are."""


def group_claims(
    claims: Iterable[Claim], granted: frozenset[str], *, access_token: bool
) -> Iterator[Claim]:
    """The active claims that list groups in the tokens of a request.

    Args:
        claims: the server's.
        granted: the scopes of the token.
        access_token: whether there is an access token, and not only an ID token.
    """
    for claim in claims:
        scopes = claim.conditions.scopes
        if not claim.active or claim.value_type != "GROUPS" or (scopes and not granted & {*scopes}):
            continue
        if claim.claim_type == "RESOURCE":
            carried = access_token
        else:
            carried = "openid" in granted and in_id_token(claim, access_token=access_token)
        if carried:
            yield claim


def may_match(claim: Claim, group: Group) -> bool:
    """Whether a claim may match a group. Patterns are not tried: they may be anybody's."""
    value, name = (claim.value or "").casefold(), group.title.casefold()
    if REDACTED.casefold() in value:
        return True
    match claim.group_filter_type:
        case "STARTS_WITH":
            return name.startswith(value)
        case "EQUALS":
            return name == value
        case "CONTAINS":
            return value in name
        case _:
            return True
