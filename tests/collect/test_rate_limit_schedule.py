"""When the requests of a bucket go out, second by second, against a server told the time.

Each schedule is pinned whole: estimates that are a little off change when something is sent, and
nothing else, so no test of a bound notices them. Whoever tunes them on purpose pins it anew.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import cycle

import pytest

from auditor.collect.rate_limits.bucket import Bucket
from auditor.collect.rate_limits.headers import RateLimitHeaders
from auditor.collect.rate_limits.server_clock import ServerClock

EPOCH = 1_800_000_000


@dataclass
class Server:
    """A server of one bucket, whose windows begin with the first request after the last one."""

    limit: int
    window_s: float
    others: list[float] = field(default_factory=list)
    """When others send a request."""
    shifts: tuple[int, ...] = (0,)
    """By how many seconds the resets that are announced are off, in turn."""

    def __post_init__(self) -> None:
        self._end = -math.inf
        self._spent = 0
        self._shift = cycle(self.shifts)
        self._waiting = sorted(self.others)

    def answer(self, at: float) -> RateLimitHeaders:
        """The headers of the answer to a request that arrives at a time."""
        while self._waiting and self._waiting[0] <= at:
            self._spend(self._waiting.pop(0))
        refused = not self._spend(at)
        reset = EPOCH + math.ceil(self._end) + next(self._shift)
        date = float(EPOCH + math.floor(at))
        return RateLimitHeaders(self.limit, self.limit - self._spent, reset, date, refused)

    def _spend(self, at: float) -> bool:
        if at >= self._end:
            self._end, self._spent = at + self.window_s, 0
        if self._spent == self.limit:
            return False
        self._spent += 1
        return True


def schedule(
    server: Server, work: int, share: float | None, trips: tuple[float, ...]
) -> list[float]:
    """When each of some requests is sent, one after the other.

    Args:
        server: who answers.
        work: how many.
        share: of the limit.
        trips: how long answers take, in turn, in seconds.
    """
    bucket, now, sent = Bucket(share, ServerClock()), 0.0, []
    for left, trip in zip(range(work, 0, -1), cycle(trips), strict=False):
        while (ready := bucket.ready_at(now, left)) > now:
            now = ready
        request = bucket.sent(now)
        sent.append(round(now, 3))
        headers = server.answer(now + trip / 2)
        now += trip
        bucket.ended(request, now, answered=True)
        bucket.observe(headers, now)
    return sent


CASES: dict[str, Callable[[], list[float]]] = {
    "half of a limit": lambda: schedule(Server(20, 60), 26, 0.5, (0.1, 0.5)),
    "short windows": lambda: schedule(Server(8, 8), 16, 0.5, (0.1,)),
    "resets that waver": lambda: schedule(Server(10, 20, shifts=(0, 1, -1, 2)), 24, 0.5, (0.2,)),
    "resets that come early": lambda: schedule(Server(10, 20, shifts=(-6,)), 24, 0.5, (0.2,)),
    "a reset a day away": lambda: schedule(Server(6, 60, shifts=(86_400,)), 8, 0.5, (0.1,)),
    "others in a burst": lambda: schedule(
        Server(20, 30, [5 + n / 10 for n in range(14)]), 24, 1.0, (0.2, 0.4)
    ),
    "steady others": lambda: schedule(
        Server(20, 30, [n * 2.0 for n in range(60)]), 24, 1.0, (0.2,)
    ),
    "what nobody needs": lambda: schedule(
        Server(20, 30, [n * 4.0 for n in range(40)]), 34, None, (0.2, 0.6)
    ),
}
EXPECTED = {
    "half of a limit": [
        0.0,
        6.539,
        12.978,
        19.414,
        25.85,
        32.285,
        38.721,
        45.157,
        51.593,
        58.029,
        61.078,
        67.606,
        74.034,
        80.463,
        86.891,
        93.319,
        99.748,
        106.176,
        112.604,
        119.033,
        122.078,
        122.178,
        122.678,
        122.778,
        123.278,
        123.378,
    ],
    "short windows": [
        0.0,
        2.35,
        4.6,
        6.85,
        9.1,
        11.667,
        14.133,
        16.6,
        18.1,
        20.667,
        23.133,
        25.6,
        27.1,
        27.2,
        27.3,
        27.4,
    ],
    "resets that waver": [
        0.0,
        4.825,
        9.45,
        13.575,
        17.7,
        20.2,
        25.275,
        28.931,
        32.588,
        36.109,
        39.631,
        39.831,
        41.131,
        45.956,
        50.581,
        55.106,
        59.631,
        61.131,
        65.956,
        69.425,
        72.894,
        76.363,
        79.831,
        80.031,
    ],
    "resets that come early": [
        0.0,
        3.325,
        6.45,
        9.575,
        12.7,
        15.2,
        15.65,
        16.1,
        16.55,
        76.75,
        77.45,
        79.35,
        91.2,
        91.4,
        91.6,
        92.05,
        92.5,
        152.7,
        153.4,
        155.3,
        161.0,
        164.7,
        167.2,
        167.65,
    ],
    "a reset a day away": [0.0, 57.1, 114.1, 120.1, 174.2, 228.2, 234.2, 234.3],
    "others in a burst": [
        0.0,
        1.7,
        3.2,
        4.7,
        6.2,
        31.2,
        32.1,
        34.0,
        40.1,
        53.155,
        53.81,
        54.461,
        54.861,
        55.061,
        55.461,
        55.661,
        56.061,
        56.261,
        56.661,
        56.861,
        57.261,
        57.461,
        57.861,
        58.061,
    ],
    "steady others": [
        0.0,
        1.995,
        8.13,
        19.162,
        24.678,
        30.195,
        30.895,
        32.795,
        38.495,
        49.345,
        60.195,
        60.895,
        62.795,
        68.495,
        79.345,
        90.195,
        90.895,
        92.795,
        98.495,
        109.345,
        120.195,
        120.395,
        120.595,
        120.795,
    ],
    "what nobody needs": [
        0.0,
        2.559,
        4.493,
        7.175,
        9.764,
        13.643,
        17.174,
        20.44,
        23.795,
        25.718,
        28.652,
        30.2,
        34.009,
        37.218,
        40.427,
        43.636,
        46.844,
        50.053,
        53.262,
        56.471,
        59.68,
        61.2,
        64.688,
        67.576,
        70.464,
        73.352,
        76.24,
        79.128,
        82.016,
        84.904,
        87.792,
        90.68,
        92.2,
        92.4,
    ],
}


@pytest.mark.parametrize("case", CASES)
def test_requests_go_out_when_they_always_have(case: str) -> None:
    assert CASES[case]() == EXPECTED[case]
