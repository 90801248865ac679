"""All that can be said of calls of the Okta APIs that failed: rights, API token, limits, faults."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from auditor.diagnosis.api_calls import ApiCall, okta_host
from auditor.diagnosis.api_limits.outage import Outage, outage
from auditor.diagnosis.api_limits.rate_limit import RateLimitAnswer, rate_limit_answer
from auditor.diagnosis.api_rights.api_token import ApiTokenState, api_token_state
from auditor.diagnosis.api_rights.endpoints import endpoint_of, endpoints_of
from auditor.diagnosis.api_rights.features import FeatureState, FeatureVerdict, feature_state
from auditor.diagnosis.api_rights.refusal import Refusal, refusal
from auditor.diagnosis.clues import Clues
from auditor.diagnosis.token_issuer import at_domain_of
from auditor.snapshot.models.clients import App
from auditor.snapshot.org import Org

_MOST_CALLS = 3
_UNAUTHENTICATED, _FORBIDDEN = int(HTTPStatus.UNAUTHORIZED), int(HTTPStatus.FORBIDDEN)
OF_RIGHTS = frozenset({"E0000006", "insufficient_scope"})
OF_TOKENS = frozenset({"E0000004", "E0000005", "E0000011"})
OF_FEATURES = frozenset({"E0000015"})
OF_LIMITS = frozenset({"E0000047"})
OF_OUTAGES = frozenset({"E0000009", "E0000010"})


@dataclass(frozen=True, kw_only=True)
class ApiAnswers:
    """What can be said; each part is None or empty where it does not apply."""

    refusals: tuple[Refusal, ...] = ()
    api_token: ApiTokenState | None = None
    feature: FeatureState | None = None
    rate_limit: RateLimitAnswer | None = None
    outage: Outage | None = None
    missing: tuple[str, ...] = ()
    """Options that would make the answer more exact."""

    @property
    def empty(self) -> bool:
        """Whether nothing can be said."""
        parts = (self.refusals, self.api_token, self.feature, self.rate_limit, self.outage)
        return not any(parts)

    @property
    def settled(self) -> bool:
        """Whether a cause is certain, be it one outside the configuration."""
        return (
            any(each.settled for each in self.refusals)
            or (self.api_token is not None and self.api_token.settled)
            or (self.feature is not None and self.feature.settled)
            or (self.rate_limit is not None and self.rate_limit.refused)
            or self.outage is not None
        )

    @property
    def explained(self) -> frozenset[str]:
        """Codes of errors whose causes are told here, for this caller."""
        codes: frozenset[str] = frozenset()
        if any(each.client or each.token_scopes or each.settled for each in self.refusals):
            codes |= OF_RIGHTS
        if any(each.settled for each in self.refusals):
            codes |= OF_TOKENS
        if self.api_token is not None:
            codes |= OF_RIGHTS | OF_TOKENS
        if self.feature is not None and self.feature.verdict is not FeatureVerdict.UNKNOWN:
            codes |= OF_FEATURES
        if self.rate_limit is not None and self.rate_limit.refused:
            codes |= OF_LIMITS
        if self.outage is not None:
            codes |= OF_OUTAGES
        return codes


def api_answers(
    clues: Clues,
    org: Org | None,
    now: datetime,
    *,
    call: ApiCall | None = None,
    client: App | None = None,
    api_token: str | None = None,
) -> ApiAnswers:
    """What can be said of the calls of a text.

    Args:
        clues: what a person has in hand.
        org: the snapshot; None if there is none.
        now: when it failed.
        call: the call; None for those of the text.
        client: the client, if it is known; None for that of a token in the text.
        api_token: name or id of the API token that was sent.

    Raises:
        UsageError: the API token cannot be looked up in the snapshot.
    """
    codes = {error.error for error in clues.errors}
    caller = client or _calling_client(clues, org)
    calls = _distinct(each for each in clues.api_calls if _of_okta(each, clues, org))
    calls = [call] if call is not None else calls
    first = calls[0] if calls else None
    limited = bool(codes & OF_LIMITS) or int(HTTPStatus.TOO_MANY_REQUESTS) in clues.statuses
    broken = outage(clues)
    refused = tuple(
        refusal(
            each,
            clues.tokens,
            clues.schemes,
            caller,
            org,
            unauthenticated=_status(each, clues) == _UNAUTHENTICATED,
        )
        for each in calls
        if _about_rights(each, clues, codes, other=limited or broken is not None)
    )
    refused = tuple(
        each for each in refused if each.reasons or _status(each.call, clues) != _UNAUTHENTICATED
    )
    state = None
    if api_token is not None and org is not None:
        endpoint = endpoint_of(first.method, first.path) if first else None
        state = api_token_state(api_token, org, endpoint, now)
    limit = None
    if clues.rate_limit is not None or limited:
        exhausted = clues.rate_limit is not None and not clues.rate_limit.remaining
        alone = not (clues.errors or clues.statuses)
        limit = rate_limit_answer(
            clues.rate_limit, first, caller, org, now, refused=limited or (alone and exhausted)
        )
    feature = feature_state(first.path if first else "", org) if codes & OF_FEATURES else None
    return ApiAnswers(
        refusals=refused,
        api_token=state,
        feature=feature,
        rate_limit=limit,
        outage=broken,
        missing=tuple(
            _missing(
                known_call=first is not None,
                known_caller=caller is not None or state is not None,
                ssws="SSWS" in clues.schemes,
                snapshot=org is not None,
                rights=bool(refused) or bool(codes & (OF_RIGHTS | OF_TOKENS)),
            )
        ),
    )


def _missing(
    *, known_call: bool, known_caller: bool, ssws: bool, snapshot: bool, rights: bool
) -> Iterator[str]:
    if not snapshot:
        yield "--snapshot"
    if not known_call:
        yield "--call"
    if rights and snapshot and not known_caller:
        yield "--api-token" if ssws else "--client"


def _calling_client(clues: Clues, org: Org | None) -> App | None:
    """The client of a call: that of an access token, or of an assertion."""
    if org is None or not org.known("apps"):
        return None
    for token in clues.tokens:
        issuer = token.claims.get("iss")
        own = issuer if isinstance(issuer, str) and "://" not in issuer else None
        name = token.claims.get("cid", own)
        if isinstance(name, str) and (app := org.client(name)):
            return app
    return None


def _distinct(calls: Iterable[ApiCall]) -> list[ApiCall]:
    """The first calls, of those to one endpoint that end alike one."""
    by_end: dict[object, ApiCall] = {}
    for call in calls:
        endpoint = endpoint_of(call.method, call.path) or call.path
        by_end.setdefault((endpoint, call.status, call.demanded), call)
    return list(by_end.values())[:_MOST_CALLS]


def _of_okta(call: ApiCall, clues: Clues, org: Org | None) -> bool:
    """Whether a call went to an org, and not to an API of somebody's own with a path alike."""
    if call.demanded or call.request_id or any(one.error.startswith("E0") for one in clues.errors):
        return True
    if not call.host:
        return "okta" in clues.text.lower()
    issuers = (str(token.claims.get("iss", "")).lower() for token in clues.tokens)
    if okta_host(call.host) or any(f"://{call.host}/" in f"{issuer}/" for issuer in issuers):
        return True
    return org is not None and at_domain_of(org, f"https://{call.host}")


def _status(call: ApiCall, clues: Clues) -> int | None:
    return call.status or next(iter(clues.statuses), None)


def _about_rights(call: ApiCall, clues: Clues, codes: set[str], *, other: bool) -> bool:
    """Whether a call may have failed for want of a right, and for nothing else that is known."""
    known = endpoints_of(call.path)
    if known and not any(row.credentials & {"oauth", "ssws"} for row in known):
        return False
    if call.demanded or codes & OF_RIGHTS:
        return True
    if codes & OF_FEATURES:
        return False
    status = _status(call, clues)
    if status is None:
        return not other and not codes - OF_TOKENS
    return status in {_UNAUTHENTICATED, _FORBIDDEN}
