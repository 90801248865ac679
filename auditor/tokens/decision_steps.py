"""A decision with the steps that led to it."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.tokens.decision import Decision
from auditor.tokens.grants import USERLESS_GRANTS
from auditor.tokens.request import TokenRequest
from auditor.tokens.situation import Situation
from auditor.tokens.steps import Step


@dataclass(frozen=True, slots=True)
class DecisionSteps:
    """A decision with the steps that led to it, in order; the last one decides.

    A rule that matches means a token, unless a check left open a fact on which the token depends
    (`Check.unsettled`): then the request is indeterminate.
    """

    request: TokenRequest
    situation: Situation
    decision: Decision
    openid_listed: bool
    """Whether a rule had to list OpenID scopes."""

    steps: tuple[Step, ...]

    @property
    def user(self) -> str | None:
        """The id of the user who takes part; None in a grant type without users."""
        return None if self.request.grant in USERLESS_GRANTS else self.request.user
