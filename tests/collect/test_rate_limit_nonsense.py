"""Rate-limit headers that make no sense: waiting is bounded, and a list ends with a reason."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from email.utils import formatdate
from typing import Any, cast

import pytest
import virtual
from helpers import TOKEN, okta_auditor, served, tenant
from hypothesis import example, given, settings
from hypothesis import strategies as st
from multidict import CIMultiDict

from auditor.collect.api.client import OktaClient
from auditor.collect.fetch.bounds import DEFAULT_BOUNDS
from auditor.collect.fetch.list_fetcher import ListFetcher, ListResult
from auditor.collect.http.response import Response
from auditor.collect.rate_limits.waiting import RateLimiter

assert TOKEN
YEAR_S = 365 * 86_400
NOW = 1_800_000_000
PAGES = 30
ORG = "https://acme.okta.com"
PATH = "/api/v1/users"

Headers = list[tuple[str, str]]


class Gateway:
    """Answers with pages of a list, whatever the headers."""

    def __init__(self, headers: Iterator[tuple[int, Headers]], pages: int) -> None:
        self.headers = headers
        self.pages = pages
        self.page = 0

    async def get(self, _: str) -> Response:
        await asyncio.sleep(0.05)
        status, headers = next(self.headers)
        if status == 200:
            self.page += 1
        link = [("Link", f'<{ORG}{PATH}?after={self.page}>; rel="next"')]
        more = link if self.page < self.pages else []
        kind = [("Content-Type", "application/json")]
        body = b'[{"id": "00u%d"}]' % self.page if status == 200 else b"{}"
        return Response(status, CIMultiDict([*kind, *headers, *more]), body)


def read(answers: Iterator[tuple[int, Headers]], pages: int = PAGES) -> tuple[ListResult, float]:
    """What came of reading the list, and how many seconds of the loop it took."""

    async def run() -> tuple[ListResult, float]:
        random.seed(1)
        fetcher = ListFetcher(cast("OktaClient", Gateway(answers, pages)), ORG, RateLimiter())
        result = await fetcher.read("users", PATH, {}, on_page=lambda _: None)
        return result, virtual.now()

    return cast("tuple[ListResult, float]", virtual.run(run()))


def limits(limit: str, remaining: str, reset: str, date: str | None = None) -> Headers:
    names = ("X-Rate-Limit-Limit", "X-Rate-Limit-Remaining", "X-Rate-Limit-Reset")
    lines = list(zip(names, (limit, remaining, reset), strict=True))
    return [*lines, ("Date", formatdate(NOW, usegmt=True) if date is None else date)]


def always(status: int, headers: Headers) -> Iterator[tuple[int, Headers]]:
    while True:
        yield status, headers


@pytest.mark.parametrize("reset", [NOW + YEAR_S, NOW + 100 * YEAR_S, 10**15 - 1, NOW + 3600])
@pytest.mark.parametrize("remaining", ["0", "1"])
def test_nothing_left_until_next_year_is_given_up(reset: int, remaining: str) -> None:
    result, took = read(always(200, limits("600", remaining, str(reset))), pages=200)

    assert result.problem is not None
    assert "hardly anything came from the rate limit of users for 15 minutes" in (
        result.problem.reason
    )
    assert took < DEFAULT_BOUNDS.longest_throttling_s + 300


def test_nothing_left_that_lets_everything_through_is_no_reason_to_give_up() -> None:
    result, took = read(always(200, limits("600", "0", str(NOW - YEAR_S))))

    assert result.problem is None
    assert took < 120


@pytest.mark.parametrize(
    "headers",
    [
        limits("NaN", "0", "inf"),
        limits("-600", "-1", "-1"),
        limits("600, 600", "0, 0", "1, 2"),
        limits("1e3", "0x0", "1_000"),
        limits("\u0666\u0660\u0660", "0", "0"),
        limits("", "", ""),
        limits("9" * 5000, "9" * 5000, "9" * 5000),
        limits("600", "0", "tomorrow", "never"),
        limits("600", "600", str(NOW + YEAR_S), "Fri, 31 Dec 9999 23:59:59 GMT"),
        limits("600", "599", "0", "Thu, 01 Jan 1970 00:00:00 GMT"),
        limits("0", "0", "0"),
        limits("1", "99999", "0"),
        [*limits("600", "0", "0"), *limits("600", "599", str(NOW + 60))],
    ],
)
@pytest.mark.parametrize("status", [200, 429])
def test_headers_without_a_meaning_end_in_time(headers: Headers, status: int) -> None:
    result, took = read(always(status, headers))

    assert result.pages == PAGES or result.problem is not None
    assert took < 2 * DEFAULT_BOUNDS.longest_throttling_s


_WORDS = st.one_of(
    st.integers(-(2**70), 2**70).map(str),
    st.integers(0, 700).map(str),
    st.integers(NOW - 100, NOW + 100).map(str),
    st.sampled_from(["", "NaN", "inf", "-0", "0.5", "1,2", " 7 ", "0x10", "\u0667", "a" * 300]),
)
_DATES = st.one_of(
    _WORDS,
    st.integers(-(10**9), 10**11).map(lambda s: formatdate(min(s, 253_000_000_000), usegmt=True)),
    st.sampled_from(["Mon, 99 Foo 99999 99:99:99 ZZZ", "Thu, 01 Jan 0001 00:00:00 +9999"]),
)
_ANSWERS = st.tuples(
    st.sampled_from([200, 200, 200, 429, 503]),
    st.tuples(_WORDS, _WORDS, _WORDS, _DATES, _DATES),
)


def _lines(answer: tuple[int, tuple[str, ...]]) -> tuple[int, Headers]:
    status, (limit, remaining, reset, date, after) = answer
    return status, [*limits(limit, remaining, reset, date), ("Retry-After", after)]


_YEARS_APART = [
    (429, ("", "", "", "", "433")),
    (503, ("190", "687", "416524", "1800000100", "")),
    (429, ("", "", "", "Thu, 01 Jan 1970 15:34:13 GMT", "")),
    (200, ("1800000010", "", "403", "1799999931", "")),
    (200, ("1799999908", "278", "1799999925", "47503", "")),
]
"""Two resets that are 57 years apart are no window of that length."""


@settings(max_examples=40, deadline=None)
@example(_YEARS_APART)
@given(st.lists(_ANSWERS, min_size=1, max_size=5))
def test_random_headers_end_in_time(answers: list[Any]) -> None:
    cycle = [*map(_lines, answers)] * 1000

    result, took = read(iter(cycle))

    assert result.pages == PAGES or result.problem is not None
    # Each page may wait for ten windows, and pause between five failures.
    assert took < PAGES * 1500


def test_the_command_line_ends_in_time_and_says_why(tmp_path: Any) -> None:
    far = {"X-Rate-Limit-Limit": "600", "X-Rate-Limit-Remaining": "0"}
    far["X-Rate-Limit-Reset"] = str(4_000_000_000)
    document = tenant(faults=[{"path": "^/api/v1/groups", "headers": far, "stall_s": 0.01}])
    path = tmp_path / "s.json"
    with served(document) as sandbox:
        outcome = okta_auditor("snapshot", "-o", path, "--max-time", "1s", url=sandbox.url)

    assert outcome.exit_code == 3
    assert "the time was over that --max-time allows (0:00:01)" in outcome.stderr
    assert "--resume" in outcome.stderr
