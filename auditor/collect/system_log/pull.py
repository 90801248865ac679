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
import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from auditor import exact_json
from auditor.collect.api.client import OktaClient
from auditor.collect.auth.credentials import Credentials
from auditor.collect.auth.fetch_token import INVALID_SCOPE
from auditor.collect.fetch import bounds
from auditor.collect.fetch.json_values import UnreadableItem
from auditor.collect.fetch.list_fetcher import ListFetcher, ListResult, Page
from auditor.collect.fetch.problems import Problem, ProblemKind, failure
from auditor.collect.fetch.retries import CredentialsRefusedError
from auditor.collect.http.exchange import Exchange
from auditor.collect.http.response import ResponseLimits
from auditor.collect.options import ExportOptions
from auditor.collect.rate_limits.waiting import RateLimiter
from auditor.collect.system_log.log_file import LogFile
from auditor.collect.system_log.right import PATH, SCOPE, remedy
from auditor.collect.system_log.tail import UNREADABLE
from auditor.collect.system_log.terms import moment, shown

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

    events: int = 0
    """Written to the file by this pull."""
    known: int = 0
    """Events that were in the file already."""
    late: int = 0
    """Of those written: published before the file's end of before, so that they came late."""
    unreadable: int = 0
    requests: int = 0
    waited_s: float = 0.0
    problem: Problem | None = None


def pull(
    credentials: Credentials,
    options: ExportOptions,
    log: LogFile,
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
    job = _Pull(credentials, options, log, keep, progress)
    result = asyncio.run(job.run())
    _LOGGER.info("system log: %s", result)
    return result


@dataclass
class _Pull:
    credentials: Credentials
    options: ExportOptions
    log: LogFile
    keep: Callable[[Mapping[str, Any]], Mapping[str, Any]]
    progress: LogProgress
    result: LogPull = field(default_factory=LogPull)

    def __post_init__(self) -> None:
        self._pages = 0
        self._expected = 0
        self._known = [self.log.recent, set[str]()]
        """What the file holds of the time that is asked for again, and of the last page."""

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
            self.result.problem = await self._read(fetcher)
            self.result.requests = fetcher.requests
            self.result.waited_s = self._limiter.waited_s
        if self.result.problem is None:
            self.log.finish()
        return self.result

    async def _read(self, fetcher: ListFetcher) -> Problem | None:
        query = {
            "since": shown(self.log.since),
            "until": shown(self.log.terms.until),
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
        """Write what a page has that the file has not."""
        lines, unreadable, new = list[bytes](), 0, set[str]()
        earlier_end = self.log.earlier_end
        for event in page.values:
            line, identity, when = self._line(event)
            if any(identity in known for known in (*self._known, new)):
                self.result.known += 1
                continue
            new.add(identity)
            lines.append(line)
            if when is None:
                unreadable += 1
                continue
            self.log.reached = when
            self.result.late += earlier_end is not None and when < earlier_end
        self._known[1] = new
        self.log.write(lines, unreadable=unreadable)
        self.result.events += len(lines) - unreadable
        self.result.unreadable += unreadable
        self._pages += 1
        self._expected -= 1
        self._expect(self._pages_left() if page.next_url else 0)
        self.progress.read(self.result.events, self.log.reached)

    def _line(self, event: Any) -> tuple[bytes, str, datetime | None]:
        """What the file holds of an event, what tells it from others, and when it was published."""
        if isinstance(event, dict):
            identity, when = event.get("uuid"), moment(event.get("published"))
            kind = event.get("eventType")
            if isinstance(identity, str) and identity and when and isinstance(kind, str):
                return exact_json.dumps(self.keep(event)) + b"\n", identity, when
        what = event.reason.encode() if isinstance(event, UnreadableItem) else _bytes(event)
        digest = hashlib.sha256(what).hexdigest()
        line = UNREADABLE + exact_json.dumps(digest) + b"}"
        return line + b"\n", line.decode(), None

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


def _bytes(value: Any) -> bytes:
    try:
        return exact_json.dumps(value)
    except (TypeError, ValueError, RecursionError):
        return repr(type(value)).encode()
