"""In what form an answer comes: as a redirect to the client, or with an HTTP status."""

from __future__ import annotations

from enum import StrEnum

from auditor.tokens.conditions import Condition
from auditor.tokens.grants import BROWSER_GRANTS
from auditor.tokens.rejections import Rejection


class AnswerForm(StrEnum):
    """The form of a rejection."""

    REDIRECT = "redirect"
    """A redirect to the client, with the error in its parameters."""
    BAD_REQUEST = "400"
    """A JSON object; of an unregistered redirect URI, an error page."""
    UNAUTHORIZED = "401"
    FORBIDDEN = "403"


_EITHER_ENDPOINT = frozenset(
    {
        Condition.ASSIGNMENT,
        Condition.CLAIMS,
        Condition.GRANT,
        Condition.POLICY,
        Condition.RESPONSE_TYPE,
        Condition.SCOPES,
    }
)
_REDIRECTED = _EITHER_ENDPOINT | {Condition.CONSENT, Condition.PKCE}
"""What /authorize finds wrong once it trusts the redirect URI (OAuth API description)."""

_BAD_REQUESTS = _EITHER_ENDPOINT | {Condition.USER}
"""What the token endpoint answers with 400, where its error is known (OAuth API description)."""

_FIXED = {
    Condition.DPOP: AnswerForm.BAD_REQUEST,
    Condition.KEYS: AnswerForm.UNAUTHORIZED,
    Condition.REDIRECT_URI: AnswerForm.BAD_REQUEST,
    Condition.REFRESH: AnswerForm.BAD_REQUEST,
    Condition.SUBJECT_TOKEN: AnswerForm.BAD_REQUEST,
    Condition.ZONES: AnswerForm.FORBIDDEN,
}


def answer_form(rejection: Rejection, grant: str) -> AnswerForm | None:
    """The form of a rejection of a grant type; None where no source tells."""
    if rejection.failed in _FIXED:
        return _FIXED[rejection.failed]
    if grant in BROWSER_GRANTS:
        return AnswerForm.REDIRECT if rejection.failed in _REDIRECTED else None
    known = rejection.error is not None or rejection.description is not None
    return AnswerForm.BAD_REQUEST if known and rejection.failed in _BAD_REQUESTS else None
