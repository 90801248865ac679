"""Reads a tenant over HTTP and makes a snapshot of it, or a survey for a plan.

A list that cannot be read never becomes an empty list: its path is left out of the
snapshot and the ledger says why.
"""

from __future__ import annotations

import asyncio
import gc
import logging
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from auditor.collect.api.client import OktaClient
from auditor.collect.auth.credentials import SSWS, Credentials
from auditor.collect.fetch.list_fetcher import ListFetcher
from auditor.collect.journal.journal import Journal
from auditor.collect.lists.ledger import ledger_of
from auditor.collect.options import ExportOptions
from auditor.collect.plan.assignment_side import Side
from auditor.collect.plan.survey import READS, Survey
from auditor.collect.progress.watcher import NoProgress, Progress
from auditor.collect.rate_limits.waiting import RateLimiter
from auditor.collect.since.older_snapshot import OlderSnapshot
from auditor.collect.tenant.tenant_reader import TenantReader
from auditor.snapshot.document import Capture, Snapshot
from auditor.snapshot.ledger import Ledger
from auditor.snapshot.proof import with_lacks
from auditor.snapshot.table_digest import table_digest
from auditor.version import __version__

_LOGGER = logging.getLogger(__name__)


def export(
    credentials: Credentials,
    options: ExportOptions | None = None,
    progress: Progress | None = None,
    *,
    journal: Journal | None = None,
    older: OlderSnapshot | None = None,
) -> Snapshot:
    """Read a tenant's configuration.

    Args:
        credentials: which org, and how to prove who asks.
        options: how to read it.
        progress: watches it.
        journal: where to note what is read, and where what was read before comes from.
            Whoever opened it closes or removes it.
        older: from which lists are carried over that nothing says have changed since then.

    Returns:
        The snapshot; its ledger says what is missing.

    Raises:
        CollectError: nothing could be read: the org cannot be reached, refuses the
            credentials, or answers nonsense to everything.
    """
    started = _started(journal)

    async def read_tenant() -> TenantReader:
        async with _tenant_reader(credentials, options, progress, journal, older) as reader:
            await reader.run()
            return reader

    try:
        reader = asyncio.run(read_tenant())
    except BaseExceptionGroup as group:
        raise first_of(group) from None
    # Out of the loop, which hears a signal between two steps only: this is one step.
    return _snapshot(reader, started)


async def read(
    credentials: Credentials,
    options: ExportOptions | None = None,
    progress: Progress | None = None,
    *,
    journal: Journal | None = None,
) -> Snapshot:
    """Read all of a tenant's configuration, as `export` does, in a loop that is running.

    Raises:
        BaseExceptionGroup: what `export` raises, wrapped; `first_of` unwraps it.
    """
    started = _started(journal)
    async with _tenant_reader(credentials, options, progress, journal) as reader:
        await reader.run()
        return _snapshot(reader, started)


def _started(journal: Journal | None) -> datetime:
    return journal.started_at if journal else datetime.now(UTC)


def _snapshot(reader: TenantReader, started: datetime) -> Snapshot:
    resources = reader.store.resources(reader.counts_of)
    return Snapshot(
        capture=_capture(reader, started),
        ledger=with_lacks(_ledger(reader), resources),
        resources=resources,
    )


def survey(
    credentials: Credentials,
    options: ExportOptions | None = None,
    progress: Progress | None = None,
    *,
    journal: Journal | None = None,
    older: OlderSnapshot | None = None,
) -> Survey:
    """Read what tells how many requests an export takes: `plan.READS`, and nothing else.

    Args and errors are those of `export`. What was read stands in the journal.
    """

    async def read_survey() -> Survey:
        async with _tenant_reader(credentials, options, progress, journal, older) as reader:
            reader.only = READS
            await reader.run()
            return _survey(reader)

    try:
        return asyncio.run(read_survey())
    except BaseExceptionGroup as group:
        raise first_of(group) from None


@asynccontextmanager
async def _tenant_reader(
    credentials: Credentials,
    options: ExportOptions | None,
    progress: Progress | None,
    journal: Journal | None,
    older: OlderSnapshot | None = None,
) -> AsyncIterator[TenantReader]:
    options, progress = options or ExportOptions(), progress or NoProgress()
    _LOGGER.info("export of %s, %s: %s", credentials.org_url, credentials.description, options)
    # The SDK leaves a large heap behind; collecting it again and again doubles parsing time.
    gc.freeze()
    async with OktaClient(
        credentials, connections=options.concurrency, watch=progress.sent
    ) as client:
        limiter = RateLimiter(
            concurrency=options.concurrency,
            share=options.share,
            per_minute=options.max_requests_per_minute,
            on_wait=progress.waiting,
        )
        fetcher = ListFetcher(
            client, credentials.org_url, limiter, options.attempts, on_pause=progress.pausing
        )
        yield TenantReader(
            credentials, options, fetcher, progress, journal, older, _started(journal)
        )


def _ledger(reader: TenantReader) -> Ledger:
    return ledger_of(reader.counts_of, api_token=reader.credentials.mode == SSWS)


def _capture(reader: TenantReader, started: datetime) -> Capture:
    limiter = reader.fetcher.limiter
    return Capture(
        org_url=reader.credentials.org_url,
        tool_version=__version__,
        authentication=reader.credentials.description,
        started_at=started.replace(microsecond=0),
        finished_at=datetime.now(UTC).replace(microsecond=0),
        requests=reader.fetcher.requests,
        retries=reader.fetcher.retries,
        waited_s=round(limiter.waited_s, 1),
        rate_limits={
            bucket: allowance.limit
            for bucket, allowance in sorted(limiter.allowances.items())
            if allowance.limit is not None
        },
        resumed_pages=reader.journal.pages if reader.journal else 0,
        table=table_digest(),
        since=reader.carrying.outcome if reader.carrying else None,
        efforts={c.row.name: c.effort for c in reader.counts_of.values() if c.effort},
    )


def _survey(reader: TenantReader) -> Survey:
    reader.store.resources(reader.counts_of)
    ledger = _ledger(reader)
    entries = [entry for entry in ledger.entries if entry.collection in READS]
    sent = Counter[str]()
    for counts in reader.counts_of.values():
        sent[counts.row.bucket] += counts.requests
    return Survey(
        sent=sent,
        lists=reader.lists_to_come,
        unnamed=reader.unnamed_to_read,
        carried_over={c.row.name: c.carried_lists for c in reader.counts_of.values()},
        since=reader.carrying.outcome if reader.carrying else None,
        objects={entry.collection: entry.objects for entry in entries if entry.readable},
        unread=tuple(entry for entry in entries if entry.incomplete),
        apps=sum(e.objects + e.left_out for e in entries if e.collection == "apps"),
        side=reader.assignments.side or Side.APPS,
        assignments=reader.assignments.lists,
        not_asked={
            entry.collection: entry.not_asked for entry in ledger.entries if entry.not_asked
        },
        allowances=reader.fetcher.limiter.allowances,
    )


def first_of(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The error that ended a group of tasks; the first, should several have ended it."""
    first = group.exceptions[0]
    return first_of(first) if isinstance(first, BaseExceptionGroup) else first
