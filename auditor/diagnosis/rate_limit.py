"""What headers say of a rate limit: whether it is used up, and when there is more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from auditor.diagnosis.clues import RateLimitClue


def rate_limit_lines(clue: RateLimitClue, now: datetime) -> Iterator[str]:
    """The headers in sentences.

    Args:
        clue: the headers.
        now: the time by which waiting is reckoned, where the answer has no date of its own.
    """
    if clue.limit is not None and clue.remaining is not None:
        used = "used up" if clue.remaining <= 0 else f"{clue.remaining:,} left"
        yield (
            f"The limit that applies to this call is {clue.limit:,} requests in a window of a "
            f"minute: {used}. It may be the share of one token or client of a larger one."
        )
    if clue.reset is None:
        return
    try:
        reset = datetime.fromtimestamp(clue.reset, UTC)
    except (ValueError, OverflowError, OSError):
        yield "x-rate-limit-reset is no time."
        return
    sent = now.timestamp() if clue.date is None else clue.date
    seconds = clue.reset - int(sent)
    when = f"{reset:%Y-%m-%d at %H:%M:%S} UTC"
    if seconds > 0:
        yield f"The window ends on {when}, {seconds:,} seconds after the answer: not before that."
    else:
        yield f"The window ended on {when}: try again now, and more slowly."
    if clue.limit and clue.remaining:
        yield (
            "Requests are left, so that a 429 means a limit on how many run at the same time, or "
            "one of another endpoint."
        )
