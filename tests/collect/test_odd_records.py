"""Odd records and odd JSON: each costs itself, is named, and nothing else is missing."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from helpers import SERVERS, ledger, okta_auditor, served, tenant, with_everyone
from processes import asked

from auditor import exact_json
from auditor.collect.fetch.json_values import UnreadableItem, value_of

APPS = "/api/v1/apps"
GROUPS = "/api/v1/groups"
JSON_TYPE = {"Content-Type": "application/json"}


def raw(path: str, items: list[str]) -> dict[str, Any]:
    """A fault that answers with a list whose items are written as they stand."""
    return {"path": f"^{re.escape(path)}$", "body": f"[{','.join(items)}]", "headers": JSON_TYPE}


def read(path: Path, document: dict[str, Any]) -> tuple[int, dict[str, Any], list[str], str]:
    """The exit code, the resources, the paths that were asked for, and standard error."""
    with served(document) as sandbox:
        outcome = okta_auditor("snapshot", "-o", path, "--attempts", 1, url=sandbox.url)
        paths = [one for one, _ in asked(sandbox.requests)]
    assert "this is a bug" not in outcome.shown
    return outcome.exit_code, json.loads(path.read_text())["resources"], paths, outcome.stderr


def sound_group(number: int) -> str:
    return json.dumps({"id": f"00g{number}", "profile": {"name": f"G{number}"}})


DEEP = "[" * 5000 + "]" * 5000
LESS_DEEP = "[" * 300 + "]" * 300
OBJECTS = '{"a":' * 99_999 + "1" + "}" * 99_999
ODD_ITEMS = {
    "deeply nested": f'{{"id": "00gOdd", "profile": {{"name": "x", "more": {DEEP}}}}}',
    "nested a little": f'{{"id": "00gOdd", "profile": {{"name": "x"}}, "x": {LESS_DEEP}}}',
    "deep for ever": f'{{"id": "00gOdd", "x": {OBJECTS}}}',
    "too large a number": '{"id": "00gOdd", "x": 1e999}',
    "endless digits": f'{{"id": "00gOdd", "x": {"9" * 5000}}}',
    "half a character": '{"id": "00gOdd", "profile": {"name": "a\\ud83d"}}',
    "half a character, low": '{"id": "00gOdd", "profile": {"name": "\\udc00b"}}',
    "a name that is a list": '{"id": "00gOdd", "profile": {"name": ["x"]}}',
    "a profile that is a number": '{"id": "00gOdd", "profile": 7}',
}


@pytest.mark.parametrize("kind", [kind for kind in ODD_ITEMS if kind != "nested a little"])
def test_an_odd_record_costs_itself(tmp_path: Path, kind: str) -> None:
    items = [sound_group(1), ODD_ITEMS[kind], sound_group(2)]
    document = tenant(faults=[raw(GROUPS, items)])

    code, resources, paths, shown = read(tmp_path / "s.json", document)

    assert code == 3
    assert [group["id"] for group in resources[GROUPS]] == ["00g1", "00g2"]
    entries = ledger(tmp_path / "s.json")
    (odd,) = entries["groups"]["quarantined"]
    assert odd["record"] == "00gOdd"
    assert "00gOdd" in shown
    assert not [one for one in paths if "00gOdd" in one]
    incomplete = {name for name, entry in entries.items() if entry["status"] != "complete"}
    assert incomplete == {"groups", "group_members"}
    audited = okta_auditor("audit", tmp_path / "s.json", "--exit-zero")
    assert audited.exit_code == 3


def test_what_is_nested_a_little_and_not_kept_costs_nothing(tmp_path: Path) -> None:
    everyone = json.dumps(with_everyone([{"id": "00g1"}])[0])
    items = [everyone, ODD_ITEMS["nested a little"]]
    code, resources, _, _ = read(tmp_path / "s.json", tenant(faults=[raw(GROUPS, items)]))

    assert code == 0
    assert [group["id"] for group in resources[GROUPS]] == ["00g1", "00gOdd"]


ODD_IDS = {
    "a slash": "a/b",
    "a way up": "..",
    "a way up inside": "x/../../users",
    "a dot": ".",
    "a question": "a?b=c",
    "a fragment": "a#b",
    "an escaped slash": "a%2fb",
    "an escaped way up": "%2e%2e",
    "a backslash": "a\\b",
    "a line break": "a\nb",
    "a null": "a\0b",
    "an escape": "\x1b[31mred",
    "a blank": "a b",
    "a blank alone": " ",
    "nothing": "",
    "a megabyte": "a" * (1 << 20),
    "a letter of another script": "\u0430b",
    "an invisible letter": "a\u200bb",
    "half a character": "a\ud800",
    "angle brackets": "<script>",
}


@pytest.mark.parametrize("kind", ODD_IDS)
def test_nothing_is_asked_for_with_an_odd_id(tmp_path: Path, kind: str) -> None:
    odd = ODD_IDS[kind]
    document = tenant()
    app = document[APPS][0]
    items = [json.dumps(value) for value in (app, {**app, "id": odd, "label": "Odd"})]
    document["@faults"] = [raw(APPS, items)]

    code, resources, paths, _ = read(tmp_path / "s.json", document)

    assert code == 3
    assert [one["id"] for one in resources[APPS]] == ["0oa1"]
    known = re.compile(
        r"/api/v1/(org|authorizationServers|apps(/0oa1/[\w-]+(/jwks)?)?$|[\w-]+$|groups/00g1"
        r"|groups/rules$|iam/roles$)|/workload-principals/api/v1/[\w-]+$"
        r"|/integrations/api/v1/api-services$"
    )
    assert [one for one in paths if not known.match(one)] == []
    entries = ledger(tmp_path / "s.json")
    (quarantined,) = entries["apps"]["quarantined"]
    assert quarantined["reason"].startswith("id:")
    assert len(quarantined["record"]) <= 80
    assert quarantined["record"][:1] in {odd[:1], "#", "\ufffd"}
    assert entries["groups"]["status"] == "complete"
    assert okta_auditor("audit", tmp_path / "s.json", "--exit-zero").exit_code == 3


def test_nothing_is_asked_for_with_an_odd_client_id_or_owner(tmp_path: Path) -> None:
    document = tenant()
    service = json.loads(json.dumps(document[APPS][0]))
    service["id"] = "0oaS"
    service["credentials"]["oauthClient"]["client_id"] = "../users"
    service["settings"]["oauthClient"] |= {
        "application_type": "service",
        "grant_types": ["client_credentials"],
    }
    document[APPS].append(service)
    document["/api/v1/api-tokens"] = [{"id": "00T1", "name": "t", "userId": "me/../../x"}]

    code, _, paths, _ = read(tmp_path / "s.json", document)

    assert code == 3
    assert not [one for one in paths if ".." in one or "me" in one.split("/")]
    entries = ledger(tmp_path / "s.json")
    assert entries["apps"]["quarantined"][0]["record"] == "0oaS"
    assert entries["api_tokens"]["quarantined"][0]["record"] == "00T1"


def test_odd_ids_of_members_cost_themselves(tmp_path: Path) -> None:
    document = tenant()
    items = [json.dumps({"id": odd}) for odd in ("00u1", "a/b", "", "a\ud800")]
    document["@faults"] = [raw(f"{GROUPS}/00g1/users", [*items, "7", "null"])]

    code, resources, _, _ = read(tmp_path / "s.json", document)

    assert code == 3
    assert resources[f"{GROUPS}/00g1/users"] == ["00u1"]
    assert len(ledger(tmp_path / "s.json")["group_members"]["quarantined"]) == 5


# Two records of one id


@pytest.mark.parametrize("second", [{"label": "Another"}, {"x": 1}, {"signOnMode": "SAML_2_0"}])
def test_two_records_of_one_id_are_named(tmp_path: Path, second: dict[str, Any]) -> None:
    document = tenant()
    app = document[APPS][0]
    document[APPS] = [app, {**app, **second}, {**app, "id": "0oa3"}]

    code, resources, _, shown = read(tmp_path / "s.json", document)

    assert code == 3
    assert [one["id"] for one in resources[APPS]] == ["0oa1", "0oa3"]
    assert ledger(tmp_path / "s.json")["apps"]["quarantined"][0]["record"] == "0oa1"
    assert "another record of the same page has it" in shown


def test_two_records_of_one_id_on_two_pages_are_named(tmp_path: Path) -> None:
    groups = [{"id": f"00g{n:03}", "profile": {"name": "g"}} for n in range(250)]
    groups.append({"id": "00g000", "profile": {"name": "another"}})

    code, _, _, shown = read(tmp_path / "s.json", tenant(**{GROUPS: groups}))

    assert code == 3
    assert "00g000 came twice" in shown


def test_members_that_come_twice_are_kept_once(tmp_path: Path) -> None:
    document = tenant(**{f"{GROUPS}/00g1/users": [{"id": "00u1"}, {"id": "00u1"}]})

    code, resources, _, _ = read(tmp_path / "s.json", document)

    assert code == 0
    assert resources[f"{GROUPS}/00g1/users"] == ["00u1"]


# Numbers


@pytest.mark.parametrize("number", [2**63, 2**64, 2**64 + 1, -(2**63) - 1, 10**40])
def test_integers_of_any_size_are_kept_exactly(tmp_path: Path, number: int) -> None:
    path = tmp_path / "s.json"
    document = tenant()
    rules = f"{SERVERS}/aus1/policies/00p1/rules"
    rule = document[rules][0]
    rule["actions"]["token"]["accessTokenLifetimeMinutes"] = number
    document["@faults"] = [raw(rules, [json.dumps(rule)])]
    document["@faults"].append({"path": "^/api/v1/zones$", "status": 500, "times": 1})

    with served(document) as sandbox:
        words = ["snapshot", "-o", path, "--attempts", 1]
        assert okta_auditor(*words, url=sandbox.url).exit_code == 3
        before = json.loads(path.read_text())["resources"]
        assert okta_auditor(*words, "--resume", url=sandbox.url).exit_code == 0
    after = json.loads(path.read_text())["resources"]
    for resources in (before, after):
        (kept,) = resources[rules]
        assert kept["actions"]["token"]["accessTokenLifetimeMinutes"] == number


def test_exact_json_is_a_way_and_back() -> None:
    value = {"a": [2**64 + 1, -(2**70), 1.5, None, "x\ud800"], "b": {"c": 10**30}}
    assert exact_json.loads(exact_json.dumps({"n": 2**64 + 1})) == {"n": 2**64 + 1}
    assert json.loads(exact_json.dumps(value)) == value
    with pytest.raises(ValueError, match=r"NaN|character"):
        exact_json.loads(b"[1234567890123456789012, NaN]")


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[", b"[1", b"[1]]", b"[1,]", b"[,1]", b'["\\ud800"', b'["\\ud800"] 1', b"[1e999",
        b"nul", b"[NaN, 1e999]", b'{"a": 1e999', b"[" * 100_000, b"[" * 3000 + b"]" * 2999, b"\xff",
        b'["\xff", 1e999]', b"[}" + b"1e999]", b"{" * 100_000,
    ],
)  # fmt: skip
def test_what_is_not_json_is_not_taken_for_it(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever it says
        value_of(body)


def test_items_are_read_one_by_one_where_one_is_odd() -> None:
    body = (
        b' [1e999, {"id": "a", "x": {"id": "no"}, "n": 1e999}, "}],[", {"x": 1}, [], "\\ud800" ] '
    )

    values = value_of(body)

    assert isinstance(values[0], UnreadableItem)
    assert values[0].identity is None
    assert isinstance(values[1], UnreadableItem)
    assert values[1].identity == "a"
    assert values[2:] == ["}],[", {"x": 1}, [], "\ud800"]
    assert value_of(b"[  ]") == []


@pytest.mark.parametrize("body", ['{"id": null}', '{"id": ["x"]}', '{"x": 1}'])
def test_an_odd_org_profile_costs_itself(tmp_path: Path, body: str) -> None:
    fault = {"path": "^/api/v1/org$", "body": body, "headers": JSON_TYPE}

    code, resources, _, shown = read(tmp_path / "s.json", tenant(faults=[fault]))

    assert code == 3
    assert "org profile could not be read completely" in shown
    assert "/api/v1/org" not in resources
    assert ledger(tmp_path / "s.json")["org"]["status"] == "partial"
    assert okta_auditor("audit", tmp_path / "s.json").exit_code == 3
