"""What Okta answers, in a sentence's words."""

from __future__ import annotations

from auditor.text import listed
from auditor.tokens.answer_form import AnswerForm
from auditor.tokens.answers import Answer


def answer_words(answer: Answer) -> str:
    """Error, description and form on one line, as `access_denied, "…" (a redirect, or 400)`.

    Empty of an answer that says only how to find it in the System Log.
    """
    description = f'"{answer.description}"' if answer.description else None
    words = ", ".join(filter(None, [answer.error, description]))
    forms = [_FORMS.get(form, form.value) for form in answer.forms]
    return f"{words} ({listed(forms, word='or')})" if words and forms else words


_FORMS = {AnswerForm.REDIRECT: "a redirect"}
