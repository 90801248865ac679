"""Rate limits and faults at Okta, as text."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.diagnosis.api_limits.buckets import EDITIONS
from auditor.diagnosis.api_limits.outage import Outage, OutageKind
from auditor.diagnosis.api_limits.rate_limit import (
    CLIENT_LIMIT,
    DEFAULT_SHARE,
    LimitKind,
    RateLimitAnswer,
    endpoint_title,
)
from auditor.text import counted, listed, one_line, quoted

_MOST = 5


def rate_limit_lines(answer: RateLimitAnswer) -> Iterator[str]:
    """The lines of a rate limit."""
    yield from _which(answer)
    yield from _until(answer)
    if answer.bucket is not None:
        yield from _bucket(answer)
    if answer.refused:
        yield from _who(answer)


def _which(answer: RateLimitAnswer) -> Iterator[str]:
    limit, remaining = answer.limit, answer.remaining
    if answer.kind is LimitKind.CONCURRENCY:
        yield (
            "Rate limit: too many requests ran at the same time (limit and remaining are 0). By "
            "default 75 may in Customer and Workforce Identity, 35 in the Integrator Free Plan."
        )
        yield "  Fix: send fewer at once. There is no window to wait for: try again soon."
    elif answer.kind is LimitKind.PER_CLIENT:
        yield (
            f"Rate limit: the one of a single client, address and device at /authorize, "
            f"{CLIENT_LIMIT} requests a minute and 5 at a time: a redirect loop, or a script."
        )
    elif answer.kind is LimitKind.UNKNOWN:
        if answer.refused:
            yield "Rate limit: which one refused it, only the headers x-rate-limit-* tell."
    elif limit is not None and remaining is not None:
        used = "used up" if remaining <= 0 else f"{remaining:,} left"
        yield f"Rate limit: {limit:,} requests in a window of a minute for this caller, {used}."
        if answer.refused and remaining > 0:
            yield (
                "  Requests are left, so the headers are of another answer, or the 429 is of "
                "another limit: see the System Log."
            )


def _until(answer: RateLimitAnswer) -> Iterator[str]:
    if answer.reset is None or answer.wait is None:
        if answer.reset_unusable:
            yield "  x-rate-limit-reset is no time."
        return
    when = f"{answer.reset:%Y-%m-%d at %H:%M:%S} UTC"
    after = "after the answer" if answer.dated else "from now, since the answer has no date"
    if answer.kind is LimitKind.CONCURRENCY:
        yield f"  x-rate-limit-reset, {when}, is a suggestion only."
    elif answer.wait > 0:
        yield f"  The window ends on {when}, {answer.wait:,} seconds {after}: not before that."
    else:
        yield f"  The window ended on {when}: try again now, and more slowly."


def _bucket(answer: RateLimitAnswer) -> Iterator[str]:
    bucket, call = answer.bucket, answer.call
    assert bucket is not None
    assert call is not None
    figures = ", ".join(
        f"{figure:,} ({edition})"
        for edition, figure in zip(EDITIONS, bucket.per_minute, strict=True)
    )
    yield (
        f"  {one_line(endpoint_title(call))} counts against {bucket.name}, which the org has as a "
        f"whole: {figures} a minute in Okta's last table, of December 2025. Today's figure is in "
        "the Admin Console, Reports > Rate Limits."
    )
    for share in answer.shares:
        part = "all" if share.percent == 100 else f"{share.percent} %"  # noqa: PLR2004
        whose = "the org's limit" if share.percent == 100 else "the share of a token or app"  # noqa: PLR2004
        yield f"  {answer.limit:,} is {part} of it in {share.edition}: {whose}."
    if bucket.name.endswith("/token"):
        yield "  Besides, a user name may ask for 4 tokens a second (logged: user_rate_limited)."


def _who(answer: RateLimitAnswer) -> Iterator[str]:
    yield from _share(answer)
    others = answer.sharers
    if answer.kind is LimitKind.CONCURRENCY or answer.kind is LimitKind.PER_CLIENT:
        return
    if others:
        names = listed((quoted(app.title) for app in others), most=_MOST)
        count = counted(len(others), "other client")
        yield f"  {count} may spend the same limit by their grants: {names}."
    elif others is not None:
        yield "  No other client has grants for calls of this limit."
    if answer.api_tokens:
        tokens = counted(answer.api_tokens, "API token")
        yield f"  So may {tokens}, and people in the Admin Console."


def _share(answer: RateLimitAnswer) -> Iterator[str]:
    setting = answer.setting
    default = f"{DEFAULT_SHARE} % of each limit, which is the default"
    if answer.client is None:
        yield f"  An API token or app may use up {default}."
        return
    name = quoted(answer.client.title)
    if setting is None or setting.default_percentage is None:
        unread = "" if answer.settings_read else "; whether another was set was not read"
        yield f"  Client {name} may use up {default}{unread}."
        return
    together = setting.default_concurrency_percentage
    concurrency = f", and run {together} % of the requests at a time" if together else ""
    yield (
        f"  Client {name} may use up {setting.default_percentage} % of each limit, as was set for "
        f"it{concurrency}."
    )


def rate_limit_filters(answer: RateLimitAnswer) -> Iterator[str]:
    """Filters of the System Log that show who ran into the limit.

    Source: Okta's reference page "System Log events for rate limits".
    """
    if answer.kind is LimitKind.CONCURRENCY:
        yield 'eventType eq "core.concurrency.org.limit.violation"'
    elif answer.kind is LimitKind.PER_CLIENT:
        yield 'eventType eq "system.client.rate_limit.violation"'
    else:
        yield 'eventType sw "system.org.rate_limit" or eventType sw "system.operation.rate_limit"'
    path = answer.call.path if answer.call else ""
    if path.startswith("/oauth2/") and not path.startswith("/oauth2/v1/clients"):
        yield 'eventType eq "app.oauth2.client_id_rate_limit_warning"'


def outage_lines(outage: Outage) -> Iterator[str]:
    """The lines of a fault at Okta, or on the way there."""
    yield f"Cause: {_happened(outage)}. The configuration has no part in it."
    if outage.call is not None:
        yield f"  The call: {one_line(endpoint_title(outage.call))}"
    yield "  See status.okta.com first, and sign in there as an administrator."
    if outage.kind is OutageKind.QUERY_TOO_LONG:
        yield "  Fix: ask for less at once: a shorter period, a filter, smaller pages."
    elif outage.kind is OutageKind.READ_ONLY:
        yield "  Fix: reading works meanwhile; make the change when the notice is gone."
    elif outage.changes:
        yield (
            "  Fix: look first whether the change was made: an answer that is lost does not undo "
            "it. Only then send it again."
        )
    else:
        yield (
            "  Fix: try again a few times, each pause twice as long and varied at random, with a "
            "read timeout of about 10 seconds; then stop, and let nothing call for a while."
        )
    yield "  How often to try Okta does not publish; more tries make an outage worse."
    if outage.request_ids:
        ids = listed(map(one_line, outage.request_ids), most=_MOST)
        yield f"  For Okta's support: x-okta-request-id {ids}"
    else:
        yield "  Okta's support asks for the header x-okta-request-id of the answer: log it."


def _happened(outage: Outage) -> str:
    status = f" ({outage.status})" if outage.status else ""
    return {
        OutageKind.SERVER_ERROR: f"Okta failed{status}, or something before it did",
        OutageKind.QUERY_TOO_LONG: "Okta gave the query up, since it took too long",
        OutageKind.READ_ONLY: "Okta is in read-only mode, and takes no changes for a while",
        OutageKind.TIMEOUT: "no answer came in the time that the caller waited",
    }[outage.kind]
