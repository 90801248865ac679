"""The arithmetic of one rate-limit bucket, told the time: what counts as spent, and by whom."""

import math

import pytest

from auditor.collect.rate_limits.bucket import Bucket
from auditor.collect.rate_limits.headers import RateLimitHeaders
from auditor.collect.rate_limits.other_clients import OtherClients
from auditor.collect.rate_limits.server_clock import ServerClock
from auditor.collect.rate_limits.window import OwnRequests, Windows

RESET = 1_800_000_060


def headers(remaining: int, *, limit: int = 100, refused: bool = False) -> RateLimitHeaders:
    """Of an answer at the time 0, in a window that ends at 60."""
    return RateLimitHeaders(limit, remaining, RESET, RESET - 60.0, refused)


def observed(share: float, first: RateLimitHeaders) -> Bucket:
    """A bucket after its probe, sent at 0 and answered at 0.1 seconds."""
    bucket = Bucket(share, ServerClock())
    probe = bucket.sent(0.0)
    bucket.ended(probe, 0.1, answered=True)
    bucket.observe(first, 0.1)
    return bucket


def test_a_refused_request_is_not_counted_as_ours() -> None:
    windows = Windows(ServerClock(), OwnRequests())
    windows.observe(headers(99), 0.1)
    windows.observe(headers(0, refused=True), 0.2)
    assert windows.current is not None
    assert (windows.current.ours, windows.current.others) == (1, 99)


def test_the_concurrency_limit_says_nothing_about_the_window() -> None:
    bucket = observed(1.0, headers(99))
    bucket.observe(headers(0, limit=0, refused=True), 0.2)
    assert bucket.allowance is not None
    assert bucket.allowance.limit == 100
    assert bucket.ready_at(0.3, work=1) == 0.3


def test_a_request_without_an_answer_may_have_been_counted() -> None:
    bucket = observed(0.5, headers(9, limit=10))
    for _ in range(4):
        bucket.ended(bucket.sent(1.0), 2.0, answered=False)
    assert bucket.ready_at(2.0, work=1) > 2.0


def test_no_more_can_remain_than_the_limit() -> None:
    answer = RateLimitHeaders.of(
        200, {"X-Rate-Limit-Limit": "100", "X-Rate-Limit-Remaining": "900"}
    )
    assert answer is not None
    assert answer.remaining == 100


def test_room_is_left_for_the_unevenness_of_others() -> None:
    others = OtherClients()
    others.start(others=60, in_s=60.0)
    assert others.most_in(16.0) == pytest.approx(16 + math.sqrt(16) / 4 + 1)


def test_others_who_stop_are_forgotten() -> None:
    others = OtherClients()
    others.learn(100, 10.0, memory_s=20.0)
    assert others.per_s == pytest.approx(10.0, rel=0.1)
    others.learn(0, 60.0, memory_s=20.0)
    assert others.per_s < 0.2


def test_a_refusal_without_a_word_makes_everybody_wait() -> None:
    bucket = Bucket(0.5, ServerClock())
    bucket.refused_without_a_word(10.0)
    assert bucket.ready_at(10.0, work=1) == 11.0
    assert bucket.ready_at(11.5, work=1) == 11.5


@pytest.mark.parametrize(("remaining", "at"), [(3, 0.6), (2, 60.1)])
def test_a_tenth_of_the_limit_is_worth_a_look_at_others(remaining: int, at: float) -> None:
    bucket = observed(1.0, headers(remaining, limit=20))
    assert bucket.ready_at(0.1, work=50) == pytest.approx(at)
