"""Accepted gaps: which entries are sound, which hold, and that nothing passes that should not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor import AuditResult
from auditor.errors import UsageError
from auditor.lint.acceptance.accept import accept
from auditor.lint.acceptance.gap_entry import GapAcceptance, GapEntry
from auditor.lint.acceptance.gap_template import gap_template
from auditor.lint.acceptance.suppression import SuppressionPolicy, Suppressions
from auditor.lint.acceptance.suppressions_file import parse_suppressions, suppressions_schema
from auditor.lint.engine import audit
from auditor.lint.examples import example_snapshot
from auditor.lint.result import Crashed
from auditor.lint.rule_outcomes import RuleOutcome, RuleOutcomes
from auditor.lint.shown_gaps import gaps_by_rule
from auditor.plugins import load_rules
from auditor.snapshot.collections import BY_NAME, COLLECTIONS
from auditor.snapshot.dependence import dependent
from auditor.snapshot.document import Snapshot, Source, dump_snapshot
from auditor.snapshot.ledger import (
    CollectionStatus,
    Contradiction,
    Gap,
    LedgerEntry,
    Quarantined,
)

RULES = load_rules()
TODAY = date(2026, 11, 21)
POLICY = SuppressionPolicy()

ENTRY = """\
[[accepted_gaps]]
collection = "client_roles"
reason = "It is a test."
owner = "me"
expires = 2026-12-31
"""
SUPPRESSION = """\
[[suppression]]
rule = "OAM101"
target = "aus1"
reason = "It is a test."
owner = "me"
expires = 2026-12-31
"""


def parsed(text: str, policy: SuppressionPolicy = POLICY) -> Suppressions:
    return parse_suppressions(text, Path("s.toml"), RULES, policy, TODAY)


def changed(old: str, new: str) -> str:
    assert old in ENTRY
    return ENTRY.replace(old, new)


def test_gaps_and_suppressions_stand_in_one_file_in_any_order() -> None:
    other = changed("client_roles", "app_grants")
    found = parsed(f"{ENTRY}\n{SUPPRESSION}\n{other}")

    assert [entry.where for entry in found.gaps] == ["s.toml:1", "s.toml:14"]
    assert [entry.where for entry in found.entries] == ["s.toml:7"]
    assert found.gaps[1].gap == GapAcceptance(
        collection="app_grants", reason="It is a test.", owner="me", expires=date(2026, 12, 31)
    )


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (changed("client_roles", "client_role"), 2, "did you mean client_roles?"),
        (changed("client_roles", "admin roles of service apps"), 2, "its name is client_roles"),
        (changed("client_roles", "*"), 2, 'there is no collection "*"'),
        (changed("collection", "collections"), 1, "collection: the key is missing"),
        (changed("owner", "Owner"), 1, "owner: the key is missing"),
        (changed('"me"', '" "'), 4, "owner: must be text that is not empty"),
        (changed('"It is a test."', '""'), 3, "reason: must be text that is not empty"),
        (changed("2026-12-31", '""'), 5, "expires: must be a date"),
        (changed("2026-12-31", "2027-11-22"), 5, "expires: 2027-11-22 is more than 365 days"),
        (ENTRY + 'target = "0oa1"\n', 6, 'unknown key "target"'),
        (ENTRY + "\n" + ENTRY, 8, "the gap of client_roles is accepted already on line 1"),
        ('accepted_gap = "client_roles"\n', 1, "did you mean accepted_gaps?"),
        ('accepted_gaps = ["client_roles"]\n', 1, "accepted_gaps: each entry must be a table"),
    ],
)
def test_nothing_but_a_sound_entry_passes(text: str, line: int, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        parsed(text)

    shown = [caught.value.message, *caught.value.others]
    assert any(each.startswith(f"s.toml:{line}:") and says in each for each in shown), shown
    assert caught.value.remedy


def test_all_that_is_wrong_with_the_file_is_named_at_once() -> None:
    unnamed = changed("client_roles", "roles").replace('"me"', '""')
    wrong = f"{unnamed}\n{SUPPRESSION.replace('OAM101', 'OAM1')}"
    with pytest.raises(UsageError) as caught:
        parsed(f"{wrong}\n{changed('2026-12-31', '2031-01-01')}")

    shown = [caught.value.message, *caught.value.others]
    assert [each.partition(" ")[0] for each in shown] == [
        "s.toml:2:",
        "s.toml:4:",
        "s.toml:8:",
        "s.toml:18:",
    ]


def test_the_policy_s_terms_hold_for_gaps_too() -> None:
    with pytest.raises(UsageError, match=r"s.toml:1: ticket: the key is missing"):
        parsed(ENTRY, SuppressionPolicy(require_ticket=True))
    assert parsed(f'{ENTRY}ticket = "SEC-1"\n', SuppressionPolicy(require_ticket=True)).gaps
    with pytest.raises(UsageError, match=r"s.toml:5: expires: 2026-12-31 is more than 39 days"):
        parsed(ENTRY, SuppressionPolicy(max_days=39))


@pytest.mark.parametrize("ticket", [False, True])
def test_a_template_is_refused_as_long_as_nothing_is_filled_in(*, ticket: bool) -> None:
    entries = [entry(name, refused=True) for name in ("client_roles", "app_grants")]
    text = "\n".join(gap_template(entries, ticket=ticket))
    policy = SuppressionPolicy(require_ticket=ticket)

    with pytest.raises(UsageError) as caught:
        parsed(text, policy)
    assert len([caught.value.message, *caught.value.others]) == (8 if ticket else 6)

    filled = text.replace('expires = ""', "expires = 2026-12-31").replace('= ""', '= "x"')
    found = parsed(filled, policy)
    assert [each.gap.collection for each in found.gaps] == ["client_roles", "app_grants"]


def test_the_schema_knows_every_key() -> None:
    keys = suppressions_schema()["$defs"]["GapAcceptance"]
    assert set(keys["required"]) == {"collection", "reason", "owner", "expires"}
    assert keys["additionalProperties"] is False


# Which of them hold


def entry(name: str, *, refused: bool) -> LedgerEntry:
    return LedgerEntry(
        collection=name, status=CollectionStatus.REFUSED, reason="403", refused_only=refused
    )


WORSE = {
    "failed": st.just({"reason": "Okta answered (500)"}),
    "gaps": st.just({"refused_only": True, "gaps": (Gap(path="/api/v1/apps", reason="500"),)}),
    "record": st.just(
        {
            "refused_only": True,
            "quarantined": (Quarantined(path="/api/v1/apps", record="0oa1", reason="?"),),
        }
    ),
    "unproven": st.just(
        {"refused_only": True, "contradictions": (Contradiction(path="", reason="digest"),)}
    ),
    "part": st.just({"refused_only": True, "lacks": ("group Everyone",)}),
}
STATUSES = st.one_of(
    st.just({"status": CollectionStatus.COMPLETE}),
    st.just({"status": CollectionStatus.ABSENT, "reason": "not licensed"}),
    st.just({"status": CollectionStatus.REFUSED, "reason": "403", "refused_only": True}),
    st.just({"status": CollectionStatus.PARTIAL, "reason": "403", "refused_only": True}),
    *(
        worse.map(lambda update: {"status": CollectionStatus.PARTIAL, **update})
        for worse in WORSE.values()
    ),
)
NAMES = [row.name for row in COLLECTIONS]
GAPS = st.lists(
    st.builds(
        GapAcceptance,
        collection=st.sampled_from(NAMES),
        reason=st.just("r"),
        owner=st.just("o"),
        expires=st.dates(TODAY - timedelta(days=30), TODAY + timedelta(days=30)),
    ),
    max_size=len(NAMES),
    unique_by=lambda gap: gap.collection,
).map(lambda gaps: tuple(GapEntry(gap, f"s.toml:{at}") for at, gap in enumerate(gaps, 1)))


@cache
def snapshot() -> Snapshot:
    return example_snapshot({})


def audited(entries: dict[str, LedgerEntry]) -> AuditResult:
    there = snapshot()
    read = there.model_copy(update={"ledger": dependent(entries)})
    return audit(read, RULES, Source("s.json", dump_snapshot(there)))


@settings(deadline=None, max_examples=60)
@given(st.dictionaries(st.sampled_from(NAMES), STATUSES), GAPS)
def test_only_the_exit_code_changes_and_only_where_rights_are_all_that_is_missing(
    statuses: dict[str, dict[str, object]], gaps: tuple[GapEntry, ...]
) -> None:
    whole = {"status": CollectionStatus.COMPLETE}
    before = audited(
        {name: LedgerEntry(collection=name, **statuses.get(name, whole)) for name in NAMES}
    )
    after = accept(before, Suppressions(gaps=gaps), None, as_of=TODAY)

    same = replace(after, accepted_gaps=(), notices=before.notices, as_of=before.as_of)
    assert same == before, "nothing else is touched"
    assert (after.complete, after.not_evaluated) == (before.complete, before.not_evaluated)
    if before.complete:
        assert not after.unaccepted

    holding = {each.gap.collection for each in gaps if each.gap.expires >= TODAY}
    accepted = {gap.collection for gap in after.accepted_gaps}
    assert accepted == {
        read.collection
        for read in before.coverage
        if read.collection in holding and read.lacks_only_rights
    }
    unread = {read.collection for read in before.coverage if read.incomplete}
    if not after.unaccepted:
        assert unread == accepted
        assert after.evaluated > 0
        missing = {name for item in after.unread for name in item.missing}
        absent = {
            read.collection for read in before.coverage if read.status is CollectionStatus.ABSENT
        }
        assert missing <= accepted | absent
    elif unread == accepted:
        assert after.evaluated == 0
    outcomes = RuleOutcomes(after)
    for code in gaps_by_rule(after):
        assert outcomes.of(code) is RuleOutcome.NOT_EVALUATED
    said = {notice.where for notice in after.notices}
    for each in gaps:
        in_force = each.gap.collection in accepted
        soon = (each.gap.expires - TODAY).days < 14
        assert (each.where in said) is (not in_force or soon)


@pytest.mark.parametrize(
    ("update", "expires", "says"),
    [
        ({"status": "complete"}, TODAY, "is not needed: nothing is missing of them"),
        ({"status": "absent"}, TODAY, "is not needed: the org does not have them"),
        ({"status": "partial", "reason": "500"}, TODAY, "only what Okta refuses for want of a"),
        ({"status": "refused"}, TODAY, "here that is not proven to be all"),
        (
            {"status": "refused", "refused_only": True},
            TODAY - timedelta(days=1),
            "expired on 2026-11-20, so that the audit is incomplete again",
        ),
        ({"status": "refused", "refused_only": True}, TODAY, "ends today, on 2026-11-21"),
        (
            {"status": "refused", "refused_only": True},
            TODAY + timedelta(days=13),
            "ends in 13 days, on 2026-12-04",
        ),
    ],
)
def test_whoever_keeps_the_file_is_told(
    update: dict[str, object], expires: date, says: str
) -> None:
    whole = {name: LedgerEntry(collection=name, status="complete") for name in NAMES}
    odd = {"client_roles": LedgerEntry(collection="client_roles", **update)}
    gap = GapAcceptance(collection="client_roles", reason="r", owner="ada", expires=expires)
    entries = Suppressions(gaps=(GapEntry(gap, "s.toml:1"),))

    (notice,) = accept(audited(whole | odd), entries, None, as_of=TODAY).notices

    label = BY_NAME["client_roles"].label
    assert notice.message.startswith(f"The accepted gap of client_roles ({label}) ")
    assert says in notice.message
    assert notice.where == "s.toml:1"
    assert notice.remedy


def test_a_gap_accepts_its_own_collection_and_no_other_whether_rules_read_them_or_not() -> None:
    whole = {name: LedgerEntry(collection=name, status="complete") for name in NAMES}
    refused = {name: entry(name, refused=True) for name in ("custom_roles", "role_permissions")}
    result = audited(whole | refused)
    assert result.unread == (), "no rule reads them"

    gaps = [
        GapEntry(GapAcceptance(collection=name, reason="r", owner="o", expires=TODAY), "s.toml:1")
        for name in refused
    ]
    one = accept(result, Suppressions(gaps=(gaps[0],)), None, as_of=TODAY)
    both = accept(result, Suppressions(gaps=(*gaps,)), None, as_of=TODAY)

    assert (result.unaccepted, one.unaccepted, both.unaccepted) == (True, True, False)
    assert both.incomplete


def test_a_crash_is_never_accepted() -> None:
    whole = {name: LedgerEntry(collection=name, status="complete") for name in NAMES}
    result = audited(whole | {"client_roles": entry("client_roles", refused=True)})
    gap = GapAcceptance(collection="client_roles", reason="r", owner="o", expires=TODAY)
    accepted = accept(result, Suppressions(gaps=(GapEntry(gap, "s.toml:1"),)), None, as_of=TODAY)
    assert accepted.incomplete
    assert not accepted.unaccepted

    broken = replace(accepted, crashed=(Crashed(RULES[0], "it broke"),))
    assert broken.unaccepted
