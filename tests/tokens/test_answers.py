"""What Okta answers, of the engine's rejections."""

import pytest

from auditor.tokens import rejections
from auditor.tokens.answer_form import AnswerForm
from auditor.tokens.answers import INVALID_API_TOKEN, Answer
from auditor.tokens.grants import CLIENT_CREDENTIALS
from auditor.tokens.wording.answers import answer_words


def test_an_answer_is_the_words_of_the_engine() -> None:
    rejection = rejections.NO_MATCHING_RULE

    answer = Answer.of(rejection)

    assert (answer.error, answer.description) == (rejection.error, rejection.description)
    assert answer.log_filter == 'outcome.reason eq "no_matching_policy"'


@pytest.mark.parametrize(
    ("grants", "forms"),
    [
        ([], (AnswerForm.REDIRECT, AnswerForm.BAD_REQUEST)),
        ([CLIENT_CREDENTIALS], (AnswerForm.BAD_REQUEST,)),
        (["authorization_code"], (AnswerForm.REDIRECT,)),
    ],
)
def test_the_form_goes_by_the_grants(grants: list[str], forms: tuple[AnswerForm, ...]) -> None:
    assert Answer.of(rejections.NO_MATCHING_RULE, *grants).forms == forms


def test_no_form_is_said_that_no_source_tells() -> None:
    answer = Answer.of(rejections.LOCKED_OUT)

    assert answer.forms == ()
    assert answer_words(answer) == "invalid_grant"


@pytest.mark.parametrize("rejection", [rejections.SERVER_INACTIVE, rejections.CONSENT_WITHOUT_USER])
def test_words_that_no_source_gives_are_no_answer(rejection: rejections.Rejection) -> None:
    with pytest.raises(ValueError, match="says"):
        Answer.of(rejection)


def test_words_have_what_is_known() -> None:
    assert answer_words(INVALID_API_TOKEN) == 'E0000011, "Invalid token provided" (401)'
    assert answer_words(Answer(error="invalid_client")) == "invalid_client"
    assert answer_words(Answer(log_filter='eventType eq "a"')) == ""
