"""Reads lists from Okta page by page: retries, renewal, and a reason whenever one ends early.

What a fault costs at most, rate limits apart:

- a request: what the transport allows (10 s of silence, 60 s in all);
- a page: `attempts` requests, with pauses of at most 20 s between them;
- a list: `Bounds.most_pages` pages, of which `most_idle_pages` in a row may hold nothing new;
- an endpoint that fails while others answer: `Bounds.most_kind_probes` probes with pauses of
  2, 4 and 8 s between them, or two silences, for all of its lists together;
- an org that stops answering: `Bounds.longest_outage_s`, however much is left to read;
- a bucket that answers nothing but 429: `Bounds.longest_throttling_s` and one window.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any, cast

from auditor.collect.api.client import OktaClient
from auditor.collect.fetch import bounds
from auditor.collect.fetch.answers import listed_values, misshapen
from auditor.collect.fetch.body_link import body_link
from auditor.collect.fetch.bounds import Bounds
from auditor.collect.fetch.next_page import PageChain, PageChainError
from auditor.collect.fetch.page_result import PageResult
from auditor.collect.fetch.problems import Problem, ProblemKind, failure
from auditor.collect.fetch.retries import FetchJob, RetryingClient
from auditor.collect.rate_limits.waiting import RateLimiter
from auditor.snapshot.collections import Collection
from auditor.snapshot.other_sides import row_of

_GONE = {HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.GONE}


@dataclass(slots=True)
class Page:
    """One page of a list as Okta sent it; a single object is a list of one."""

    values: list[Any]
    """Any JSON values: whether they are objects is for the reader of the page to see."""

    next_url: str | None
    """The address of the next page. None after the last one, and where the address is
    refused: only `ListResult.problem` tells whether a list was read to its end."""


@dataclass(slots=True)
class ListResult:
    """What came of reading one list. It is complete if, and only if, there is no problem."""

    pages: int = 0
    requests: int = 0
    """Requests sent for it, retries included."""
    retries: int = 0
    """Requests sent again because the one before was of no use."""
    problem: Problem | None = None


@dataclass
class ListFetcher:
    """Reads lists and objects of one org, politely.

    Args:
        client: sends the requests.
        org_url: the origin that every page must come from.
        limiter: decides when a request may be sent.
        attempts: how often a failing request is sent before its list is given up.
        bounds: the other bounds.
        on_pause: told why and for how many seconds, where a failure makes a request wait.
    """

    client: OktaClient
    org_url: str
    limiter: RateLimiter
    attempts: int = 5
    bounds: Bounds = field(default_factory=lambda: bounds.DEFAULT_BOUNDS)
    on_pause: Callable[[str, float], None] = lambda *_: None

    def __post_init__(self) -> None:
        self._pages = RetryingClient(
            self.client,
            self.org_url,
            self.limiter,
            self.attempts,
            self.bounds,
            self.on_pause,
        )

    async def org_answers(self) -> bool:
        """Ask whether the org answers anything at all."""
        return await self._pages.answers() is None

    @property
    def requests(self) -> int:
        """Requests sent so far, retries included."""
        return self._pages.requests

    @property
    def retries(self) -> int:
        """Requests sent again because the one before was of no use."""
        return self._pages.retries

    async def read(
        self,
        bucket: str,
        path: str,
        query: Mapping[str, str],
        *,
        single: bool = False,
        unless: Callable[[], Problem | None] = lambda: None,
        start: str | None = None,
        on_page: Callable[[Page], None],
    ) -> ListResult:
        """Read a list to its last page, or one object.

        Args:
            bucket: the rate-limit bucket that it counts against.
            path: the API path.
            query: parameters of the first page; later ones come from the `Link` header.
            single: whether one object is expected instead of a list.
            unless: asked right before each request; a problem it returns ends the reading
                instead, so that hundreds of waiting lists learn of a refusal in time.
            start: the address of the page to go on with, as a `Page` before gave it. If it
                is not good any more, the problem is `ProblemKind.EXPIRED` and no page was read.
            on_page: gets every page as soon as it is read; it is then forgotten here.

        Raises:
            CredentialsRefusedError: Okta does not accept the token.
        """
        row = row_of(path)
        optional = row is not None and row.feature is not None
        job = FetchJob(bucket, row.name if row else path, unless, optional)
        result = ListResult()
        try:
            chain = PageChain(self.org_url, path, self.bounds)
            url: str | None = chain.first(query) if start is None else chain.resumed(start)
        except PageChainError as error:
            kind = ProblemKind.FAILED if start is None else ProblemKind.EXPIRED
            result.problem = Problem(kind, str(error))
            return result
        while url is not None and result.problem is None:
            page = await self._pages.page(job, url)
            result.requests, result.retries = job.requests, job.retries
            if start is not None and result.pages == 0:
                page = _expired(page)
            url = self._hand_over(result, chain, page, on_page, row=row, single=single)
            del page  # or thousands of lists would hold a page each while they wait
        return result

    def _hand_over(
        self,
        result: ListResult,
        chain: PageChain,
        page: PageResult,
        on_page: Callable[[Page], None],
        *,
        row: Collection | None,
        single: bool,
    ) -> str | None:
        """Hand a page over; returns the address of the next."""
        value, response = listed_values(page.value, row), page.response
        result.problem = page.problem or misshapen(value, dict if single else list)
        if result.problem is not None or response is None:
            if result.pages and result.problem and result.problem.kind is ProblemKind.ABSENT:
                # What was read in part is there, so it is not the feature that is missing.
                result.problem = failure(result.problem.reason)
            return None
        result.pages += 1
        following = None
        if not single:
            try:
                following = chain.next(
                    response.headers, response.body, empty=not value, linked=body_link(page.value)
                )
            except PageChainError as error:
                result.problem = failure(str(error))
        on_page(Page([value] if single else cast("list[Any]", value), following))
        return following


def _expired(page: PageResult) -> PageResult:
    """The page of going on from an address, where Okta does not know it any more."""
    response, problem = page.response, page.problem
    if problem is None or response is None or response.status not in _GONE:
        return page
    return PageResult(problem=replace(problem, kind=ProblemKind.EXPIRED))
