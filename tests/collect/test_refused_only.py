"""Which collections lack rights only, as the ledger of an export says it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from helpers import ledger, okta_auditor, served, tenant

from auditor.collect.fetch.problems import Problem, ProblemKind, failure
from auditor.collect.lists.counts import CollectionCounts
from auditor.collect.lists.ledger import ledger_of
from auditor.snapshot.collections import BY_NAME, COLLECTIONS
from auditor.snapshot.ledger import LedgerEntry, Quarantined

REFUSAL = Problem(ProblemKind.REFUSED, "Okta refused it (403 E0000006)", 403, wants_right=True)
BY_GATEWAY = Problem(ProblemKind.REFUSED, "Okta refused it (403)")


def entry(*problems: Problem, **more: Any) -> LedgerEntry:
    counts_of = {row.name: CollectionCounts(row) for row in COLLECTIONS}
    counts = counts_of["app_grants"] = CollectionCounts(BY_NAME["app_grants"], **more)
    for number, problem in enumerate(problems):
        counts.fail(f"/api/v1/apps/0oa{number}/grants", problem)
    return ledger_of(counts_of).entry("app_grants")


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (entry(REFUSAL), True),
        (entry(REFUSAL, REFUSAL), True),
        (entry(REFUSAL, objects=3), True),
        (entry(REFUSAL, failure("Okta answered (500)")), False),
        (entry(failure("Okta answered (500)"), REFUSAL), False),
        (entry(BY_GATEWAY), False),
        (entry(REFUSAL, BY_GATEWAY), False),
        (entry(REFUSAL, doubt="too much vanished"), False),
        (entry(REFUSAL, quarantined=[Quarantined(path="p", record="r", reason="?")]), False),
        (entry(), False),
    ],
)
def test_only_okta_s_own_refusals_are_of_rights(found: LedgerEntry, *, expected: bool) -> None:
    assert found.lacks_only_rights is expected


def test_what_depends_on_what_is_refused_lacks_that_right(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    with served(tenant(faults=[{"path": "/api/v1/iam/roles$", "status": 403}])) as sandbox:
        outcome = okta_auditor("snapshot", "-o", path, url=sandbox.url)
    entries = ledger(path)
    assert entries["custom_roles"]["refused_only"] is True
    assert entries["role_permissions"]["refused_only"] is True
    assert sum("refused_only" in value for value in entries.values()) == 2
    assert outcome.stderr.count("give the API token's owner an admin role that may view") == 2


def test_what_is_refused_in_part_is_partial_and_its_remedy_is_a_right(tmp_path: Path) -> None:
    document = tenant(faults=[{"path": "/apps/0oa1/groups", "status": 403}])
    with served(document) as sandbox:
        outcome = okta_auditor("snapshot", "-o", tmp_path / "s.json", url=sandbox.url)
    assert outcome.exit_code == 3
    assert ledger(tmp_path / "s.json")["app_groups"]["refused_only"] is True
    assert "Next: run the snapshot again" not in outcome.stderr
