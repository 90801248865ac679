"""Turns by rate limit, in virtual time against the sandbox's own windows."""

import asyncio
import collections
import contextlib
import math
import random
from email.utils import formatdate
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from virtual import EPOCH, Org, now, run

from auditor.collect.rate_limits.waiting import RateLimiter, Throttle
from auditor.sandbox.tenant import RateLimit

PROPERTY = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.differing_executors]
)


def limit(path: str = "apps", requests: int = 50, window_s: float = 60, *others: int) -> RateLimit:
    return RateLimit(path=path, limit=requests, window_s=window_s, other_clients=others)


def headers(limit: object, remaining: object, in_s: float, at: float = EPOCH) -> dict[str, str]:
    return {
        "X-Rate-Limit-Limit": str(limit),
        "X-Rate-Limit-Remaining": str(remaining),
        "X-Rate-Limit-Reset": str(math.ceil(at + in_s)),
        "Date": formatdate(at // 1, usegmt=True),
    }


# How many, and how fast


@PROPERTY
@given(
    requests=st.integers(1, 400),
    of=st.integers(4, 300),
    window_s=st.sampled_from([4.0, 5.0, 10.0, 60.0]),
    share=st.sampled_from([0.1, 0.25, 0.5, 0.9, 1.0]),
    latency_s=st.floats(0.001, 0.5),
    skew_s=st.floats(-90_000, 90_000),
)
def test_no_window_gives_more_than_the_share_and_everybody_is_served(
    *, requests: int, of: int, window_s: float, share: float, latency_s: float, skew_s: float
) -> None:
    async def main() -> Org:
        org = Org((limit("apps", of, window_s),), latency_s, skew_s=skew_s)
        await org.read_all(RateLimiter(share=share), {"apps": requests})
        return org

    org = run(main())

    assert not org.refused
    assert sum(org.windows.values()) == requests
    assert max(org.windows.values()) <= max(1, math.floor(share * of + 1e-9))


@PROPERTY
@given(
    others=st.lists(st.integers(2, 120), min_size=1, max_size=3).filter(lambda o: sum(o) <= 180),
    window_s=st.sampled_from([10.0, 20.0, 60.0]),
    begin_s=st.floats(0, 60),
    latency_s=st.floats(0.01, 0.3),
    share=st.sampled_from([0.5, 1.0]),
)
@example(others=[50, 50, 50], window_s=60.0, begin_s=31.0, latency_s=0.05, share=0.5)
def test_the_steady_spending_of_others_is_seen_and_left_to_them(
    others: list[int], window_s: float, begin_s: float, latency_s: float, share: float
) -> None:
    async def main() -> Org:
        org = Org((limit("apps", 200, window_s, *others),), latency_s)
        await asyncio.sleep(begin_s)
        await org.read_all(RateLimiter(share=share), {"apps": 400})
        return org

    org = run(main())

    assert not org.refused, "no 429 for us"
    assert max(org.windows.values()) <= share * 200


@pytest.mark.parametrize("others", [(), (50,), (50, 50, 50)])
@pytest.mark.parametrize("begin_s", [0, 23])
@pytest.mark.parametrize("share", [None, 0.5])
def test_it_takes_hardly_longer_than_the_limits_demand(
    others: tuple[int, ...], begin_s: float, share: float | None
) -> None:
    async def main() -> float:
        org = Org((limit("apps", 200, 60, *others),))
        await asyncio.sleep(begin_s)
        begin = now()
        await org.read_all(RateLimiter(share=share), {"apps": 530})
        return now() - begin

    windows = math.ceil(530 / min((share or 1) * 200, 200 - sum(others)))
    # A tenth is left to some who may come where others have come.
    slower = 1.25 if others and share is None else 1.15
    assert run(main()) <= slower * 60 * (windows - 1)


def test_work_that_fits_is_sent_at_once() -> None:
    async def main() -> float:
        org = Org((limit("apps", 1000),))
        limiter = RateLimiter(concurrency=15)
        await org.read_all(limiter, {"apps": 450})
        assert limiter.waited_s == 0
        return now()

    assert run(main()) == pytest.approx(0.05 * (1 + math.ceil(449 / 15)), abs=0.01)


def test_a_burst_before_we_came_is_not_taken_for_lasting() -> None:
    async def main() -> float:
        org = Org((limit("apps", 10_000),))
        await org.read_all(RateLimiter(), {"apps": 900})  # another run, just before
        begin = now()
        await org.read_all(RateLimiter(), {"apps": 900})
        assert not org.refused
        return now() - begin

    assert run(main()) < 10


def test_work_that_does_not_fit_is_spread_over_the_window() -> None:
    async def main() -> Org:
        org = Org((limit("apps", 100),))
        await org.read_all(RateLimiter(share=0.5), {"apps": 90})
        return org

    sent = [at for _, at in run(main()).sent if at < 60]
    assert len(sent) == 50
    for begin in (0, 15, 30, 45):
        assert 9 <= sum(begin <= at < begin + 15 for at in sent) <= 15


def test_work_that_is_expected_is_paced_before_it_waits() -> None:
    async def main() -> list[float]:
        org = Org((limit("apps", 100),))
        limiter = RateLimiter(share=0.5)
        limiter.expect("apps", 90)
        for _ in range(10):
            await org.read(limiter, "apps")
        return [at for _, at in org.sent]

    assert run(main())[-1] > 8, "one after the other, they could all be over in half a second"


def test_several_exporters_on_one_bucket_take_no_429() -> None:
    async def main() -> Org:
        org = Org((limit("apps", 100),))
        await asyncio.gather(*(org.read_all(RateLimiter(), {"apps": 100}) for _ in range(4)))
        return org

    org = run(main())
    assert not org.refused
    assert sum(org.windows.values()) == 400


def test_requests_per_minute_hold_over_all_buckets() -> None:
    async def main() -> list[float]:
        org = Org(())
        await org.read_all(RateLimiter(per_minute=30), {"apps": 40, "groups": 40})
        return [at for _, at in org.sent]

    sent = run(main())
    assert all(later - at >= 60 for at, later in zip(sent, sent[30:], strict=False))
    assert sent[-1] <= 60 * 80 / 30 + 1
    assert sum(at < 15 for at in sent) <= 9, "spread"


# Cold start, and windows that reopen


def test_one_request_asks_how_a_bucket_stands_while_the_others_wait() -> None:
    async def main() -> Org:
        org = Org((limit("apps", 100), limit("groups", 100)))
        await org.read_all(RateLimiter(), {"apps": 40, "groups": 40})
        return org

    first = [bucket for bucket, at in run(main()).sent if at < 0.05]
    assert first == ["apps", "groups"]


def test_a_probe_that_fails_hands_over_to_the_next() -> None:
    async def main() -> list[float]:
        limiter, sent = RateLimiter(), []

        async def fail() -> None:
            async with limiter.turn("apps"):
                sent.append(now())
                await asyncio.sleep(1)

        await asyncio.gather(*(fail() for _ in range(3)))
        return sent

    assert run(main()) == [0, 1, 2]


def test_a_429_of_the_window_waits_until_it_reopens() -> None:
    async def main() -> tuple[Throttle, float]:
        limiter = RateLimiter()
        async with limiter.turn("apps"):
            pass
        throttle = limiter.observe("apps", 429, headers(100, 0, 7.0))
        async with limiter.turn("apps"):
            return throttle, now()

    throttle, reopened = run(main())
    assert throttle is Throttle.WINDOW
    assert 7 <= reopened <= 9


def test_a_reset_in_the_past_is_not_hammered() -> None:
    async def main() -> float:
        limiter = RateLimiter()
        for _ in range(3):
            async with limiter.turn("apps"):
                at = now()
            limiter.observe("apps", 429, headers(100, 0, -30))
        return at

    assert run(main()) >= 2


@pytest.mark.parametrize("ahead", [-7200, -31.4, 0, 45, 10**6])
def test_the_end_of_a_window_is_measured_from_the_servers_own_date(ahead: float) -> None:
    async def main() -> float:
        limiter = RateLimiter()
        async with limiter.turn("apps"):
            pass
        limiter.observe("apps", 429, headers(100, 0, 20, EPOCH + ahead))
        async with limiter.turn("apps"):
            return now()

    assert 20 <= run(main()) <= 22


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"X-Rate-Limit-Limit": "many", "X-Rate-Limit-Remaining": "few"},
        {"X-Rate-Limit-Limit": "0", "X-Rate-Limit-Remaining": "0"},
        {"X-Rate-Limit-Limit": "-5", "X-Rate-Limit-Remaining": "-5"},
        {"X-Rate-Limit-Limit": "1_0", "X-Rate-Limit-Remaining": "1"},
        {"X-Rate-Limit-Limit": "9" * 5000, "X-Rate-Limit-Remaining": "1"},
    ],
)
def test_without_usable_headers_there_is_no_limit(odd: dict[str, str]) -> None:
    assert _seconds_for(40, odd) == pytest.approx(0.1 * (1 + math.ceil(39 / 15)))


@pytest.mark.parametrize(
    "odd",
    [
        {"X-Rate-Limit-Reset": "soon"},
        {"X-Rate-Limit-Reset": "99999999999"},
        {"X-Rate-Limit-Reset": "0"},
        {"Date": "yesterday"},
        {"Date": "Mon, 99 Foo 99999 99:99:99 GMT"},
        {"Date": ""},
    ],
)
def test_odd_resets_and_dates_stall_nothing_for_long(odd: dict[str, str]) -> None:
    assert _seconds_for(60, {**headers(100, 99, 60), **odd}) <= 300


def _seconds_for(requests: int, said: dict[str, str]) -> float:
    """How long requests take that are all answered alike, after 0.1 s each."""

    async def main() -> float:
        limiter = RateLimiter()

        async def one() -> None:
            async with limiter.turn("apps"):
                await asyncio.sleep(0.1)
            assert limiter.observe("apps", 200, said) is Throttle.NONE

        await asyncio.gather(*(one() for _ in range(requests)))
        return now()

    seconds: float = run(main())
    return seconds


def test_a_gateways_error_without_headers_does_not_lift_the_limit() -> None:
    async def main() -> list[float]:
        limiter, sent = RateLimiter(), []

        async def one(status: int) -> None:
            async with limiter.turn("apps"):
                sent.append(now())
                await asyncio.sleep(1)
            limiter.observe("apps", status, {})

        await asyncio.gather(*(one(503) for _ in range(3)))
        return sent

    assert run(main()) == [0, 1, 2], "still one at a time"


# ConcurrencyLimit


def test_no_more_are_in_flight_than_allowed() -> None:
    async def main() -> Org:
        org = Org(())
        await org.read_all(RateLimiter(concurrency=4), {"apps": 30, "groups": 30})
        return org

    assert run(main()).peak == 4


def test_the_concurrency_limit_lowers_the_number_in_flight_until_it_fits() -> None:
    async def main() -> Org:
        org = Org((), concurrency=4)
        await org.read_all(RateLimiter(concurrency=32), {"apps": 300})
        return org

    org = run(main())
    assert set(org.refused) == {Throttle.CONCURRENCY}
    assert len(org.refused) <= 28 + 40, "the first burst, and one probe upwards now and then"


def test_good_answers_bring_back_the_slots_that_a_refusal_took() -> None:
    async def main() -> int:
        limiter, org = RateLimiter(concurrency=8), Org(())
        async with limiter.turn("apps"):
            pass
        said = {"X-Rate-Limit-Limit": "0", "X-Rate-Limit-Remaining": "0"}
        assert limiter.observe("apps", 429, said) is Throttle.CONCURRENCY
        await org.read_all(limiter, {"apps": 20})
        assert org.peak < 8
        await org.read_all(limiter, {"apps": 60})
        return org.peak

    assert run(main()) == 8


def test_the_bucket_that_will_finish_last_has_its_turns_first() -> None:
    async def main() -> list[str]:
        org = Org((limit("apps", 10), limit("users", 1000)), latency_s=0.2)
        limiter = RateLimiter(concurrency=1, share=0.5)
        await org.read_all(limiter, {"users": 1, "apps": 1})  # how both stand
        org.sent.clear()
        limiter.expect("apps", 30)
        await org.read_all(limiter, {"users": 100, "apps": 30})
        return [bucket for bucket, at in org.sent if at < 60]

    sent = run(main())
    assert sent.count("apps") == 4, "its share of the first window, although others wait"


def test_turns_alternate_between_buckets_whose_work_fits() -> None:
    async def main() -> list[str]:
        org = Org((limit("apps", 1000), limit("users", 1000)))
        await org.read_all(RateLimiter(concurrency=2), {"users": 50, "apps": 50})
        return [bucket for bucket, _ in org.sent]

    counts = collections.Counter(run(main())[:50])
    assert abs(counts["apps"] - counts["users"]) <= 2


# Turns that come to nothing


def test_turns_that_send_nothing_cost_no_time() -> None:
    async def main() -> float:
        org, limiter = Org((limit("apps", 20),)), RateLimiter()
        await org.read(limiter, "apps")

        async def nothing() -> None:
            async with limiter.turn("apps"):
                pass

        await asyncio.gather(*(nothing() for _ in range(500)))
        return now()

    assert run(main()) < 10


@PROPERTY
@given(seed=st.integers(0, 10_000), at_once=st.integers(1, 8))
def test_cancelled_waiters_lose_no_slot_and_nobody_is_forgotten(seed: int, at_once: int) -> None:
    luck = random.Random(seed)

    async def main() -> tuple[Org, int]:
        org = Org((limit("apps", 40, 10), limit("users", 400, 10)), jitter_s=0.05)
        limiter = RateLimiter(concurrency=at_once)
        tasks = [
            asyncio.create_task(org.read(limiter, luck.choice(["apps", "users"])))
            for _ in range(80)
        ]
        for task in luck.sample(tasks, 50):
            await asyncio.sleep(luck.choice([0, 0, 0.01, 0.3]))
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        served = sum(end is None for end in ends)
        org.peak = 0
        await org.read_all(limiter, {"users": 100})
        return org, served

    org, served = run(main())
    assert served >= 30
    assert org.peak == at_once, "all slots are free again"
    assert not org.refused


def test_a_turn_that_is_given_and_cancelled_in_one_step_is_handed_on() -> None:
    async def main() -> None:
        limiter = RateLimiter(concurrency=1)

        async def hold() -> None:
            async with limiter.turn("apps"):
                await asyncio.sleep(1)

        holder = asyncio.create_task(hold())
        await asyncio.sleep(0)
        waiter = asyncio.create_task(hold())
        await holder
        await asyncio.sleep(0)  # the waiter's turn is given, but it has not run yet
        waiter.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await waiter
        await hold()

    run(main())


# What is told


def test_waiting_is_told_and_counted() -> None:
    told: list[tuple[str, float]] = []

    async def main() -> float:
        org = Org((limit("apps", 4, 10),))
        limiter = RateLimiter(share=0.5, on_wait=lambda *said: told.append(said))
        await org.read_all(limiter, {"apps": 4})
        return limiter.waited_s

    assert 8 < run(main()) < 12
    assert {bucket for bucket, _ in told} == {"apps"}
    assert all(1 <= seconds <= 12 for _, seconds in told)


@pytest.mark.parametrize(
    "wrong", [{"share": 0}, {"share": 1.5}, {"concurrency": 0}, {"per_minute": 0}]
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        RateLimiter(**wrong)
