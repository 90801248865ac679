"""What a 429 means: which limit, whose share of it, until when, and who else spends it.

Sources: Okta's reference pages "Rate limits", "Monitor and troubleshoot rate limits", "Token and
OAuth 2.0 app rate limits", "Client-based rate limits" and "Concurrency limits". Limit and remaining
are both 0 where too many requests ran at the same time, and the reset is then a suggestion only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, auto

from auditor.diagnosis.api_calls import ApiCall
from auditor.diagnosis.api_limits.buckets import EDITIONS, Bucket, bucket_of
from auditor.diagnosis.api_rights.endpoints import endpoint_of, endpoints, endpoints_of
from auditor.diagnosis.api_rights.refusal import covered
from auditor.diagnosis.clues import RateLimitClue
from auditor.snapshot.models.clients import App
from auditor.snapshot.models.org import PrincipalRateLimit
from auditor.snapshot.org import Org

DEFAULT_SHARE = 50
"""Percent of a bucket that one API token or app may use, unless somebody sets another."""
_NAMES = 4
"""Parts of a path that nobody documents before its ids: `/api/v1/things`."""
CLIENT_LIMIT = 60
"""Requests in a minute of one client, address and device at /authorize."""


class LimitKind(Enum):
    """Which kind of limit it is."""

    WINDOW = auto()
    CONCURRENCY = auto()
    PER_CLIENT = auto()
    """Of one client, address and device at /authorize."""
    UNKNOWN = auto()
    """The text has no headers."""


@dataclass(frozen=True, slots=True)
class Share:
    """A reading of the limit that headers name."""

    edition: str
    percent: int
    """Of the published figure of that edition."""


@dataclass(frozen=True, kw_only=True)
class RateLimitAnswer:
    """What can be said of a rate limit."""

    kind: LimitKind
    refused: bool
    """Whether it refused the call; other answers merely say what is left."""
    limit: int | None = None
    remaining: int | None = None
    reset: datetime | None = None
    reset_unusable: bool = False
    """Whether there is a reset, and it is no time."""
    wait: int | None = None
    """Seconds from the answer to the reset; from now where the answer has no date."""
    dated: bool = False
    """Whether the answer says when it was made."""
    call: ApiCall | None = None
    bucket: Bucket | None = None
    shares: tuple[Share, ...] = ()
    """What the limit may be; several where editions agree, empty where none does."""
    client: App | None = None
    setting: PrincipalRateLimit | None = None
    """What was set for the client; None if nothing was, or it was not read."""
    settings_read: bool = False
    sharers: tuple[App, ...] | None = None
    """Other clients whose grants let them use up the same bucket; None if that is not known."""
    api_tokens: int | None = None
    """API tokens, each of which may as well; None if they were not read."""


def rate_limit_answer(
    clue: RateLimitClue | None,
    call: ApiCall | None,
    client: App | None,
    org: Org | None,
    now: datetime,
    *,
    refused: bool,
) -> RateLimitAnswer:
    """What a rate limit says.

    Args:
        clue: the headers; None if there are none.
        call: the call; None if it is not known.
        client: whose token it was, as far as known.
        org: the snapshot; None if there is none.
        now: the time by which waiting is reckoned, where the answer has no date of its own.
        refused: whether the answer is a 429.
    """
    bucket = bucket_of(call.method, call.path) if call else None
    limit = clue.limit if clue else None
    kind = _kind(clue, call, refused=refused)
    reset, wait = _reset(clue, now)
    settings = org.client_rate_limits if org and org.known("client_rate_limits") else None
    own = {client.id, client.client_id} if client else set()
    return RateLimitAnswer(
        kind=kind,
        refused=refused,
        limit=limit,
        remaining=clue.remaining if clue else None,
        reset=reset,
        reset_unusable=clue is not None and clue.reset is not None and reset is None,
        wait=wait,
        dated=clue is not None and clue.date is not None,
        call=call,
        bucket=bucket,
        shares=_shares(bucket, limit) if kind is LimitKind.WINDOW else (),
        client=client,
        setting=next((row for row in settings or () if row.principal_id in own), None),
        settings_read=settings is not None,
        sharers=_sharers(bucket, client, org),
        api_tokens=len(org.api_tokens) if org and org.known("api_tokens") else None,
    )


def _kind(clue: RateLimitClue | None, call: ApiCall | None, *, refused: bool) -> LimitKind:
    if clue is None or clue.limit is None:
        return LimitKind.UNKNOWN
    if clue.limit == 0 and clue.remaining == 0:
        return LimitKind.CONCURRENCY
    at_authorize = call is not None and call.path.endswith("/v1/authorize")
    if refused and at_authorize and clue.limit == CLIENT_LIMIT:
        return LimitKind.PER_CLIENT
    return LimitKind.WINDOW


def _reset(clue: RateLimitClue | None, now: datetime) -> tuple[datetime | None, int | None]:
    if clue is None or clue.reset is None:
        return None, None
    try:
        reset = datetime.fromtimestamp(clue.reset, UTC)
    except (ValueError, OverflowError, OSError):
        return None, None
    sent = int(now.timestamp()) if clue.date is None else clue.date
    return reset, clue.reset - sent


def _shares(bucket: Bucket | None, limit: int | None) -> tuple[Share, ...]:
    """What the limit is of the published figures: all, or half as each token and app has."""
    if bucket is None or not limit:
        return ()
    return tuple(
        Share(edition, percent)
        for percent in (100, DEFAULT_SHARE)
        for edition, figure in zip(EDITIONS, bucket.per_minute, strict=True)
        if limit * 100 == figure * percent
    )


def _sharers(bucket: Bucket | None, client: App | None, org: Org | None) -> tuple[App, ...] | None:
    """Other active clients whose granted scopes are of calls that count against the bucket."""
    if org is None or bucket is None or not org.known("app_grants"):
        return None
    enough = tuple(
        {
            scopes
            for endpoint in endpoints()
            if bucket_of(endpoint.method, endpoint.path) == bucket
            for scopes in endpoint.scopes
        }
    )
    return tuple(
        app
        for app in org.apps
        if app.active
        and (client is None or app.id != client.id)
        and not org.left_aside("app_grants", app)
        and covered(
            enough, tuple(grant.scope_id or "" for grant in org.grants(app) if grant.active)
        )
    )


def endpoint_title(call: ApiCall) -> str:
    """What a call is called, without the ids in its path, or what else may stand there."""
    endpoint = endpoint_of(call.method, call.path)
    if endpoint is not None:
        return endpoint.title
    known = endpoints_of(call.path)
    path = known[0].path if known else call.path
    first = "/".join(path.split("/")[:_NAMES])
    shown = path if known or first == path else f"{first}/…"
    return f"{call.method} {shown}".strip()
