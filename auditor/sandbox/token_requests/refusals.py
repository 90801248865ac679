"""What the endpoints answer to requests that get no token.

Words that Okta publishes are Okta's. Where a request is refused for certain, but Okta's words are
not published, the answer says so; where it is not known whether Okta would give a token, the status
is 501, which Okta does not send, and the error is the sandbox's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from auditor.sandbox.answers import Answer, answered
from auditor.tokens.answer_form import AnswerForm
from auditor.tokens.decision import Decision
from auditor.tokens.outcome import Outcome
from auditor.tokens.rejections import Rejection

UNPUBLISHED = "sandbox_unpublished"
"""The error of a request that Okta refuses in words that are not known."""

UNDECIDED = "sandbox_undecided"
"""The error of a request of which it is not known whether Okta refuses it."""

_NO_WORDS = "Okta refuses this request. Its words are not published, and these are the sandbox's."

_STATUSES = {
    AnswerForm.BAD_REQUEST: HTTPStatus.BAD_REQUEST,
    AnswerForm.UNAUTHORIZED: HTTPStatus.UNAUTHORIZED,
    AnswerForm.FORBIDDEN: HTTPStatus.FORBIDDEN,
}


class Refused(Exception):  # noqa: N818 - it is the outcome of a request, not a failure of ours
    """A request that gets no token."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.description)
        self.refusal = refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a request gets no token, and how the answer puts it."""

    error: str
    description: str
    reason: str | None = None
    """`outcome.reason` of the System Log event; None where it is not published."""

    status: int = 400
    redirected: bool = False
    """Whether /authorize answers by a redirect to the client."""

    logged: bool = True
    """Whether the System Log has an event of it: not where Okta might give a token."""

    def answer(self) -> Answer:
        """The answer of the token endpoint."""
        body = {"error": self.error, "error_description": self.description}
        return answered(body, self.status)

    @classmethod
    def of_decision(cls, decision: Decision) -> Refusal | None:
        """How a decision is refused; None if a token is minted."""
        if decision.outcome is Outcome.MINTED:
            return None
        if decision.missing is not None:
            return undecided(decision.missing.text)
        return cls(
            error=decision.error or UNPUBLISHED,
            description=decision.error_description or _NO_WORDS,
            reason=decision.reason,
            status=_STATUSES.get(decision.form, 400) if decision.form else 400,
            redirected=decision.form is AnswerForm.REDIRECT,
        )


NOT_MADE = Refusal(
    error=UNDECIDED,
    description="Okta gives a token here, of a kind that the sandbox does not make (ID-JAG).",
    status=501,
    logged=False,
)
"""A token exchange at the org server that is not refused."""


def refused(rejection: Rejection, status: int = 400) -> Refused:
    """A request that is refused in the words of the decision engine."""
    return Refused(
        Refusal(
            error=rejection.error or UNPUBLISHED,
            description=rejection.description or _NO_WORDS,
            reason=rejection.reason,
            status=status,
        )
    )


def undecided(fact: str) -> Refusal:
    """A request of which it is not known what Okta does.

    Args:
        fact: what would have to be known, a noun phrase.
    """
    return Refusal(
        error=UNDECIDED,
        description=f"The sandbox does not know what Okta answers. That depends on {fact}.",
        status=501,
        logged=False,
    )
