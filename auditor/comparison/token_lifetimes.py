"""How long the tokens live that one rule gives."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.tokens.decide import ORG_ACCESS_TOKEN_MINUTES, ORG_REFRESH_TOKEN_MINUTES
from auditor.tokens.rules_in_order import Candidate


@dataclass(frozen=True, slots=True)
class TokenLifetimes:
    """How long the tokens of one rule live, in minutes; a refresh lifetime of 0 is unlimited."""

    access: int | None
    refresh: int | None = None
    window: int | None = None
    refresh_token: bool = False
    """Whether a refresh token can be had."""

    @classmethod
    def of_rule(cls, candidate: Candidate | None, *, refresh_token: bool) -> TokenLifetimes:
        """The lifetimes that a policy rule sets; without a rule nothing is known."""
        if candidate is None or candidate.rule is None:
            return cls(None)
        token = candidate.rule.token
        if not refresh_token:
            return cls(token.access_token_lifetime_minutes)
        return cls(
            token.access_token_lifetime_minutes,
            token.refresh_token_lifetime_minutes,
            token.refresh_token_window_minutes,
            refresh_token=True,
        )

    @classmethod
    def of_org_server(cls, *, refresh_token: bool) -> TokenLifetimes:
        """Those of the org authorization server, which nobody can change."""
        refresh = ORG_REFRESH_TOKEN_MINUTES if refresh_token else None
        return cls(ORG_ACCESS_TOKEN_MINUTES, refresh, refresh_token=refresh_token)
