"""A diagnosis as text: what it means, the cause, the fix, and what confirms it."""

from __future__ import annotations

import json
from collections.abc import Iterator

from auditor.cli.diagnosis.api_limits_text import outage_lines, rate_limit_filters, rate_limit_lines
from auditor.cli.diagnosis.api_rights_text import api_token_lines, feature_lines, refusal_lines
from auditor.cli.explanation import as_text
from auditor.diagnosis.api_answers import OF_TOKENS
from auditor.diagnosis.causes.verdict import Confidence, Evidence
from auditor.diagnosis.diagnosis import Diagnosis, MatchedError
from auditor.diagnosis.judged_error import Fault, JudgedCause, JudgedError
from auditor.lint.object_types import type_name
from auditor.text import counted, listed, one_line, quoted
from auditor.tokens.outcome import Outcome

_LONGEST_VALUE = 300


def diagnosis_lines(diagnosis: Diagnosis, missing: tuple[str, ...]) -> Iterator[str]:
    """The lines; names of the tenant are quoted in them.

    Args:
        diagnosis: what can be said.
        missing: options that would make it more exact.
    """
    for error in diagnosis.errors:
        yield from _error(error)
    for remark in diagnosis.token_remarks:
        yield f"Token{_of_input(remark.source)}: {remark.text}"
    yield from _api(diagnosis)
    yield from _schemes(diagnosis)
    if diagnosis.explanation is not None:
        yield from _explained(diagnosis)
    if diagnosis.cause is None and not diagnosis.confirmed:
        yield from _findings(diagnosis)
    yield from _filters(diagnosis)
    options = tuple(dict.fromkeys((*diagnosis.missing, *missing)))
    if options and not diagnosis.settled:
        yield f"To know more, give {listed(options, most=9)}."


def _api(diagnosis: Diagnosis) -> Iterator[str]:
    """What there is to say of calls of the Okta APIs, besides the causes of their errors."""
    api, case = diagnosis.api, diagnosis.case
    explained = any(one.known and one.known.error in api.explained for one in diagnosis.errors)
    for refusal in api.refusals:
        at = case.org.captured_at if case else None
        yield from refusal_lines(refusal, at, reasons=not explained)
    if api.api_token is not None:
        yield from api_token_lines(api.api_token, faults=not explained)
    if api.feature is not None:
        yield from feature_lines(api.feature)
    if api.rate_limit is not None:
        yield from rate_limit_lines(api.rate_limit)
    if api.outage is not None:
        yield from outage_lines(api.outage)


def _error(error: MatchedError) -> Iterator[str]:
    clue, known = error.clue, error.known
    sentence = quoted(clue.description) if clue.description not in {"", clue.error} else ""
    stated = " ".join(filter(None, [clue.error, sentence]))
    yield (stated or "An error") + _of_input(clue.source)
    if known is None:
        yield from _several(error)
        return
    yield f"  Means: {known.meaning}"
    if error.judged is not None:
        yield from _judged(error.judged)


def _of_input(source: str) -> str:
    """Which of several inputs something is of."""
    return f" ({one_line(source)})" if source else ""


def _judged(judged: JudgedError) -> Iterator[str]:
    """The cause, if one is proven, and everything else below it."""
    cause = judged.cause
    if cause is not None:
        yield f"Cause: {_sentence(cause.verdict.text)}"
        yield from _evidence(cause)
        yield from _fixes(cause)
    elif judged.fault is Fault.OUTSIDE:
        yield (
            "Not the configuration: what could lead to this in it was checked. So the request or "
            "its library is at fault, or the configuration was changed since the snapshot."
        )
    others = [one for one in judged.causes if one is not cause]
    for one in others:
        yield from _further(one, settled=cause is not None)
    if cause is None:
        yield from _unchecked(others)
    yield from _checked(others)


def _further(one: JudgedCause, *, settled: bool) -> Iterator[str]:
    """A cause that is not proven, or not the first one."""
    verdict, where = one.verdict, "configuration" if one.cause.in_configuration else "request"
    match verdict.confidence:
        case Confidence.PROVEN:
            yield f"Also, in the {where}: {_sentence(verdict.text)}"
            yield from _evidence(one)
            yield from _fixes(one)
        case Confidence.LIKELY:
            yield f"Likely, in the {where}: {_sentence(verdict.text)}"
            yield from _evidence(one)
            yield from _fixes(one)
        case Confidence.UNKNOWN if not settled:
            yield f"Possible, in the {where}: {_sentence(one.cause.what)}"
            yield from _fixes(one)


def _unchecked(causes: list[JudgedCause]) -> Iterator[str]:
    """Why causes could not be checked, each reason once."""
    reasons = {
        one.verdict.text: None
        for one in causes
        if one.verdict.confidence is Confidence.UNKNOWN
        and one.cause.check is not None
        and one.verdict.text != one.cause.what
    }
    yield from (f"Not checked: {_sentence(text)}" for text in reasons)
    beyond = [
        one.cause.what for one in causes if one.cause.in_configuration and one.cause.check is None
    ]
    if beyond:
        yield f"No snapshot tells: {'; '.join(beyond)}."


def _checked(causes: list[JudgedCause]) -> Iterator[str]:
    """Causes that were checked and are none, those with one reason together."""
    by_reason: dict[str, list[str]] = {}
    for one in causes:
        if one.verdict.confidence is Confidence.NOT_SO:
            by_reason.setdefault(one.verdict.text, []).append(one.cause.what)
    for reason, names in by_reason.items():
        yield f"Checked, not the cause: {'; '.join(names)} ({reason})."


def _sentence(clause: str) -> str:
    return f"{clause[:1].upper()}{clause[1:]}."


def _fixes(one: JudgedCause) -> Iterator[str]:
    first, *others = one.fixes
    yield f"  Fix: {_sentence(first)}"
    yield from (f"  or:  {_sentence(other)}" for other in others)


def _evidence(one: JudgedCause) -> Iterator[str]:
    for item in one.verdict.evidence:
        yield f"  Evidence: {_evidence_words(item)}"


def _evidence_words(item: Evidence) -> str:
    name = f"{type_name(item.owner.type)} {quoted(item.owner.name)}"
    own_id = "" if item.owner.id == item.owner.name else f" ({one_line(item.owner.id)})"
    return f"{name}{own_id}, {one_line(item.field)}: {_value(item.value)}"


def _value(value: object) -> str:
    text = one_line(json.dumps(value, ensure_ascii=False))  # with spaces, at which lines break
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"


def _several(error: MatchedError) -> Iterator[str]:
    """What an error may mean whose word several errors share; that it is not known otherwise."""
    if not error.alike:
        yield "  Not known here: this error is not in the catalogue."
        return
    yield "  Several errors have this word. Its error_description says which one it is:"
    for row in error.alike:
        yield f"  - {quoted(row.text)}: {row.meaning}"


def _schemes(diagnosis: Diagnosis) -> Iterator[str]:
    refused = any(error.clue.error in OF_TOKENS for error in diagnosis.errors)
    if refused and "Bearer" in diagnosis.schemes:
        yield "An API token of Okta's goes with SSWS, an access token with Bearer."


def _explained(diagnosis: Diagnosis) -> Iterator[str]:
    explained, case = diagnosis.explanation, diagnosis.case
    assert explained is not None
    assert case is not None
    yield ""
    if diagnosis.confirmed:
        yield "This configuration rejects the request, in these words:"
    elif explained.decision.outcome is Outcome.MINTED:
        yield (
            "This configuration gives the token. So the request that failed was another one, the "
            "configuration has changed since, or the library is at fault:"
        )
    elif explained.decision.outcome is Outcome.REJECTED:
        yield "This configuration rejects the request, for another reason than the error says:"
    else:
        yield "This configuration does not tell what becomes of the request:"
    yield from as_text(case.org, explained, (), coloured=False).splitlines()
    yield ""


def _findings(diagnosis: Diagnosis) -> Iterator[str]:
    for finding in diagnosis.findings:
        yield (
            f"In this configuration, {finding.rule.code} {finding.rule.name} may lead to it: "
            f"{finding.message}"
        )
        yield f"  Fix: {finding.fix}"
    if diagnosis.more_findings:
        yield f"  and {counted(diagnosis.more_findings, 'more finding')} that lead to it"


def _filters(diagnosis: Diagnosis) -> Iterator[str]:
    filters = dict.fromkeys(
        error.known.log_filter
        for error in diagnosis.errors
        if error.known and error.known.log_filter
    )
    limit = diagnosis.api.rate_limit
    if limit is not None and limit.refused:
        for error in diagnosis.errors:
            if error.known and error.known.error == "E0000047":
                filters.pop(error.known.log_filter, None)
        filters |= dict.fromkeys(rate_limit_filters(limit))
    for text in filters:
        yield f"Confirm it in the System Log: {text}"
