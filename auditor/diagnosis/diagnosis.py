"""Puts together what clues, the catalogue and a snapshot say: meaning, cause, what confirms it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from auditor.diagnosis.api_answers import ApiAnswers, api_answers
from auditor.diagnosis.api_calls import ApiCall
from auditor.diagnosis.api_causes import alike, api_judged
from auditor.diagnosis.case import Case
from auditor.diagnosis.catalogue import BY_NAME, ERRORS, KnownError
from auditor.diagnosis.clues import Clues, ErrorClue, LogCounts
from auditor.diagnosis.judged_error import Fault, JudgedError, judged
from auditor.diagnosis.leading_findings import leading_findings
from auditor.diagnosis.request_words import RequestWords
from auditor.diagnosis.scheme_checks import scheme_remarks
from auditor.diagnosis.token_checks import token_remarks
from auditor.diagnosis.token_remark import TokenRemark
from auditor.lint.reported_finding import ReportedFinding
from auditor.snapshot.credentials_in_text import without_credentials
from auditor.snapshot.org import Org
from auditor.tokens.decide import Decider
from auditor.tokens.decision_steps import DecisionSteps
from auditor.tokens.outcome import Outcome

_TELLING = 25
"""Characters of a sentence that is Okta's alone."""
_MOST_FINDINGS = 5


@dataclass(frozen=True, slots=True)
class MatchedError:
    """An error of the text, and what the catalogue knows of it."""

    clue: ErrorClue
    known: KnownError | None
    """None for one that nobody here knows, or whose word several errors share."""
    judged: JudgedError | None = None
    """Its causes; None for one that is not known."""

    @property
    def alike(self) -> tuple[KnownError, ...]:
        """Errors of the same word, where no sentence tells which is meant."""
        if self.known or not self.clue.error or self.clue.description:
            return ()
        return tuple(_rows_of(self.clue.error))


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """What can be said of a failed request."""

    errors: tuple[MatchedError, ...]
    case: Case | None
    """The request as far as it is known, and the org; None without a snapshot."""
    findings: tuple[ReportedFinding, ...]
    """Findings of the snapshot that lead to one of the errors."""
    more_findings: int
    token_remarks: tuple[TokenRemark, ...]
    api: ApiAnswers
    """What there is to say of calls of the Okta APIs, of rate limits and of faults at Okta."""
    schemes: tuple[str, ...]
    log: LogCounts | None
    """How many events of the System Log there were, of which the first kind is looked at."""
    left_out: int
    """Characters of a very large text that were not looked at."""

    @property
    def explanation(self) -> DecisionSteps | None:
        """The token request decided on the snapshot, if it is one and enough of it is known."""
        return self.case.decision if self.case and not self.of_api else None

    @property
    def of_api(self) -> bool:
        """Whether all errors are those of the Okta APIs, and none is a token request's."""
        codes = [error.known.error if error.known else error.clue.error for error in self.errors]
        return bool(codes or not self.api.empty) and all(
            code.startswith("E0") or code == "insufficient_scope" for code in codes
        )

    @property
    def empty(self) -> bool:
        """Whether nothing can be said."""
        said = (self.errors, self.explanation, self.token_remarks)
        return not any(said) and self.api.empty

    @property
    def cause(self) -> MatchedError | None:
        """The first error of which a cause is proven."""
        proven = (one for one in self.errors if one.judged and one.judged.cause)
        return next(proven, None)

    @property
    def confirmed(self) -> bool:
        """Whether the snapshot rejects the request in the very words of the error."""
        return self.explanation is not None and any(
            _agrees(error, self.explanation) for error in self.errors
        )

    @property
    def settled(self) -> bool:
        """Whether a cause is proven, be it in the configuration or outside of it."""
        wrong = any(remark.wrong for remark in self.token_remarks)
        wrong = wrong and not any(map(_of_another_cause, self.errors))
        faults = [error.judged.fault if error.judged else Fault.OPEN for error in self.errors]
        proven = self.cause is not None
        outside = bool(faults) and all(fault is Fault.OUTSIDE for fault in faults)
        return proven or self.confirmed or outside or wrong or self.api.settled

    @property
    def missing(self) -> tuple[str, ...]:
        """Options that would make the answer more exact, each once."""
        causes = (one for error in self.errors if error.judged for one in error.judged.causes)
        return tuple(dict.fromkeys(name for one in causes for name in one.verdict.missing))


def diagnose(
    clues: Clues,
    org: Org | None,
    words: RequestWords,
    findings: tuple[ReportedFinding, ...],
    now: datetime,
    *,
    needs: tuple[str, ...] = (),
    answered: datetime | None = None,
    call: ApiCall | None = None,
    api_token: str | None = None,
) -> Diagnosis:
    """What can be said of clues.

    Args:
        clues: what a person has in hand.
        org: the snapshot; None if there is none.
        words: what is known of the request.
        findings: all findings of the snapshot.
        now: the time by which tokens and windows are judged.
        needs: scopes that tokens are to have.
        answered: the time by which tokens are judged, if it is another.
        call: the call of an Okta API that failed; None for those of the text.
        api_token: name or id of the API token that was sent.

    Raises:
        UsageError: the API token cannot be looked up in the snapshot.
    """
    matched = tuple(_matched(clues))
    for error in matched:
        words = words.or_else(error.known.tells) if error.known else words
    case = Case(Decider(org), words, clues=clues) if org is not None else None
    client = case.client if case is not None else None
    api = api_answers(clues, org, now, call=call, client=client, api_token=api_token)
    if not matched and any(each.call.demanded or each.call.status == 403 for each in api.refusals):  # noqa: PLR2004
        row = BY_NAME["E0000006"]
        matched = (MatchedError(ErrorClue("403", ""), row),)
    errors = tuple(_all_judged(matched, case, api))
    rows = [one.known for one in errors if one.known and one.known.error not in api.explained]
    leading = leading_findings(findings, rows, case)
    remarks = list(scheme_remarks(clues.schemes))
    for token in clues.tokens:
        own = token_remarks(token, org, answered or now, needs)
        remarks.extend(replace(remark, source=token.source) for remark in own)
    return Diagnosis(
        errors=errors,
        case=case,
        findings=tuple(leading[:_MOST_FINDINGS]),
        more_findings=max(0, len(leading) - _MOST_FINDINGS),
        token_remarks=tuple(sorted(dict.fromkeys(remarks), key=lambda remark: not remark.wrong)),
        api=api,
        schemes=clues.schemes,
        log=clues.log,
        left_out=clues.left_out,
    )


def _of_another_cause(error: MatchedError) -> bool:
    """Whether an error is not about a token that was sent, as one on getting a token is not.

    A transcript of last week has tokens that are over by now, whatever failed in it.
    """
    known = error.known
    if known is None:
        return bool(error.alike) or bool(_rows_of(error.clue.error))
    of_token = known.name.startswith("token-") or known.name == "subject-token"
    return not of_token and not known.error.startswith("E0")


def _all_judged(
    errors: tuple[MatchedError, ...], case: Case | None, api: ApiAnswers
) -> Iterator[MatchedError]:
    """The errors with their causes; what refuses a call is told of the first that it leads to."""
    explained: set[str] = set()
    for error in errors:
        if error.known is None or error.known.error not in api.explained:
            yield _judged(error, case)
            continue
        code = error.known.error
        yield error if code in explained else replace(error, judged=api_judged(error.known, api))
        explained |= alike(code)


def _judged(error: MatchedError, case: Case | None) -> MatchedError:
    if error.known is None:
        return error
    error_text = f"{error.clue.error} {error.clue.description}"
    own = replace(case, error_text=error_text) if case is not None else None
    return replace(error, judged=judged(error.known, own))


def _matched(clues: Clues) -> Iterator[MatchedError]:
    """The errors of a text, each once; without a bare word whose sentence stands elsewhere."""
    matched = list(_all_matched(clues))
    words = {error.known.error for error in matched if error.known}
    words |= {error.clue.error for error in matched if error.clue.description}
    for error in matched:
        if error.known or error.clue.description or error.clue.error not in words:
            yield error


def _all_matched(clues: Clues) -> Iterator[MatchedError]:
    """Errors that are stated, then sentences that stand in the text."""
    seen: set[str] = set()
    for clue in clues.errors:
        known = _known(clue)
        key = known.name if known else f"{clue.error} {clue.description}"
        if key not in seen:
            seen.add(key)
            yield MatchedError(clue, known)
    for row in ERRORS:
        words = None if row.name in seen else row.words_in(clues.text)
        if words is not None and _is_ambiguous(row, clues.text):
            continue
        if words is not None:
            seen.add(row.name)
            yield MatchedError(ErrorClue(row.error, without_credentials(words)), row)
    if 429 in clues.statuses and "E0000047" not in seen:  # noqa: PLR2004 - Too Many Requests
        row = BY_NAME["E0000047"]
        yield MatchedError(ErrorClue("429", ""), row)


def _is_ambiguous(row: KnownError, text: str) -> bool:
    """Whether others say a sentence of the Okta APIs too, such as "Authentication failed".

    Then its code has to stand in the text, or the words with which SDKs of Okta's report it.
    """
    if not row.error.startswith("E0") or len(row.text) >= _TELLING or row.error in text:
        return False
    return f"API returned an error: {row.text}" not in text


def _known(clue: ErrorClue) -> KnownError | None:
    if clue.description:
        for row in ERRORS:
            if row.matches(clue.description):
                return row
    alike = _rows_of(clue.error)
    # Several errors share a word such as invalid_client: without a sentence none is meant.
    if len(alike) != 1 or (clue.description and not alike[0].word_tells):
        return None
    return alike[0]


def _rows_of(word: str) -> list[KnownError]:
    """The errors with a word: an error of OAuth, a code, or the reason of an event."""
    rows = [row for row in ERRORS if word and row.error == word]
    # The filter that finds an event of the System Log names its reason.
    return rows or [row for row in ERRORS if f'outcome.reason eq "{word}"' in row.log_filter]


def _agrees(error: MatchedError, explained: DecisionSteps) -> bool:
    decision = explained.decision
    if decision.outcome is not Outcome.REJECTED or error.known is None:
        return False
    description = decision.error_description
    if description and error.known.matches(description):
        return True
    return error.known.condition is not None and decision.failed is error.known.condition
