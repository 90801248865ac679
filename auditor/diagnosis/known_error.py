"""A row of the catalogue: an error, its causes, and how each cause is looked for in an org."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import TypeAlias

from auditor.diagnosis.case import Case
from auditor.diagnosis.causes.verdict import CauseVerdict
from auditor.diagnosis.request_words import RequestWords
from auditor.tokens.conditions import Condition
from auditor.tokens.rejections import Rejection

FAILED_REQUESTS = (
    'eventType sw "app.oauth2" and (outcome.result eq "FAILURE" or outcome.result eq "DENY")'
)
"""Failures are logged under the event of the endpoint, with either result (System Log events)."""

_AROUND = 300
"""Characters before and after the words of an error that may say more of it."""

Check: TypeAlias = Callable[[Case], CauseVerdict]
"""Tells whether a cause holds; every case gets an answer, be it that it cannot be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Something that leads to an error."""

    name: str
    """A word of its own in its row, for programs: `client-inactive`."""
    what: str
    fix: str
    in_configuration: bool = True
    """Whether the org's configuration is at fault, and not the request or the caller."""
    check: Check | None = None
    """None where the snapshot says nothing of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownError:
    """One error."""

    name: str
    """A word of its own, for links: `no-matching-rule`."""
    error: str = ""
    """`error` or `errorCode`; empty for one that has none."""
    text: str = ""
    """What it says, as a reader sees it."""
    pattern: str = ""
    """A regular expression for the text; the text itself if empty."""
    status: str = ""
    meaning: str
    causes: tuple[Cause, ...]
    condition: Condition | None = None
    """What a decision fails at that ends in it."""
    tells: RequestWords = field(default_factory=RequestWords)
    """What the error itself tells of the request, whoever reports it."""
    word_tells: bool = True
    """Whether `error` alone says which error it is, whatever other sentence stands beside it."""
    log_filter: str = ""
    source: str = ""

    def matches(self, text: str) -> bool:
        """Whether a text has its words."""
        return self.words_in(text) is not None

    def words_in(self, text: str) -> str | None:
        """Its words as a text has them; None if it has not."""
        if not self.text:
            return None
        found = _compiled(self.pattern or re.escape(self.text)).search(text)
        return found[0] if found else None

    def line_in(self, text: str) -> str:
        """The line of a text in which its words stand, cut to what is around them; or nothing."""
        found = _compiled(self.pattern or re.escape(self.text)).search(text) if self.text else None
        if found is None:
            return ""
        start = max(text.rfind("\n", 0, found.start()) + 1, found.start() - _AROUND)
        end = text.find("\n", found.end())
        return text[start : min(found.end() + _AROUND, len(text) if end < 0 else end)]


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def of_rejection(
    name: str,
    rejection: Rejection,
    meaning: str,
    *causes: Cause,
    pattern: str = "",
    status: str = "400, or a redirect",
    tells: RequestWords = RequestWords(),  # noqa: B008 - frozen
    word_tells: bool = True,
) -> KnownError:
    """The row of a rejection that the decision engine gives.

    Args:
        name: of the row.
        rejection: has the error, its text and the condition.
        meaning: a sentence.
        causes: of equally certain ones the first is named first.
        pattern: a regular expression for other texts of the same error.
        status: of the answer, as the catalogue shows it.
        tells: what the error itself tells of the request.
        word_tells: whether `error` alone says which error it is.
    """
    reason = f'eventType sw "app.oauth2" and outcome.reason eq "{rejection.reason}"'
    log_filter = reason if rejection.reason else FAILED_REQUESTS
    return KnownError(
        name=name,
        error=rejection.error or "",
        text=rejection.description or "",
        pattern=pattern,
        status=status,
        meaning=meaning,
        causes=causes,
        condition=rejection.failed,
        tells=tells,
        word_tells=word_tells,
        log_filter=log_filter,
        source="see the decision engine, docs/decisions.md",
    )


def setting(name: str, what: str, fix: str, check: Check | None = None) -> Cause:
    """A cause in the configuration.

    Args:
        name: a word of its own in its row.
        what: what is at fault, as a clause.
        fix: what to do, as a clause that begins with a verb.
        check: tells whether it is so; None where no snapshot tells.
    """
    return Cause(name=name, what=what, fix=fix, check=check)


def request(name: str, what: str, fix: str, check: Check | None = None) -> Cause:
    """A cause in the request, the caller or its library; the arguments are those of `setting`."""
    return Cause(name=name, what=what, fix=fix, in_configuration=False, check=check)
