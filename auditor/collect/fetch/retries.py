"""Retries: one page, asked for until it comes or another request makes no sense.

Each request first waits for the circuit breaker and, in `rate_limits/waiting.py`, for its turn:
after a 429, that comes when the window of the rate limit opens again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus

from auditor.collect.api.client import OktaClient
from auditor.collect.api.errors import OktaError
from auditor.collect.auth.fetch_token import TokenRefusedError
from auditor.collect.fetch.answers import credentials_refused
from auditor.collect.fetch.bounds import Bounds
from auditor.collect.fetch.circuit_breaker import CircuitBreaker, Permit
from auditor.collect.fetch.page_result import PageResult, Retry, result_of
from auditor.collect.fetch.problems import Problem, ProblemKind, failure
from auditor.collect.http.errors import TransportError
from auditor.collect.http.response import Response
from auditor.collect.rate_limits.headers import RateLimitHeaders
from auditor.collect.rate_limits.waiting import RateLimiter
from auditor.errors import CollectError
from auditor.snapshot.collections import BY_NAME, Collection

_QUESTIONS = ("org", "groups")
"""What every org has, in two of Okta's rate-limit buckets."""

_LOGGER = logging.getLogger(__name__)


class CredentialsRefusedError(CollectError):
    """Okta does not accept the token, and a new one does not help or cannot be had.

    Args:
        reason: a clause.
        remedy: what to do about it.
    """

    def __init__(self, reason: str, *, remedy: str) -> None:
        super().__init__(f"{reason}.", remedy=remedy)
        self.reason = reason


@dataclass(slots=True)
class FetchJob:
    """One list, or one object, that pages are asked for, and what that has cost so far."""

    bucket: str
    """The rate-limit bucket that they count against."""

    kind: str
    """The kind of its requests, for the circuit breaker."""

    unless: Callable[[], Problem | None]
    """Asked right before each request; a problem that it returns is the result instead."""

    optional: bool = False
    """Whether what is asked for is a feature that an org may lack."""

    requests: int = 0
    retries: int = 0


@dataclass(slots=True)
class _Drought:
    """A time in which a rate-limit bucket says that nothing is left."""

    since: float
    waited: float
    """Seconds that the bucket had waited by then."""
    answers: int = 0
    """Requests that were let through all the same."""


@dataclass
class RetryingClient:
    """Sends the requests of one org.

    Args:
        client: sends them.
        org_url: the origin of the org.
        limiter: decides when one may be sent.
        attempts: how often a failing request is sent.
        bounds: the other bounds.
        on_pause: told why and for how many seconds, where a failure makes a request wait.
    """

    client: OktaClient
    org_url: str
    limiter: RateLimiter
    attempts: int
    bounds: Bounds
    on_pause: Callable[[str, float], None] = lambda *_: None
    requests: int = field(default=0, init=False)
    retries: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self._breaker = CircuitBreaker(self.bounds, self._ask, self.on_pause)
        self._question: asyncio.Task[None] | None = None
        self._droughts: dict[str, _Drought] = {}
        self._given_up: dict[str, Problem] = {}
        self._renewing = asyncio.Lock()
        self._renewals = 0

    async def page(self, job: FetchJob, url: str) -> PageResult:
        """One page, asked for as often as it is worth it.

        Raises:
            CredentialsRefusedError: Okta does not accept the token.
        """
        failures = windows = renewals = 0
        while True:
            result = await self._attempt(job, url, may_renew=renewals == 0)
            match result.retry:
                case Retry.NO:
                    return result
                case Retry.WHEN_THE_WINDOW_OPENS:
                    windows += 1
                case Retry.WITH_A_NEW_TOKEN:
                    renewals += 1
                case Retry.AFTER_A_PAUSE:
                    failures += 1
            if failures >= self.attempts or windows >= self.bounds.most_windows:
                return result
            _LOGGER.debug("another request for %s: %s", job.kind, result.retry.name)
            if result.retry is Retry.AFTER_A_PAUSE:
                pause_s = (result.pause_s or 0) + self.bounds.pause_s(failures)
                _LOGGER.debug("a pause of %.1f s comes first", pause_s)
                if result.problem:
                    self.on_pause(f"{job.kind}: {result.problem.reason}", pause_s)
                await self._breaker.pause(job.kind, pause_s)
            job.retries += 1
            self.retries += 1

    async def _attempt(self, job: FetchJob, url: str, *, may_renew: bool) -> PageResult:
        """One request, as soon as the breaker and the limiter let it through."""
        while True:
            permit = await self._breaker.admit(job.kind)
            try:
                async with self.limiter.turn(job.bucket):
                    problem = self._reason_not_to_send(job)
                    if problem is not None:
                        return PageResult(problem=problem)
                    if self._breaker.admits(permit):
                        return await self._send(job, url, permit, may_renew=may_renew)
            finally:
                self._breaker.unused(permit)

    def _reason_not_to_send(self, job: FetchJob) -> Problem | None:
        return job.unless() or self._breaker.verdict(job.kind) or self._given_up.get(job.bucket)

    async def _send(
        self, job: FetchJob, url: str, permit: Permit, *, may_renew: bool
    ) -> PageResult:
        job.requests += 1
        self.requests += 1
        renewals = self._renewals
        sent_at = asyncio.get_running_loop().time()
        try:
            response = await self.client.get(url)
            # Before anything is awaited, so that the limiter knows whose answer it is.
            throttle = self.limiter.observe(job.bucket, response.status, response.headers)
            self._give_up_if_throttled(job.bucket, response)
            if credentials_refused(response):
                await self._renew(response, renewals, may_renew=may_renew)
                self._breaker.succeeded(permit)
                return PageResult(retry=Retry.WITH_A_NEW_TOKEN)
        except TransportError as error:
            self._breaker.failed(permit, str(error), sent_at=sent_at)
            problem = Problem(ProblemKind.FAILED, str(error), unreachable=error.retryable)
            return PageResult(
                problem=problem, retry=Retry.AFTER_A_PAUSE if error.retryable else Retry.NO
            )
        except TokenRefusedError as error:
            raise CredentialsRefusedError(error.reason, remedy=error.remedy) from None
        result = result_of(response, throttle, self.bounds, optional=job.optional)
        fault = _fault(result, response)
        if fault is None:
            self._breaker.succeeded(permit)
        else:
            self._breaker.failed(permit, fault, sent_at=sent_at)
        return result

    # Whether the org answers at all

    async def answers(self) -> str | None:
        """Ask whether the org answers anything; returns why not, or None if it does.

        Two requests that every org takes, so that one broken endpoint is no broken org.
        """
        questions = [asyncio.create_task(self._unanswered(BY_NAME[name])) for name in _QUESTIONS]
        reason: str | None = None
        try:
            for question in asyncio.as_completed(questions):
                reason = await question
                if reason is None:
                    break
        finally:
            for asked in questions:
                asked.cancel()
        return reason

    async def _unanswered(self, row: Collection) -> str | None:
        query = "" if row.single else "?limit=1"
        self.limiter.expect(row.bucket, 1)
        async with self.limiter.turn(row.bucket):
            self.requests += 1
            try:
                response = await self.client.get(self.org_url + row.path + query)
            except TransportError as error:
                return str(error)
            except TokenRefusedError:
                return None
            throttle = self.limiter.observe(row.bucket, response.status, response.headers)
        return _fault(result_of(response, throttle, self.bounds, optional=False), response)

    def _ask(self, permit: Permit) -> None:
        """Tell the breaker whether the org answers."""

        async def ask() -> None:
            sent_at = asyncio.get_running_loop().time()
            try:
                reason = await self.answers()
            except BaseException:
                self._breaker.unused(permit)
                raise
            if reason is None:
                self._breaker.succeeded(permit)
            else:
                self._breaker.failed(permit, reason, sent_at=sent_at)

        self._question = asyncio.create_task(ask())

    def _give_up_if_throttled(self, bucket: str, response: Response) -> None:
        """Give up a bucket that has let hardly anything through for too long.

        Okta answers 429 where nothing is left. A gateway, or others who spend everything, may
        leave nothing with each answer that comes through, too.
        """
        limits = RateLimitHeaders.of(response.status, response.headers)
        refused = response.status == HTTPStatus.TOO_MANY_REQUESTS
        if not refused and (
            limits is None or limits.remaining > limits.limit * self.bounds.hardly_left
        ):
            self._droughts.pop(bucket, None)
            return
        now = asyncio.get_running_loop().time()
        waited = self.limiter.waited_in(bucket)
        drought = self._droughts.setdefault(bucket, _Drought(now, waited))
        drought.answers += not refused
        # A bucket that nobody asks anything of does not suffer.
        lasted = waited - drought.waited if drought.answers else now - drought.since
        if lasted < self.bounds.longest_throttling_s:
            return
        if drought.answers * self.bounds.slowest_answers_s > lasted:
            self._droughts.pop(bucket)  # what is left is wrong, or fits
            return
        what = "hardly anything" if drought.answers else "nothing but 429"
        minutes = self.bounds.longest_throttling_s / 60
        self._given_up[bucket] = failure(
            f"{what} came from the rate limit of {bucket} for {minutes:g} minutes"
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
                f"Okta refused the credentials ({OktaError.of(response)})",
                remedy="The token is revoked, expired (30 days without use) or of another org. "
                "Create one under Security > API > Tokens, or check the service app's key.",
            )


def _fault(result: PageResult, response: Response) -> str | None:
    """Why an answer is none that Okta gives when all is well; None if it is one."""
    throttled = response.status == HTTPStatus.TOO_MANY_REQUESTS
    if result.problem is None or result.retry is not Retry.AFTER_A_PAUSE or throttled:
        return None
    return result.problem.reason
