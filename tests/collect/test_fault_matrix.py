"""Every fault, in every place, once, thrice and for ever: no wrong count, no silent gap.

Whatever happens, a collection that the ledger calls complete is what the tenant has, and
everything that is not as the tenant has it is named with a reason. No cell takes longer than
the bounds allow, sends more requests than they allow, or shows the token anywhere.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any

import pytest
from faulty import (
    ANSWER_S,
    CONCURRENCY,
    GROUPS,
    HASTE,
    NO_LIMIT,
    WINDOW,
    hasten,
    large_tenant,
    service_app,
)
from helpers import TOKEN, served

from auditor.collect.auth.credentials import SSWS, Credentials
from auditor.collect.exporter import export
from auditor.snapshot.collections import BY_NAME, COLLECTIONS, match
from auditor.snapshot.document import Snapshot
from auditor.snapshot.ledger import CollectionStatus, LedgerEntry

ATTEMPTS = 5
PLACES = {
    "first page": {"path": "^/api/v1/users$", "query": "^(?!.*after=)"},
    "middle page": {"path": "^/api/v1/users$", "query": "after="},
    "fan-out": {"path": "^/api/v1/groups/.*/users$"},
}
TIMES = {"once": 1, "thrice": 3, "for ever": None}


def elsewhere(url: str) -> dict[str, Any]:
    return {"headers": {"Link": f'<{url}>; rel="next"'}}


def error(code: str) -> dict[str, Any]:
    return {"status": 401, "body": {"errorCode": code, "errorSummary": "no"}}


PASSING: dict[str, dict[str, Any]] = {
    "429 of a window": {"status": 429, "headers": WINDOW},
    "429 of concurrency": {"status": 429, "headers": CONCURRENCY},
    "429 of a proxy": {"status": 429, "headers": {**NO_LIMIT, "Retry-After": "1"}},
    "500": {"status": 500},
    "502 page": {"status": 502, "body": "<html>Bad gateway</html>"},
    "503": {"status": 503, "headers": {**NO_LIMIT, "Retry-After": "Thu, 01 Jan 1970 00:00:00 GMT"}},
    "504": {"status": 504},
    "silence": {"stall_s": 5},
    "dropped": {"drop": True},
    "reset": {"reset": True},
    "truncated": {"truncate": True},
    "drip": {"bytes_per_second": 100},
    "maintenance page": {"status": 200, "body": "<html>Back soon</html>"},
    "empty body": {"status": 200, "body": ""},
    "not UTF-8": {"not_utf8": True},
    "JSON of a proxy": {"headers": {"Content-Type": "text/html"}},
    "empty pages": {"extra_page": "empty"},
    "pages repeated": {"extra_page": "same"},
    "token revoked": {"revoke": True},
}
"""What an export gets over if it happens up to three times, and not if it always does."""

HARMLESS: dict[str, dict[str, Any]] = {
    "links folded": {"links": "folded"},
    "links twice": {"links": "twice"},
    "next link first": {"links": "next-first"},
    "links unquoted": {"links": "unquoted"},
}

FATAL: dict[str, dict[str, Any]] = {
    "oversize": {"pad_bytes": 1 << 20},
    "redirect": {"status": 302, "headers": {"Location": "https://evil.example/"}},
    "400": {"status": 400},
    "403": {"status": 403},
    "404": {"status": 404},
    "no content": {"status": 204},
    "not licensed": error("E0000015"),
    "credentials refused": error("E0000011"),
    "not a list": {"status": 200, "body": {"not": "a list"}},
    "next page at another host": elsewhere("https://evil.example{path}"),
    "next page at another port": elsewhere("http://127.0.0.1:9{path}"),
    "next page at another path": elsewhere("{origin}/api/v1/logs"),
    "links not understood": {"links": "broken"},
}
"""What no further request can mend."""

SILENT = {"silence", "drip"}

FAULTS = PASSING | HARMLESS | FATAL


@dataclass(frozen=True)
class Cell:
    fault: str
    place: str
    times: str

    def document(self) -> dict[str, Any]:
        directive = {**FAULTS[self.fault], **PLACES[self.place], "times": TIMES[self.times]}
        return {**large_tenant(), "@faults": [directive]}

    @property
    def to_be_complete(self) -> bool | None:
        """Whether everything is to be read in the end; None where it depends on who asks when."""
        if (self.fault, self.times) == ("token revoked", "thrice"):
            return None  # a request whose new token is refused as well ends the run
        if self.fault in SILENT and self.times == "thrice":
            return None  # where the org answers all else, the second silence ends it
        forever = self.times == "for ever"
        return self.fault in HARMLESS or (self.fault in PASSING and not forever)

    def credentials(self, url: str) -> Credentials:
        if self.fault == "token revoked":
            return service_app(url)
        return Credentials(url, SSWS, token=TOKEN)


@cache
def healthy() -> tuple[Snapshot, int]:
    """The snapshot without any fault, and the requests that it takes."""
    with served(large_tenant()) as sandbox:
        snapshot = export(Credentials(sandbox.url, SSWS, token=TOKEN))
        return snapshot, len(sandbox.requests)


@pytest.fixture(autouse=True)
def haste(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    healthy()
    hasten(monkeypatch)
    return iter([None])


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_got_over_or_named(
    fault: str, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    cells = [Cell(fault, place, times) for place, times in product(PLACES, TIMES)]

    with ThreadPoolExecutor(len(cells)) as pool:
        complaints = list(pool.map(complaints_about, cells))

    assert [line for lines in complaints for line in lines] == []
    shown = capfd.readouterr()
    assert not secrets_in(shown.out + shown.err + caplog.text)


def complaints_about(cell: Cell) -> list[str]:
    """What is wrong with an export under a fault; nothing should be."""
    began = time.monotonic()
    with served(cell.document()) as sandbox:
        try:
            snapshot = export(cell.credentials(sandbox.url))
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not show the token
            leak = secrets_in("".join(traceback.format_exception(error)))
            return [f"{cell}: {type(error).__name__}: {'LEAK' if leak else error}"]
        took, sent = time.monotonic() - began, len(sandbox.requests)
        said = [*judged(cell, snapshot)]
    if secrets_in(snapshot.model_dump_json()):
        said.append("the snapshot holds a secret")
    if took > longest_s():
        said.append(f"took {took:.1f} s, not {longest_s():.1f}")
    if sent > most_requests():
        said.append(f"sent {sent} requests, not {most_requests()}")
    if snapshot.capture.requests + snapshot.capture.retries == 0:
        said.append("counted no request")
    return [f"{cell}: {line}" for line in said]


def judged(cell: Cell, snapshot: Snapshot) -> Iterator[str]:
    sound, _ = healthy()
    entries = {entry.collection: entry for entry in snapshot.ledger.entries}
    for path in sound.resources.keys() | snapshot.resources.keys():
        found = match(path)
        assert found is not None
        entry = entries[found[0].name]
        same = snapshot.resources.get(path) == sound.resources.get(path)
        if not same and not named(path, entry, entries):
            yield f"silent gap: {path} under {entry}"
    for entry, usual in zip(snapshot.ledger.entries, sound.ledger.entries, strict=True):
        if entry.status is CollectionStatus.COMPLETE and entry.objects != usual.objects:
            yield f"wrong count: {entry.objects}, not {usual.objects}, of {entry.collection}"
    complete = {"users", "group_members"} <= {
        entry.collection for entry in snapshot.ledger.entries if entry.readable
    }
    # Where a slow machine let a request run out of time, that one took the fault along.
    spent = cell.fault in FATAL and cell.times != "for ever" and snapshot.capture.retries
    if cell.to_be_complete not in {complete, None} and not spent:
        yield f"complete is {complete}: {snapshot.ledger.incomplete}"


def named(path: str, entry: LedgerEntry, entries: dict[str, LedgerEntry]) -> bool:
    """Whether the ledger says of a path that, and why, it is not as it should be."""
    if entry.status is CollectionStatus.COMPLETE:
        return False
    if any(gap.path == path and gap.reason for gap in entry.gaps):
        return True
    parent = BY_NAME[entry.collection].parent
    beneath = parent is not None and entries[parent].status is not CollectionStatus.COMPLETE
    refused = "Okta refused it" in (entry.reason or "") or entry.status is CollectionStatus.ABSENT
    # Members are read where policy rules and apps name the group; were those all read?
    namers = [entries[row.name] for row in COLLECTIONS if row.names_groups]
    unnamed = BY_NAME[entry.collection].if_named and not all(each.readable for each in namers)
    return bool(entry.reason) and (beneath or refused or unnamed)


def secrets_in(text: str) -> bool:
    return TOKEN in text or "PRIVATE KEY" in text or "Bearer " in text


def longest_s() -> float:
    """One list that fails in every way, beside an outage; and room for a busy machine."""
    windows = HASTE.most_windows * 1.6
    pages = ATTEMPTS * (ANSWER_S + HASTE.longest_pause_s + HASTE.longest_retry_after_s)
    return max(windows, pages) + HASTE.longest_outage_s(ANSWER_S) + 5


def most_requests() -> int:
    """Each page of the lists in question as often as allowed, twice over by aiohttp's doing."""
    _, usual = healthy()
    return usual + 2 * ATTEMPTS * 2 * GROUPS + HASTE.most_idle_pages * GROUPS
