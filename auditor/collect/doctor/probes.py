"""One cheap request for each kind of object: what would an export be able to read?"""

from __future__ import annotations

import asyncio
from collections.abc import Container, Iterator
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import orjson

from auditor.collect.api.client import OktaClient
from auditor.collect.api.errors import NOT_FOUND, NOT_LICENSED, OktaError
from auditor.collect.fetch.answers import lacks_scope, listed_values
from auditor.collect.http.errors import TransportError
from auditor.collect.http.response import Response
from auditor.collect.rate_limits.headers import RateLimitHeaders
from auditor.snapshot.collections import Collection, children, is_record, roots
from auditor.snapshot.records import read_records

_AT_A_TIME = 4
_FOR_CHILDREN = "50"
"""Records to look through for one that has children: not every app is an OIDC app."""


class Readability(Enum):
    """Whether a collection can be read."""

    READ = auto()
    REFUSED = auto()
    """The token may not: a scope or an admin role is missing."""
    ABSENT = auto()
    """The org has no license for it."""
    FAILED = auto()
    UNKNOWN = auto()
    """Not asked for: no parent record to ask with."""


@dataclass(frozen=True, slots=True)
class Probe:
    """What is known about reading one collection."""

    row: Collection
    readability: Readability
    cause: Collection
    """The collection that it follows from: this one, or what it belongs to."""
    reason: str = ""
    lacks_scope: bool = False
    """Whether Okta says that it is the token's scopes."""


@dataclass
class RateLimitWindow:
    """A rate-limit bucket as the last answer showed it: requests a window, and those left."""

    limit: int
    remaining: int


@dataclass
class Prober:
    """Probes the collections of one org.

    Args:
        client: open.
        org_url: the org.
        scopes: the OAuth scopes that the token has; None for an API token. What they do not
            cover is not asked for.
    """

    client: OktaClient
    org_url: str
    scopes: Container[str] | None
    windows: dict[str, RateLimitWindow] = field(default_factory=dict)
    """Filled while probing, by bucket."""

    async def run(self) -> list[Probe]:
        """Probe all collections, in the order of the table."""
        self._slots = asyncio.Semaphore(_AT_A_TIME)
        trees = await asyncio.gather(*(self._tree(row, row.path) for row in roots()))
        return [probe for tree in trees for probe in tree]

    async def _tree(self, row: Collection, path: str) -> list[Probe]:
        if not self.covered(row):
            probe = Probe(row, Readability.REFUSED, row, lacks_scope=True)
            return [probe, *_inherited(row, probe)]
        probe, values = await self._ask(row, path)
        if probe.readability is not Readability.READ:
            return [probe, *_inherited(row, probe)]
        below: list[Probe] = []
        records = _records(row, path, values)
        for child in children(row.name):
            keys = (key for record in records if (key := child.parent_key(record)) is not None)
            key = next(keys, None)
            if key is not None or not self.covered(child):
                below += await self._tree(child, child.resource(path, key or ""))
            else:
                unknown = Probe(child, Readability.UNKNOWN, child)
                below += [unknown, *_inherited(child, unknown)]
        return [probe, *below]

    def covered(self, row: Collection) -> bool:
        """Whether the token's scopes allow reading a collection."""
        if self.scopes is None:
            return True
        manage = row.oauth_scope.removesuffix(".read") + ".manage"
        return row.oauth_scope in self.scopes or manage in self.scopes

    async def _ask(self, row: Collection, path: str) -> tuple[Probe, list[Any]]:
        query = dict(row.query)
        if "limit" in query:
            query["limit"] = _FOR_CHILDREN if any(children(row.name)) else "1"
        url = self.org_url + path + (f"?{urlencode(query)}" if query else "")
        try:
            async with self._slots:
                response = await self.client.get(url)
        except TransportError as error:
            return Probe(row, Readability.FAILED, row, str(error)), []
        self._note(row.bucket, response)
        return _probe_of(row, response)

    def _note(self, bucket: str, response: Response) -> None:
        limits = RateLimitHeaders.of(response.status, response.headers)
        if limits is not None and not limits.of_concurrency:
            before = self.windows.get(bucket)
            left = min(limits.remaining, before.remaining) if before else limits.remaining
            self.windows[bucket] = RateLimitWindow(limits.limit, left)


def _probe_of(row: Collection, response: Response) -> tuple[Probe, list[Any]]:
    if response.status == HTTPStatus.OK:
        body = listed_values(_json(response), row)
        if not isinstance(body, dict if row.single else list):
            return Probe(
                row, Readability.FAILED, row, "the answer is not the JSON that Okta sends"
            ), []
        return Probe(row, Readability.READ, row), body if isinstance(body, list) else []
    error = OktaError.of(response)
    readability = _readability(row, error)
    reason = "" if readability is Readability.READ else str(error)
    return Probe(row, readability, row, reason, lacks_scope=lacks_scope(response)), []


def _readability(row: Collection, error: OktaError) -> Readability:
    """What an error says of a collection, as an export would take it."""
    match error.status, error.code:
        case HTTPStatus.NOT_FOUND, code if code == NOT_FOUND and row.single:
            return Readability.READ  # an org without the setting: that is an answer
        case HTTPStatus.NOT_FOUND, code if code == NOT_FOUND and row.unknown_without:
            return Readability.ABSENT
        case HTTPStatus.UNAUTHORIZED, code if code == NOT_LICENSED:
            return Readability.ABSENT if row.feature else Readability.REFUSED
        case HTTPStatus.FORBIDDEN, _:
            return Readability.REFUSED
    return Readability.FAILED


def _records(row: Collection, path: str, values: list[Any]) -> list[Any]:
    if not is_record(row.model):
        return []
    kept = [value for value in values if isinstance(value, dict) and row.keep(value)]
    return [record for _, record in read_records(row, path, kept)[0]]


def _inherited(row: Collection, probe: Probe) -> Iterator[Probe]:
    """What a probe says about all that belongs to the collection."""
    for child in children(row.name):
        yield replace(probe, row=child)
        yield from _inherited(child, probe)


def _json(response: Response) -> Any:
    try:
        return orjson.loads(response.body)
    except orjson.JSONDecodeError:
        return None
