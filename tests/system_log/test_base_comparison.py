"""An older snapshot proves that a change is the cause, or it is said that it does not."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from small_log import HEADER, SERVERS, changed, log, machine, refused, snapshot, tenant

from auditor.cli.json_documents.log_report import LogReport
from auditor.cli.json_documents.part import document_schema
from auditor.cli.log_document import log_document
from auditor.cli.log_text import log_lines
from auditor.errors import UsageError
from auditor.lint.examples import example_snapshot
from auditor.snapshot.document import PlanOrigin
from auditor.snapshot.ledger import CarriedOver, CollectionStatus, Ledger, LedgerEntry
from auditor.snapshot.org import Org
from auditor.system_log.analysis import LogAnalysis, analysed
from auditor.system_log.base_comparison import Comparison, Verdict

RULES = f"{SERVERS}/aus1/policies/00p1/rules"
CHANGE = changed("0pr1", "PolicyRule", "2025-12-23T14:03:00Z")
FULL = {**HEADER, "until": "2026-01-02T00:00:00Z"}


def before(
    scopes: tuple[str, ...] = ("openid", "pay:read", "pay:write", "pay:audit"),
    *,
    read: str = "2025-12-21T09:00:00",
    url: str = "https://example.okta.com",
    plan: PlanOrigin | None = None,
) -> Org:
    """The org as it was when rule `0pr1` gave more."""
    resources = tenant()
    resources[RULES][0]["conditions"]["scopes"]["include"] = list(scopes)
    document = example_snapshot(resources)
    moment = datetime.fromisoformat(read).replace(tzinfo=UTC)
    update = {"started_at": moment, "finished_at": moment, "org_url": url, "plan": plan}
    capture = document.capture.model_copy(update=update)
    return Org.of(document.model_copy(update={"capture": capture}))


def compared(*events: Any, base: Org | None = None, **file: Any) -> LogAnalysis:
    source = io.BytesIO(log(*events, **{"header": FULL, **file}))
    return analysed(source, Org.of(snapshot()), base=base or before())


def only(found: LogAnalysis) -> Comparison:
    (group,) = found.groups
    assert group.base is not None
    return group.base


def whole(found: LogAnalysis) -> str:
    return " ".join(" ".join(log_lines(found, "s.json")).split())


def test_the_one_change_between_two_snapshots_is_the_cause() -> None:
    found = compared(machine("pay:audit"), machine("pay:audit"), CHANGE)
    one = only(found)
    assert (one.verdict, one.given, one.rejected) == (Verdict.CHANGED, 2, 0)
    assert one.cause is not None
    assert one.cause.targets[0].id == "0pr1"
    text = whole(found)
    assert (
        "The snapshot of Sunday 2025-12-21 09:00 UTC gives them the token: what was changed since "
        "then is the cause." in text
    )
    words = "The one change that the log has in between, so the cause: policy.rule.update of"
    assert f'{words} "The 0pr1"' in text
    assert "Last change before" not in text
    assert "Shortly before" not in text


@pytest.mark.parametrize(
    ("more", "file"),
    [
        ([changed("0pr2", "PolicyRule", "2025-12-22T10:00:00Z")], {}),
        ([changed("0pr2", "PolicyRule", "2025-12-24T10:00:00Z")], {}),
        ([changed("nzo1", "NetworkZone", "2025-12-22T10:00:00Z", "zone.update")], {}),
        ([changed("", "", "2025-12-22T10:00:00Z")], {}),
        ([], {"complete": False}),
        ([], {"header": HEADER}),
        ([], {"header": {**FULL, "since": "2025-12-21T09:00:01Z"}}),
        ([], {"header": {**FULL, "until": None}}),
        ([], {"header": {**FULL, "until": "2026-01-01T00:00:00Z"}}),
    ],
)
def test_what_may_be_another_cause_leaves_candidates(more: list[Any], file: Any) -> None:
    found = compared(machine("pay:audit"), CHANGE, *more, **file)
    one = only(found)
    assert (one.verdict, one.cause) == (Verdict.CHANGED, None)
    assert "0pr1" in {change.targets[0].id for change in one.candidates}
    assert "so the cause" not in whole(found)
    assert "Changed in between: " in whole(found)


def test_a_change_of_something_else_or_at_another_time_is_no_candidate() -> None:
    found = compared(
        machine("pay:audit"),
        CHANGE,
        CHANGE,
        changed("aus7", "AuthorizationServer", "2025-12-22T10:00:00Z", "oauth2.as.updated"),
        changed("0pr1", "PolicyRule", "2025-12-21T08:59:59Z"),
    )
    assert only(found).cause is not None
    late = compared(machine("pay:audit"), changed("0pr1", "PolicyRule", "2025-12-24T10:00:00Z"))
    assert (only(late).cause, only(late).candidates) == (None, ())
    assert "no change between that snapshot and the first rejection" in whole(late)


def test_of_people_no_change_is_named_the_cause_since_memberships_are_not_pulled() -> None:
    found = compared(refused(), CHANGE)
    assert (only(found).verdict, only(found).cause) == (Verdict.CHANGED, None)
    assert len(only(found).candidates) == 1
    assert "Who joined or left groups and apps is not pulled" in whole(found)


def test_very_many_changes_are_not_all_named() -> None:
    many = [changed("0pr1", "PolicyRule", f"2025-12-22T10:{n:02}:00Z") for n in range(9)]
    one = only(compared(machine("pay:audit"), *many))
    assert [change.at.minute for change in one.candidates] == [8, 7, 6, 5, 4]
    assert one.more_candidates


@pytest.mark.parametrize(
    ("event", "base", "verdict"),
    [
        (machine("pay:audit"), before(("pay:read",)), Verdict.ALREADY),
        (machine("pay:read"), before(), Verdict.GIVEN),
        (machine("pay:audit", reason="another"), before(), Verdict.GIVEN),
        (machine("pay:audit", reason="another"), before(("pay:read",)), Verdict.DIFFERENT),
        (machine("pay:audit"), before(read="2025-12-24T00:00:00"), Verdict.TIMES),
        (machine("pay:audit", at="2025-12-21T09:00:00.9Z"), before(), Verdict.TIMES),
        (machine("pay:audit", at="2026-01-01T10:00:00Z"), before(), Verdict.TIMES),
        (machine("pay:audit", client={"id": "0oa9"}), before(), Verdict.NOT_TOLD),
        (refused(user="00u7"), before(), Verdict.NOT_TOLD),
    ],
)
def test_what_is_not_proven_is_not_claimed(event: Any, base: Org, verdict: Verdict) -> None:
    found = compared(event, CHANGE, base=base)
    one = only(found)
    assert (one.verdict, one.cause, one.candidates) == (verdict, None, ())
    assert "is the cause." not in whole(found)
    assert "The snapshot of " in whole(found)


def test_what_was_not_read_into_the_older_snapshot_proves_nothing() -> None:
    document = before().snapshot
    unread = [
        LedgerEntry(collection=entry.collection, status=CollectionStatus.REFUSED)
        if entry.collection == "policy_rules"
        else entry
        for entry in document.ledger.entries
    ]
    resources = {path: value for path, value in document.resources.items() if path != RULES}
    update = {"ledger": Ledger(entries=tuple(unread)), "resources": resources}
    partial = Org.of(document.model_copy(update=update))
    found = compared(machine("pay:audit"), CHANGE, base=partial)
    assert only(found).verdict is Verdict.NOT_TOLD
    assert "whether a change is the cause is open" in whole(found)


def test_what_was_carried_over_from_another_time_names_no_cause() -> None:
    document = before().snapshot
    carried = CarriedOver(read_at=datetime(2025, 12, 1, tzinfo=UTC), paths=(RULES,), proven=True)
    ledger = [
        entry.model_copy(update={"carried_over": (carried,)})
        if entry.collection == "policy_rules"
        else entry
        for entry in document.ledger.entries
    ]
    base = Org.of(document.model_copy(update={"ledger": Ledger(entries=tuple(ledger))}))
    one = only(compared(machine("pay:audit"), CHANGE, base=base))
    assert (one.verdict, one.cause, one.log_covers) == (Verdict.CHANGED, None, False)


@pytest.mark.parametrize(
    ("base", "words"),
    [
        (before(url="https://other.okta.com"), "of another org"),
        (before(read="2026-02-01T00:00:00"), "not before the newer one"),
        (before(plan=PlanOrigin(made_by="Terraform", digest="sha256:0")), "of a plan"),
    ],
)
def test_two_snapshots_that_cannot_be_compared_are_refused(base: Org, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        compared(machine("pay:audit"), base=base)


def test_the_document_has_it() -> None:
    found = compared(machine("pay:audit"), CHANGE)
    value = json.loads(json.dumps(log_document(found, "s.json")))
    Draft202012Validator(document_schema(LogReport, "logs")).validate(value)
    assert value["base_read_at"] == "2025-12-21T09:00:00+00:00"
    assert value["groups"][0]["base"]["verdict"] == "changed"
    assert value["groups"][0]["base"]["cause"]["targets"] == [{"id": "0pr1", "name": "The 0pr1"}]
