"""Reads lists from Okta page by page: retries, renewal, and a reason whenever one ends early.

What a fault costs at most, rate limits apart:

- a request: what the transport allows (10 s of silence, 60 s in all);
- a page: `attempts` requests, with pauses of at most 20 s between them;
- a list: `Patience.most_pages` pages, of which `most_idle_pages` in a row may hold nothing new;
- an org that stops answering: `Patience.longest_outage_s`, however much is left to read;
- a bucket that answers nothing but 429: `Patience.longest_throttling_s` and one window.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from http import HTTPStatus
from typing import Any

from auditor.collect import patience
from auditor.collect.answers import (
    GarbageError,
    Problem,
    Trouble,
    credentials_refused,
    failure,
    misshapen,
    refusal,
    retry_after_s,
    said,
    value_in,
    worth_retrying,
)
from auditor.collect.breaker import Breaker, Ticket
from auditor.collect.client import OktaClient, Response, TransportError
from auditor.collect.governor import Governor, Throttle
from auditor.collect.paging import Chain, ChainError
from auditor.collect.patience import Patience
from auditor.errors import CollectError
from auditor.snapshot.collections import match

__all__ = ["CredentialsRefusedError", "Fetcher", "Page", "Problem", "Reading", "Trouble"]

_GONE = {HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.GONE}


class CredentialsRefusedError(CollectError):
    """Okta does not accept the token, and a new one does not help or is not to be had."""


@dataclass(slots=True)
class Page:
    """One page of a list as Okta sent it; a single object is a list of one."""

    values: list[Any]
    """Any JSON values: whether they are objects is for the reader of the page to see."""

    next_url: str | None
    """The address of the next page. None after the last one, and where the address is
    refused: only `Reading.problem` tells whether a list was read to its end."""


@dataclass(slots=True)
class Reading:
    """How the reading of one list went. It is complete if, and only if, there is no problem."""

    pages: int = 0
    requests: int = 0
    """Requests sent for it, retries included."""
    retries: int = 0
    """Requests sent again because the one before was of no use."""
    problem: Problem | None = None


class _Again(Enum):
    """Whether a page is worth another request, and when."""

    NO = auto()
    AFTER_A_PAUSE = auto()
    WHEN_THE_WINDOW_OPENS = auto()
    WITH_A_NEW_TOKEN = auto()


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of one request."""

    value: Any = None
    response: Response | None = None
    problem: Problem | None = None
    again: _Again = _Again.NO
    pause_s: float | None = None
    """What the server asked to wait."""


@dataclass(slots=True)
class _List:
    """A list that is being read."""

    bucket: str
    kind: str
    unless: Callable[[], Problem | None]
    reading: Reading = field(default_factory=Reading)


@dataclass
class Fetcher:
    """Reads lists and objects of one org, politely.

    Args:
        client: sends the requests.
        org_url: the origin that every page must come from.
        governor: decides when a request may be sent.
        attempts: how often a failing request is sent before its list is given up.
        patience: the other bounds.
    """

    client: OktaClient
    org_url: str
    governor: Governor
    attempts: int = 5
    patience: Patience = field(default_factory=lambda: patience.PATIENCE)
    requests: int = 0
    retries: int = 0

    def __post_init__(self) -> None:
        self._breaker = Breaker(self.patience)
        self._throttled_since: dict[str, float] = {}
        self._given_up: dict[str, Problem] = {}
        self._renewing = asyncio.Lock()
        self._renewals = 0

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
    ) -> Reading:
        """Read a list to its last page, or one object.

        Args:
            bucket: the rate-limit bucket that it counts against.
            path: the API path.
            query: parameters of the first page; later ones come from the `Link` header.
            single: whether one object is expected instead of a list.
            unless: asked right before each request; a problem it gives ends the reading
                instead, so that hundreds of waiting lists learn of a refusal in time.
            start: the address of the page to go on with, as a `Page` before gave it. If it
                is not good any more, the problem is `Trouble.EXPIRED` and no page was read.
            on_page: gets every page as soon as it is read; it is then forgotten here.

        Raises:
            CredentialsRefusedError: Okta does not accept the token.
        """
        found = match(path)
        what = _List(bucket, found[0].name if found else path, unless)
        try:
            chain = Chain(self.org_url, path, self.patience)
            url: str | None = chain.first(query) if start is None else chain.resumed(start)
        except ChainError as error:
            trouble = Trouble.FAILED if start is None else Trouble.EXPIRED
            what.reading.problem = Problem(trouble, str(error))
            return what.reading
        while url is not None and what.reading.problem is None:
            outcome = await self._page(what, url)
            if start is not None and what.reading.pages == 0:
                outcome = _expired(outcome)
            url = self._taken(what.reading, chain, outcome, on_page, single=single)
        return what.reading

    def _taken(
        self,
        reading: Reading,
        chain: Chain,
        outcome: _Outcome,
        on_page: Callable[[Page], None],
        *,
        single: bool,
    ) -> str | None:
        """Hand a page over; the address of the next."""
        value, response = outcome.value, outcome.response
        reading.problem = outcome.problem or misshapen(value, dict if single else list)
        if reading.problem is not None or response is None:
            if reading.pages and reading.problem and reading.problem.trouble is Trouble.ABSENT:
                # What was read in part is there, so it is not the feature that is missing.
                reading.problem = failure(reading.problem.reason)
            return None
        reading.pages += 1
        following = None
        if not single:
            try:
                following = chain.next(response.headers, response.body, empty=not value)
            except ChainError as error:
                reading.problem = failure(str(error))
        on_page(Page([value] if single else value, following))
        return following

    async def _page(self, what: _List, url: str) -> _Outcome:
        """One page, asked for as often as it is worth it."""
        failures = windows = renewals = 0
        while True:
            outcome = await self._attempt(what, url, may_renew=renewals == 0)
            match outcome.again:
                case _Again.NO:
                    return outcome
                case _Again.WHEN_THE_WINDOW_OPENS:
                    windows += 1
                case _Again.WITH_A_NEW_TOKEN:
                    renewals += 1
                case _Again.AFTER_A_PAUSE:
                    failures += 1
            if failures >= self.attempts or windows >= self.patience.most_windows:
                return outcome
            if outcome.again is _Again.AFTER_A_PAUSE:
                await asyncio.sleep((outcome.pause_s or 0) + self.patience.pause_s(failures))
            what.reading.retries += 1
            self.retries += 1

    async def _attempt(self, what: _List, url: str, *, may_renew: bool) -> _Outcome:
        """One request, as soon as the breaker and the governor let it through."""
        while True:
            ticket = await self._breaker.admit(what.kind)
            try:
                async with self.governor.turn(what.bucket):
                    problem = self._pointless(what)
                    if problem is not None:
                        return _Outcome(problem=problem)
                    if self._breaker.admits(ticket):
                        return await self._sent(what, url, ticket, may_renew=may_renew)
            finally:
                self._breaker.unused(ticket)

    def _pointless(self, what: _List) -> Problem | None:
        return what.unless() or self._breaker.verdict(what.kind) or self._given_up.get(what.bucket)

    async def _sent(self, what: _List, url: str, ticket: Ticket, *, may_renew: bool) -> _Outcome:
        what.reading.requests += 1
        self.requests += 1
        renewals = self._renewals
        try:
            response = await self.client.get(url)
            if credentials_refused(response):
                await self._renew(response, renewals, may_renew=may_renew)
                self._breaker.succeeded(ticket)
                return _Outcome(again=_Again.WITH_A_NEW_TOKEN)
        except TransportError as error:
            self._breaker.failed(ticket, str(error))
            problem = Problem(Trouble.FAILED, str(error), unreachable=error.again)
            return _Outcome(
                problem=problem, again=_Again.AFTER_A_PAUSE if error.again else _Again.NO
            )
        except CollectError as error:
            if isinstance(error, CredentialsRefusedError):
                raise
            raise CredentialsRefusedError(error.message, remedy=error.remedy) from None
        outcome = self._judged(what.bucket, response)
        broken = outcome.again is _Again.AFTER_A_PAUSE and (
            response.status != HTTPStatus.TOO_MANY_REQUESTS
        )
        if broken and outcome.problem:
            self._breaker.failed(ticket, outcome.problem.reason)
        else:
            self._breaker.succeeded(ticket)
        return outcome

    def _judged(self, bucket: str, response: Response) -> _Outcome:
        throttle = self.governor.observe(bucket, response.status, response.headers)
        self._watch_throttling(bucket, response.status)
        if response.status == HTTPStatus.OK:
            try:
                return _Outcome(value_in(response), response)
            except GarbageError as error:
                return _Outcome(problem=failure(str(error)), again=_Again.AFTER_A_PAUSE)
        problem = refusal(response)
        if throttle is Throttle.WINDOW:
            return _Outcome(problem=problem, again=_Again.WHEN_THE_WINDOW_OPENS)
        if not worth_retrying(response.status):
            return _Outcome(response=response, problem=problem)
        asked = retry_after_s(response.headers) if throttle is Throttle.NONE else None
        pause = None if asked is None else min(asked, self.patience.longest_retry_after_s)
        return _Outcome(problem=problem, again=_Again.AFTER_A_PAUSE, pause_s=pause)

    def _watch_throttling(self, bucket: str, status: int) -> None:
        """Give a bucket up that has answered nothing but 429 for too long."""
        if status != HTTPStatus.TOO_MANY_REQUESTS:
            self._throttled_since.pop(bucket, None)
            return
        now = asyncio.get_running_loop().time()
        since = self._throttled_since.setdefault(bucket, now)
        if now - since >= self.patience.longest_throttling_s:
            minutes = self.patience.longest_throttling_s / 60
            self._given_up[bucket] = failure(
                f"nothing but 429 came from the rate limit of {bucket} for {minutes:g} minutes"
            )

    async def _renew(self, response: Response, renewals: int, *, may_renew: bool) -> None:
        """Get a new token, unless another list has since the refused request was sent.

        Raises:
            CredentialsRefusedError: there is no other token, or it was refused as well.
        """
        async with self._renewing:
            if self._renewals == renewals and may_renew:
                may_renew = await self.client.renew()
                self._renewals += may_renew
        if not may_renew:
            raise CredentialsRefusedError(
                f"Okta refused the credentials ({said(response)}).",
                remedy="The token is revoked, expired (30 days without use) or of another org. "
                "Create one under Security > API > Tokens, or check the service app's key.",
            )


def _expired(outcome: _Outcome) -> _Outcome:
    """The outcome of going on from an address, where Okta does not know it any more."""
    response, problem = outcome.response, outcome.problem
    if problem is None or response is None or response.status not in _GONE:
        return outcome
    return _Outcome(problem=Problem(Trouble.EXPIRED, problem.reason))
