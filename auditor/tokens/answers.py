"""What Okta answers to requests that fail: declared by rules, in the words of the engine."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.tokens.answer_form import AnswerForm, answer_form
from auditor.tokens.grants import KNOWN_GRANTS
from auditor.tokens.rejections import Rejection


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What Okta answers to a request that fails, as far as a source tells.

    Raises:
        ValueError: it says nothing.
    """

    error: str | None = None
    """`error` of OAuth, or `errorCode` of the Okta APIs."""

    description: str | None = None
    """`error_description` of OAuth, or `errorSummary` of the Okta APIs."""

    forms: tuple[AnswerForm, ...] = ()
    """In which of these forms it comes; empty where no source tells."""

    log_filter: str | None = None
    """The filter of the System Log that shows such requests."""

    def __post_init__(self) -> None:
        if not (self.error or self.description or self.log_filter):
            raise ValueError("an answer says an error, a description or a filter")

    @classmethod
    def of(cls, rejection: Rejection, *grants: str) -> Answer:
        """The answer to token requests that are rejected.

        Args:
            rejection: how the decision engine words it.
            grants: the grant types of the requests; none of them for any.

        Raises:
            ValueError: no source gives Okta's words.
        """
        forms = {answer_form(rejection, grant) for grant in grants or KNOWN_GRANTS}
        return cls(
            error=rejection.error,
            description=rejection.description,
            forms=tuple(form for form in AnswerForm if None not in forms and form in forms),
            log_filter=reason_filter(rejection.reason) if rejection.reason else None,
        )


INVALID_API_TOKEN = Answer(
    error="E0000011", description="Invalid token provided", forms=(AnswerForm.UNAUTHORIZED,)
)
"""To calls with an API token that has expired or whose owner is gone (Okta error codes)."""

FORBIDDEN_CALL = Answer(
    error="E0000006",
    description="You do not have permission to perform the requested action",
    forms=(AnswerForm.FORBIDDEN,),
)
"""To calls whose token is valid and whose caller lacks a right (Okta error codes)."""


def reason_filter(reason: str) -> str:
    """The filter of the System Log for an `outcome.reason`."""
    return f'outcome.reason eq "{reason}"'
