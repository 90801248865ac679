"""One page of Okta's, asked for as often as it is worth it, when breaker and governor allow."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from http import HTTPStatus
from typing import Any

from auditor.collect.answers import (
    GarbageError,
    Problem,
    Trouble,
    credentials_refused,
    failure,
    refusal,
    retry_after_s,
    said,
    value_in,
    worth_retrying,
)
from auditor.collect.breaker import Breaker, Ticket
from auditor.collect.client import OktaClient, Response, TransportError
from auditor.collect.governor import Governor, Throttle
from auditor.collect.patience import Patience
from auditor.errors import CollectError


class CredentialsRefusedError(CollectError):
    """Okta does not accept the token, and a new one does not help or is not to be had."""


class Again(Enum):
    """Whether a page is worth another request, and when."""

    NO = auto()
    AFTER_A_PAUSE = auto()
    WHEN_THE_WINDOW_OPENS = auto()
    WITH_A_NEW_TOKEN = auto()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one request."""

    value: Any = None
    response: Response | None = None
    problem: Problem | None = None
    again: Again = Again.NO
    pause_s: float | None = None
    """What the server asked to wait."""


@dataclass(slots=True)
class Errand:
    """What requests are sent for: one list."""

    bucket: str
    """The rate-limit bucket that they count against."""

    kind: str
    """What the breaker calls them."""

    unless: Callable[[], Problem | None]
    """Asked right before each request; a problem it gives is the outcome instead."""

    requests: int = 0
    retries: int = 0


@dataclass
class Requester:
    """Sends the requests of one org.

    Args:
        client: sends them.
        governor: decides when one may be sent.
        attempts: how often a failing request is sent.
        patience: the other bounds.
    """

    client: OktaClient
    governor: Governor
    attempts: int
    patience: Patience
    requests: int = field(default=0, init=False)
    retries: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self._breaker = Breaker(self.patience)
        self._throttled_since: dict[str, float] = {}
        self._given_up: dict[str, Problem] = {}
        self._renewing = asyncio.Lock()
        self._renewals = 0

    async def page(self, errand: Errand, url: str) -> Outcome:
        """One page, asked for as often as it is worth it.

        Raises:
            CredentialsRefusedError: Okta does not accept the token.
        """
        failures = windows = renewals = 0
        while True:
            outcome = await self._attempt(errand, url, may_renew=renewals == 0)
            match outcome.again:
                case Again.NO:
                    return outcome
                case Again.WHEN_THE_WINDOW_OPENS:
                    windows += 1
                case Again.WITH_A_NEW_TOKEN:
                    renewals += 1
                case Again.AFTER_A_PAUSE:
                    failures += 1
            if failures >= self.attempts or windows >= self.patience.most_windows:
                return outcome
            if outcome.again is Again.AFTER_A_PAUSE:
                await asyncio.sleep((outcome.pause_s or 0) + self.patience.pause_s(failures))
            errand.retries += 1
            self.retries += 1

    async def _attempt(self, errand: Errand, url: str, *, may_renew: bool) -> Outcome:
        """One request, as soon as the breaker and the governor let it through."""
        while True:
            ticket = await self._breaker.admit(errand.kind)
            try:
                async with self.governor.turn(errand.bucket):
                    problem = self._pointless(errand)
                    if problem is not None:
                        return Outcome(problem=problem)
                    if self._breaker.admits(ticket):
                        return await self._sent(errand, url, ticket, may_renew=may_renew)
            finally:
                self._breaker.unused(ticket)

    def _pointless(self, errand: Errand) -> Problem | None:
        return (
            errand.unless()
            or self._breaker.verdict(errand.kind)
            or self._given_up.get(errand.bucket)
        )

    async def _sent(self, errand: Errand, url: str, ticket: Ticket, *, may_renew: bool) -> Outcome:
        errand.requests += 1
        self.requests += 1
        renewals = self._renewals
        try:
            response = await self.client.get(url)
            # Before anything is awaited, so that the governor knows whose answer it is.
            throttle = self.governor.observe(errand.bucket, response.status, response.headers)
            self._watch_throttling(errand.bucket, response.status)
            if credentials_refused(response):
                await self._renew(response, renewals, may_renew=may_renew)
                self._breaker.succeeded(ticket)
                return Outcome(again=Again.WITH_A_NEW_TOKEN)
        except TransportError as error:
            self._breaker.failed(ticket, str(error))
            problem = Problem(Trouble.FAILED, str(error), unreachable=error.again)
            return Outcome(problem=problem, again=Again.AFTER_A_PAUSE if error.again else Again.NO)
        except CollectError as error:
            if isinstance(error, CredentialsRefusedError):
                raise
            raise CredentialsRefusedError(error.message, remedy=error.remedy) from None
        outcome = self._judged(response, throttle)
        broken = outcome.again is Again.AFTER_A_PAUSE and (
            response.status != HTTPStatus.TOO_MANY_REQUESTS
        )
        if broken and outcome.problem:
            self._breaker.failed(ticket, outcome.problem.reason)
        else:
            self._breaker.succeeded(ticket)
        return outcome

    def _judged(self, response: Response, throttle: Throttle) -> Outcome:
        if response.status == HTTPStatus.OK:
            try:
                return Outcome(value_in(response), response)
            except GarbageError as error:
                return Outcome(problem=failure(str(error)), again=Again.AFTER_A_PAUSE)
        problem = refusal(response)
        if throttle is Throttle.WINDOW:
            return Outcome(problem=problem, again=Again.WHEN_THE_WINDOW_OPENS)
        if not worth_retrying(response.status):
            return Outcome(response=response, problem=problem)
        asked = retry_after_s(response.headers) if throttle is Throttle.NONE else None
        pause = None if asked is None else min(asked, self.patience.longest_retry_after_s)
        return Outcome(problem=problem, again=Again.AFTER_A_PAUSE, pause_s=pause)

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
