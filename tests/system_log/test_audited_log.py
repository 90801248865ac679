"""An audit with a log: what a plan makes was not used yet, and long lists are cut and counted."""

from __future__ import annotations

import pytest
from small_log import analysis, granted, machine, snapshot

from auditor.lint.engine import audit
from auditor.lint.log_summary import UsageUnknown
from auditor.plugins import load_rules
from auditor.snapshot.document import PlanOrigin, Source, dump_snapshot
from auditor.system_log import audited_log
from auditor.system_log.audited_log import with_log

EVENTS = (machine("pay:audit"), granted("openid pay:read"))


def test_what_a_plan_makes_is_not_said_to_be_unused() -> None:
    document = snapshot()
    result = audit(document, load_rules(), Source("s.json", dump_snapshot(document)))
    logged = with_log(result, analysis(*EVENTS), "l.jsonl")
    assert logged.log is not None
    assert [item.object.type for item in logged.log.unused] == [
        *("client", "scope", "scope", "policy_rule"),
    ]
    origin = PlanOrigin(made_by="Terraform 1.11.4", digest="sha256:0")
    log = with_log(result, analysis(*EVENTS, plan=origin), "l.jsonl").log
    assert log is not None
    assert (log.unused, log.usage_unknown) == ((), UsageUnknown.PLANNED)
    assert log.tied == logged.log.tied == 1


def test_long_lists_are_cut_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audited_log, "MOST_UNUSED", 1)
    document = snapshot()
    result = audit(document, load_rules(), Source("s.json", dump_snapshot(document)))
    log = with_log(result, analysis(*EVENTS), "l.jsonl").log
    assert log is not None
    assert (len(log.unused), log.unused_more) == (1, 3)
