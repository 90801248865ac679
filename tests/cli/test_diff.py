"""`diff`: two snapshots compared in meaning, through the real command line."""

import copy
import html
import json
import re
from pathlib import Path
from typing import Any

import pytest
from helpers import SERVERS, Outcome, okta_auditor, snapshot_file, write_document
from jsonschema import Draft202012Validator

POLICIES = f"{SERVERS}/aus1/policies"
RULES = f"{POLICIES}/p1/rules"
HOSTILE = "x\x1b[31m|`<script>\u202e@team\n::error::"


def rule(identity: str, scopes: list[str], group: str, minutes: int) -> dict[str, Any]:
    return {
        "id": identity,
        "name": identity.title(),
        "conditions": {
            "people": {"groups": {"include": [group]}},
            "grantTypes": {"include": ["authorization_code"]},
            "scopes": {"include": scopes},
        },
        "actions": {"token": {"accessTokenLifetimeMinutes": minutes}},
    }


def app(identity: str, label: str) -> dict[str, Any]:
    return {
        "id": identity,
        "label": label,
        "settings": {
            "oauthClient": {"grant_types": ["authorization_code"], "response_types": ["code"]}
        },
    }


EXAMPLE: dict[str, Any] = {
    "/api/v1/org": {"id": "00o1", "companyName": "Acme"},
    SERVERS: [{"id": "aus1", "name": "Orders"}],
    POLICIES: [
        {"id": "p1", "name": "All", "conditions": {"clients": {"include": ["ALL_CLIENTS"]}}}
    ],
    RULES: [
        rule("writers", ["orders:write"], "g-ops", 15),
        rule("readers", ["orders:read"], "EVERYONE", 60),
    ],
    f"{SERVERS}/aus1/scopes": [{"name": "orders:read"}, {"name": "orders:write"}],
    "/api/v1/apps": [app("0oa1", "web"), app("0oa2", "mobile")],
    "/api/v1/apps/0oa1/groups": [{"id": "g-all"}],
    "/api/v1/apps/0oa2/groups": [{"id": "g-all"}],
    "/api/v1/groups": [{"id": "g-all"}, {"id": "g-ops", "profile": {"name": "Operators"}}],
    "/api/v1/groups/g-all/users": ["u1", "u2", "u3"],
    "/api/v1/groups/g-ops/users": ["u1"],
    "/api/v1/users": [
        {"id": f"u{n}", "profile": {"login": f"{name}@acme.example"}}
        for n, name in enumerate(("ada", "bob", "cy"), 1)
    ],
}


def snapshots(folder: Path, new: dict[str, Any], unread: tuple[str, ...] = ()) -> tuple[Path, Path]:
    files = []
    for name, document, missing in (("old", EXAMPLE, ()), ("new", new, unread)):
        (folder / name).mkdir()
        files.append(snapshot_file(folder / name, document, unread=missing))
    return files[0], files[1]


def changed(**parts: Any) -> dict[str, Any]:
    return copy.deepcopy(EXAMPLE) | parts


def diff(files: tuple[Path, Path], *options: str) -> Outcome:
    return okta_auditor("diff", *files, "--no-findings", *options)


def document(files: tuple[Path, Path], *options: str) -> Any:
    found = json.loads(diff(files, "--format", "json", *options).stdout)
    Draft202012Validator(json.loads(okta_auditor("schema", "diff").stdout)).validate(found)
    return found


@pytest.fixture
def wider(tmp_path: Path) -> tuple[Path, Path]:
    """The rule for everyone allows writing too."""
    new = changed()
    new[RULES][1]["conditions"]["scopes"]["include"] = ["orders:read", "orders:write"]
    return snapshots(tmp_path, new)


def test_the_same_snapshot_twice_is_no_change(tmp_path: Path) -> None:
    outcome = diff(snapshots(tmp_path, changed()), "--fail-on-gain", "*")
    assert outcome.exit_code == 0
    assert outcome.stdout == (
        "Nobody gained or lost access to a scope, and no token lifetime changed.\n"
    )


def test_gains_of_one_rule_over_many_clients_are_one_entry(wider: tuple[Path, Path]) -> None:
    found = document(wider)
    (gain,) = found["gained"]
    assert gain["rule"]["rule"]["id"] == "readers"
    assert gain["scopes"] == ["orders:write"]
    assert [part["client"]["id"] for part in gain["clients"]] == ["0oa2", "0oa1"]
    assert gain["people"] == 2
    assert gain["sample"] == ["bob@acme.example", "cy@acme.example"]
    assert gain["otherwise"] == "no rule matched"
    assert found["lost"] == []


def test_the_answer_comes_first(wider: tuple[Path, Path]) -> None:
    assert diff(wider).stdout.splitlines()[0] == (
        '2 people through 2 clients gained orders:write through rule "Readers". '
        "Nobody lost anything. Token lifetimes changed for 1 person through 2 clients."
    )


@pytest.mark.parametrize(
    ("pattern", "code"), [("orders:*", 1), ("*", 1), ("orders:read", 0), ("payments:*", 0)]
)
def test_a_gain_fails_if_its_scope_matches(
    wider: tuple[Path, Path], pattern: str, code: int
) -> None:
    assert diff(wider, "--fail-on-gain", pattern).exit_code == code


def test_who_leaves_a_group_loses_what_its_rule_gave(tmp_path: Path) -> None:
    found = document(snapshots(tmp_path, changed(**{"/api/v1/groups/g-ops/users": []})))
    (loss,) = found["lost"]
    assert (loss["rule"]["rule"]["id"], loss["sample"]) == ("writers", ["ada@acme.example"])
    assert found["gained"] == []


def test_a_longer_lifetime_is_told_for_whom_it_changes(tmp_path: Path) -> None:
    new = changed()
    new[RULES][0]["actions"]["token"]["accessTokenLifetimeMinutes"] = 600
    (change,) = document(snapshots(tmp_path, new))["lifetimes"]
    assert change["people"] == 1
    assert change["old"][0]["lifetimes"]["access"] == 15
    assert change["new"][0]["lifetimes"]["access"] == 600


def test_a_new_name_is_no_change_of_meaning(tmp_path: Path) -> None:
    new = changed()
    new[RULES][0]["name"] = "Operators"
    found = document(snapshots(tmp_path, new))
    assert [(o["change"], o["old_name"]) for o in found["objects"]] == [("renamed", "Writers")]
    assert found["gained"] == found["lost"] == found["lifetimes"] == found["revocations"] == []


def test_what_was_not_read_is_never_no_change(tmp_path: Path) -> None:
    outcome = diff(snapshots(tmp_path, changed(), ("group_members",)))
    assert outcome.exit_code == 3
    assert outcome.stdout.startswith("As far as could be compared")
    assert "could not compare: " in outcome.stdout


def test_what_was_read_on_neither_side_is_not_the_same(tmp_path: Path) -> None:
    """Only the members of a rule's group are not known; who is assigned is."""
    document = changed(**{"/api/v1/apps": [app("0oa1", "web")]})
    for path in ("/api/v1/apps/0oa1/groups", "/api/v1/apps/0oa2/groups"):
        del document[path]
    document["/api/v1/apps/0oa1/users"] = [{"id": "u2", "scope": "USER", "status": "ACTIVE"}]
    (tmp_path / "new").mkdir()
    old = snapshot_file(tmp_path, document, unread=("group_members",))
    new = snapshot_file(tmp_path / "new", document, unread=("group_members",))

    outcome = diff((old, new))

    assert outcome.exit_code == 3
    assert 'could not compare: authorization server "Orders": orders:write' in outcome.stdout


JWKS = "/api/v1/apps/0oa1/credentials/jwks"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"


def keyed(*keys: dict[str, Any]) -> dict[str, Any]:
    """The tenant with a client that authenticates with a key."""
    web = app("0oa1", "web")
    method = {"token_endpoint_auth_method": "private_key_jwt"}
    web["credentials"] = {"oauthClient": method}
    return changed(**{"/api/v1/apps": [web], JWKS: list(keys)})


def pair(
    folder: Path, old: dict[str, Any], new: dict[str, Any], *unread: tuple[str, ...]
) -> tuple[Path, Path]:
    (folder / "new").mkdir()
    files = zip((folder, folder / "new"), (old, new), unread or ((), ()), strict=True)
    one, other = (snapshot_file(path, tenant, unread=lists) for path, tenant, lists in files)
    return one, other


def test_whoever_takes_a_clients_last_key_away_takes_its_tokens(tmp_path: Path) -> None:
    key = {"kid": "k1", "use": "sig"}
    found = document(pair(tmp_path, keyed(key), keyed({**key, "status": "INACTIVE"})))

    assert {entry["people"] for entry in found["lost"]} == {1, 3}
    assert {entry["otherwise"] for entry in found["lost"]} == {
        "the client has no active key to authenticate with"
    }
    assert found["gained"] == found["could_not_compare"] == []


@pytest.mark.parametrize("at", [0, 1])
def test_keys_that_one_side_did_not_read_leave_it_open(tmp_path: Path, at: int) -> None:
    unread = [(), ()], [("app_jwks",), ()], [(), ("app_jwks",)]
    found = document(pair(tmp_path, keyed(), keyed(), *unread[at + 1]))

    assert found["gained"] == found["lost"] == []
    reasons = {entry["why"] for entry in found["could_not_compare"]}
    assert f"{('OLD', 'NEW')[at]} does not say: the keys of the client" in reasons


def test_zones_that_neither_side_read_are_said_to_be_missing(tmp_path: Path) -> None:
    tenant = changed()
    oauth = tenant["/api/v1/apps"][0]["settings"]["oauthClient"]
    oauth["network"] = {"connection": "ZONE", "include": ["nzo1"]}
    outcome = diff(pair(tmp_path, tenant, tenant, ("network_zones",), ("network_zones",)))

    assert outcome.exit_code == 3
    assert "could not compare: network zones" in outcome.stdout
    oauth["network"] = {"connection": "ANYWHERE"}
    (tmp_path / "free").mkdir()
    files = pair(tmp_path / "free", tenant, tenant, ("network_zones",), ("network_zones",))
    assert diff(files).exit_code == 3, "complete is one thing, whoever is restricted to a zone"


def exchanging(*scopes: str, assigned: tuple[str, ...] = ("u1",)) -> dict[str, Any]:
    agent = app("0oa1", "agent")
    agent["settings"]["oauthClient"]["grant_types"] = [EXCHANGE]
    only = rule("behalf", list(scopes), "EVERYONE", 5)
    only["conditions"]["grantTypes"]["include"] = [EXCHANGE]
    found = changed(**{"/api/v1/apps": [agent], RULES: [only]})
    for path in ("/api/v1/apps/0oa1/groups", "/api/v1/apps/0oa2/groups"):
        del found[path]
    ways = [{"id": user, "scope": "USER", "status": "ACTIVE"} for user in assigned]
    return found | {"/api/v1/apps/0oa1/users": ways}


def test_what_a_token_exchange_gains_is_certain_for_the_assigned_only(tmp_path: Path) -> None:
    old, new = exchanging("orders:read"), exchanging("orders:read", "orders:write")
    found = document(pair(tmp_path, old, new))

    (gain,) = found["gained"]
    assert (gain["scopes"], gain["sample"]) == (["orders:write"], ["ada@acme.example"])
    (question,) = (q for q in found["could_not_compare"] if "orders:write" in q["what"])
    assert "orders:write (1 client, 2 people at most)" in question["what"]
    assert question["why"].startswith("NEW does not say: whether Okta holds the subject token's")


def test_people_whom_no_change_concerns_are_not_an_open_question(tmp_path: Path) -> None:
    old, new = exchanging("orders:read"), exchanging("orders:read", assigned=("u1", "u2"))
    found = document(pair(tmp_path, old, new))

    (open_question,) = found["could_not_compare"]
    assert "1 person at most" in open_question["what"], "bob, who is assigned now"
    assert found["gained"] == found["lost"] == []


def test_not_comparable_beats_a_failing_gain(tmp_path: Path) -> None:
    new = changed()
    new[RULES][1]["conditions"]["scopes"]["include"] = ["orders:read", "orders:write"]
    files = snapshots(tmp_path, new, ("apps",))
    assert diff(files, "--fail-on-gain", "*").exit_code == 3


def test_tokens_of_the_deleted_the_unassigned_and_the_deactivated_end(tmp_path: Path) -> None:
    new = changed(**{"/api/v1/users": EXAMPLE["/api/v1/users"][:2]})
    new["/api/v1/apps"][0]["status"] = "INACTIVE"
    new["/api/v1/groups/g-all/users"] = ["u1"]
    found = document(snapshots(tmp_path, new))["revocations"]
    told = [(item["object"]["id"], item["people"], item["certain"]) for item in found]
    assert told == [("", 1, True), ("0oa1", None, True), ("0oa1", 1, True), ("0oa2", 1, True)]
    assert all(item["source"] for item in found)


def test_two_orgs_are_an_error_unless_asked_for(tmp_path: Path) -> None:
    files = snapshots(tmp_path, changed(**{"/api/v1/org": {"id": "00o2"}}))
    outcome = diff(files)
    assert outcome.exit_code == 2
    assert "two orgs" in outcome.stderr
    assert diff(files, "--across-orgs").exit_code == 0


def test_one_server_or_client_can_be_asked_about(wider: tuple[Path, Path]) -> None:
    (gain,) = document(wider, "--client", "web")["gained"]
    assert len(gain["clients"]) == 1
    assert document(wider, "--server", "org")["gained"] == []
    assert diff(wider, "--server", "nowhere").exit_code == 2


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_hostile_names_stay_words(tmp_path: Path, form: str) -> None:
    new = changed()
    new[RULES][1]["conditions"]["scopes"]["include"] = ["orders:read", "orders:write"]
    new[RULES][1]["name"] = new["/api/v1/apps"][0]["label"] = HOSTILE
    shown = diff(snapshots(tmp_path, new), "--format", form).stdout
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert not any(line.startswith("::") for line in shown.splitlines())
    if form == "markdown":
        assert "<script>" not in shown
        assert "@team" not in shown
        (row,) = (line for line in shown.splitlines() if line.endswith("no rule matched |"))
        (head,) = (line for line in shown.splitlines() if line.endswith("| other side |"))
        assert "script" in row
        assert row.count("|") == head.count("|")


def test_the_demo_tenant_with_an_edit_has_new_and_fixed_findings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    okta_auditor("demo")
    old = tmp_path / "okta-audit" / "snapshot.json"
    value = json.loads(old.read_text())
    for path, rules in value["resources"].items():
        for item in rules if path.endswith("/rules") else ():
            if item["name"] == "Readers" and "payments:read" in str(item):
                item["conditions"]["scopes"]["include"].append("payments:write")
    new = tmp_path / "new.json"
    write_document(new, value)

    outcome = okta_auditor("diff", old, new, "--fail-on-gain", "payments:*", "--format", "json")

    found = json.loads(outcome.stdout)
    assert outcome.exit_code == 1
    assert found["gained"][0]["scopes"] == ["payments:write"]
    assert "OAM318" in {item["code"] for item in found["new_findings"]}
    assert "OAM312" in {item["code"] for item in found["fixed_findings"]}


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
@pytest.mark.parametrize(
    "name", ["Brand and Legal", "Yes: and", "did you mean", "nobody gained anything. nobody"]
)
def test_a_name_changes_nothing_but_the_name(tmp_path: Path, form: str, name: str) -> None:
    """A name with words of our own sentences is compared with one of the same shape."""
    neutral = re.sub("[A-Z]", "Q", re.sub("[a-z]", "q", name))
    shown = {}
    for number, each in enumerate((name, neutral)):
        old, new = changed(), changed()
        for document in (old, new):
            document[SERVERS][0]["name"] = each
            document[POLICIES][0]["name"] = each
            document[RULES][0]["name"] = document[RULES][1]["name"] = each
            for client in document["/api/v1/apps"]:
                client["label"] = each
        new[RULES][1]["conditions"]["scopes"]["include"] = ["orders:read", "orders:write"]
        new[RULES][0]["actions"]["token"]["accessTokenLifetimeMinutes"] = 30
        new[POLICIES][0]["name"] = f"{each} {each}"
        folder = tmp_path / str(number)
        files = []
        for side, document in (("old", old), ("new", new)):
            (folder / side).mkdir(parents=True)
            files.append(snapshot_file(folder / side, document))
        text = html.unescape(diff((files[0], files[1]), "--format", form).stdout)
        shown[each] = text.replace(str(folder), "")

    assert neutral in shown[neutral]
    assert shown[name] == shown[neutral].replace(neutral, name)
