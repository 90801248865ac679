"""A diagnosis as text: what it means, the cause, the fix, and what confirms it."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.cli.api_limits_text import outage_lines, rate_limit_filters, rate_limit_lines
from auditor.cli.api_rights_text import api_token_lines, feature_lines, refusal_lines
from auditor.cli.explanation import as_text
from auditor.diagnosis.catalogue import KnownError
from auditor.diagnosis.diagnosis import Diagnosis, MatchedError
from auditor.snapshot.org import Org
from auditor.text import counted, listed, quoted
from auditor.tokens.outcome import Outcome


def diagnosis_lines(
    org: Org | None, diagnosis: Diagnosis, missing: tuple[str, ...]
) -> Iterator[str]:
    """The lines; names of the tenant are quoted in them.

    Args:
        org: the snapshot; None if there is none.
        diagnosis: what can be said.
        missing: options that would make it more exact.
    """
    for error in diagnosis.errors:
        yield from _error(error)
    for remark in diagnosis.token_remarks:
        yield f"Token: {remark.text}"
    yield from _api(org, diagnosis)
    yield from _schemes(diagnosis)
    if org is not None and diagnosis.explanation is not None:
        yield from _explained(org, diagnosis)
    if not diagnosis.confirmed:
        yield from _possible(diagnosis)
    yield from _filters(diagnosis)
    if missing and not diagnosis.settled:
        yield f"To know more, give {listed(missing, most=9)}."


def _api(org: Org | None, diagnosis: Diagnosis) -> Iterator[str]:
    """What there is to say of calls of the Okta APIs."""
    api = diagnosis.api
    for refusal in api.refusals:
        yield from refusal_lines(refusal, org.captured_at if org else None)
    if api.api_token is not None:
        yield from api_token_lines(api.api_token)
    if api.feature is not None:
        yield from feature_lines(api.feature)
    if api.rate_limit is not None:
        yield from rate_limit_lines(api.rate_limit)
    if api.outage is not None:
        yield from outage_lines(api.outage)


def _error(error: MatchedError) -> Iterator[str]:
    clue, known = error.clue, error.known
    stated = " ".join(
        filter(None, [clue.error, quoted(clue.description) if clue.description else ""])
    )
    yield stated or "An error"
    if known is None:
        yield from _several(error)
        return
    yield f"  Means: {known.meaning}"


def _several(error: MatchedError) -> Iterator[str]:
    """What an error may mean whose word several errors share; that it is not known otherwise."""
    if not error.alike:
        yield "  Not known here: this error is not in the catalogue."
        return
    yield "  Several errors have this word. Its error_description says which one it is:"
    for row in error.alike:
        yield f"  - {quoted(row.text)}: {row.meaning}"


def _schemes(diagnosis: Diagnosis) -> Iterator[str]:
    if "none" in diagnosis.schemes:
        yield "The Authorization header holds a bare token: write Bearer before it."
    calls_okta = any(error.clue.error.startswith("E0") for error in diagnosis.errors)
    if calls_okta and "Bearer" in diagnosis.schemes:
        yield "An API token of Okta's goes with SSWS, an access token with Bearer."


def _explained(org: Org, diagnosis: Diagnosis) -> Iterator[str]:
    explained = diagnosis.explanation
    assert explained is not None
    yield ""
    if diagnosis.confirmed:
        yield "Cause: this configuration rejects the request, in these words:"
    elif explained.decision.outcome is Outcome.MINTED:
        yield (
            "This configuration gives the token. So the request that failed was another one, the "
            "configuration has changed since, or the library is at fault:"
        )
    elif explained.decision.outcome is Outcome.REJECTED:
        yield "This configuration rejects the request, for another reason than the error says:"
    else:
        yield "This configuration does not tell what becomes of the request:"
    yield from as_text(org, explained, ()).splitlines()
    yield ""


def _possible(diagnosis: Diagnosis) -> Iterator[str]:
    told = diagnosis.api.explained
    known = [error.known for error in diagnosis.errors if error.known]
    known = [row for row in known if row.error not in told]
    for finding in diagnosis.findings:
        yield (
            f"In this configuration, {finding.rule.code} {finding.rule.name} leads to it: "
            f"{finding.message}"
        )
        yield f"  Fix: {finding.fix}"
    if diagnosis.more_findings:
        yield f"  and {counted(diagnosis.more_findings, 'more finding')} that lead to it"
    for row in known:
        yield from _causes(row, contradicted=diagnosis.contradicted)


def _causes(row: KnownError, *, contradicted: bool) -> Iterator[str]:
    for cause in row.causes:
        if contradicted and cause.in_configuration:
            continue
        where = "in the configuration" if cause.in_configuration else "in the request"
        yield f"Possible, {where}: {cause.what}."
        yield f"  Fix: {cause.fix}."


def _filters(diagnosis: Diagnosis) -> Iterator[str]:
    filters = dict.fromkeys(
        error.known.log_filter
        for error in diagnosis.errors
        if error.known and error.known.log_filter
    )
    limit = diagnosis.api.rate_limit
    if limit is not None and limit.refused:
        known = [error.known for error in diagnosis.errors if error.known]
        for row in (row for row in known if row.error == "E0000047"):
            filters.pop(row.log_filter, None)
        filters |= dict.fromkeys(rate_limit_filters(limit))
    for text in filters:
        yield f"Confirm it in the System Log: {text}"
