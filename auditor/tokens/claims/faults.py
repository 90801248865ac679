"""What is wrong with a claim so that Okta refuses tokens, as far as configuration decides it.

Okta refuses a token of which a claim cannot be evaluated (devforum 12933 and 23517). Decidable are
a value that is no expression; `sub`, where it reads the user of a request that has none; and a
`Groups` function with a limit outside 1 to 100. About everything else nothing is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from auditor.snapshot.credentials_in_text import REDACTED
from auditor.snapshot.models.servers import Claim
from auditor.tokens.claims.evaluation import Failure, certain_failure
from auditor.tokens.claims.parser import Literal, parsed
from auditor.tokens.claims.tokens import NoExpressionError

SUBJECT = "sub"


class ClaimFaultKind(StrEnum):
    """What is wrong with a claim."""

    NO_EXPRESSION = "no_expression"
    """Its value is no expression: every token that it applies to is refused."""
    NEEDS_USER = "needs_user"
    """It reads a property of the user unguarded: every token without a user is refused."""
    GROUPS_LIMIT = "groups_limit"
    """A `Groups` function has a limit outside 1 to 100: tokens with a user are refused."""


@dataclass(frozen=True, slots=True)
class ClaimFault:
    """A claim for which Okta refuses tokens."""

    claim: Claim
    kind: ClaimFaultKind

    def refuses(self, *, user: bool) -> bool:
        """Whether tokens are refused; `user` says whether a user takes part."""
        return {
            ClaimFaultKind.NO_EXPRESSION: True,
            ClaimFaultKind.NEEDS_USER: not user,
            ClaimFaultKind.GROUPS_LIMIT: user,
        }[self.kind]


def claim_fault(claim: Claim) -> ClaimFault | None:
    """What is wrong with a claim; None if nothing is for certain, or it is not active."""
    if not claim.active or claim.value_type != "EXPRESSION" or not claim.value:
        return None
    if REDACTED in claim.value:
        return None
    in_access_tokens = claim.claim_type == "RESOURCE"
    machine_subject = claim.name == SUBJECT and in_access_tokens
    kind = _fault_kind(claim.value)
    if kind is ClaimFaultKind.NEEDS_USER and not machine_subject:
        return None  # what becomes of other claims of a machine is not published
    return None if kind is None else ClaimFault(claim, kind)


def is_static(claim: Claim) -> bool:
    """Whether the value of a claim is written down: a text, a number, true, false or null."""
    try:
        return claim.value_type == "EXPRESSION" and isinstance(parsed(claim.value or ""), Literal)
    except (NoExpressionError, RecursionError):
        return False


@lru_cache(maxsize=4096)
def _fault_kind(value: str) -> ClaimFaultKind | None:
    try:
        node = parsed(value)
    except NoExpressionError:
        return ClaimFaultKind.NO_EXPRESSION
    except RecursionError:
        return None
    by_user = certain_failure(node, user=True)
    if by_user is Failure.UNKNOWN_WORD:
        return ClaimFaultKind.NO_EXPRESSION
    if by_user is Failure.GROUPS_LIMIT:
        return ClaimFaultKind.GROUPS_LIMIT
    if certain_failure(node, user=False) is Failure.NO_USER:
        return ClaimFaultKind.NEEDS_USER
    return None
