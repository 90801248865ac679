"""Answers that say too much or nothing about a rate limit let no request out too early."""

import asyncio
import math
from collections.abc import Iterator
from email.utils import formatdate

from virtual import EPOCH, now, run

from auditor.collect.rate_limits.waiting import RateLimiter

WINDOW_S = 60


def headers(remaining: int, *, ends_in_s: float = WINDOW_S) -> dict[str, str]:
    """Of a window of 100 requests, at the time 0."""
    return {
        "X-Rate-Limit-Limit": "100",
        "X-Rate-Limit-Remaining": str(remaining),
        "X-Rate-Limit-Reset": str(math.floor(EPOCH + ends_in_s)),
        "Date": formatdate(math.floor(EPOCH), usegmt=True),
    }


def sent_within(
    seconds: float,
    answers: Iterator[dict[str, str]],
    *,
    share: float = 1.0,
    requests: int = 200,
    latency_s: float = 0.1,
    concurrency: int = 15,
) -> int:
    """How many of the requests go out in that time, if one after another is answered so."""

    async def main() -> int:
        limiter, sent = RateLimiter(share=share, concurrency=concurrency), []

        async def one() -> None:
            async with limiter.turn("apps"):
                sent.append(now())
                await asyncio.sleep(0.1 if len(sent) == 1 else latency_s)
            limiter.observe("apps", 200, next(answers))

        tasks = [asyncio.create_task(one()) for _ in range(requests)]
        await asyncio.sleep(seconds)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return len([at for at in sent if at < seconds])

    count: int = run(main())
    return count


def repeated(first: list[dict[str, str]], then: dict[str, str]) -> Iterator[dict[str, str]]:
    yield from first
    while True:
        yield then


def test_a_number_that_rises_within_a_window_is_an_older_answers() -> None:
    overtaken = repeated([headers(99), headers(98), headers(97), headers(30)], headers(90))
    assert 4 <= sent_within(50, overtaken, requests=60) <= 4 + 30


def test_an_answer_without_headers_does_not_lift_a_limit_that_others_told() -> None:
    silent = repeated([headers(99)], {})
    assert 1 <= sent_within(5, silent, share=0.5) <= 50


def test_requests_on_their_way_are_taken_off_what_others_leave() -> None:
    # Others have sent 59 in the last 50 seconds, so they will send 12 of the 40 that are left.
    nothing_more = repeated([headers(40, ends_in_s=10)], {})
    sent = sent_within(9, nothing_more, latency_s=1000, concurrency=200)
    assert 20 <= sent - 1 <= 40 - 12
