"""Whether the files of a bundle agree: about what is complete, what was found, and by what.

A forger who changes one of them and all digests is found out here, without a replay; and a bundle
that claims to be complete is held to the snapshot in it, not to what its reports say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from auditor.errors import SnapshotError
from auditor.evidence.manifest import LEDGER, MANIFEST, RESULTS, SNAPSHOT, TOOL, Predicate
from auditor.evidence.matrix_agreement import control_problems, matrix_rows
from auditor.evidence.stated_results import StatedResults, carried_over_in
from auditor.lint.engine import tenant_of
from auditor.snapshot.document import Snapshot, parse_snapshot
from auditor.snapshot.ledger import LedgerEntry
from auditor.snapshot.org import Org
from auditor.text import listed, one_line

SARIF = "results.sarif"
OCSF = "findings.ocsf.jsonl"

_MALFORMED = (
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    RecursionError,
    OverflowError,
)
"""What comes of reading a file as what it is not."""

Files = Mapping[str, bytes]
Problems = Iterator[str]


@dataclass(frozen=True)
class _Bundle:
    files: Files
    predicate: Predicate

    @cached_property
    def snapshot(self) -> Snapshot:
        return parse_snapshot(self.files[SNAPSHOT], Path(SNAPSHOT))

    @cached_property
    def org(self) -> Org:
        return Org.of(self.snapshot)

    @cached_property
    def results(self) -> StatedResults:
        return StatedResults.of(self.files[RESULTS])

    @cached_property
    def entries(self) -> list[LedgerEntry]:
        """The snapshot's ledger, as the version that made the bundle had it.

        A snapshot of an earlier version contains less than that version reads, which the results
        state; an earlier version that made the whole bundle knew nothing of it.
        """
        stated = self.results.coverage
        return [
            entry
            for entry in self.org.ledger.entries
            if not entry.not_contained or entry.collection in stated
        ]

    @cached_property
    def statuses(self) -> dict[str, str]:
        """How completely each collection was read."""
        return {entry.collection: entry.status.value for entry in self.entries}

    @cached_property
    def carried_over(self) -> set[tuple[str, datetime, bool]]:
        """Each list that was carried over: its path, when it was read, and whether it is proven."""
        return carried_over_in([entry.model_dump(mode="json") for entry in self.entries])


def disagreements(files: Files, predicate: Predicate) -> list[str]:
    """What the files of a bundle say of the audit otherwise than each other, a sentence each.

    Args:
        files: all of them, which are as the manifest lists them.
        predicate: what the manifest says.
    """
    bundle = _Bundle(files, predicate)
    try:
        problems = list(_snapshot(bundle))
    except SnapshotError as error:
        return [one_line(error.message.rstrip("."))]
    except _MALFORMED:
        return [f"{SNAPSHOT} is not what `evidence export` writes"]
    for name, check in _CHECKS.items():
        try:
            problems += check(bundle)
        except _MALFORMED:
            problems.append(f"{name} is not what `evidence export` writes")
            if name == RESULTS:
                break  # all others are held to it
    return problems


def _snapshot(bundle: _Bundle) -> Problems:
    """What the manifest says otherwise than the snapshot, whose ledger is proven."""
    predicate, snapshot = bundle.predicate, bundle.snapshot
    if snapshot.capture.plan is not None:
        yield f"{SNAPSHOT} is of what a plan would make, not of what an org was"
    if tenant_of(bundle.org).id != predicate.tenant:
        yield f"{SNAPSHOT} is of another org than {MANIFEST} says"
    if snapshot.capture.finished_at != predicate.captured_at:
        yield f"{SNAPSHOT} was captured at another time than {MANIFEST} says"
    if snapshot.digest != predicate.snapshot_digest:
        yield f"{SNAPSHOT} has another digest of its content than {MANIFEST}"
    if snapshot.ledger.oldest_reading != predicate.oldest_reading:
        yield f"{SNAPSHOT} says otherwise than {MANIFEST} how old its oldest list is"


def _results(bundle: _Bundle) -> Problems:
    results, predicate = bundle.results, bundle.predicate
    yield from results.contradictions()
    facts = {
        "tenant": (results.tenant, predicate.tenant),
        "capture": (results.captured_at, predicate.captured_at),
        "tool's version": (results.tool_version, predicate.tool_version),
        "complete": (results.complete, predicate.complete),
    }
    for name, (stated, expected) in facts.items():
        if stated != expected:
            yield f"{RESULTS} has another {name} than {MANIFEST}"
    document = results.loaded(bundle.files[RESULTS])
    if document["snapshot_digest"] != predicate.snapshot_digest:
        yield f"{RESULTS} is not of the snapshot that {MANIFEST} names"
    unread = [entry.collection for entry in bundle.entries if entry.incomplete]
    if unread and predicate.complete:
        yield f"{MANIFEST} says complete, and {SNAPSHOT} is not: {listed(unread)}"
    gaps = [item["collection"] for item in results.accepted_gaps]
    if tuple(gaps) != predicate.accepted_gaps:
        yield f"{RESULTS} has other accepted gaps than {MANIFEST}"
    by_right = {entry.collection for entry in bundle.entries if entry.lacks_only_rights}
    if worse := sorted(set(gaps) - by_right):
        yield f"{RESULTS} accepts gaps of more than rights, by {SNAPSHOT}: {listed(worse)}"
    if results.complete and results.unchecked:
        yield f"{RESULTS} says complete, and that rules were not evaluated"
    if results.coverage != bundle.statuses:
        yield f"{RESULTS} says otherwise than {SNAPSHOT} what was read"
    if results.carried_over != bundle.carried_over:
        yield f"{RESULTS} says otherwise than {SNAPSHOT} what was carried over"


def _ledger(bundle: _Bundle) -> Problems:
    document = bundle.results.loaded(bundle.files[LEDGER])
    if document["complete"] != bundle.predicate.complete:
        yield f"{LEDGER} has another complete than {MANIFEST}"
    if document.get("accepted_gaps", []) != bundle.results.accepted_gaps:
        yield f"{LEDGER} has other accepted gaps than {RESULTS}"
    if document["snapshot_digest"] != bundle.predicate.snapshot_digest:
        yield f"{LEDGER} is not of the snapshot that {MANIFEST} names"
    if {row["collection"]: row["status"] for row in document["ledger"]} != bundle.statuses:
        yield f"{LEDGER} says otherwise than {SNAPSHOT} what was read"
    if carried_over_in(document["ledger"]) != bundle.carried_over:
        yield f"{LEDGER} says otherwise than {SNAPSHOT} what was carried over"
    objects = {entry.collection: entry.objects for entry in bundle.entries}
    if document["objects"] != objects:
        yield f"{LEDGER} has other numbers of objects than {SNAPSHOT}"


def _tool(bundle: _Bundle) -> Problems:
    document = bundle.results.loaded(bundle.files[TOOL])
    rules = {row["code"]: (row["severity"], row["options"]) for row in document["rules"]}
    if rules != bundle.results.rules:
        yield f"{TOOL} names other rules, severities or options than {RESULTS}"
    if document["tool"]["version"] != bundle.predicate.tool_version:
        yield f"{TOOL} has another version of the tool than {MANIFEST}"


def _sarif(bundle: _Bundle) -> Problems:
    (run,) = bundle.results.loaded(bundle.files[SARIF])["runs"]
    (invocation,) = run["invocations"]
    stated = [item["partialFingerprints"]["oktaAuditor/v1"] for item in run["results"]]
    expected = bundle.results.fingerprints
    announced = any(
        item["descriptor"]["id"] == "results-left-out"
        for item in invocation["toolExecutionNotifications"]
    )
    if stated != expected[: len(stated)] or (len(stated) < len(expected) and not announced):
        yield f"{SARIF} has other findings than {RESULTS}"
    if invocation["executionSuccessful"] != bundle.predicate.complete:
        yield f"{SARIF} has another complete than {MANIFEST}"
    if run["tool"]["driver"]["version"] != bundle.predicate.tool_version:
        yield f"{SARIF} has another version of the tool than {MANIFEST}"


def _ocsf(bundle: _Bundle) -> Problems:
    events = [bundle.results.loaded(line) for line in bundle.files[OCSF].splitlines()]
    stated = [
        (item["compliance"]["control"], item["compliance"]["status"], item["finding_info"]["uid"])
        for item in events
    ]
    if sorted(stated) != sorted(bundle.results.events):
        yield f"{OCSF} has other findings or outcomes of rules than {RESULTS}"
    products = {item["metadata"]["product"]["version"] for item in events}
    tenants = {item["metadata"]["tenant_uid"] for item in events}
    if events and (products, tenants) != (
        {bundle.predicate.tool_version},
        {bundle.predicate.tenant},
    ):
        yield f"{OCSF} has another version of the tool, or another org, than {MANIFEST}"


def _controls(bundle: _Bundle) -> Problems:
    rows = matrix_rows(bundle.files["controls.csv"])
    frameworks = [item["id"] for item in bundle.results.loaded(bundle.files[TOOL])["frameworks"]]
    document = bundle.results.loaded(bundle.files["assessment-results.json"])
    yield from control_problems(rows, bundle.results, frameworks, document)


_CHECKS: Mapping[str, Callable[[_Bundle], Problems]] = {
    RESULTS: _results,
    LEDGER: _ledger,
    TOOL: _tool,
    SARIF: _sarif,
    OCSF: _ocsf,
    "controls.csv or assessment-results.json": _controls,
}
