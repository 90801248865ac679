"""Walks the collection table over HTTP and makes a snapshot of what it finds.

A list that cannot be read never becomes an empty list: its path is left out of the
snapshot and the ledger says why.
"""

from __future__ import annotations

import asyncio
import gc
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from auditor import __version__
from auditor.collect.client import OktaClient
from auditor.collect.credentials import Credentials
from auditor.collect.fetcher import CredentialsRefusedError, Fetcher, Problem, Reading, Trouble
from auditor.collect.governor import Governor
from auditor.collect.options import ExportOptions
from auditor.collect.progress import Progress, Silent
from auditor.collect.tally import Tally, settle
from auditor.errors import CollectError
from auditor.snapshot.collections import COLLECTIONS, Collection, Json, children, is_record, roots
from auditor.snapshot.document import Capture, Snapshot
from auditor.snapshot.ledger import Quarantined
from auditor.snapshot.models.base import Place, Record
from auditor.snapshot.records import read_records
from auditor.snapshot.redact import redacted

_PROBE = "org"
"""What is read first and alone: it tells whether the org answers and takes the token."""


def export(
    credentials: Credentials,
    options: ExportOptions | None = None,
    progress: Progress | None = None,
) -> Snapshot:
    """Read a tenant's configuration.

    Returns:
        The snapshot; its ledger says what is missing.

    Raises:
        CollectError: nothing could be read: the org cannot be reached, refuses the
            credentials, or answers nonsense to everything.
    """
    try:
        return asyncio.run(_export(credentials, options or ExportOptions(), progress or Silent()))
    except BaseExceptionGroup as group:
        raise _first_of(group) from None


async def _export(credentials: Credentials, options: ExportOptions, progress: Progress) -> Snapshot:
    # The SDK leaves a large heap behind; collecting it again and again doubles parsing time.
    gc.freeze()
    async with OktaClient(credentials, connections=options.concurrency) as client:
        governor = Governor(
            concurrency=options.concurrency,
            share=options.share,
            per_minute=options.max_requests_per_minute,
            on_wait=progress.waiting,
        )
        fetcher = Fetcher(client, credentials.org_url, governor, attempts=options.attempts)
        return await _Export(credentials, fetcher, progress).run()


@dataclass
class _Export:
    credentials: Credentials
    fetcher: Fetcher
    progress: Progress
    resources: dict[str, Any] = field(default_factory=dict)
    tallies: dict[str, Tally] = field(
        default_factory=lambda: {row.name: Tally(row) for row in COLLECTIONS}
    )
    stopped: Problem | None = None

    async def run(self) -> Snapshot:
        started = datetime.now(UTC)
        rows = list(roots())
        for row in rows:
            self.progress.planned(row, 1)
        probe = next(row for row in rows if row.name == _PROBE)
        await self._list(probe, probe.path)
        self._require_an_answer()
        async with asyncio.TaskGroup() as tasks:
            for row in rows:
                if row is not probe:
                    tasks.create_task(self._list(row, row.path))
        self._require_something()
        return Snapshot(
            capture=Capture(
                org_url=self.credentials.org_url,
                tool_version=__version__,
                authentication=self.credentials.description,
                started_at=started.replace(microsecond=0),
                finished_at=datetime.now(UTC).replace(microsecond=0),
                requests=self.fetcher.requests,
                retries=self.fetcher.retries,
                waited_s=round(self.fetcher.governor.waited_s, 1),
            ),
            ledger=settle(self.tallies),
            resources=self.resources,
        )

    async def _list(self, row: Collection, path: str) -> None:
        """Read one list, keep what is good of it, then read what belongs to its records."""
        values: list[Any] = []
        reading = await self._read(row, path, values)
        tally = self.tallies[row.name]
        if row.single and reading.problem and reading.problem.trouble is Trouble.NOT_FOUND:
            reading.problem = None  # an org without the setting: that is an answer
        tally.pages += reading.pages
        records: list[Record] = []
        if reading.problem is None:
            tally.lists += 1
            records = self._keep(row, path, values)
        else:
            tally.problems.append((path, reading.problem))
            if values:
                records = self._keep(row, path, values)
        self.progress.read(row, len(records))
        await self._descend(row, records)

    async def _descend(self, row: Collection, records: list[Record]) -> None:
        async with asyncio.TaskGroup() as tasks:
            for child in children(row.name):
                paths = dict.fromkeys(
                    child.resource(record.place.path, key)
                    for record in records
                    if (key := child.parent_key(record)) is not None
                )
                self.progress.planned(child, len(paths))
                for path in paths:
                    tasks.create_task(self._list(child, path))

    async def _read(self, row: Collection, path: str, values: list[Any]) -> Reading:
        tally = self.tallies[row.name]
        try:
            return await self.fetcher.read(
                row.bucket,
                path,
                row.query,
                single=row.single,
                unless=lambda: self.stopped or tally.refused,
                on_page=lambda page: values.extend(page.values),
            )
        except CredentialsRefusedError as error:
            if not self.resources:
                raise
            # What was read before the token died is kept, and the rest is marked unread.
            self.stopped = Problem(Trouble.FAILED, error.message.rstrip("."))
            return Reading(problem=self.stopped)

    def _keep(self, row: Collection, path: str, values: list[Any]) -> list[Record]:
        """Put the usable records of a list into the snapshot; set the others aside."""
        tally = self.tallies[row.name]
        kept = [value for value in values if not isinstance(value, dict) or row.keep(value)]
        tally.left_out += len(values) - len(kept)
        clean = [redacted(_projected(value, row.project), row.private) for value in kept]
        records, raw, odd = _sifted(row, path, _once(clean))
        tally.quarantined += odd
        tally.objects += len(raw)
        if row.single:
            if raw:
                self.resources[path] = raw[0]
        else:
            raw.sort(key=_identity)
            self.resources[path] = row.pack(raw) if row.pack else raw
        return records

    def _require_an_answer(self) -> None:
        problems = self.tallies[_PROBE].problems
        if not problems or problems[0][1].trouble is not Trouble.FAILED:
            return
        problem = problems[0][1]
        said = "could not be reached" if problem.unreachable else "did not answer like an Okta org"
        raise CollectError(
            f"{self.credentials.org_url} {said}: {problem.reason}. Nothing was written.",
            remedy="Check OKTA_CLIENT_ORGURL, the network and proxy, and https://status.okta.com.",
        )

    def _require_something(self) -> None:
        if any(tally.lists for name, tally in self.tallies.items() if name != _PROBE):
            return
        reasons = sorted({p.reason for tally in self.tallies.values() for _, p in tally.problems})
        raise CollectError(
            f"Nothing could be read from {self.credentials.org_url}: {'; '.join(reasons[:3])}. "
            "Nothing was written.",
            remedy="Give the token's owner or the service app a role that may view the "
            "configuration, such as Read-only Administrator, and the scopes in the README.",
        )


def _first_of(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The error that ended a group of tasks; the first, should several have ended it."""
    first = group.exceptions[0]
    return _first_of(first) if isinstance(first, BaseExceptionGroup) else first


def _sifted(
    row: Collection, path: str, values: list[Any]
) -> tuple[list[Record], list[Json], list[Quarantined]]:
    """Models, raw records and quarantined ones. Packed collections have no models here."""
    if row.pack is not None or not is_record(row.model):
        good = [v for v in values if isinstance(v, dict) and isinstance(v.get("id"), str)]
        odd = [
            Quarantined(path=path, record=f"#{position}", reason="id: missing or not a string")
            for position, v in enumerate(values)
            if not (isinstance(v, dict) and isinstance(v.get("id"), str))
        ]
        return [], good, odd
    read, odd = read_records(row, path, values)
    records = []
    for position, record in read:
        assert isinstance(record, Record)
        record.put(Place(path, position))
        records.append(record)
    return records, [values[position] for position, _ in read], odd


def _projected(value: Any, fields: tuple[str, ...]) -> Any:
    """The value with nothing but the named fields, dotted; all of it if none is named."""
    if not fields or not isinstance(value, dict):
        return value
    kept: Json = {}
    for name in fields:
        head, _, tail = name.partition(".")
        if head in value:
            inner = _projected(value[head], (tail,)) if tail else value[head]
            kept[head] = {**kept[head], **inner} if isinstance(kept.get(head), dict) else inner
    return kept


def _once(values: list[Any]) -> list[Any]:
    """Without records that stand on two pages because the list changed in between."""
    seen: set[str] = set()
    kept = []
    for value in values:
        identity = value.get("id") if isinstance(value, dict) else None
        if isinstance(identity, str):
            if identity in seen:
                continue
            seen.add(identity)
        kept.append(value)
    return kept


def _identity(record: Json) -> str:
    return str(record.get("id") or record.get("kid") or "")
