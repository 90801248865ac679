"""`access`: who can obtain what, as a table, JSON and CSV."""

import copy
import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from helpers import SERVERS, Outcome, okta_auditor, snapshot_file

POLICIES = f"{SERVERS}/aus1/policies"


def rule(name: str, grants: list[str], scopes: list[str], group: str, minutes: int) -> Any:
    return {
        "id": f"r-{name}",
        "name": name,
        "conditions": {
            "people": {"groups": {"include": [group]}},
            "grantTypes": {"include": grants},
            "scopes": {"include": scopes},
        },
        "actions": {"token": {"accessTokenLifetimeMinutes": minutes}},
    }


def app(app_id: str, label: str, *grants: str, **oauth: Any) -> dict[str, Any]:
    return {
        "id": app_id,
        "label": label,
        "credentials": {
            "oauthClient": {"client_id": app_id, "token_endpoint_auth_method": "private_key_jwt"}
        },
        "settings": {
            "oauthClient": {
                "grant_types": grants,
                "response_types": ["code"],
                "jwks": {"keys": [{"kid": "k1"}]},
                **oauth,
            }
        },
    }


EXAMPLE: dict[str, Any] = {
    SERVERS: [{"id": "aus1", "name": "Payments"}, {"id": "aus2", "name": "Bare"}],
    POLICIES: [
        {"id": "p1", "name": "All", "conditions": {"clients": {"include": ["ALL_CLIENTS"]}}}
    ],
    f"{POLICIES}/p1/rules": [
        rule("Writers", ["authorization_code"], ["pay:write", "offline_access"], "g-ops", 15),
        rule("Readers", ["authorization_code"], ["pay:read"], "EVERYONE", 60),
        rule("Robots", ["client_credentials"], ["pay:read"], "EVERYONE", 5),
    ],
    f"{SERVERS}/aus1/scopes": [{"name": "pay:read"}, {"name": "pay:write"}, {"name": "pay:all"}],
    "/api/v1/apps": [
        app("0oa2", "robot", "client_credentials", application_type="service"),
        app("0oa1", "checkout", "authorization_code", "refresh_token"),
    ],
    "/api/v1/apps/0oa1/users": [
        {"id": name, "scope": "USER", "status": "ACTIVE"} for name in ("u1", "u2", "u3")
    ],
    "/api/v1/apps/0oa2/grants": [{"id": "g1", "scopeId": "okta.users.read"}],
    "/api/v1/groups": [{"id": "g-ops", "profile": {"name": "Operators"}}],
    "/api/v1/groups/g-ops/users": ["u2", "u4"],
    "/api/v1/users": [
        {"id": "u1", "profile": {"login": "ada@acme.example"}},
        {"id": "u2", "profile": {"login": "bob@acme.example"}},
        {"id": "u3", "status": "SUSPENDED", "profile": {"login": "cy@acme.example"}},
        {"id": "u4", "profile": {"login": "dee@acme.example"}},
    ],
}


@pytest.fixture
def example(tmp_path: Path) -> Path:
    return snapshot_file(tmp_path, EXAMPLE)


def access(path: Path, *options: str) -> Outcome:
    return okta_auditor("access", path, *options, COLUMNS="200")


def rows(path: Path, *options: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(access(path, *options, "--format", "json").stdout)
    return found


def test_the_table(example: Path) -> None:
    outcome = access(example, "--server", "Payments")

    assert outcome.exit_code == 0
    assert [" ".join(line.split()) for line in outcome.stdout.splitlines()[:-1]] == [
        "server client grant scope people policy rule access refresh",
        "Payments checkout authorization_code offline_access 1 All Writers 15 min yes",
        "Payments checkout authorization_code pay:read 2 All Readers 60 min no",
        "Payments checkout authorization_code pay:write 1 All Writers 15 min yes",
        "Payments robot client_credentials pay:read no user All Robots 5 min no",
    ]
    assert outcome.stdout.splitlines()[-1] == "4 rows: 1 server, 2 clients"


def test_every_row_is_what_explain_says(example: Path) -> None:
    for row in rows(example):
        user = ("--user", "bob@acme.example") if row["people"] is not None else ()
        outcome = okta_auditor(
            "explain", example, "--server", row["server_id"], "--client", row["client_id"],
            "--grant", row["grant"], "--scope", row["scope"], *user, "--format", "json",
        )  # fmt: skip
        decision = json.loads(outcome.stdout)
        assert decision["outcome"] == "minted"
        assert decision["access_token_minutes"] == row["access_token_minutes"]
        assert (decision["rule"] or {}).get("id") == row["rule_id"]


def test_the_filters(example: Path) -> None:
    def scopes(*options: str) -> list[tuple[str, str]]:
        return [(row["client"], row["scope"]) for row in rows(example, *options)]

    assert scopes("--client", "robot") == [("robot", "pay:read"), ("robot", "okta.users.read")]
    assert scopes("--scope", "pay:write") == [("checkout", "pay:write")]
    assert scopes("--scope", "pay:all") == []
    assert scopes("--server", "Bare") == []
    assert scopes("--user", "ada") == [("checkout", "pay:read")]
    assert scopes("--user", "bob", "--scope", "pay:write") == [("checkout", "pay:write")]
    assert scopes("--user", "cy") == [], "suspended"
    assert scopes("--user", "dee") == [], "not assigned"
    assert ("checkout", "openid") in scopes("--server", "org", "--client", "checkout")


def test_nobody_is_said_in_words(example: Path) -> None:
    outcome = access(example, "--scope", "pay:all")

    assert outcome.exit_code == 0
    assert outcome.stdout.splitlines()[:2] == [
        'Nobody can obtain scope "pay:all".',
        'Why: no active policy rule allows "pay:all".',
    ]


def test_one_users_access_counts_that_user_only(example: Path) -> None:
    assert {row["people"] for row in rows(example, "--user", "bob")} == {1}


@pytest.mark.parametrize("unread", ["users", "group_members", "app_users", "policy_rules"])
def test_what_was_not_read_may_hide_access(tmp_path: Path, unread: str) -> None:
    path = snapshot_file(tmp_path, EXAMPLE, unread=(unread,))
    outcome = access(path)

    assert outcome.exit_code == 3
    assert "not known" in outcome.stdout
    assert f"grant okta.{unread}.read" in outcome.stderr


def test_a_user_of_a_snapshot_without_users_may_have_access(tmp_path: Path) -> None:
    path = snapshot_file(tmp_path, EXAMPLE, unread=("users",))
    found = rows(path, "--user", "zed@acme.example", "--scope", "pay:write")

    assert all(row["uncertain"] and row["people"] == 0 for row in found)


@pytest.mark.parametrize("form", ["text", "json", "csv"])
def test_the_order_of_the_snapshot_does_not_matter(tmp_path: Path, form: str) -> None:
    turned = copy.deepcopy(EXAMPLE)
    for path in (SERVERS, "/api/v1/apps", "/api/v1/users", f"{SERVERS}/aus1/scopes"):
        turned[path].reverse()
    texts = set()
    for document in (EXAMPLE, turned):
        texts.add(access(snapshot_file(tmp_path, document), "--format", form).stdout)
    assert len(texts) == 1


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_csv_holds_no_formulas(tmp_path: Path, sign: str) -> None:
    hostile = copy.deepcopy(EXAMPLE)
    hostile["/api/v1/apps"][1]["label"] = f'{sign}cmd|"/c calc"!A1,\n\x1b[31m'
    path = snapshot_file(tmp_path, hostile)

    outcome = access(path, "--format", "csv", "--client", "0oa1")

    assert "\x1b" not in outcome.stdout
    found = list(csv.DictReader(io.StringIO(outcome.stdout.removeprefix("\ufeff"))))
    assert [row["scope"] for row in found] == ["offline_access", "pay:read", "pay:write"]
    first = "\ufffd" if sign in "\t\r" else f"'{sign}"  # a control character cannot stay at all
    assert all(row["client"].startswith(f"{first}cmd") for row in found)
    assert found[0]["people"] == "1"
    assert found[0]["refresh_token"] == "true"
    robots = csv.DictReader(
        io.StringIO(access(path, "--format", "csv").stdout.removeprefix("\ufeff"))
    )
    assert [row["people"] for row in robots if row["client_id"] == "0oa2"] == ["no user"] * 2


def test_hostile_names_do_not_reach_the_terminal(tmp_path: Path) -> None:
    hostile = copy.deepcopy(EXAMPLE)
    name = "\x1b[2J\u202eevil\n" + "x" * 200
    hostile[SERVERS][0]["name"] = hostile["/api/v1/apps"][1]["label"] = name
    hostile[POLICIES][0]["name"] = name
    for form in ("text", "json", "csv"):
        outcome = access(snapshot_file(tmp_path, hostile), "--format", form)
        assert outcome.exit_code == 0
        assert "\x1b" not in outcome.stdout
        assert "\u202e" not in outcome.stdout


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--server", "Paymets"), "did you mean Payments"),
        (("--client", "chekout"), "did you mean checkout"),
        (("--scope", "pay:raed"), 'No authorization server has a scope "pay:raed"; did you mean'),
        (("--scope", "zzz"), "Scopes: "),
        (("--user", "adda@acme.example"), "did you mean ada@acme.example"),
        (("--format", "xml"), "xml"),
    ],
)
def test_wrong_usage(example: Path, options: tuple[str, ...], words: str) -> None:
    outcome = access(example, *options)

    assert outcome.exit_code == 2
    assert words in outcome.stderr
    assert not outcome.stdout


def test_an_empty_snapshot(tmp_path: Path) -> None:
    outcome = access(snapshot_file(tmp_path, {}))

    assert outcome.exit_code == 0
    assert outcome.stdout.startswith("Nobody can obtain anything.\n")


def two_alike() -> dict[str, Any]:
    """The example with another client of the same kind, for people of whom one is the same."""
    alike = copy.deepcopy(EXAMPLE)
    alike["/api/v1/apps"].append(app("0oa3", "portal", "authorization_code", "refresh_token"))
    alike["/api/v1/apps/0oa3/users"] = [
        {"id": name, "scope": "USER", "status": "ACTIVE"} for name in ("u2", "u4")
    ]
    return alike


def test_clients_to_which_a_rule_gives_the_same_have_one_row(tmp_path: Path) -> None:
    path = snapshot_file(tmp_path, two_alike())
    found = {row["scope"]: row for row in rows(path, "--server", "Payments") if row["people"]}
    table = [" ".join(line.split()) for line in access(path).stdout.splitlines()]

    assert list(found) == ["offline_access", "pay:read", "pay:write"]
    assert {(row["client"], row["clients"]) for row in found.values()} == {
        ("checkout and 1 more", 2)
    }
    assert {row["client_id"] for row in found.values()} == {None}
    assert found["pay:read"]["people"] == 3, "u1, u2, and u4, and u2 only once"
    assert found["pay:write"]["people"] == 2, "u2 and u4"
    line = "Payments checkout and 1 more authorization_code pay:read 3 All Readers 60 min no"
    assert line in table
    assert table[-1] == "5 rows: 2 servers, 3 clients"


def test_a_client_through_which_nobody_obtains_it_is_not_counted(tmp_path: Path) -> None:
    alike = two_alike()
    alike["/api/v1/apps/0oa3/users"] = [{"id": "u1", "scope": "USER", "status": "ACTIVE"}]
    path = snapshot_file(tmp_path, alike)
    found = {row["scope"]: row for row in rows(path, "--server", "Payments") if row["people"]}

    assert (found["pay:read"]["clients"], found["pay:read"]["people"]) == (2, 2)
    assert (found["pay:write"]["client_id"], found["pay:write"]["clients"]) == ("0oa1", 1)


def test_a_client_without_refresh_tokens_has_a_row_of_its_own(tmp_path: Path) -> None:
    alike = two_alike()
    alike["/api/v1/apps"][-1] = app("0oa3", "portal", "authorization_code")
    wanted = ("--server", "Payments", "--scope", "offline_access")
    found = rows(snapshot_file(tmp_path, alike), *wanted)

    assert [(row["client_id"], row["refresh_token"]) for row in found] == [
        ("0oa1", True),
        ("0oa3", False),
    ]


def test_each_client_can_have_rows_of_its_own(tmp_path: Path) -> None:
    found = rows(snapshot_file(tmp_path, two_alike()), "--each-client", "--scope", "pay:read")

    people = [(row["client_id"], row["people"], row["clients"]) for row in found]
    assert people == [("0oa1", 2, 1), ("0oa3", 2, 1), ("0oa2", None, 1)]


@pytest.mark.parametrize("form", ["text", "json", "csv"])
def test_a_limit_is_the_first_rows_and_says_that_there_are_more(example: Path, form: str) -> None:
    def first(most: int) -> Outcome:
        return access(example, "--format", form, "--limit", str(most))

    every = access(example, "--format", form)
    assert first(5).stdout == first(1_000).stdout == every.stdout
    assert not first(5).stderr
    assert first(2).stderr == "These are the first 2 rows; there are more.\n"
    if form == "json":
        assert json.loads(first(2).stdout) == json.loads(every.stdout)[:2]
    if form == "csv":
        assert first(2).stdout == "".join(every.stdout.splitlines(keepends=True)[:3])


def test_names_are_not_cut_so_that_the_number_of_clients_is_lost(tmp_path: Path) -> None:
    alike = two_alike()
    for each in alike["/api/v1/apps"]:
        each["label"] = f"a name of more than thirty-six letters {each['id']}"
    table = access(snapshot_file(tmp_path, alike)).stdout

    assert "a name of more than thir… and 1 more" in table
    narrow = okta_auditor("access", tmp_path / "example.json", COLUMNS="80").stdout
    assert re.search(r"a name of [a-z ]+… and 1 more  ", narrow)


def test_people_are_named_where_they_are_asked_for(example: Path) -> None:
    for row in rows(example, "--people", "--scope", "pay:write"):
        assert row.get("logins") is None or len(row["logins"]) == row["people"]
    asked = ("--people", "--user", "bob", "--scope", "pay:write")
    assert [row["logins"] for row in rows(example, *asked)] == [["bob@acme.example"]]
    assert "    bob@acme.example\n" in access(example, *asked).stdout
    sheet = access(example, *asked, "--format", "csv").stdout.removeprefix("\ufeff")
    assert [row["logins"] for row in csv.DictReader(io.StringIO(sheet))] == ["bob@acme.example"]
    assert "logins" not in access(example, "--format", "csv").stdout
    assert "logins" not in rows(example)[0]


def test_people_have_no_column_shift_where_nobody_signs_in(example: Path) -> None:
    sheet = access(example, "--people", "--format", "csv").stdout.removeprefix("\ufeff")
    for row in csv.DictReader(io.StringIO(sheet)):
        assert None not in row.values()
        if row["people"] == "no user":
            assert row["logins"] == ""
        else:
            assert len(row["logins"].split()) == int(row["people"])


def test_people_who_were_not_read_are_not_named(tmp_path: Path) -> None:
    path = snapshot_file(tmp_path, EXAMPLE, unread=("users",))
    for row in rows(path, "--people"):
        assert len(row.get("logins") or ()) == (row["people"] or 0)
