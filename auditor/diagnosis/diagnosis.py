"""Puts together what clues, the catalogue and a snapshot say: meaning, cause, what confirms it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from auditor.diagnosis.api_answers import ApiAnswers, api_answers
from auditor.diagnosis.api_calls import ApiCall
from auditor.diagnosis.catalogue import ERRORS, KnownError
from auditor.diagnosis.clues import Clues, ErrorClue
from auditor.diagnosis.token_checks import TokenRemark, token_remarks
from auditor.lint.reported_finding import ReportedFinding
from auditor.snapshot.org import Org
from auditor.tokens.decision_steps import DecisionSteps
from auditor.tokens.outcome import Outcome

_MOST_FINDINGS = 5


@dataclass(frozen=True, slots=True)
class MatchedError:
    """An error of the text, and what the catalogue knows of it."""

    clue: ErrorClue
    known: KnownError | None
    """None for one that nobody here knows, or whose word several errors share."""

    @property
    def alike(self) -> tuple[KnownError, ...]:
        """Errors of the same word, where no sentence tells which is meant."""
        if self.known or not self.clue.error or self.clue.description:
            return ()
        return tuple(row for row in ERRORS if row.error == self.clue.error)


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """What can be said of a failed request."""

    errors: tuple[MatchedError, ...]
    explanation: DecisionSteps | None
    """The request decided on the snapshot, if client, server and grant type are known."""
    findings: tuple[ReportedFinding, ...]
    """Findings of the snapshot that lead to one of the errors."""
    more_findings: int
    token_remarks: tuple[TokenRemark, ...]
    api: ApiAnswers
    """What there is to say of calls of the Okta APIs, of rate limits and of faults at Okta."""
    schemes: tuple[str, ...]

    @property
    def of_api(self) -> bool:
        """Whether all errors are those of the Okta APIs, and none is a token request's."""
        codes = [error.clue.error for error in self.errors]
        return bool(codes or not self.api.empty) and all(
            code.startswith("E0") or code in {"insufficient_scope", "429"} for code in codes
        )

    @property
    def empty(self) -> bool:
        """Whether nothing can be said."""
        said = (self.errors, self.explanation, self.token_remarks)
        return not any(said) and self.api.empty and "none" not in self.schemes

    @property
    def confirmed(self) -> bool:
        """Whether the snapshot rejects the request in the very words of the error."""
        return self.explanation is not None and any(
            _agrees(error, self.explanation) for error in self.errors
        )

    @property
    def contradicted(self) -> bool:
        """Whether the snapshot gives the token that the error refuses."""
        explained = self.explanation
        return bool(self.errors) and (
            explained is not None and explained.decision.outcome is Outcome.MINTED
        )

    @property
    def settled(self) -> bool:
        """Whether a cause is known, and not only causes that are possible."""
        wrong = any(remark.wrong for remark in self.token_remarks)
        outside = bool(self.errors) and all(
            error.known is not None
            and not any(cause.in_configuration for cause in error.known.causes)
            for error in self.errors
        )
        return self.confirmed or wrong or outside or self.api.settled


def diagnose(
    clues: Clues,
    org: Org | None,
    explanation: DecisionSteps | None,
    findings: tuple[ReportedFinding, ...],
    now: datetime,
    *,
    call: ApiCall | None = None,
    client: str | None = None,
    api_token: str | None = None,
) -> Diagnosis:
    """What can be said of clues.

    Args:
        clues: what a person has in hand.
        org: the snapshot; None if there is none.
        explanation: the request decided on it, if enough of the request is known.
        findings: all findings of the snapshot.
        now: the time by which tokens and windows are judged.
        call: the call of an Okta API that failed; None for those of the text.
        client: a word for the client; None for that of a token in the text.
        api_token: name or id of the API token that was sent.

    Raises:
        UsageError: client or API token cannot be looked up in the snapshot.
    """
    errors = tuple(_matched(clues))
    api = api_answers(clues, org, now, call=call, client=client, api_token=api_token)
    told = tuple(error for error in errors if error.clue.error not in api.explained)
    leading = [finding for finding in findings if _leads_to(finding, told)]
    remarks = [remark for token in clues.tokens for remark in token_remarks(token, org, now)]
    return Diagnosis(
        errors=errors,
        explanation=explanation,
        findings=tuple(leading[:_MOST_FINDINGS]),
        more_findings=max(0, len(leading) - _MOST_FINDINGS),
        token_remarks=tuple(sorted(dict.fromkeys(remarks), key=lambda remark: not remark.wrong)),
        api=api,
        schemes=clues.schemes,
    )


def _matched(clues: Clues) -> Iterator[MatchedError]:
    """The errors of a text, each once: those that are stated, then sentences that stand in it."""
    seen: set[str] = set()
    for clue in clues.errors:
        known = _known(clue)
        key = known.name if known else f"{clue.error} {clue.description}"
        if key not in seen:
            seen.add(key)
            yield MatchedError(clue, known)
    for row in ERRORS:
        if row.name not in seen and row.matches(clues.text):
            seen.add(row.name)
            yield MatchedError(ErrorClue(row.error, row.text), row)
    if 429 in clues.statuses and "E0000047" not in seen:  # noqa: PLR2004 - Too Many Requests
        row = next(row for row in ERRORS if row.name == "E0000047")
        yield MatchedError(ErrorClue("429", ""), row)


def _known(clue: ErrorClue) -> KnownError | None:
    if clue.description:
        for row in ERRORS:
            if row.matches(clue.description):
                return row
    alike = [row for row in ERRORS if clue.error and row.error == clue.error]
    # Several errors share a word such as invalid_client: without a sentence none is meant.
    return alike[0] if len(alike) == 1 else None


def _agrees(error: MatchedError, explained: DecisionSteps) -> bool:
    decision = explained.decision
    if decision.outcome is not Outcome.REJECTED or error.known is None:
        return False
    description = decision.error_description
    if description and error.known.matches(description):
        return True
    return error.known.condition is not None and decision.failed is error.known.condition


def _leads_to(finding: ReportedFinding, errors: tuple[MatchedError, ...]) -> bool:
    answer = finding.answer
    if answer is None:
        return False
    return any(
        error.known is not None
        and (
            (answer.description and error.known.matches(answer.description))
            or (not answer.description and answer.error and answer.error == error.known.error)
        )
        for error in errors
    )
