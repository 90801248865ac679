"""The circuit breaker: when it opens, who probes, and when the org is given up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps

import pytest
import virtual

from auditor.collect.fetch.bounds import Bounds
from auditor.collect.fetch.circuit_breaker import CircuitBreaker, Permit

HASTE = Bounds(trip_after=3, cool_down_s=0.01, longest_cool_down_s=0.04, most_probes=3)


def in_a_loop(test: Callable[[], Coroutine[None, None, None]]) -> Callable[[], None]:
    @wraps(test)
    def run() -> None:
        virtual.run(asyncio.wait_for(test(), 5))

    return run


def tripped(kind: str = "users") -> CircuitBreaker:
    breaker = CircuitBreaker(HASTE)
    for _ in range(HASTE.trip_after):
        breaker.failed(Permit(kind), "503")
    return breaker


def waiters(breaker: CircuitBreaker, *kinds: str) -> list[asyncio.Task[Permit]]:
    return [asyncio.create_task(breaker.admit(kind)) for kind in kinds]


async def admitted(tasks: list[asyncio.Task[Permit]], wait_s: float = 0.03) -> list[Permit]:
    await asyncio.sleep(wait_s)
    return [task.result() for task in tasks if task.done()]


@in_a_loop
async def test_failures_in_a_row_open_it_and_a_good_answer_in_between_does_not() -> None:
    breaker = CircuitBreaker(HASTE)
    permit = await breaker.admit("users")
    for reason in ("503", "503", "", "503", "503"):
        if reason:
            breaker.failed(permit, reason)
        else:
            breaker.succeeded(permit)
    assert breaker.admits(permit)

    breaker.failed(permit, "503")

    assert not breaker.admits(permit), "one that waited for its turn meanwhile must not go"


@in_a_loop
async def test_one_probe_at_a_time_and_a_good_answer_frees_the_rest() -> None:
    breaker = tripped()
    tasks = waiters(breaker, *["users"] * 5)

    (probe,) = await admitted(tasks)
    assert probe.probe
    breaker.succeeded(probe)

    assert len(await admitted(tasks, 0)) == 5
    assert breaker.admits(await breaker.admit("users"))


@in_a_loop
async def test_failing_probes_lengthen_the_pause_and_then_end_it_for_good() -> None:
    breaker = tripped()
    loop = asyncio.get_running_loop()
    began, pauses = loop.time(), []
    for _ in range(HASTE.most_probes):
        asked = loop.time()
        probe = await breaker.admit("users")
        pauses.append(loop.time() - asked)
        assert breaker.verdict("apps") is None
        breaker.failed(probe, "no answer within 10 s")

    assert pauses == sorted(pauses)
    assert pauses[2] >= 0.04
    assert loop.time() - began <= HASTE.longest_outage_s(0)
    problem = breaker.verdict("apps")
    assert problem is not None
    assert problem.reason == (
        "the org stopped answering (no answer within 10 s); see https://status.okta.com"
    )
    assert not (await breaker.admit("users")).probe, "whoever comes is told at once"


@in_a_loop
async def test_another_kind_than_the_failing_one_probes() -> None:
    breaker = tripped("group_members")
    tasks = waiters(breaker, "group_members", "group_members", "scopes")

    (probe,) = await admitted(tasks)

    assert probe.kind == "scopes"


@in_a_loop
async def test_an_endpoint_that_alone_keeps_failing_is_given_up_alone() -> None:
    breaker = CircuitBreaker(HASTE)
    for _ in range(HASTE.most_probes):
        for _ in range(HASTE.trip_after):
            breaker.failed(Permit("group_members"), "500")
        breaker.succeeded(await breaker.admit("scopes"))

    problem = breaker.verdict("group_members")

    assert problem is not None
    assert problem.reason.startswith("the org keeps failing at requests of this kind (500)")
    assert breaker.verdict("scopes") is None


@pytest.mark.parametrize("how", ["cancelled", "unused"])
def test_a_probe_that_is_not_sent_passes_to_the_next(how: str) -> None:
    async def body() -> None:
        breaker = tripped()
        first, second = waiters(breaker, "users", "users")
        (probe,) = await admitted([first])
        assert not second.done()
        if how == "unused":
            breaker.unused(probe)
        else:
            task = asyncio.create_task(held(breaker, probe))
            await asyncio.sleep(0)
            task.cancel()
        assert (await second).probe

    async def held(breaker: CircuitBreaker, probe: Permit) -> None:
        try:
            await asyncio.sleep(5)
        finally:
            breaker.unused(probe)

    in_a_loop(body)()


@in_a_loop
async def test_one_that_stops_waiting_is_not_chosen() -> None:
    breaker = tripped()
    first, second = waiters(breaker, "users", "users")
    await asyncio.sleep(0)
    first.cancel()

    assert (await second).probe


@in_a_loop
async def test_the_first_to_come_after_the_pause_probes() -> None:
    breaker = tripped()
    await asyncio.sleep(0.03)

    assert (await breaker.admit("users")).probe
    assert not await admitted(waiters(breaker, "users"))


def test_the_usual_bounds_are_those_of_the_documentation() -> None:
    assert Bounds().longest_outage_s(10) <= 8.1 * 60
    assert Bounds().longest_outage_s(60) <= 21 * 60
