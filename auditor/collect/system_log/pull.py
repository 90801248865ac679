"""Pulls events of the System Log, page by page, into a file.

A page is written before the next one is asked for, and forgotten. Requests count against the log's
own rate-limit bucket; how many are likely to come is told to the limiter, so that they are spread
over its windows as any other requests are.

Sources: Okta Management API 2026.06.3 (`listLogEvents`: `limit` up to 1000, the scope
`okta.logs.read`); "System Log query" (order and delays of bounded requests, a query takes up to
30 s, 90 days are kept).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from auditor.collect.api.client import OktaClient
from auditor.collect.auth.credentials import Credentials
from auditor.collect.auth.fetch_token import INVALID_SCOPE
from auditor.collect.fetch import bounds
from auditor.collect.fetch.list_fetcher import ListFetcher, ListResult, Page
from auditor.collect.fetch.problems import Problem, ProblemKind, failure
from auditor.collect.fetch.retries import CredentialsRefusedError
from auditor.collect.http.exchange import Exchange
from auditor.collect.http.response import ResponseLimits
from auditor.collect.options import ExportOptions
from auditor.collect.rate_limits.waiting import RateLimiter
from auditor.collect.system_log.log_writer import LogWriter
from auditor.collect.system_log.right import PATH, SCOPE, remedy
from auditor.collect.system_log.terms import okta_time
from auditor.collect.system_log.written_events import WrittenEvents

LIMITS = ResponseLimits(silence_s=35)
"""Okta works on a query for 30 s before it says that it took too long."""
_LONGEST_FAULT_S = 120.0
_MOST_IDLE_PAGES = 200
_PAGE = 1000
_MOST_PAGES_EXPECTED = 10_000

_LOGGER = logging.getLogger(__name__)


class LogProgress(Protocol):
    """A watcher of a pull."""

    def read(self, events: int, reached: datetime | None) -> None:
        """A page was read; so many events in all, the last of them published then."""

    def sent(self, exchange: Exchange) -> None:
        """A request was answered, or failed."""

    def waiting(self, bucket: str, seconds: float) -> None:
        """A rate limit makes the next request wait."""

    def pausing(self, why: str, seconds: float) -> None:
        """Requests failed, and the next one comes after a pause."""


@dataclass
class LogPull:
    """What came of a pull. The file is complete if, and only if, there is no problem."""

    written: WrittenEvents
    requests: int
    waited_s: float
    problem: Problem | None


def pull(
    credentials: Credentials,
    options: ExportOptions,
    log: LogWriter,
    keep: Callable[[Mapping[str, Any]], Mapping[str, Any]],
    progress: LogProgress,
) -> LogPull:
    """Pull what the terms of a file say into it, from where it has come to.

    Args:
        credentials: which org, and how to prove who asks; only the log's scope is asked for.
        options: how to ask.
        log: the file; it gets its last line if all was read.
        keep: makes of an event what is kept of it; `uuid` and `published` stay as they are.
        progress: watches it.

    Raises:
        CollectError: Okta refuses the credentials, and nothing was read.
        OutputError: the file cannot be written to.
    """
    written = WrittenEvents(log, keep)
    result = asyncio.run(_Pull(credentials, options, log, written, progress).run())
    _LOGGER.info(
        "system log: %d requests, %d events written, %d known, %d unreadable, %s",
        result.requests, written.events, written.known, written.unreadable,
        result.problem.kind.name if result.problem else "complete",
    )  # fmt: skip
    return result


@dataclass
class _Pull:
    credentials: Credentials
    options: ExportOptions
    log: LogWriter
    written: WrittenEvents
    progress: LogProgress

    def __post_init__(self) -> None:
        self._pages = 0
        self._expected = 0

    async def run(self) -> LogPull:
        credentials = replace(self.credentials, scopes=(SCOPE,), optional_scopes=())
        async with OktaClient(
            credentials, connections=1, limits=LIMITS, watch=self.progress.sent
        ) as client:
            self._limiter = RateLimiter(
                concurrency=1,
                share=self.options.share,
                per_minute=self.options.max_requests_per_minute,
                on_wait=self.progress.waiting,
            )
            fetcher = ListFetcher(
                client,
                credentials.org_url,
                self._limiter,
                self.options.attempts,
                replace(
                    bounds.DEFAULT_BOUNDS,
                    longest_fault_s=_LONGEST_FAULT_S,
                    most_idle_pages=_MOST_IDLE_PAGES,
                ),
                on_pause=self.progress.pausing,
            )
            self._expect(1)
            problem = await self._read(fetcher)
        if problem is None:
            self.log.finish()
        return LogPull(self.written, fetcher.requests, self._limiter.waited_s, problem)

    async def _read(self, fetcher: ListFetcher) -> Problem | None:
        query = {
            "since": okta_time(self.log.since),
            "until": okta_time(self.log.terms.until),
            "filter": self.log.terms.filter,
            "sortOrder": "ASCENDING",
            "limit": str(_PAGE),
        }
        reading: ListResult
        try:
            async with asyncio.timeout(self.options.max_time):
                reading = await fetcher.read(PATH, PATH, query, on_page=self._page)
        except TimeoutError:
            limit = timedelta(seconds=self.options.max_time)
            return failure(f"the time was over that --max-time allows ({limit})")
        except CredentialsRefusedError as error:
            if not self._pages:
                if INVALID_SCOPE in error.reason:
                    error.remedy = remedy(service_app=True)
                raise
            return Problem(ProblemKind.FAILED, error.reason)
        return reading.problem

    def _page(self, page: Page) -> None:
        self.written.add(page.values)
        self._pages += 1
        self._expected -= 1
        self._expect(self._pages_left() if page.next_url else 0)
        self.progress.read(self.written.events, self.log.reached)

    def _pages_left(self) -> int:
        """About how many pages are to come, if events come as fast as before."""
        begun, reached = self.log.since, self.log.reached
        if reached is None or reached <= begun:
            return 1
        left = (self.log.terms.until - reached) / (reached - begun) * self._pages
        return max(1, min(_MOST_PAGES_EXPECTED, round(left)))

    def _expect(self, pages: int) -> None:
        self._limiter.expect(PATH, pages - self._expected)
        self._expected = pages
