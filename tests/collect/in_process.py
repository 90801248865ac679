"""An org in this process, for whole exports in virtual time: each answer takes 50 ms, or hangs."""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any, cast

import virtual
from multidict import CIMultiDict
from yarl import URL

from auditor.collect.api.client import OktaClient
from auditor.collect.auth.credentials import SSWS, Credentials
from auditor.collect.fetch.list_fetcher import ListFetcher
from auditor.collect.http.errors import TransportError
from auditor.collect.http.response import Response
from auditor.collect.journal.journal import Journal
from auditor.collect.lists.ledger import ledger_of
from auditor.collect.options import ExportOptions
from auditor.collect.progress.watcher import NoProgress
from auditor.collect.rate_limits.waiting import RateLimiter
from auditor.collect.tenant.tenant_reader import TenantReader
from auditor.snapshot.ledger import Ledger

ORG = "https://acme.okta.com"
LATENCY_S, SILENCE_S = 0.05, 10.0
Answer = tuple[int, str, bytes]


def okta_error(status: int, code: str) -> Answer:
    body = {"errorCode": code, "errorSummary": "no", "errorCauses": []}
    return status, "application/json", json.dumps(body).encode()


async def silence() -> Answer:
    await asyncio.sleep(SILENCE_S)
    raise TransportError(f"no answer within {SILENCE_S:g} s")


async def reset() -> Answer:
    raise TransportError("the connection was reset")


@dataclass
class InProcessOrg:
    """Serves a tenant file's resources, and a fault where the path matches, unless it is None."""

    document: dict[str, Any]
    path: str = "^nothing$"
    fault: Callable[[], Any] | None = None
    limits: Mapping[str, int] = field(default_factory=dict)
    """Requests a minute that answers announce, by the beginning of their paths."""
    slow: str = "^nothing$"
    """Paths that take a second."""
    sent: Counter[str] = field(default_factory=Counter)
    pauses: list[str] = field(default_factory=list)
    resources: dict[str, Any] = field(default_factory=dict)
    """Of the snapshot that the last export makes."""

    async def get(self, url: str) -> Response:
        path = URL(url).path
        self.sent[path] += 1
        await asyncio.sleep(1 if re.search(self.slow, path) else LATENCY_S)
        answer = self.fault() if self.fault and re.search(self.path, path) else None
        if answer is not None:
            status, kind, body = await answer if asyncio.iscoroutine(answer) else answer
        else:
            value = self.document.get(path, self._apps_of(path))
            status, kind, body = 200, "application/json", json.dumps(value).encode()
        return Response(status, CIMultiDict({"Content-Type": kind, **self._limit(path)}), body)

    def _apps_of(self, path: str) -> list[Any]:
        """The apps that a group is assigned to; nothing for any other path."""
        found = re.fullmatch("/api/v1/groups/([^/]+)/apps", path)
        if found is None:
            return []
        return [
            app
            for app in self.document["/api/v1/apps"]
            if {"id": found[1]} in self.document.get(f"/api/v1/apps/{app['id']}/groups", ())
        ]

    def _limit(self, path: str) -> dict[str, str]:
        limit = next((self.limits[start] for start in self.limits if path.startswith(start)), None)
        if limit is None:
            return {}
        now = virtual.EPOCH + virtual.now()
        return {
            "X-Rate-Limit-Limit": str(limit),
            "X-Rate-Limit-Remaining": str(limit),
            "X-Rate-Limit-Reset": str(int(now + 60)),
            "Date": formatdate(int(now), usegmt=True),
        }

    def export(
        self, journal: Journal | None = None, **options: Any
    ) -> tuple[Ledger, float, TenantReader]:
        """Read it all; returns the ledger, how many seconds it took, and who read."""

        async def run() -> tuple[Ledger, float, TenantReader]:
            fetcher = ListFetcher(
                cast("OktaClient", self),
                ORG,
                RateLimiter(),
                on_pause=lambda why, _: self.pauses.append(why),
            )
            credentials = Credentials(ORG, SSWS, token="x")
            reader = TenantReader(
                credentials, ExportOptions(**options), fetcher, NoProgress(), journal
            )
            await reader.run()
            self.resources = reader.store.resources(reader.counts_of)
            return ledger_of(reader.counts_of), virtual.now(), reader

        return cast("tuple[Ledger, float, TenantReader]", virtual.run(run()))
