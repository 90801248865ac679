"""Reading one list over HTTP: its pages, going on from one of them, and its accounts."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from faulty import HASTE, NO_LIMIT, WINDOW, large_tenant, limit_answers, service_app
from helpers import SERVERS, TOKEN, served, tenant, with_everyone

from auditor.collect.api.client import OktaClient
from auditor.collect.auth.credentials import SSWS, Credentials
from auditor.collect.exporter import export
from auditor.collect.fetch.bounds import Bounds
from auditor.collect.fetch.list_fetcher import ListFetcher, ListResult, Page
from auditor.collect.fetch.problems import Problem, ProblemKind
from auditor.collect.fetch.retries import CredentialsRefusedError
from auditor.collect.options import ExportOptions
from auditor.collect.rate_limits.waiting import RateLimiter
from auditor.sandbox import Sandbox

USERS = "/api/v1/users"
PAGE = {"limit": "200"}


def fetched(
    sandbox: Sandbox,
    job: Callable[[ListFetcher], Awaitable[Any]],
    bounds: Bounds = HASTE,
    credentials: Credentials | None = None,
    attempts: int = 3,
) -> Any:
    """What a job makes of a fetcher for a sandbox."""

    async def run() -> Any:
        proof = credentials or Credentials(sandbox.url, SSWS, token=TOKEN)
        async with OktaClient(proof, connections=15) as client:
            fetcher = ListFetcher(client, sandbox.url, RateLimiter(), attempts, bounds)
            return await job(fetcher)

    return asyncio.run(asyncio.wait_for(run(), 20))


def reading_of(
    path: str, pages: list[Page], **options: Any
) -> Callable[[ListFetcher], Awaitable[ListResult]]:
    async def job(fetcher: ListFetcher) -> ListResult:
        return await fetcher.read("users", path, PAGE, on_page=pages.append, **options)

    return job


def test_pages_are_handed_over_one_by_one_and_read_on_from_any() -> None:
    with served(large_tenant()) as sandbox:
        pages: list[Page] = []
        reading = fetched(sandbox, reading_of(USERS, pages))
        rest: list[Page] = []
        second = fetched(sandbox, reading_of(USERS, rest, start=pages[0].next_url))

    assert [len(page.values) for page in pages] == [200, 200, 50]
    assert pages[2].next_url is None
    assert reading == ListResult(pages=3, requests=3)
    assert rest == pages[1:]
    assert second == ListResult(pages=2, requests=2)


def test_requests_and_retries_of_a_list_are_counted() -> None:
    faults = [{"path": f"^{USERS}$", "query": "after=", "status": 500, "times": 2}]
    with served({**large_tenant(), "@faults": faults}) as sandbox:
        reading = fetched(sandbox, reading_of(USERS, []))

    assert reading == ListResult(pages=3, requests=5, retries=2)


@pytest.mark.parametrize("status", [400, 404, 410])
def test_an_address_that_okta_does_not_know_any_more_is_expired(status: int) -> None:
    faults = [{"path": f"^{USERS}$", "query": "after=", "status": status}]
    with served({**large_tenant(), "@faults": faults}) as sandbox:
        pages: list[Page] = []
        resumed = reading_of(USERS, pages, start=f"{sandbox.url}{USERS}?after=old")
        reading = fetched(sandbox, resumed)
        unbroken = fetched(sandbox, reading_of(USERS, pages))

    assert reading.problem.kind is ProblemKind.EXPIRED
    assert str(status) in reading.problem.reason
    assert reading.pages == 0
    assert unbroken.problem.kind is not ProblemKind.EXPIRED, "the list was read up to there"


@pytest.mark.parametrize(
    "start", ["https://evil.example/api/v1/users?after=1", "{url}/api/v1/logs?after=1", "nonsense"]
)
def test_a_saved_address_of_something_else_is_never_asked_for(start: str) -> None:
    with served(large_tenant()) as sandbox:
        resumed = reading_of(USERS, [], start=start.format(url=sandbox.url))
        reading = fetched(sandbox, resumed)

        assert reading.problem.kind is ProblemKind.EXPIRED
        assert sandbox.requests == []


def test_a_feature_is_not_missing_where_a_page_was_read() -> None:
    body = {"errorCode": "E0000015", "errorSummary": "feature"}
    servers = [{"id": f"aus{n}"} for n in range(250)]
    fault = {"path": f"^{SERVERS}$", "query": "after=", "status": 401, "body": body}
    with served({**tenant(), SERVERS: servers, "@faults": [fault]}) as sandbox:
        reading = fetched(sandbox, reading_of(SERVERS, []))

    assert reading.problem.kind is ProblemKind.FAILED


def test_what_every_org_has_is_not_absent_but_refused() -> None:
    body = {"errorCode": "E0000015", "errorSummary": "feature"}
    with served({**tenant(), "@faults": [{"path": USERS, "status": 401, "body": body}]}) as sandbox:
        reading = fetched(sandbox, reading_of(USERS, []))

    assert reading.problem.kind is ProblemKind.REFUSED


def test_retry_after_is_waited_for_within_reason() -> None:
    headers = {**NO_LIMIT, "Retry-After": "3600"}
    faults = [{"path": USERS, "status": 429, "headers": headers, "times": 1}]
    bounds = Bounds(first_pause_s=0.0, longest_retry_after_s=0.3)
    with served(tenant(faults=faults)) as sandbox:
        began = time.monotonic()
        reading = fetched(sandbox, reading_of(USERS, []), bounds)

    assert reading.problem is None
    assert 0.3 <= time.monotonic() - began < 5


def test_lists_that_meet_a_dead_token_together_renew_it_once() -> None:
    document = {**large_tenant(), "@latency_ms": 30}
    document["@faults"] = [{"path": "^/api/v1/groups/", "revoke": True, "times": 1, "after": 3}]
    paths = [f"/api/v1/groups/00g{n % 3}/users" for n in range(6)]

    async def job(fetcher: ListFetcher) -> list[ListResult]:
        await fetcher.read("users", paths[0], PAGE, on_page=lambda _: None)
        together = [fetcher.read("users", path, PAGE, on_page=lambda _: None) for path in paths]
        return list(await asyncio.gather(*together))

    with served(document) as sandbox:
        readings = fetched(sandbox, job, credentials=service_app(sandbox.url))
        tokens = [r for r in sandbox.requests if r.path == "/oauth2/v1/token"]

    assert [reading.problem for reading in readings] == [None] * 6
    assert sum(reading.retries for reading in readings) >= 1
    assert len(tokens) == 2


def test_an_api_token_that_is_refused_is_not_tried_again() -> None:
    with served(tenant(tokens=["another"])) as sandbox:
        with pytest.raises(CredentialsRefusedError, match="401 E0000011"):
            fetched(sandbox, reading_of(USERS, []))
        assert len(sandbox.requests) == 1


def test_a_bucket_that_only_throttles_is_given_up_however_many_lists_wait() -> None:
    faults = [{"path": "^/api/v1/groups/", "status": 429, "headers": WINDOW}]

    async def job(fetcher: ListFetcher) -> list[ListResult]:
        paths = [f"/api/v1/groups/00g{n}/users" for n in range(100)]
        reads = [fetcher.read("groups", path, PAGE, on_page=lambda _: None) for path in paths]
        return list(await asyncio.gather(*reads))

    bounds = Bounds(longest_throttling_s=1.0)
    with served(tenant(faults=faults)) as sandbox:
        began = time.monotonic()
        readings = fetched(sandbox, job, bounds)
        sent = len(sandbox.requests)

    assert time.monotonic() - began < 8
    assert all(reading.problem.kind is ProblemKind.FAILED for reading in readings)
    assert "nothing but 429" in readings[99].problem.reason
    assert sent <= 300, "not ten windows for each of 100 lists"


def test_an_org_that_says_nothing_any_more_is_given_up_within_the_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    limit_answers(monkeypatch, silence_s=0.1)
    faults = [{"path": "^/api/v1/groups/", "stall_s": 30}]

    took: list[float] = []

    async def job(fetcher: ListFetcher) -> list[ListResult]:
        paths = [f"/api/v1/groups/00g{n}/users" for n in range(200)]
        reads = [fetcher.read("groups", path, PAGE, on_page=lambda _: None) for path in paths]
        began = time.monotonic()
        readings = list(await asyncio.gather(*reads))
        took.append(time.monotonic() - began)
        return readings

    with served(tenant(faults=faults)) as sandbox:
        readings = fetched(sandbox, job, attempts=5)
        sent = len(sandbox.requests)

    room_s = 1.0  # for a busy machine
    assert took[0] <= HASTE.longest_outage_s(0.1) + room_s
    assert sent <= 50, "what was in flight, and the probes; each twice by aiohttp's doing"
    said = {reading.problem.reason for reading in readings if not reading.requests}
    assert len(said) == 1
    assert "see https://status.okta.com" in said.pop()


def test_a_broken_endpoint_does_not_cost_the_other_collections() -> None:
    document = {**large_tenant(), "@latency_ms": 5}
    document["/api/v1/groups"] = with_everyone([{"id": f"00g{n:03}"} for n in range(60)])
    document["/api/v1/apps"] = [
        {"id": f"0oa{n:03}", "signOnMode": "OPENID_CONNECT", "status": "ACTIVE"} for n in range(60)
    ]
    document["@faults"] = [{"path": "^/api/v1/groups/.*/users", "status": 500}]
    with pytest.MonkeyPatch.context() as patch, served(document) as sandbox:
        patch.setattr("auditor.collect.fetch.bounds.DEFAULT_BOUNDS", HASTE)
        options = ExportOptions(all_members=True)
        snapshot = export(Credentials(sandbox.url, SSWS, token=TOKEN), options)

    incomplete = {entry.collection for entry in snapshot.ledger.incomplete}
    assert incomplete == {"group_members"}


def test_what_makes_a_list_pointless_is_asked_before_each_request() -> None:
    refusal = Problem(ProblemKind.REFUSED, "403")
    pages: list[Page] = []
    with served(large_tenant()) as sandbox:
        job = reading_of(USERS, pages, unless=lambda: refusal if pages else None)
        reading = fetched(sandbox, job)

        assert reading == ListResult(pages=1, requests=1, problem=refusal)
        assert len(sandbox.requests) == 1


def test_throttling_for_no_stated_reason_is_named() -> None:
    headers = {**NO_LIMIT, "Retry-After": "0"}
    faults = [{"path": f"^{USERS}$", "status": 429, "headers": headers}]
    with served({**large_tenant(), "@faults": faults}) as sandbox:
        reading = fetched(sandbox, reading_of(USERS, []), attempts=1)

    assert reading.problem.kind is ProblemKind.FAILED
    assert reading.problem.reason.startswith("rate limited again and again (429")
