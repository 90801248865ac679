"""What refuses a call of an Okta API as causes of the error that it came with.

They take the place of the causes that a row of the catalogue lists, since they are about the very
call and its caller.
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor.diagnosis.api_answers import (
    OF_FEATURES,
    OF_LIMITS,
    OF_RIGHTS,
    OF_TOKENS,
    ApiAnswers,
)
from auditor.diagnosis.api_limits.rate_limit import LimitKind, RateLimitAnswer
from auditor.diagnosis.api_rights.api_token import ApiTokenState
from auditor.diagnosis.api_rights.features import FeatureState, FeatureVerdict
from auditor.diagnosis.api_rights.refusal import (
    OF_REQUEST,
    Reason,
    ReasonKind,
    Refusal,
)
from auditor.diagnosis.api_rights.wording import CauseWords, fault_words, reason_words
from auditor.diagnosis.causes.verdict import (
    Evidence,
    evidence,
    likely,
    proven,
    unknown,
)
from auditor.diagnosis.judged_error import JudgedCause, JudgedError, in_order
from auditor.diagnosis.known_error import Cause, KnownError

_BY_GRANTS = frozenset({ReasonKind.SCOPE_NOT_GRANTED, ReasonKind.GRANT_REVOKED})
_BY_ROLES = frozenset({ReasonKind.NO_ADMIN_ROLE, ReasonKind.ROLE_TOO_WEAK})


def api_judged(row: KnownError, answers: ApiAnswers) -> JudgedError | None:
    """The causes of an error of the Okta APIs, for the call and its caller.

    Args:
        row: an error that `answers` explain.
        answers: what there is to say of the calls.

    Returns:
        None if nothing is at fault, as far as it is known.
    """
    causes = in_order(_causes(row.error, answers))
    return JudgedError(row, causes) if causes else None


def alike(code: str) -> frozenset[str]:
    """The codes of errors that the same causes lead to."""
    rights = OF_RIGHTS | OF_TOKENS
    return rights if code in rights else frozenset({code})


def _causes(code: str, answers: ApiAnswers) -> Iterator[JudgedCause]:
    if code in OF_RIGHTS | OF_TOKENS:
        for refusal in answers.refusals:
            yield from _of_refusal(refusal)
        if answers.api_token is not None:
            yield from _of_token(answers.api_token)
    if code in OF_FEATURES and answers.feature is not None:
        yield _of_feature(answers.feature)
    if code in OF_LIMITS and answers.rate_limit is not None:
        yield _of_limit(answers.rate_limit)


def _of_refusal(refusal: Refusal) -> Iterator[JudgedCause]:
    for reason in refusal.reasons:
        yield _cause(
            reason.kind.name,
            reason_words(reason, refusal),
            *_evidence(reason, refusal),
            certain=reason.certain,
            in_configuration=reason.kind not in OF_REQUEST,
        )


def _evidence(reason: Reason, refusal: Refusal) -> Iterator[Evidence]:
    client = refusal.client
    if client is not None and reason.kind in _BY_GRANTS:
        yield evidence(client, "grants", refusal.grants or ())
    if client is not None and reason.kind in _BY_ROLES:
        yield evidence(client, "admin roles", [role.title for role in refusal.roles or ()])


def _of_token(state: ApiTokenState) -> Iterator[JudgedCause]:
    for fault in state.faults:
        words = fault_words(fault, state)
        yield _cause(f"API_TOKEN_{fault.kind.name}", words, certain=fault.certain)


def _of_feature(state: FeatureState) -> JudgedCause:
    if state.verdict is FeatureVerdict.ABSENT:
        what = f"the org does not have {state.name}: Okta told the snapshot so as well"
        fix = f"ask Okta for {state.name}, or leave such calls out"
        return _cause("not-licensed", CauseWords(what, fix), certain=True)
    words = CauseWords(
        f"the call went to another org, or {state.name} ended after the snapshot",
        "compare the org's address; take a new snapshot",
        f"the org had {state.name} when the snapshot was taken",
    )
    return _cause("other-org", words, certain=False, in_configuration=False)


def _of_limit(answer: RateLimitAnswer) -> JudgedCause:
    words = {
        LimitKind.CONCURRENCY: CauseWords(
            "too many requests ran at the same time",
            "send fewer at once; there is no window to wait for",
        ),
        LimitKind.PER_CLIENT: CauseWords(
            "one client, address and device called /authorize too often",
            "look for a redirect loop or a script",
        ),
    }.get(
        answer.kind,
        CauseWords(
            "more was called within a minute than the limit allows this caller",
            "wait until x-rate-limit-reset, then go on more slowly; cache what does not change",
        ),
    )
    return _cause("too-many-calls", words, certain=True, in_configuration=False)


def _cause(
    name: str,
    words: CauseWords,
    *items: Evidence,
    certain: bool,
    in_configuration: bool = True,
) -> JudgedCause:
    verdict = likely(words.what, *items)
    if certain:
        verdict = proven(words.what, *items)
    elif words.open_since:
        verdict = unknown(words.open_since)
    cause = Cause(
        name=name.lower().replace("_", "-"),
        what=words.what,
        fix=words.fix,
        in_configuration=in_configuration,
        check=lambda _: verdict,
    )
    return JudgedCause(cause, verdict)
