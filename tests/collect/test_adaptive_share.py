"""The default share, against an org's limit that shares no code with the sandbox.

It spends what others demonstrably do not: in virtual time, and once over HTTP.
"""

from __future__ import annotations

import asyncio
import math
import random
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest
import virtual
from helpers import ledger, okta_auditor
from independent import RateLimitedOrg, bursts, served_over_http, steady
from network import beside

from auditor.collect.rate_limits.waiting import RateLimiter, Throttle

WINDOW_S, LATENCY_S, IN_FLIGHT = 60.0, 0.05, 15


def spend(
    org: RateLimitedOrg, requests: int, share: float | None = None, *, begin_s: float = 0.0
) -> float:
    """Send requests until each is let through; the seconds that it takes."""

    async def main() -> float:
        limiter = RateLimiter(share=share, concurrency=IN_FLIGHT)
        await asyncio.sleep(begin_s)
        began = virtual.now()

        async def one() -> None:
            status = 429
            while status == 429:
                async with limiter.turn("apps"):
                    await asyncio.sleep(LATENCY_S / 2)
                    status, headers = org.ask(virtual.now())
                    await asyncio.sleep(LATENCY_S / 2)
                if limiter.observe("apps", status, headers) is Throttle.NONE and status == 429:
                    await asyncio.sleep(1)

        await asyncio.gather(*(one() for _ in range(requests)))
        return virtual.now() - began

    return cast("float", virtual.run(main()))


def whole_ceiling_s(requests: int, limit: int) -> float:
    """What the whole ceiling demands: full windows, and the answers of the last one."""
    return (math.ceil(requests / limit) - 1) * WINDOW_S + math.ceil(
        requests % limit / IN_FLIGHT
    ) * LATENCY_S


@pytest.mark.parametrize("announces", ["honest", "token", "constant", "moving"])
@pytest.mark.parametrize("limit", [4, 50, 120])
@pytest.mark.parametrize("times", [1.0, 1.2, 2.5, 4.0])
def test_a_quiet_org_takes_hardly_longer_than_its_whole_ceiling(
    announces: str, limit: int, times: float
) -> None:
    requests = round(limit * times)

    took = spend(RateLimitedOrg(limit, announces), requests)

    assert took <= 1.15 * whole_ceiling_s(requests, limit) + 1


@pytest.mark.parametrize("requests", [301, 360, 408, 599, 600])
def test_what_the_ceiling_holds_costs_no_window(requests: int) -> None:
    assert spend(RateLimitedOrg(600), requests) < 3


@pytest.mark.parametrize("kind", [steady, bursts])
@pytest.mark.parametrize("clients", [1, 3])
@pytest.mark.parametrize("begin_s", [0.0, 100.0])
def test_others_get_no_more_429s_than_beside_a_fixed_half(
    kind: Any, clients: int, begin_s: float
) -> None:
    refused, _ = beside_others(partial(kind, 12), clients, 120, 300, begin_s)

    assert refused[None] <= refused[0.5]


def beside_others(
    asks: Any, clients: int, limit: int, requests: int, begin_s: float
) -> tuple[dict[float | None, int], dict[float | None, float]]:
    """What others are refused and how long it takes, by share, over some beginnings of theirs."""
    luck = random.Random(7)
    refused, seconds = {None: 0, 0.5: 0}, {None: 0.0, 0.5: 0.0}
    for _ in range(4):
        phases = [luck.random() for _ in range(clients)]
        for share in refused:
            org = RateLimitedOrg(limit, others=[asks(phase, WINDOW_S) for phase in phases])
            seconds[share] += spend(org, requests, share, begin_s=begin_s)
            org.end_window()
            refused[share] += org.refused_others
    return refused, seconds


@pytest.mark.parametrize("kind", [steady, bursts])
@pytest.mark.parametrize(("clients", "limit"), [(1, 600), (3, 600), (1, 200), (3, 300)])
@pytest.mark.parametrize("begin_s", [0.0, 100.0])
def test_sixty_at_once_are_left_room_and_cost_no_more_time_than_a_fixed_half(
    kind: Any, clients: int, limit: int, begin_s: float
) -> None:
    refused, seconds = beside_others(partial(kind, 60), clients, limit, 2 * limit, begin_s)

    assert refused[None] == 0
    assert seconds[None] <= 1.03 * seconds[0.5]


@pytest.mark.parametrize("begin_s", [0.0, 100.0])
@pytest.mark.parametrize("requests", [400, 600])
def test_where_others_need_three_quarters_it_is_no_slower_than_a_fixed_half(
    begin_s: float, requests: int
) -> None:
    refused, seconds = beside_others(partial(steady, 50), 3, 200, requests, begin_s)

    assert seconds[None] <= seconds[0.5]
    assert refused[None] <= 4 * 2, "two in ten windows, of 1,500"


@pytest.mark.parametrize("begin_s", [0.0, 100.0])
def test_where_others_need_nine_tenths_little_is_refused_before_they_are_known(
    begin_s: float,
) -> None:
    refused, seconds = beside_others(partial(bursts, 60), 3, 200, 600, begin_s)

    assert seconds[None] <= seconds[0.5]
    assert refused[None] <= 4 * 5


def test_a_burst_that_leaves_exactly_half_does_not_stall_the_export() -> None:
    refused, seconds = beside_others(partial(bursts, 60), 1, 120, 240, 100.0)

    assert refused[None] == 0
    assert seconds[None] <= 4 * 6 * WINDOW_S


def test_somebody_who_was_never_seen_finds_a_tenth_where_that_costs_nothing() -> None:
    org = RateLimitedOrg(100, others=[bursts(10, 0.9, WINDOW_S)])
    spend(org, 250)

    assert org.refused_others == 0


def test_a_burst_is_left_room_in_the_windows_after_it() -> None:
    org = RateLimitedOrg(100, others=[bursts(30, 0.95, WINDOW_S)])
    spend(org, 260, begin_s=30)

    assert org.refused_others <= 20, "the first, if nobody could know it"
    assert max(list(org.by_window)[2:]) <= 70


@pytest.mark.parametrize("announces", ["honest", "token", "closing"])
def test_a_token_that_may_spend_half_is_right_whatever_the_header_shows(announces: str) -> None:
    org = RateLimitedOrg(100, announces, cap=50)

    took = spend(org, 240)

    assert took <= 1.15 * whole_ceiling_s(240, 50) + 25
    assert org.refused <= 3


def test_an_answer_that_says_nothing_was_counted() -> None:
    org = RateLimitedOrg(120, "rare")

    took = spend(org, 200)

    assert org.refused == 0
    assert took <= 1.15 * whole_ceiling_s(200, 120) + 1


@pytest.mark.parametrize("announces", ["missing", "absurd"])
def test_a_429_that_names_no_limit_is_not_hammered(announces: str) -> None:
    org = RateLimitedOrg(50, announces)

    took = spend(org, 75)

    assert took <= 1.15 * WINDOW_S
    assert org.refused <= 60


def test_a_fixed_share_is_never_exceeded_for_want_of_others() -> None:
    org = RateLimitedOrg(100)
    spend(org, 120, 0.5)
    assert max(org.by_window) == 50


def test_an_export_over_http_spends_more_than_half_without_waiting(tmp_path: Path) -> None:
    """100 apps: 401 requests of a bucket of 600."""
    keyed = {"oauthClient": {"token_endpoint_auth_method": "private_key_jwt"}}
    kind = {"status": "ACTIVE", "signOnMode": "OPENID_CONNECT", "settings": {"oauthClient": {}}}
    apps = [{"id": f"0oa{n}", **kind, "credentials": keyed} for n in range(100)]
    buckets = {"/api/v1/apps": RateLimitedOrg(600), "/": RateLimitedOrg(1200)}
    lists = {
        "/api/v1/org": {"id": "00o1", "companyName": "Acme"},
        "/api/v1/org/settings/clientPrivilegesSetting": {"clientPrivilegesSetting": False},
        "/api/v1/apps": apps,
        "/api/v1/groups": [{"id": "00g1", "type": "BUILT_IN", "profile": {"name": "Everyone"}}],
        "/api/v1/users": [{"id": "00u1", "status": "ACTIVE"}],
    }
    path = tmp_path / "s.json"

    with beside(served_over_http(lists, buckets)) as port:
        outcome = okta_auditor("snapshot", "-o", path, url=f"http://127.0.0.1:{port}")

    assert outcome.exit_code == 0, outcome.shown
    assert ledger(path)["apps"]["objects"] == 100
    assert buckets["/api/v1/apps"].served == 401
    assert buckets["/api/v1/apps"].refused == 0
