"""What counts and what does not, whatever the entries and the day."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from auditor import AuditResult, ReportedFinding
from auditor.lint.acceptance.accept import accept
from auditor.lint.acceptance.baseline import Baseline, baseline_entry
from auditor.lint.acceptance.suppression import Suppression, SuppressionEntry, Suppressions
from auditor.lint.acceptance.suppression_lookup import meeting
from auditor.lint.engine import audit
from auditor.lint.examples import example_snapshot
from auditor.plugins import load_rules
from auditor.snapshot.document import Source, dump_snapshot

DAY = date(2026, 6, 1)
FIELDS, KEYS = [None, "name", "audiences"], ["", "a", "b"]


@cache
def result() -> AuditResult:
    """Findings of two rules on two objects, for all fields and keys."""
    snapshot = example_snapshot({"/api/v1/authorizationServers": [{"id": "aus1"}]})
    rules = [rule for rule in load_rules() if rule.code in {"OAM101", "OAM102", "OAM103"}]
    found = audit(snapshot, rules, Source("s.json", dump_snapshot(snapshot)))
    one = found.findings[0]
    findings = [
        replace(
            one,
            rule=rule,
            object=replace(one.object, id=target),
            field=field,
            key=key,
            fingerprint=f"{number:032x}",
            content="0" * 32,
        )
        for number, (rule, target, field, key) in enumerate(
            (rule, target, field, key)
            for rule in rules[:2]
            for target in ("aus1", "aus2")
            for field in FIELDS
            for key in KEYS
        )
    ]
    return replace(found, findings=tuple(findings))


TERMS = {
    "reason": st.just("r"),
    "owner": st.just("o"),
    "expires": st.dates(DAY, DAY + timedelta(days=40)),
}
BY_PLACE = st.builds(
    Suppression,
    rule=st.sampled_from(["OAM101", "OAM102", "OAM103"]),
    target=st.sampled_from(["aus1", "aus2", "aus3"]),
    field=st.sampled_from(FIELDS),
    key=st.sampled_from([None, "a", "b"]),
    **TERMS,
)
BY_FINGERPRINT = st.builds(
    Suppression,
    rule=st.sampled_from(["OAM101", "OAM102"]),
    target=st.sampled_from(["aus1", "aus2"]),
    fingerprint=st.integers(0, 36).map("{:032x}".format),
    **TERMS,
)
ENTRIES = BY_PLACE | BY_FINGERPRINT


def may_meet(one: Suppression, other: Suppression) -> bool:
    """Whether one finding could match both entries, told in another way than the code's."""
    pairs = ((one.field, other.field), (one.key, other.key), (one.fingerprint, other.fingerprint))
    apart = any(None not in pair and pair[0] != pair[1] for pair in pairs)
    return (one.rule, one.target) == (other.rule, other.target) and not apart


PARTS = st.sampled_from([None, "a", "b"])
ANY_ENTRY = st.builds(
    Suppression.model_construct,
    rule=st.sampled_from(["OAM101", "OAM102"]),
    target=st.just("aus1"),
    field=PARTS,
    key=PARTS,
    fingerprint=PARTS,
)


@given(st.lists(ANY_ENTRY, max_size=8))
def test_entries_that_meet_are_those_that_could_mean_one_finding(items: list[Suppression]) -> None:
    expected = [
        (place, min(earlier))
        for place, item in enumerate(items)
        if (earlier := [n for n in range(place) if may_meet(item, items[n])])
    ]
    assert list(meeting(items)) == expected


def test_twenty_thousand_entries_of_one_object_take_no_time() -> None:
    items = [
        Suppression.model_construct(rule="OAM101", target="a", field=None, key=f"k{n}",
                                    fingerprint=None)
        for n in range(20_000)
    ]  # fmt: skip
    begin = time.process_time()
    assert list(meeting(items)) == []
    assert time.process_time() - begin < 2


@st.composite
def files(draw: st.DrawFn) -> Suppressions:
    """Entries of which no two can mean the same finding, as the reader insists."""
    chosen: list[Suppression] = []
    for item in draw(st.lists(ENTRIES, max_size=8)):
        if not any(may_meet(item, other) for other in chosen):
            chosen.append(item)
    return Suppressions(
        tuple(SuppressionEntry(item, f"s.toml:{n}") for n, item in enumerate(chosen, 1))
    )


BASELINES = st.none() | (st.just(set(range(36))) | st.sets(st.integers(0, 35))).map(
    lambda chosen: Baseline(
        result().tenant.id,
        result().tenant.url,
        (),
        {result().findings[number].fingerprint: baseline_entry(result().findings[number])
         for number in chosen},
        "b.json",
    )
)  # fmt: skip
DAYS = st.dates(DAY - timedelta(days=5), DAY + timedelta(days=50))


def deciding(finding: ReportedFinding, file: Suppressions) -> list[Suppression]:
    """The entries about a finding, told in another way than the code's."""
    return [
        said
        for said in (entry.suppression for entry in file.entries)
        if said.rule == finding.rule.code
        and said.target == finding.object.id
        and (said.field is None or said.field == finding.field)
        and (said.key is None or said.key == finding.key)
        and (said.fingerprint is None or said.fingerprint == finding.fingerprint)
    ]


@settings(deadline=None)
@given(files(), BASELINES, DAYS)
def test_each_finding_is_judged_by_what_is_about_it(
    file: Suppressions, baseline: Baseline | None, day: date
) -> None:
    judged = accept(result(), file, baseline, as_of=day)

    assert judged.baseline == ("" if baseline is None else "b.json")
    every = {item.fingerprint: item for item in (*judged.findings, *judged.accepted)}
    assert len(every) == len(judged.findings) + len(judged.accepted) == len(result().findings)
    for finding in result().findings:
        about = deciding(finding, file)
        assert len(about) <= 1
        known = baseline is not None and finding.fingerprint in baseline.entries
        status = "unchanged" if known else "open"
        if about:
            status = "suppressed" if day <= about[0].expires else "open"
        assert every[finding.fingerprint].status == status
        assert (every[finding.fingerprint].acceptance is None) is (status == "open")


def test_an_entry_by_fingerprint_hides_one_finding_of_the_object() -> None:
    chosen, *others = [item for item in result().findings if item.object.id == "aus1"]
    entry = Suppression(
        rule=chosen.rule.code,
        target="aus1",
        fingerprint=chosen.fingerprint,
        reason="r",
        owner="o",
        expires=DAY,
    )
    judged = accept(result(), Suppressions((SuppressionEntry(entry, "s.toml:1"),)), None, as_of=DAY)

    assert [item.fingerprint for item in judged.accepted] == [chosen.fingerprint]
    assert {item.fingerprint for item in others} <= {item.fingerprint for item in judged.findings}


@settings(deadline=None)
@given(files(), DAYS)
def test_each_entry_is_told_of_exactly_when_there_is_reason(file: Suppressions, day: date) -> None:
    told = {
        notice.where: notice.message for notice in accept(result(), file, None, as_of=day).notices
    }
    for entry in file.entries:
        said = entry.suppression
        used = any(said in deciding(finding, file) for finding in result().findings)
        left = (said.expires - day).days
        word = "matches no finding" if not used else "expired on" if left < 0 else "ends "
        assert (entry.where in told) is (not used or left < 14)
        assert word in told.get(entry.where, word)


@settings(deadline=None)
@given(files(), DAYS, st.integers(0, 60))
def test_time_brings_findings_back_and_never_takes_them_away(
    file: Suppressions, day: date, later: int
) -> None:
    first = accept(result(), file, None, as_of=day)
    second = accept(result(), file, None, as_of=day + timedelta(days=later))
    assert {i.fingerprint for i in first.findings} <= {i.fingerprint for i in second.findings}


@settings(deadline=None)
@given(st.sets(st.sampled_from(["OAM101", "OAM102"])))
def test_what_nobody_may_accept_counts_whatever_the_baseline_says(
    forbidden: set[str],
) -> None:
    entries = {item.fingerprint: baseline_entry(item) for item in result().findings}
    baseline = Baseline(result().tenant.id, result().tenant.url, (), entries, "b.json")
    judged = accept(result(), Suppressions(), baseline, as_of=DAY, forbidden=frozenset(forbidden))
    assert {item.rule.code for item in judged.findings} == forbidden
