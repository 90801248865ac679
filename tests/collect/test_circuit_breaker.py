"""The circuit breaker: when it opens, who probes, and when the org is given up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps

import pytest
import virtual

from auditor.collect.fetch.bounds import Bounds
from auditor.collect.fetch.circuit_breaker import CircuitBreaker, Permit

HASTE = Bounds(
    trip_after=3,
    cool_down_s=0.01,
    longest_cool_down_s=0.04,
    most_probes=3,
    kind_cool_down_s=0.2,
    longest_fault_s=0.3,
)


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
    for _ in range(HASTE.trip_after):
        breaker.failed(Permit("group_members"), "500")
        breaker.succeeded(await breaker.admit("scopes"))
    loop = asyncio.get_running_loop()
    pauses = []
    for _ in range(HASTE.most_kind_probes):
        assert breaker.verdict("group_members") is None
        asked = loop.time()
        probe = await breaker.admit("group_members")
        pauses.append(round(loop.time() - asked, 3))
        breaker.failed(probe, "500")

    problem = breaker.verdict("group_members")

    assert pauses == [0.2, 0.4, 0.8]
    assert problem is not None
    assert problem.reason.startswith("the org keeps failing at requests of this kind (500)")
    assert not problem.unreachable
    assert breaker.verdict("scopes") is None


@in_a_loop
async def test_one_that_is_given_up_ends_the_pauses_of_its_lists() -> None:
    breaker = CircuitBreaker(HASTE)
    pause = asyncio.create_task(breaker.pause("claims", 3))
    await asyncio.sleep(0)
    breaker.succeeded(Permit("scopes"))
    for _ in range(2):
        breaker.failed(Permit("claims"), "silence", sent_at=-0.2)
        await asyncio.sleep(0.2)

    assert breaker.verdict("claims") is not None
    await asyncio.wait_for(pause, 0.1)


@in_a_loop
async def test_requests_that_fail_beside_each_other_took_their_time_once() -> None:
    breaker = CircuitBreaker(HASTE)
    await asyncio.sleep(1)
    for _ in range(HASTE.trip_after):
        breaker.failed(Permit("claims"), "silence", sent_at=0.8)
        breaker.succeeded(Permit("scopes"))

    assert breaker.verdict("claims") is None, "0.2 s, not 0.6"


@in_a_loop
async def test_a_good_answer_of_its_own_clears_a_kind() -> None:
    breaker = CircuitBreaker(HASTE)
    for _ in range(4 * HASTE.trip_after):
        breaker.failed(Permit("claims"), "500")
        breaker.failed(Permit("claims"), "500")
        breaker.succeeded(Permit("claims"))

    assert breaker.admits(await breaker.admit("claims"))


@in_a_loop
async def test_an_org_that_answers_a_question_is_not_left_alone() -> None:
    asked: list[Permit] = []
    breaker = CircuitBreaker(HASTE, asked.append)
    for _ in range(HASTE.trip_after):
        breaker.failed(Permit("claims"), "500")
    (question,) = asked
    waiting = waiters(breaker, "scopes")
    assert not await admitted(waiting, 0)

    breaker.succeeded(question)

    assert len(await admitted(waiting, 0)) == 1
    (claim,) = waiters(breaker, "claims")
    assert not await admitted([claim], 0.1)
    assert (await claim).kind_probe


@in_a_loop
async def test_silence_to_a_question_opens_it_and_clears_the_kinds_afterwards() -> None:
    asked: list[Permit] = []
    breaker = CircuitBreaker(HASTE, asked.append)
    for _ in range(HASTE.trip_after):
        breaker.failed(Permit("claims"), "500")
    breaker.failed(asked[0], "500")
    waiting = waiters(breaker, "claims", "claims")
    await asyncio.sleep(0.02)
    assert len(asked) == 2, "after the pause, rather than a kind that fails"

    breaker.succeeded(asked[1])

    assert [permit.kind_probe for permit in await admitted(waiting, 0)] == [False, False]


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
    assert Bounds().longest_outage_s(10) <= 8.5 * 60
    assert Bounds().longest_outage_s(60) <= 22 * 60
