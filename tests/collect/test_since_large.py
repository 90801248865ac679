"""An org of 2,000 apps at Okta's real limits, 50 requests a minute for what belongs to apps."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import pytest
import virtual
from changing_org import APPS, GROUPS, USERS
from helpers import okta_auditor, tenant, write_document
from multidict import CIMultiDict
from yarl import URL

from auditor.collect.api.client import OktaClient
from auditor.collect.auth.credentials import SSWS, Credentials
from auditor.collect.fetch.list_fetcher import ListFetcher
from auditor.collect.http.response import Response
from auditor.collect.lists.ledger import ledger_of
from auditor.collect.options import ExportOptions
from auditor.collect.progress.watcher import NoProgress
from auditor.collect.rate_limits.waiting import RateLimiter
from auditor.collect.since.older_snapshot import FULL_EVERY_S, OlderSnapshot
from auditor.collect.tenant.tenant_reader import TenantReader
from auditor.sandbox import Sandbox, TenantFile
from auditor.sandbox.limits import RequestCounter
from auditor.sandbox.resources import Resources
from auditor.snapshot.collections import BY_NAME
from auditor.snapshot.document import Capture, Snapshot
from auditor.snapshot.ledger import Ledger
from auditor.snapshot.other_sides import row_of
from auditor.snapshot.proof import complete_ledger
from auditor.snapshot.table_digest import table_digest

Json = dict[str, Any]

MANY, HALF_AN_HOUR_S = 2_000, 30 * 60
_STAMP, _MOVED = "2026-03-01T00:00:00.000Z", "2026-04-01T00:00:00.000Z"


def large_org(*, changed: int = 0, moved: int = 0) -> Json:
    """2,000 OIDC apps, 300 groups and 1,000 users.

    Args:
        changed: how many apps have changed since the older snapshot.
        moved: how many groups somebody has joined since then, each with some apps.
    """
    document = {path: value for path, value in tenant().items() if APPS not in path}
    document[USERS] = [{"id": f"00u{n}", "status": "ACTIVE"} for n in range(1_000)]
    document[GROUPS] = []
    for n in range(300):
        group = {"id": f"00g{n}", "type": "OKTA_GROUP", "profile": {"name": f"Group {n}"}}
        group |= {"lastUpdated": _STAMP, "lastMembershipUpdated": _MOVED if n < moved else _STAMP}
        document[GROUPS].append(group)
        document[f"{GROUPS}/00g{n}/users"] = [{"id": f"00u{(n * 3 + k) % 1_000}"} for k in range(5)]
    document[GROUPS][299] |= {"type": "BUILT_IN", "profile": {"name": "Everyone"}}
    document[APPS] = []
    for n in range(MANY):
        identity = f"0oa{n:04}"
        document[APPS].append(_app(identity, _MOVED if n < changed else _STAMP))
        path = f"{APPS}/{identity}"
        members = document[f"{GROUPS}/00g{n % 300}/users"]
        document |= {
            f"{path}/groups": [{"id": f"00g{n % 300}", "priority": 0}],
            f"{path}/users": [{**one, "scope": "GROUP", "status": "ACTIVE"} for one in members],
            f"{path}/grants": [{"id": f"oag{n}", "scopeId": "okta.users.read", "status": "ACTIVE"}],
        }
    return document


def _app(identity: str, stamp: str) -> Json:
    return {
        "id": identity, "label": identity, "status": "ACTIVE", "signOnMode": "OPENID_CONNECT",
        "lastUpdated": stamp,
        "credentials": {
            "oauthClient": {"client_id": identity, "token_endpoint_auth_method": "private_key_jwt"}
        },
        "settings": {
            "oauthClient": {"application_type": "web", "grant_types": ["authorization_code"]}
        },
    }  # fmt: skip


def older(org_url: str, now: datetime) -> Snapshot:
    """What a full export of a day ago has left, without reading it here."""
    resources: Json = {}
    document = large_org()
    for path, value in document.items():
        row = row_of(path)
        assert row is not None
        resources[path] = row.pack(value) if row.pack else value
    for app in document[APPS]:
        resources[BY_NAME["app_jwks"].resource(APPS, app["id"])] = []
    for name in ("claims", "server_keys", "resource_server_keys", "associated_servers"):
        resources[BY_NAME[name].resource("/api/v1/authorizationServers", "aus1")] = []
    for row in BY_NAME.values():
        if row.parent is None and not row.single:
            resources.setdefault(row.path, [])
    capture = Capture(
        org_url=org_url, tool_version="0", table=table_digest(),
        started_at=now - timedelta(days=1), finished_at=now - timedelta(hours=23),
    )  # fmt: skip
    return Snapshot(capture=capture, ledger=complete_ledger(resources), resources=resources)


class LimitedOrg:
    """Answers as the sandbox does, page by page and by Okta's real limits, in virtual time."""

    url = "https://large.okta.com"

    def __init__(self, document: Json) -> None:
        self._resources = Resources(TenantFile.from_document(document))
        self.sent = dict.fromkeys((row.bucket for row in BY_NAME.values()), 0)
        self.throttled = 0

    @cached_property
    def _counter(self) -> RequestCounter:
        return RequestCounter((), clock=self._clock)

    @staticmethod
    def _clock() -> float:
        return virtual.EPOCH + asyncio.get_running_loop().time()

    async def get(self, url: str) -> Response:
        address = URL(url)
        await asyncio.sleep(0.05)
        limit = self._counter.spend(address.path)
        headers = CIMultiDict(limit.headers)
        headers["Date"] = formatdate(self._clock() // 1, usegmt=True)
        headers["Content-Type"] = "application/json"
        if limit.exceeded:
            self.throttled += 1
            return Response(429, headers, b"{}")
        row = row_of(address.path)
        assert row is not None
        self.sent[row.bucket] += 1
        answer = self._resources.answer(address)
        for name, line in answer.headers:
            if name == "Link":
                headers.add(name, line)
        return Response(answer.status, headers, answer.body)

    def export(self, older_of: Any) -> tuple[Ledger, float]:
        """Read it since an older snapshot; the ledger, and how many seconds it took."""
        now = datetime.now(UTC)

        async def run() -> tuple[Ledger, float]:
            fetcher = ListFetcher(cast("OktaClient", self), self.url, RateLimiter())
            reader = TenantReader(
                Credentials(self.url, SSWS, token="x"), ExportOptions(), fetcher, NoProgress(),
                None, OlderSnapshot(older_of(self.url, now), FULL_EVERY_S), now,
            )  # fmt: skip
            await reader.run()
            reader.store.resources(reader.counts_of)
            return ledger_of(reader.counts_of), virtual.now()

        return cast("tuple[Ledger, float]", virtual.run(run()))


@pytest.mark.slow
def test_a_large_org_takes_less_than_half_an_hour_at_the_real_limits() -> None:
    """A tenth of the apps has changed since yesterday, and ten groups of some apps each."""
    org = LimitedOrg(large_org(changed=200, moved=10))

    ledger, seconds = org.export(older)

    assert not [entry.collection for entry in ledger.entries if entry.incomplete]
    assert org.sent[APPS] <= 1_400
    assert seconds < HALF_AN_HOUR_S
    carried = {
        entry.collection: sum(len(item.paths) for item in entry.carried_over)
        for entry in ledger.entries
    }
    assert carried["app_grants"] == 1_800
    assert org.throttled == 0


def test_the_plan_says_that_it_takes_less_than_half_an_hour(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    with Sandbox(TenantFile.from_document(large_org(changed=200, moved=10))) as sandbox:
        before = older(sandbox.url, now)
        old = tmp_path / "old.json"
        document = {
            "format": before.format, "version": before.version,
            "capture": before.capture.model_dump(mode="json"),
            "ledger": [entry.model_dump(mode="json") for entry in before.ledger.entries],
            "resources": before.resources, "digest": "",
        }  # fmt: skip
        write_document(old, document)
        words = ("snapshot", "-o", tmp_path / "new.json", "--plan", "--format", "json")
        outcome = okta_auditor(*words, "--since", old, url=sandbox.url)
        full = okta_auditor(*words, url=sandbox.url)

    plan, whole = json.loads(outcome.stdout), json.loads(full.stdout)
    bucket, all_of_it = (
        next(b for b in one["buckets"] if b["bucket"] == APPS) for one in (plan, whole)
    )
    assert bucket["limit"] == 50
    assert bucket["sent"] + bucket["requests"]["most"] <= 1_400
    assert plan["seconds"]["most"] < HALF_AN_HOUR_S
    assert whole["seconds"]["least"] >= 2 * 3_600
    assert all_of_it["requests"]["least"] >= 3 * MANY
