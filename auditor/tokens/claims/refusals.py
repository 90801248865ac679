"""The tokens of one server and grant type that Okta refuses for a claim."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from auditor.snapshot.models.servers import Claim
from auditor.tokens.claims.faults import SUBJECT, ClaimFault, claim_fault, is_static

_ID_TOKEN_SCOPES = frozenset({"openid", "profile", "email", "address", "phone"})
"""Whoever gets one of them gets an ID token."""

DEFAULT_SUBJECT = "(appuser != null) ? appuser.userName : app.clientId"
"""The value with which every server starts; it cannot fail."""


@dataclass(frozen=True, slots=True)
class ClaimRefusals:
    """Which tokens are refused for a claim."""

    every_token: ClaimFault | None
    """The claim for which all are."""

    by_scope: Mapping[str, ClaimFault]
    """The claims for which those with a scope are."""

    def fault(self, granted: frozenset[str]) -> ClaimFault | None:
        """The claim for which a token with some scopes is refused; None if none is known."""
        refused = sorted(granted & self.by_scope.keys())
        return self.every_token or (self.by_scope[refused[0]] if refused else None)


def claim_refusals(claims: Iterable[Claim], *, user: bool, access_token: bool) -> ClaimRefusals:
    """The tokens that are refused for the claims of a server.

    Args:
        claims: the server's.
        user: whether a user takes part.
        access_token: whether there is an access token, and not only an ID token.
    """
    every_token, by_scope = None, dict[str, ClaimFault]()
    for claim in claims:
        fault = claim_fault(claim)
        if fault is None or not fault.refuses(user=user):
            continue
        scopes = claim.conditions.scopes
        if claim.claim_type == "RESOURCE" and access_token:
            every_token = every_token or (None if scopes else fault)
        elif (
            claim.claim_type == "IDENTITY"
            and user
            and in_id_token(claim, access_token=access_token)
        ):
            # A custom scope brings an ID token only beside `openid`, so nothing is said of it.
            scopes = tuple(_ID_TOKEN_SCOPES.intersection(scopes or {"openid"}))
        else:
            scopes = ()
        for scope in scopes:
            by_scope.setdefault(scope, fault)
    return ClaimRefusals(every_token, by_scope)


def unevaluated(claims: Iterable[Claim]) -> bool:
    """Whether any claim is such that its value is known only when a token is minted."""
    return any(
        claim.active
        and claim.value_type != "SYSTEM"
        and not is_static(claim)
        and not (claim.name == SUBJECT and claim.value == DEFAULT_SUBJECT)
        for claim in claims
    )


def in_id_token(claim: Claim, *, access_token: bool) -> bool:
    """Whether an ID token has a claim; beside an access token, most are left to userinfo."""
    return bool(claim.always_include_in_token) or not access_token
