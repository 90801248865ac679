"""Baselines: what they hold a finding to, and what becomes of damaged ones."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers import SERVERS, tenant
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor import AuditResult
from auditor.errors import UsageError
from auditor.lint.acceptance.baseline import Baseline, BaselineEntry, make_baseline
from auditor.lint.acceptance.baseline_file import dump_baseline, read_baseline
from auditor.lint.engine import audit
from auditor.lint.examples import example_snapshot
from auditor.plugins import load_rules
from auditor.snapshot.document import Source, dump_snapshot

RULES = load_rules()
RULE_PATH = f"{SERVERS}/aus1/policies/00p1/rules"


def result_of(document: dict[str, Any], *codes: str) -> AuditResult:
    snapshot = example_snapshot(document)
    chosen = [rule for rule in RULES if rule.code in codes] if codes else RULES
    return audit(snapshot, chosen, Source("snapshot.json", dump_snapshot(snapshot)))


def content(document: dict[str, Any], code: str) -> str:
    (finding,) = result_of(document, code).findings
    return finding.content


def wide() -> dict[str, Any]:
    """A tenant with a policy for all clients, whose rule has a long lifetime."""
    document = tenant()
    policy = document[f"{SERVERS}/aus1/policies"][0]
    policy["conditions"]["clients"]["include"] = ["ALL_CLIENTS"]
    policy |= {"created": "2025-01-01T00:00:00.000Z", "lastUpdated": "2026-01-01T00:00:00.000Z"}
    return document


def policy_of(document: dict[str, Any]) -> Any:
    return document[f"{SERVERS}/aus1/policies"][0]


@pytest.mark.parametrize(
    "change",
    [
        lambda policy: policy.update(name="Another name", description="Told better"),
        lambda policy: policy.update(lastUpdated="2026-11-01T00:00:00.000Z"),
        lambda policy: policy.update(priority=7),
        lambda policy: policy.update(_links={"self": {"href": "https://acme.okta.example/x"}}),
        lambda policy: policy.update(system=None),
        lambda policy: policy["conditions"].update(more={"a": 1}),  # no snapshot keeps it
    ],
)
def test_what_nobody_decided_leaves_the_content_alone(change: Callable[[Any], None]) -> None:
    document = wide()
    before = content(document, "OAM201")
    change(policy_of(document))
    assert content(document, "OAM201") == before


@pytest.mark.parametrize(
    "change",
    [
        lambda policy: policy["conditions"]["clients"].update(include=["ALL_CLIENTS", "0oa1"]),
        lambda policy: policy["conditions"]["clients"].update(exclude=["0oa2"]),
        lambda policy: policy.update(system=True),
    ],
)
def test_a_changed_object_has_another_content(change: Callable[[Any], None]) -> None:
    document = wide()
    before = content(document, "OAM201")
    change(policy_of(document))
    assert content(document, "OAM201") != before


def test_the_order_of_words_in_a_list_does_not_matter() -> None:
    document = wide()
    policy_of(document)["conditions"]["clients"]["include"] = ["0oa1", "ALL_CLIENTS"]
    before = content(document, "OAM201")
    policy_of(document)["conditions"]["clients"]["include"] = ["ALL_CLIENTS", "0oa1"]
    assert content(document, "OAM201") == before


def test_who_takes_part_is_content() -> None:
    """A rule lets machines and people in: with another machine it is another finding."""
    (rule,) = [rule for rule in RULES if rule.code == "OAM315"]
    document = copy.deepcopy(dict(rule.page.flagged[0]))
    before = content(document, "OAM315")
    (policies,) = [value for path, value in document.items() if path.endswith("/policies")]
    document["/api/v1/apps"].append(document["/api/v1/apps"][0] | {"id": "0oa9"})
    policies[0]["conditions"]["clients"]["include"].append("0oa9")
    assert content(document, "OAM315") != before


def test_every_finding_of_a_rename_keeps_fingerprint_and_content() -> None:
    document = wide()
    before = {item.fingerprint: item.content for item in result_of(document).findings}
    document[SERVERS][0]["name"] = "Invoicing"
    policy_of(document)["name"] = "Some apps"
    document[RULE_PATH][0]["name"] = "Some people"
    document["/api/v1/apps"][0]["label"] = "Bills"
    document["/api/v1/groups"][0]["profile"]["name"] = "Crew"

    after = {item.fingerprint: item.content for item in result_of(document).findings}

    assert before
    assert after == before


def test_a_scope_that_is_renamed_is_another_scope() -> None:
    scopes = f"{SERVERS}/aus1/scopes"
    document = tenant(**{scopes: [{"id": "scp1", "name": "a:read"}, {"id": "scp2", "name": "b"}]})
    before = {item.object.id: item.content for item in result_of(document, "OAM401").findings}
    document[scopes][1]["name"] = "c"
    after = {item.object.id: item.content for item in result_of(document, "OAM401").findings}
    assert before.keys() == after.keys() >= {"scp2"}
    assert before["scp2"] != after["scp2"]


# The file

HEX = st.text("0123456789abcdef", min_size=32, max_size=32)
BASELINES = st.builds(
    Baseline,
    tenant=st.text(min_size=1),
    url=st.just("https://acme.okta.example"),
    not_evaluated=st.lists(st.sampled_from(["OAM101", "OAM102"]), unique=True).map(
        lambda codes: tuple(sorted(codes))
    ),
    entries=st.dictionaries(
        HEX,
        st.builds(
            BaselineEntry, content=HEX, code=st.text(), type=st.text(), id=st.text(), name=st.text()
        ),
        max_size=5,
    ),
)


@settings(deadline=None)
@given(BASELINES)
def test_a_baseline_is_read_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, made: Baseline
) -> None:
    path = tmp_path_factory.mktemp("b") / "b.json"
    text = dump_baseline(made)
    path.write_bytes(text.encode())

    read = read_baseline(path)

    assert (read.tenant, read.not_evaluated) == (made.tenant, made.not_evaluated)
    assert dict(read.entries) == dict(made.entries)
    lines = text.split("\n")
    assert lines[-1] == ""
    for fingerprint in made.entries:
        number = int(read.where(fingerprint).rpartition(":")[2])
        assert lines[number - 1].startswith(f'    "{fingerprint}": {{')
    keys = [
        line[5:37]
        for line in lines
        if line.startswith('    "') and not line.startswith('    "end"')
    ]
    assert keys == sorted(made.entries)
    assert dump_baseline(read) == text


@pytest.fixture(scope="module")
def sound() -> str:
    return dump_baseline(make_baseline(result_of(wide()), frozenset()))


def test_no_tail_of_a_baseline_may_be_missing(sound: str, tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    for length in range(len(sound) - 1):
        path.write_text(sound[:length])
        with pytest.raises(UsageError) as caught:
            read_baseline(path)
        assert caught.value.message.startswith(f"{path}:")
        assert caught.value.remedy
    lines = sound.splitlines(keepends=True)
    for cut in range(7, len(lines) - 2):
        path.write_text("".join([*lines[:cut], "  }\n}\n"]))
        with pytest.raises(UsageError):
            read_baseline(path)


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ('"version": 1', '"version": 2', 3, "version: it is 2; this okta-auditor reads up to 1"),
        ('"version": 1', '"version": "1"', 3, "version: must be a whole number"),
        ('"version": 1', '"version": true', 3, "version: must be a whole number"),
        ("okta-auditor-baseline", "something", 1, 'it does not say "format"'),
        ('"tenant": "00o1"', '"tenant": 1', 4, "tenant: unusable value"),
        ('"not_evaluated": [],', '"not_evaluated": [], "more": 1,', 6, "more: unknown key"),
        ('"url"', '"uri"', 1, "url: the key is missing"),
        ('"end": true', '"end": false', 0, 'the last entry, "end", is missing'),
        ('"findings": {', '"findings": {"x": 1,', 7, 'findings: "x" is no fingerprint'),
        ('"content": "', '"content": "g', 8, "content: unusable value"),
        ('"code": ', '"kode": ', 8, "code: the key is missing"),
        ('{"content"', '<<<<<<< HEAD\n{"content"', 8, "not valid JSON"),
        ('    "end"', '<<<<<<< HEAD\n    "end"', 0, "a merge conflict is not resolved here"),
        ("{", "[" * 100_000, 1, "not usable JSON"),
        ('"version": 1', f'"version": {"1" * 5000}', 1, "not usable JSON"),
    ],
)
def test_a_damaged_baseline_is_refused_with_its_line(
    *, sound: str, tmp_path: Path, old: str, new: str, line: int, says: str
) -> None:
    assert old in sound
    path = tmp_path / "b.json"
    path.write_text(sound.replace(old, new, 1))

    with pytest.raises(UsageError) as caught:
        read_baseline(path)

    assert caught.value.message.startswith(f"{path}:{line or ''}")
    assert says in caught.value.message
    assert caught.value.remedy


def test_a_line_twice_is_one_unless_they_differ(sound: str, tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    lines = sound.splitlines(keepends=True)
    path.write_text("".join([*lines[:7], lines[7], *lines[7:]]))
    assert dump_baseline(read_baseline(path)) == sound

    other = lines[7].replace('"code": "OAM', '"code": "XAM')
    path.write_text("".join([*lines[:8], other, *lines[8:]]))
    with pytest.raises(UsageError, match=f"{path}:9: [0-9a-f]{{32}}: stands there twice"):
        read_baseline(path)


def test_what_was_not_evaluated_this_time_stays(sound: str, tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    path.write_text(sound)
    previous = read_baseline(path)
    policy_rules = result_of(tenant(), "OAM201")  # nothing found, and nothing else looked at

    made = make_baseline(policy_rules, frozenset(), previous)

    gone = previous.entries.keys() - made.entries.keys()
    assert {previous.entries[key].code for key in gone} == {"OAM201"}
    assert made.entries
