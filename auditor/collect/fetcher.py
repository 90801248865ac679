"""Reads lists from Okta: retries, paging by `Link`, and a reason whenever one ends early."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson

from auditor.collect.client import OktaClient, Response, TransportError
from auditor.collect.governor import Bucket
from auditor.errors import CollectError
from auditor.text import one_line

NOT_LICENSED = "E0000015"
"""Okta's error code, with 401, for a feature the org does not have."""

_LONGEST_PAUSE_S = 20.0
_MOST_PAGES = 20_000
_MOST_WINDOWS = 10


class Trouble(Enum):
    """Why a list could not be read."""

    REFUSED = auto()
    """403: the token may not read it."""
    ABSENT = auto()
    """401 E0000015: the org does not have the feature."""
    NOT_FOUND = auto()
    """404: there is no such object or endpoint."""
    FAILED = auto()
    """No usable answer, however often it was asked for."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a list could not be read, in words that hold no secret."""

    trouble: Trouble
    reason: str
    unreachable: bool = False
    """Whether no HTTP answer came back at all."""
    status: int | None = None
    """The HTTP status, where that is the problem."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; a single object is a list of one."""

    values: list[Any]
    next_url: str | None


@dataclass(slots=True)
class Reading:
    """How much was read of one list, what it took, and why no more."""

    pages: int = 0
    requests: int = 0
    retries: int = 0
    problem: Problem | None = None


class _Again(Enum):
    """Whether a page is worth another request, and when."""

    NO = auto()
    AFTER_A_PAUSE = auto()
    WHEN_THE_WINDOW_OPENS = auto()


@dataclass(frozen=True, slots=True)
class _Answer:
    """One page, or why there is none."""

    value: Any = None
    next_url: str | None = None
    problem: Problem | None = None
    again: _Again = _Again.NO


class CredentialsRefusedError(CollectError):
    """Okta does not accept the token."""


@dataclass
class Fetcher:
    """Reads lists and objects of one org, politely.

    Args:
        client: sends the requests.
        org_url: the origin that every page must come from.
        concurrency: requests in flight at most.
        attempts: how often a failing request is sent before its list is given up.
        on_wait: told the bucket and the seconds whenever a rate limit makes us wait.
    """

    client: OktaClient
    org_url: str
    concurrency: int = 15
    attempts: int = 5
    on_wait: Callable[[str, float], None] = lambda *_: None
    requests: int = 0
    retries: int = 0

    def __post_init__(self) -> None:
        self._slots = asyncio.Semaphore(self.concurrency)
        self._buckets: dict[str, Bucket] = {}

    @property
    def waited_s(self) -> float:
        """Seconds that requests spent waiting for rate limits, added up."""
        return sum(bucket.waited_s for bucket in self._buckets.values())

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
            start: the absolute URL of the page to begin with, instead of the first.
            on_page: gets every page as soon as it is read; nothing of it is kept here.

        Raises:
            CredentialsRefusedError: Okta does not accept the token.
        """
        reading = Reading()
        first = self.org_url + path + (f"?{urlencode(query)}" if query else "")
        url: str | None = start or first
        seen: set[str] = set()
        while url is not None:
            seen.add(url)
            answer = await self._page(bucket, url, unless, reading)
            reading.problem = answer.problem or _misshapen(answer.value, dict if single else list)
            if reading.problem is not None:
                break
            reading.pages += 1
            url = None if single else answer.next_url
            bad = self._bad_next(url, seen) if url is not None else None
            # A page that cannot be gone on from is read, but nothing is known to come next.
            on_page(Page([answer.value] if single else answer.value, url))
            # Lists wait for their next page by the thousand; none keeps its last one meanwhile.
            del answer
            if bad is not None:
                reading.problem = bad
                break
        return reading

    def _bad_next(self, url: str, seen: set[str]) -> Problem | None:
        if _origin(url) != _origin(self.org_url):
            return _failed(
                f"its next page is on another host ({one_line(urlsplit(url).netloc)}), refused"
            )
        if url in seen:
            return _failed("its next page is one already read: the pages form a loop")
        if len(seen) >= _MOST_PAGES:
            return _failed(f"it has more than {_MOST_PAGES:,} pages")
        return None

    async def _page(
        self, name: str, url: str, unless: Callable[[], Problem | None], reading: Reading
    ) -> _Answer:
        """One page, asked for as often as it is worth it."""
        bucket = self._buckets.setdefault(name, Bucket(name, on_wait=self.on_wait))
        failures = windows = 0
        while True:
            page = await self._attempt(bucket, url, unless, reading)
            if page.again is _Again.NO:
                return page
            if page.again is _Again.WHEN_THE_WINDOW_OPENS:
                windows += 1
            else:
                failures += 1
            if failures >= self.attempts or windows >= _MOST_WINDOWS:
                return page
            self.retries += 1
            reading.retries += 1
            if page.again is _Again.AFTER_A_PAUSE:
                await _back_off(failures)

    async def _attempt(
        self, bucket: Bucket, url: str, unless: Callable[[], Problem | None], reading: Reading
    ) -> _Answer:
        await bucket.turn()
        async with self._slots:
            if pointless := unless():
                return _Answer(problem=pointless)
            self.requests += 1
            reading.requests += 1
            try:
                response = await self.client.get(url)
            except TransportError as error:
                silence = Problem(Trouble.FAILED, str(error), unreachable=True)
                return _Answer(problem=silence, again=_Again.AFTER_A_PAUSE)
        window_closed = bucket.observe(response.status, response.headers)
        value, problem = _judged(response)
        if problem is None:
            return _Answer(value, response.next_url)
        if window_closed:
            return _Answer(problem=problem, again=_Again.WHEN_THE_WINDOW_OPENS)
        again = _Again.AFTER_A_PAUSE if _worth_retrying(response, problem) else _Again.NO
        return _Answer(problem=problem, again=again)


def _judged(response: Response) -> tuple[Any, Problem | None]:
    """The value an answer holds, or why it holds none."""
    if response.status == HTTPStatus.OK:
        try:
            return orjson.loads(response.body), None
        except orjson.JSONDecodeError:
            return None, _failed(_not_json(response))
    return None, _refusal(response)


def _refusal(response: Response) -> Problem:
    status = response.status
    code, summary = _okta_error(response)
    said = " ".join(filter(None, [str(status), code, f'"{summary}"' if summary else ""]))
    if status == HTTPStatus.UNAUTHORIZED and code != NOT_LICENSED:
        raise CredentialsRefusedError(
            f"Okta refused the credentials ({said}).",
            remedy="The token is revoked, expired (30 days without use) or of another org. "
            "Create one under Security > API > Tokens, or check the service app's key.",
        )
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return _failed(f"Okta answered with a redirect ({said}), which is not followed")
    trouble, words = _WORDS.get(status, (Trouble.FAILED, "Okta answered"))
    return Problem(trouble, f"{words} ({said})", status=status)


_WORDS: Mapping[int, tuple[Trouble, str]] = {
    HTTPStatus.UNAUTHORIZED: (Trouble.ABSENT, "the org does not have the feature"),
    HTTPStatus.FORBIDDEN: (Trouble.REFUSED, "Okta refused it"),
    HTTPStatus.NOT_FOUND: (Trouble.NOT_FOUND, "Okta does not know it"),
    HTTPStatus.TOO_MANY_REQUESTS: (Trouble.FAILED, "rate limited again and again"),
}


def _worth_retrying(response: Response, problem: Problem) -> bool:
    if problem.trouble is not Trouble.FAILED:
        return False
    return (
        response.status in {HTTPStatus.OK, HTTPStatus.TOO_MANY_REQUESTS}
        or response.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    )


def _okta_error(response: Response) -> tuple[str, str]:
    try:
        body = orjson.loads(response.body)
    except orjson.JSONDecodeError:
        return "", ""
    if not isinstance(body, dict):
        return "", ""
    code, summary = body.get("errorCode"), body.get("errorSummary")
    return one_line(str(code or ""))[:40], one_line(str(summary or ""))[:160]


def _not_json(response: Response) -> str:
    start = response.body[:200].lstrip().lower()
    if start.startswith((b"<!doctype", b"<html", b"<")):
        return "the answer is a web page, not JSON: a maintenance page or a proxy's"
    if not start:
        return "the answer is empty"
    return "the answer is not valid JSON, or was cut off"


async def _back_off(failures: int) -> None:
    """Full jitter: anything between nothing and a bound that doubles with each failure."""
    bound = min(_LONGEST_PAUSE_S, 0.25 * 2**failures)
    await asyncio.sleep(random.uniform(0, bound))  # noqa: S311 - not cryptography


def _failed(reason: str) -> Problem:
    return Problem(Trouble.FAILED, reason)


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()


def _misshapen(value: object, expected: type) -> Problem | None:
    if isinstance(value, expected):
        return None
    names = {dict: "an object", list: "a list", str: "a string", type(None): "null"}
    found = names.get(type(value), "something else")
    return _failed(f"the answer is {found}, not {names[expected]}")
