"""The aiohttp application: one handler for every path."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web

from auditor.sandbox.access import refusal
from auditor.sandbox.answers import Answer, refused
from auditor.sandbox.clock import Clock
from auditor.sandbox.discovery import public_answer
from auditor.sandbox.faults import Faults, altered_answer, extra_page, replacement, replaces
from auditor.sandbox.limits import RateLimitState, RequestCounter
from auditor.sandbox.resources import Resources
from auditor.sandbox.sending import dropped, sent, whole
from auditor.sandbox.system_log.log import PATH as LOGS
from auditor.sandbox.system_log.log import SystemLog
from auditor.sandbox.system_log.pages import log_page
from auditor.sandbox.system_log.violations import write_violation
from auditor.sandbox.system_log.writer import Caller, EventWriter
from auditor.sandbox.tenant import TenantFile
from auditor.sandbox.token_requests.endpoints import Endpoints


@dataclass(frozen=True, slots=True)
class Request:
    """A request that was received. Its headers and body are not kept: they hold secrets."""

    method: str
    path: str
    query: Mapping[str, str]


class Server:
    """Answers for one tenant.

    A request is logged and counted against its rate limit first. Then a fault may take
    it; only after that do its token and its path matter.
    """

    def __init__(self, tenant: TenantFile) -> None:
        self.requests: list[Request] = []
        self.peak_in_flight = 0
        self.throttled = 0
        self._in_flight = 0
        self._tenant = tenant
        self._counter = RequestCounter(tenant.rate_limits, concurrency=tenant.concurrency)
        self._faults = Faults(tenant.faults)
        self._resources = Resources(tenant)
        self._clock = Clock(tenant.now)
        self.log = SystemLog(tenant.events)
        self._writer = EventWriter(self.log, self._clock)
        self._endpoints = Endpoints(tenant, self._clock, self._writer)

    def application(self) -> web.Application:
        """The server as an aiohttp application."""
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._handle)
        return application

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(Request(request.method, request.path, dict(request.query)))
        with self._counted():
            in_flight = self._in_flight
            await asyncio.sleep(self._tenant.latency_ms / 1000)
            rate_limit = self._counter.spend(request.path, in_flight)
            if rate_limit.exceeded:
                self.throttled += 1
                self._log_violation(request, rate_limit)
                answer = refused(429, request.path).with_headers(rate_limit.headers)
                return whole(answer)
            return await self._faulty(request, rate_limit.headers)

    @contextmanager
    def _counted(self) -> Iterator[None]:
        self._in_flight += 1
        self.peak_in_flight = max(self.peak_in_flight, self._in_flight)
        try:
            yield
        finally:
            self._in_flight -= 1

    async def _faulty(self, request: web.Request, limits: dict[str, str]) -> web.StreamResponse:
        fault = self._faults.next(request.path, request.query_string)
        if fault is None:
            return whole((await self._answer(request)).with_headers(limits))
        await asyncio.sleep(fault.stall_s)
        if fault.revoke:
            self._endpoints.revoke()
        if fault.drop:
            return dropped(request)
        if replaces(fault):
            answer = replacement(fault, request.path)
        else:
            answer = await self._answer(request)
        if fault.extra_page is not None and answer.status == HTTPStatus.OK:
            answer = extra_page(answer, fault, request.url)
        # The fault's headers come last: a gateway's 503 has no rate-limit headers.
        answer = altered_answer(answer.with_headers(limits), fault, request.url)
        return await sent(answer, fault, request)

    async def _answer(self, request: web.Request) -> Answer:
        posted = request.method == "POST" and request.path.endswith("/token")
        form = await request.post() if posted else {}
        texts = {name: value for name, value in form.items() if isinstance(value, str)}
        oauth_answer = self._endpoints.answer(
            request.method, request.url, request.headers, texts, request.remote
        )
        if oauth_answer is not None:
            return oauth_answer
        if request.method != "GET":
            return refused(405, request.path)
        tokens = self._endpoints.service_apps
        public = public_answer(request.url, self._tenant, tokens.knows)
        if public is not None:
            return public
        denial = refusal(request.method, request.url, request.headers, self._tenant, tokens)
        if denial is not None:
            return denial
        if request.path == LOGS:
            return log_page(self.log, request.url, self._clock.now)
        return self._resources.answer(request.url)

    def _log_violation(self, request: web.Request, rate_limit: RateLimitState) -> None:
        token = request.headers.get("Authorization", "").partition(" ")[2]
        issued = self._endpoints.service_apps.issued(token)
        caller = Caller(
            ip_address=request.remote,
            user_agent=request.headers.get("User-Agent", ""),
            path=request.path,
            client=issued.client if issued is not None else None,
        )
        write_violation(self._writer, caller, rate_limit)
