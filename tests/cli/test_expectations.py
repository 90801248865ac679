"""`test`: expectations files, what they assert, and what is wrong with them."""

import json
import re
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from helpers import SERVERS, Outcome, okta_auditor, served, snapshot_file

from auditor.sandbox.northwind import northwind
from auditor.tokens.decision import Decision
from auditor.tokens.expectations.model import Expectation

EXAMPLE: dict[str, Any] = {
    SERVERS: [{"id": "aus1", "name": "Payments"}],
    f"{SERVERS}/aus1/policies": [
        {"id": "p1", "name": "All", "conditions": {"clients": {"include": ["ALL_CLIENTS"]}}}
    ],
    f"{SERVERS}/aus1/policies/p1/rules": [
        {
            "id": "r1",
            "name": "Readers",
            "conditions": {
                "people": {"groups": {"include": ["EVERYONE"]}},
                "grantTypes": {"include": ["authorization_code"]},
                "scopes": {"include": ["openid", "offline_access", "pay:read"]},
            },
            "actions": {
                "token": {
                    "accessTokenLifetimeMinutes": 15,
                    "refreshTokenLifetimeMinutes": 0,
                    "refreshTokenWindowMinutes": 1,
                }
            },
        }
    ],
    f"{SERVERS}/aus1/scopes": [{"name": "pay:read"}, {"name": "pay:write"}],
    "/api/v1/apps": [
        {
            "id": "0oa1",
            "label": "checkout",
            "credentials": {"oauthClient": {"client_id": "0oa1", "pkce_required": True}},
            "settings": {
                "oauthClient": {
                    "grant_types": ["authorization_code", "refresh_token"],
                    "response_types": ["code"],
                    "redirect_uris": ["https://checkout.example/cb"],
                    "dpop_bound_access_tokens": True,
                }
            },
        }
    ],
    "/api/v1/apps/0oa1/users": [{"id": "u1", "scope": "USER", "status": "ACTIVE"}],
    "/api/v1/users": [
        {"id": "u1", "profile": {"login": "ada@acme.example"}},
        {"id": "u2", "profile": {"login": "bob@acme.example"}},
    ],
}

REQUEST_KEYS = (
    *("name", "server", "client", "grant", "user", "scopes", "assertion_scopes"),
    *("response_type", "redirect_uri", "resource", "subject_server", "prompt", "pkce", "dpop"),
)
REQUEST = """\
- name: a case
  server: Payments
  client: checkout
  grant: authorization_code
  user: ada@acme.example
  scopes: [openid, offline_access, "pay:read"]
"""
MINTED = f"""{REQUEST}  expect: minted
"""
REJECTED = f"""{REQUEST.replace("pay:read", "pay:write")}  expect: rejected
"""


@pytest.fixture
def example(tmp_path: Path) -> Path:
    return snapshot_file(tmp_path, EXAMPLE)


def run(snapshot: Path, text: str, *options: str) -> Outcome:
    path = snapshot.with_name("cases.yaml")
    path.write_text(text, encoding="utf-8")
    return okta_auditor("test", snapshot, path, *options)


def results(snapshot: Path, text: str, *options: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(
        run(snapshot, text, "--format", "json", *options).stdout
    )
    return rows


def test_all_as_expected(example: Path) -> None:
    outcome = run(example, MINTED + REJECTED)

    assert outcome.exit_code == 0
    assert outcome.stdout == "2 expectations: 2 as expected, 0 not\n"


def test_what_differs_is_shown_with_the_command_that_explains_it(example: Path) -> None:
    outcome = run(example, MINTED + REJECTED.replace("rejected", "minted\n  rule: Writers"))

    assert outcome.exit_code == 1
    assert "FAILED  a case  (" in outcome.stdout
    assert "cases.yaml:8)" in outcome.stdout
    assert "expect: expected minted, got rejected" in outcome.stdout
    assert "rule: expected Writers, got null" in outcome.stdout
    assert "because: access_denied: Policy evaluation failed" in outcome.stdout
    command = " ".join(outcome.stdout.replace("\\\n", " ").split())
    assert "--client checkout --grant authorization_code --user ada@acme.example" in command
    assert outcome.stdout.endswith("2 expectations: 1 as expected, 1 not\n")


@pytest.mark.parametrize(
    ("base", "key", "right", "wrong"),
    [
        (MINTED, "policy", "All", "Some"),
        (MINTED, "policy", "p1", "null"),
        (MINTED, "rule", "Readers", "Writers"),
        (MINTED, "rule", "r1", "r2"),
        (MINTED, "granted_scopes", "['pay:read', offline_access, openid]", "[openid]"),
        (MINTED, "access_token_minutes", "15", "60"),
        (MINTED, "refresh_token", "true", "false"),
        (MINTED, "refresh_token_minutes", "0", "null"),
        (MINTED, "refresh_window_minutes", "1", "15"),
        (MINTED, "id_token_minutes", "60", "null"),
        (MINTED, "caveats", "[]", "[A note.]"),
        (MINTED, "readings_differ", "false", "true"),
        (MINTED, "failed", "null", "policy"),
        (MINTED, "missing", "null", "something"),
        (REJECTED, "failed", "policy", "scopes"),
        (REJECTED, "id_token_minutes", "null", "60"),
        (MINTED, "error", "null", "access_denied"),
        (REJECTED, "error", "access_denied", "null"),
        (
            REJECTED,
            "error_description",
            "Policy evaluation failed for this request, please check the policy configurations.",
            "Something else",
        ),
        (REJECTED, "reason", "no_matching_policy", "user_not_assigned"),
        (REJECTED, "policy", "null", "All"),
        (REJECTED, "granted_scopes", "[]", "[openid]"),
        (REJECTED, "access_token_minutes", "null", "15"),
    ],
)
def test_every_further_key_is_asserted(
    example: Path, base: str, key: str, right: str, wrong: str
) -> None:
    assert run(example, f"{base}  {key}: {right}\n").exit_code == 0
    assert run(example, f"{base}  {key}: {wrong}\n").exit_code == 1


def test_every_field_of_a_decision_has_a_key() -> None:
    keys = set(Expectation.model_fields) - set(REQUEST_KEYS)

    assert keys == {field.name for field in fields(Decision)} - {"outcome"} | {"expect"}


def test_numbers_are_shown_as_numbers(example: Path) -> None:
    text = f"{MINTED}  refresh_token_minutes: 5\n  refresh_window_minutes: 0\n"
    outcome = run(example, text + "  refresh_token: false\n")

    assert "refresh_token_minutes: expected 5, got 0" in outcome.stdout
    assert "refresh_window_minutes: expected 0, got 1" in outcome.stdout
    assert "refresh_token: expected false, got true" in outcome.stdout


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("response_type", "token"),
        ("redirect_uri", "https://elsewhere.example/"),
        ("pkce", "false"),
        ("dpop", "false"),
        ("user", "bob@acme.example"),
        ("scopes", "null"),
    ],
)
def test_every_part_of_the_request_counts(example: Path, key: str, value: str) -> None:
    lines = [line for line in MINTED.splitlines() if not line.startswith(f"  {key}:")]
    changed = "\n".join([*lines, f"  {key}: {value}"])

    assert run(example, changed).exit_code == 1


def test_the_json_lists_names_results_and_whole_decisions(example: Path) -> None:
    rows = results(example, f"{MINTED}  access_token_minutes: 60\n" + REJECTED)

    assert [set(row) for row in rows] == [{"name", "passed", "expected", "actual"}] * 2
    assert rows[0]["name"] == rows[1]["name"] == "a case"
    assert [row["passed"] for row in rows] == [False, True]
    assert rows[0]["expected"] == {"expect": "minted", "access_token_minutes": 60}
    assert rows[0]["actual"]["outcome"] == "minted"
    assert rows[0]["actual"]["rule"] == {"id": "r1", "name": "Readers"}
    assert rows[0]["actual"]["access_token_minutes"] == 15


def test_an_expectation_without_a_name_is_called_after_its_request(example: Path) -> None:
    text = MINTED.replace("- name: a case\n  server", "- server")
    assert results(example, text)[0]["name"] == (
        "checkout at Payments by authorization_code for ada@acme.example"
    )


def test_the_other_reading(example: Path) -> None:
    text = MINTED.replace("offline_access", "email")

    assert run(example, text).exit_code == 1
    assert run(example, text, "--oidc-scopes", "granted").exit_code == 0


def test_indeterminate_where_a_definite_answer_was_expected(tmp_path: Path) -> None:
    path = snapshot_file(tmp_path, EXAMPLE, unread=("users",))
    outcome = run(path, MINTED)

    assert outcome.exit_code == 3
    assert "UNDECIDED  a case" in outcome.stdout
    assert "because: the users of the org" in outcome.stdout
    assert "grant okta.users.read" in outcome.stdout
    assert run(path, MINTED + REJECTED.replace("rejected", "minted")).exit_code == 3
    assert run(path, MINTED.replace("minted", "indeterminate")).exit_code == 0


def test_a_definite_answer_where_none_was_expected_fails(example: Path) -> None:
    assert run(example, MINTED.replace("minted", "indeterminate")).exit_code == 1


def test_a_client_that_was_not_read_is_undecided_and_no_mistake(tmp_path: Path) -> None:
    path = snapshot_file(tmp_path, EXAMPLE, unread=("apps", "app_users"))
    (row,) = results(path, MINTED)

    assert row["actual"]["outcome"] == "indeterminate"
    assert row["actual"]["missing"] == "the OIDC apps of the org"
    assert run(path, MINTED).exit_code == 3


def test_junit(example: Path) -> None:
    name = 'a < b & "c" ]]> \x85 \u202e'
    text = MINTED.replace("a case", json.dumps(name)) + REJECTED.replace("rejected", "minted")
    outcome = run(example, text, "--format", "junit")

    assert outcome.exit_code == 1
    suite = ET.fromstring(outcome.stdout)[0]
    assert suite.attrib["tests"] == "2"
    assert suite.attrib["failures"] == "1"
    assert suite.attrib["errors"] == "0"
    assert suite[0].attrib["name"].startswith('a < b & "c" ]]>')
    assert "\u202e" not in outcome.stdout
    assert suite[0].find("failure") is None
    failure = suite[1].find("failure")
    assert failure is not None
    assert failure.attrib["message"] == "expect: expected minted, got rejected"
    assert suite[1].attrib["line"] == "8"


def test_junit_calls_the_undecided_an_error(tmp_path: Path) -> None:
    path = snapshot_file(tmp_path, EXAMPLE, unread=("users",))
    outcome = run(path, MINTED, "--format", "junit")

    assert outcome.exit_code == 3
    assert ET.fromstring(outcome.stdout)[0][0].find("error") is not None


BOMB = "- &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"- &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "it is empty"),
        ("# nothing\n", 1, "it is empty"),
        ("[]", 1, "with one at least"),
        ("server: Payments", 1, "must be a list"),
        ("just words", 1, "must be a list"),
        ("- one\n- two", 1, "must be a mapping"),
        ("- a: [", 1, "expected"),
        ("- a: 1\n  b: {", 2, "expected"),
        (MINTED + "---\n" + MINTED, 8, "document"),
        (MINTED + "  scops: []\n", 8, 'unknown key "scops"; did you mean scopes?'),
        (MINTED + "  expect: rejected\n", 8, "expect: the key is given twice"),
        (MINTED.replace("minted", "mint"), 7, "expect: must be minted, rejected or indeterminate"),
        (MINTED + "  failed: polcy\n", 8, "authentication, user"),
        (MINTED + "  failed: polcy\n", 8, "or people; did you mean policy?"),
        (MINTED + "  scops: []\n  pkce: 1\n", 8, "scopes?"),
        (MINTED.replace("  grant: authorization_code\n", ""), 1, "grant: the key is missing"),
        (MINTED.replace("  expect: minted\n", ""), 1, "expect: the key is missing"),
        (MINTED.replace("checkout", "17"), 3, "client: must be text; put it in quotes"),
        (MINTED.replace("[openid, offline_access, \"pay:read\"]", "openid"), 6, "must be a list"),
        (MINTED + "  pkce: perhaps\n", 8, "pkce: must be true or false"),
        (MINTED + "  access_token_minutes: 1.5\n", 8, "must be a whole number"),
        (MINTED.replace("Payments", "Paymnts"), 2, "server: There is no authorization server"),
        (MINTED.replace("checkout", "chekout"), 3, "client: There is no client"),
        (MINTED.replace("authorization_code", "code"), 4, "grant: There is no grant type"),
        (MINTED.replace("ada@", "adda@"), 5, "user: There is no user"),
        (MINTED.replace("a case", "!!python/object/apply:os.system [id]"), 1, "constructor"),
        (MINTED.replace("a case", "2026-13-45"), 1, "month"),
        (MINTED + "  ? [a]\n  : b\n", 8, "a key must be a plain word"),
        ("- &a [*a]\n", 1, "an anchor must not contain itself"),
        (BOMB, 6, "aliases repeat too much"),
        ("[" * 1000, 1, "nested too deeply"),
        ("- name: \x01\n", 1, "a character that YAML does not allow"),
    ],
)  # fmt: skip
def test_an_unusable_file_names_line_and_key(
    example: Path, text: str, line: int, words: str
) -> None:
    outcome = run(example, text)

    assert outcome.exit_code == 2
    assert f"cases.yaml:{line}: " in outcome.stderr, outcome.stderr
    assert words in outcome.stderr
    assert not outcome.stdout


@pytest.mark.parametrize("content", [b"\xff\xfe", b"\x80\x81"])
def test_a_file_that_is_no_text(example: Path, content: bytes) -> None:
    path = example.with_name("cases.yaml")
    path.write_bytes(content)

    outcome = okta_auditor("test", example, path)
    assert outcome.exit_code == 2
    assert "is not UTF-8 text" in outcome.stderr
    assert okta_auditor("test", example, example.with_name("none.yaml")).exit_code == 2


def test_anchors_and_merges_are_fine(example: Path) -> None:
    text = MINTED.replace("- name", "- &base\n  name") + (
        "- <<: *base\n  name: without\n  scopes: null\n  expect: rejected\n  error: invalid_scope\n"
    )
    outcome = run(example, text)

    assert outcome.exit_code == 0, outcome.shown


def test_hostile_words_do_not_reach_the_terminal(example: Path) -> None:
    text = MINTED.replace("a case", r'"\e[2J\u202eevil"').replace("minted", "rejected")

    for form in ("text", "json", "junit"):
        outcome = run(example, text, "--format", form)
        assert outcome.exit_code == 1
        assert "\x1b" not in outcome.shown
        assert "\u202e" not in outcome.shown


def test_the_schema_describes_the_file() -> None:
    from jsonschema import Draft202012Validator  # noqa: PLC0415

    schema = json.loads(okta_auditor("schema", "expectations").stdout)
    Draft202012Validator.check_schema(schema)
    case = {"server": "org", "client": "c", "grant": "implicit", "expect": "minted"}
    validator = Draft202012Validator(schema)
    assert validator.is_valid([case])
    assert not validator.is_valid([case | {"scops": []}])
    assert not validator.is_valid([case | {"expect": "mint"}])
    assert not validator.is_valid([{"server": "org"}])
    assert not validator.is_valid([])


def test_the_examples_of_the_documentation_work_on_the_demo_tenant(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    found = re.search(r"```yaml\n(.*?)```", (root / "docs/decisions.md").read_text(), re.DOTALL)
    assert found
    with served(northwind(datetime(2026, 1, 1, tzinfo=UTC))) as sandbox:
        okta_auditor("snapshot", "-o", tmp_path / "s.json", url=sandbox.url)

    outcome = run(tmp_path / "s.json", found[1])

    assert outcome.exit_code == 0, outcome.shown
    explained = okta_auditor(
        "explain", tmp_path / "s.json", "--server", "Payments", "--client", "checkout-web",
        "--grant", "authorization_code", "--user", "ada", "--scope", "openid",
        "--scope", "payments:write",
    ).stdout  # fmt: skip
    readme = (root / "README.md").read_text()
    for line in re.findall(r"^(REJECTED.*|  · .*)…$", readme, re.MULTILINE):
        assert line.strip() in explained


def test_the_documentation_names_every_key() -> None:
    page = (Path(__file__).parents[2] / "docs/decisions.md").read_text()
    schema = json.loads(okta_auditor("schema", "expectations").stdout)
    keys = schema["$defs"]["Expectation"]["properties"]
    assert "expect" in keys
    for key in keys:
        assert f"`{key}`" in page
