"""Exports several tenants at once. Each has its own client and limiter, and fails alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from auditor.collect.auth.credentials import Credentials
from auditor.collect.exporter import first_of, read
from auditor.collect.journal.journal import Journal
from auditor.collect.options import ExportOptions
from auditor.collect.progress.watcher import Progress
from auditor.snapshot.document import Snapshot


@dataclass(frozen=True)
class ExportJob:
    """One export, as `exporter.export` takes it."""

    credentials: Credentials
    options: ExportOptions
    progress: Progress
    journal: Journal | None


def export_each(
    jobs: Sequence[ExportJob], done: Callable[[int, Snapshot | Exception], None]
) -> None:
    """Export tenants at the same time.

    Args:
        jobs: what to export.
        done: gets the number of a job and its snapshot, or what ended it, as soon as it is
            over; in a thread, so that writing a snapshot does not hold up the other exports,
            and one at a time. It must not raise.
    """
    asyncio.run(_each(jobs, done))


async def _each(
    jobs: Sequence[ExportJob], done: Callable[[int, Snapshot | Exception], None]
) -> None:
    writing = asyncio.Lock()

    async def run(number: int, job: ExportJob) -> None:
        result: Snapshot | Exception
        try:
            result = await read(job.credentials, job.options, job.progress, journal=job.journal)
        except ExceptionGroup as group:
            # Of exceptions only, so the first is one.
            first = first_of(group)
            result = first if isinstance(first, Exception) else RuntimeError(str(first))
        except Exception as error:  # noqa: BLE001 - one tenant's, whatever it is
            result = error
        async with writing:
            await asyncio.to_thread(done, number, result)

    async with asyncio.TaskGroup() as tasks:
        for number, job in enumerate(jobs):
            tasks.create_task(run(number, job))
