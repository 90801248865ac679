"""Tenants that change while they are read, and what of a tenant need not be read at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from helpers import SERVERS, ledger, okta_auditor, served, tenant, with_everyone, write_document
from processes import asked

GROUPS = "/api/v1/groups"
ZONES = "/api/v1/zones"


def read(document: dict[str, Any], path: Path, *words: object) -> tuple[int, dict[str, Any]]:
    """The exit code of an export, and the resources in its snapshot."""
    with served(document) as sandbox:
        outcome = okta_auditor("snapshot", "-o", path, "--attempts", 1, *words, url=sandbox.url)
        assert "Traceback" not in outcome.shown
    return outcome.exit_code, json.loads(path.read_text())["resources"]


# Deleted while it was read

APPS = "/api/v1/apps"
HTML_404 = {"status": 404, "body": "<html>No such page</html>"}
NOT_OKTA_S: dict[str, dict[str, Any]] = {
    "a web page": HTML_404,
    "nothing": {"status": 404, "body": "", "headers": {"Content-Type": "application/json"}},
    "JSON without a code": {"status": 404, "body": {"message": "no route"}},
    "JSON with another code": {"status": 404, "body": {"errorCode": "E0000022"}},
    "a list with the code": {"status": 404, "body": [{"errorCode": "E0000007"}]},
    "Okta's words as text": {"status": 404, "headers": {"Content-Type": "text/plain"}},
    "Okta's words of no type": {"status": 404, "headers": {"Content-Type": None}},
    "the code as a number": {"status": 404, "body": {"errorCode": 7}},
}
"""404s that are not Okta's: only JSON with the code E0000007 is."""


def deleted(list_path: str, identity: str, document: dict[str, Any]) -> list[dict[str, Any]]:
    """Faults that make an object of a list be deleted right after the list was read."""
    rest = [record for record in document[list_path] if record["id"] != identity]
    return [
        {"path": f"^{list_path}$", "after": 1, "body": rest},
        {"path": f"^{list_path}/{identity}/", "status": 404},
    ]


def apps_of(number: int) -> dict[str, Any]:
    document = tenant()
    app = document[APPS][0]
    document[APPS] = [app, *({**app, "id": f"0oa{n:04}"} for n in range(10, 9 + number))]
    return document


def test_an_app_that_is_deleted_meanwhile_is_left_out_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    document = tenant()
    document[APPS].append({**document[APPS][0], "id": "0oa9"})
    document["@faults"] = deleted(APPS, "0oa9", document)

    with served(document) as sandbox:
        outcome = okta_auditor("snapshot", "-o", path, url=sandbox.url)
        assert [one for one, _ in asked(sandbox.requests)].count(APPS) == 2
    resources = json.loads(path.read_text())["resources"]

    assert outcome.exit_code == 0
    assert "note: Deleted while the org was read, and left out" in outcome.stderr
    assert "OIDC apps 1." in outcome.stderr
    assert [app["id"] for app in resources[APPS]] == ["0oa1"]
    assert not [one for one in resources if "0oa9" in one]
    entries = ledger(path)
    assert entries["apps"] | {"pages": 1} == {
        "collection": "apps", "status": "complete", "lists": 1, "pages": 1, "objects": 1,
        "left_out": 1, "gone": 1,
    }  # fmt: skip
    assert entries["app_users"]["lists"] == 1, "a list of what is gone is not counted"
    assert {entry["status"] for entry in entries.values()} == {"complete"}


@pytest.mark.parametrize("form", ["text", "markdown", "html", "json", "sarif"])
def test_every_report_says_what_was_deleted(tmp_path: Path, form: str) -> None:
    path = tmp_path / "s.json"
    document = tenant()
    document[APPS].append({**document[APPS][0], "id": "0oa9"})
    document["@faults"] = deleted(APPS, "0oa9", document)
    read(document, path)

    outcome = okta_auditor("audit", path, "-O", form, "--exit-zero")

    if form == "json":
        coverage = {one["collection"]: one for one in json.loads(outcome.stdout)["coverage"]}
        assert coverage["apps"]["gone"] == 1
    else:
        assert "deleted while" in outcome.stdout.lower()


def test_with_a_server_goes_everything_beneath_it(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    document = tenant()
    document[SERVERS].append({"id": "aus2", "name": "Other", "status": "ACTIVE"})
    # Its policies were read before it was deleted.
    first, _ = deleted(SERVERS, "aus1", document)
    document["@faults"] = [first, {"path": f"^{SERVERS}/aus1/(policies/|scopes)", "status": 404}]

    code, resources = read(document, path)

    assert code == 0
    assert [server["id"] for server in resources[SERVERS]] == ["aus2"]
    assert not [one for one in resources if "aus1" in one], (
        "its policies were read, and are left out"
    )
    entries = ledger(path)
    assert entries["authorization_servers"]["gone"] == 1
    assert "objects" not in entries["policies"]
    assert {entry["status"] for entry in entries.values()} == {"complete"}


def test_of_two_policies_only_the_deleted_one_goes(tmp_path: Path) -> None:
    policies = f"{SERVERS}/aus1/policies"
    document = tenant()
    document[policies].append({"id": "00p2", "name": "P", "status": "ACTIVE"})
    document["@faults"] = deleted(policies, "00p2", document)

    code, resources = read(document, tmp_path / "s.json")

    assert code == 0
    assert [one["id"] for one in resources[policies]] == ["00p1"]
    assert ledger(tmp_path / "s.json")["policies"]["gone"] == 1


def test_an_app_that_says_it_is_deleted_is_gone(tmp_path: Path) -> None:
    document = apps_of(2)
    first, second = deleted(APPS, "0oa0010", document)
    listed = [document[APPS][0], {**document[APPS][1], "status": "DELETED"}]
    document["@faults"] = [{**first, "body": listed}, second]

    code, resources = read(document, tmp_path / "s.json")

    assert code == 0
    assert [app["id"] for app in resources[APPS]] == ["0oa1"]


def test_a_404_of_what_belongs_to_an_object_that_is_listed_is_a_gap(tmp_path: Path) -> None:
    document = tenant(faults=[{"path": f"^{APPS}/0oa1/grants$", "status": 404}])

    code, resources = read(document, tmp_path / "s.json")

    assert code == 3
    assert len(resources[APPS]) == 1
    entries = ledger(tmp_path / "s.json")
    (gap,) = entries["app_grants"]["gaps"]
    assert gap["path"] == f"{APPS}/0oa1/grants"
    assert "E0000007" in gap["reason"]
    assert "still listed" in gap["reason"]
    assert entries["apps"]["status"] == "complete"


@pytest.mark.parametrize(
    "again",
    [{"status": 500}, {"status": 403}, HTML_404, {"status": 404}, {"body": {"not": "a list"}}],
)
def test_without_a_second_look_nothing_is_gone(tmp_path: Path, again: dict[str, Any]) -> None:
    document = apps_of(3)
    _, missing = deleted(APPS, "0oa0010", document)
    document["@faults"] = [{"path": f"^{APPS}$", "after": 1, **again}, missing]

    code, resources = read(document, tmp_path / "s.json")

    assert code == 3
    assert len(resources[APPS]) == 3
    reason = ledger(tmp_path / "s.json")["app_groups"]["gaps"][0]["reason"]
    assert "whether it was deleted is not known" in reason


@pytest.mark.parametrize(("of", "gone"), [(1, 1), (2, 2), (3, 2), (100, 6), (10, 6)])
def test_too_much_that_vanishes_is_not_believed(tmp_path: Path, of: int, gone: int) -> None:
    document = apps_of(of)
    document["@faults"] = [
        {"path": f"^{APPS}$", "after": 1, "body": document[APPS][gone:]},
        *({"path": f"/{app['id']}/", "status": 404} for app in document[APPS][:gone]),
    ]

    code, resources = read(document, tmp_path / "s.json")

    assert code == 3
    assert len(resources[APPS]) == of, "what was read is kept"
    apps = ledger(tmp_path / "s.json")["apps"]
    assert apps["status"] == "partial"
    assert "too much vanished while it was read" in apps["reason"]
    assert "gone" not in apps


@pytest.mark.parametrize(("of", "gone"), [(2, 1), (100, 5)])
def test_a_few_that_vanish_are_believed(tmp_path: Path, of: int, gone: int) -> None:
    document = apps_of(of)
    document["@faults"] = [
        {"path": f"^{APPS}$", "after": 1, "body": document[APPS][gone:]},
        *({"path": f"/{app['id']}/", "status": 404} for app in document[APPS][:gone]),
    ]

    assert read(document, tmp_path / "s.json")[0] == 0
    assert ledger(tmp_path / "s.json")["apps"]["gone"] == gone


@pytest.mark.parametrize("kind", NOT_OKTA_S)
@pytest.mark.parametrize(
    "place",
    [
        f"^{APPS}/0oa1/groups$",
        f"^{SERVERS}/aus1/policies/00p1/rules$",
        "^/api/v1/groups$",
        "^/api/v1/org$",
        "^/api/v1/org/settings/clientPrivilegesSetting$",
    ],
)
def test_a_404_that_is_not_okta_s_is_a_gap_of_its_place(
    tmp_path: Path, kind: str, place: str
) -> None:
    code, resources = read(
        tenant(faults=[{"path": place, **NOT_OKTA_S[kind]}]), tmp_path / "s.json"
    )

    assert code == 3
    gaps = [gap for entry in ledger(tmp_path / "s.json").values() for gap in entry.get("gaps", [])]
    assert [gap["path"] for gap in gaps] == [place.strip("^$")]
    assert "not Okta's" in gaps[0]["reason"]
    assert place.strip("^$") not in resources


@pytest.mark.parametrize("kind", NOT_OKTA_S)
def test_a_gateway_s_404_below_every_object_leaves_all_of_them(tmp_path: Path, kind: str) -> None:
    fault = {"path": f"^{APPS}/", **NOT_OKTA_S[kind]}

    code, resources = read(tenant(faults=[fault]), tmp_path / "s.json")

    assert code == 3
    assert len(resources[APPS]) == 1


def test_a_setting_that_okta_does_not_know_is_an_answer(tmp_path: Path) -> None:
    faults = [{"path": "^/api/v1/org", "status": 404}]

    assert read(tenant(faults=faults), tmp_path / "s.json")[0] == 0
    assert ledger(tmp_path / "s.json")["org"] == {
        "collection": "org",
        "status": "complete",
        "lists": 1,
    }


@pytest.mark.parametrize("path", ["/api/v1/groups", "/api/v1/zones", SERVERS])
def test_a_list_of_the_org_cannot_be_gone(tmp_path: Path, path: str) -> None:
    faults = [{"path": f"^{path}$", "status": 404}]

    assert read(tenant(faults=faults), tmp_path / "s.json")[0] == 3
    gaps = [gap for entry in ledger(tmp_path / "s.json").values() for gap in entry.get("gaps", [])]
    assert path in [gap["path"] for gap in gaps]


# Changed between two pages


def shifting(times: int | None) -> dict[str, Any]:
    """Zones of three pages, the second of which repeats a record of the first for a while."""
    zones = [{"id": f"nzo{n:03}", "name": "z"} for n in range(450)]
    page = [zones[199], *zones[200:399]]
    links = [f'<{{origin}}{ZONES}?limit=200&after=YXQ6NDAw>; rel="next"']
    fault: dict[str, Any] = {"path": f"^{ZONES}$", "after": 1, "body": page}
    fault["headers"] = {"Link": links}
    return tenant(**{ZONES: zones}, faults=[{**fault, "times": times}] if times else [])


def test_a_list_that_changed_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    with served(shifting(1)) as sandbox:
        outcome = okta_auditor("snapshot", "-o", path, url=sandbox.url)
        assert len([one for one, _ in asked(sandbox.requests) if one == ZONES]) == 6

    assert outcome.exit_code == 0
    resources = json.loads(path.read_text())["resources"]
    assert len(resources[ZONES]) == 450
    entry = ledger(path)["network_zones"]
    assert (entry["duplicates"], entry["pages"], entry["objects"]) == (1, 3, 450)


def test_a_list_that_goes_on_changing_is_a_gap(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    document = tenant(**{ZONES: [{"id": f"nzo{n % 205:03}", "name": "z"} for n in range(450)]})
    with served(document) as sandbox:
        outcome = okta_auditor("snapshot", "-o", path, url=sandbox.url)

        assert outcome.exit_code == 3
        assert "changed while it was read" in outcome.stderr
        entry = ledger(path)["network_zones"]
        assert entry["status"] == "partial"
        assert entry["duplicates"] == 2 * 245
        before = len(sandbox.requests)
        outcome = okta_auditor("snapshot", "-o", path, "--resume", url=sandbox.url)
        again = asked(sandbox.requests[before:])
    assert outcome.exit_code == 3, "it is read again, and has changed again"
    assert [one for one, _ in again] == [ZONES] * 6


# What need not be read


def named(**groups: dict[str, list[str]]) -> dict[str, Any]:
    """A rule that includes and excludes groups, an app with one, and more groups."""
    document = tenant()
    rule = document[f"{SERVERS}/aus1/policies/00p1/rules"][0]
    rule["conditions"]["people"] = {"groups": groups["rule"]}
    groups = [{"id": f"00g{n}", "profile": {"name": f"G{n}"}} for n in range(1, 7)]
    document[GROUPS] = with_everyone(groups)
    for group in document[GROUPS]:
        document[f"{GROUPS}/{group['id']}/users"] = [{"id": "00u1"}]
    return document


def test_members_are_read_of_groups_that_something_names(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    document = named(rule={"include": ["00g2", "EVERYONE", "00gGone"], "exclude": ["00g3"]})

    code, resources = read(document, path)

    assert code == 0
    lists = [f"{GROUPS}/00g{n}/users" for n in (1, 2, 3)]
    assert [one for one in resources if one.endswith("/users") and GROUPS in one] == lists
    entry = ledger(path)["group_members"]
    assert (entry["status"], entry["lists"], entry["left_out"]) == ("complete", 3, 3)


def test_members_of_all_groups_if_asked_for(tmp_path: Path) -> None:
    document = named(rule={"include": ["00g2"], "exclude": []})

    _, resources = read(document, tmp_path / "s.json", "--all-members")

    assert len([one for one in resources if one.endswith("/users") and GROUPS in one]) == 6
    assert "left_out" not in ledger(tmp_path / "s.json")["group_members"]


@pytest.mark.parametrize("slow", ["groups$", "rules$", "apps/0oa1/groups$"])
def test_it_does_not_matter_what_comes_first(tmp_path: Path, slow: str) -> None:
    document = named(rule={"include": ["00g2"], "exclude": ["00g3"]})
    read(document, tmp_path / "a.json")

    read({**document, "@faults": [{"path": slow, "stall_s": 0.2}]}, tmp_path / "b.json")

    def rest(name: str) -> Any:
        parts = json.loads((tmp_path / name).read_text())
        return {**parts, "capture": None, "digest": None}

    assert rest("a.json") == rest("b.json")


NOSY_RULE = '''
"""A group without members.

Nobody needs it.

Fix: remove it.

Flagged:

    {"/api/v1/groups": [{"id": "00g1"}]}

Accepted:

    {"/api/v1/groups": [{"id": "00g1"}], "/api/v1/groups/00g1/users": ["00u1"]}

See:
- nowhere
"""

from auditor import Finding, Impact, Org, Severity, rule


@rule("NOSY001", severity=Severity.LOW, impact=Impact.DEAD, reads=["groups", "group_members"])
def check(org: Org):
    for group in org.groups:
        if not org.members(group.id):
            yield Finding(group, f"{group.id} has no members.")
'''


def test_a_rule_that_asks_for_an_unnamed_group_is_not_evaluated(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "nosy.py").write_text(NOSY_RULE.lstrip())
    path = tmp_path / "s.json"
    words = ["audit", path, "--rules", tmp_path / "rules", "--select", "NOSY001", "-O", "json"]
    read(named(rule={"include": ["00g2"], "exclude": []}), path)

    outcome = okta_auditor(*words)
    result = json.loads(outcome.stdout)

    assert outcome.exit_code == 3
    assert result["findings"] == []
    assert result["crashed"] == []
    assert "were not read" in result["not_evaluated"][0]["reason"]
    assert "--all-members" in result["not_evaluated"][0]["remedy"]
    read(named(rule={"include": ["00g2"], "exclude": []}), path, "--all-members")
    assert json.loads(okta_auditor(*words).stdout)["not_evaluated"] == []


def test_explain_does_not_take_an_unnamed_group_for_an_empty_one(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    read(named(rule={"include": ["00g2"], "exclude": []}), path)
    # A rule that comes to name another group, as in a plan: what was read says nothing of it.
    snapshot = json.loads(path.read_text())
    rule = snapshot["resources"][f"{SERVERS}/aus1/policies/00p1/rules"][0]
    rule["conditions"]["people"]["groups"]["include"] = ["00g5"]
    write_document(path, snapshot)

    outcome = okta_auditor(
        "explain", path, "--server", "Billing", "--client", "Invoices", "--user", "00u1",
        "--grant", "authorization_code", "--scope", "openid", "--scope", "billing:read",
    )  # fmt: skip

    assert outcome.exit_code == 3, outcome.shown
    assert "INDETERMINATE" in outcome.stdout.upper()


# What the ledger and the exit code say


def test_the_capture_says_what_each_collection_took(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    with served(tenant(faults=[{"path": "/scopes$", "status": 500, "times": 1}])) as sandbox:
        okta_auditor("snapshot", "-o", path, url=sandbox.url)
        sent = len(sandbox.requests)

    capture = json.loads(path.read_text())["capture"]
    assert sum(effort["requests"] for effort in capture["efforts"].values()) == sent
    assert capture["efforts"]["scopes"]["retries"] == 1
    assert all(
        effort["seconds"] >= 0 for effort in capture["efforts"].values() if "seconds" in effort
    )


def test_what_the_org_does_not_have_is_incomplete_only_if_asked(tmp_path: Path) -> None:
    body = {"errorCode": "E0000015", "errorSummary": "You do not have permission"}
    document = tenant(faults=[{"path": f"^{SERVERS}", "status": 401, "body": body}])

    assert read(document, tmp_path / "s.json")[0] == 0
    with served(document) as sandbox:
        outcome = okta_auditor(
            "snapshot", "-o", tmp_path / "s.json", "--require-complete", url=sandbox.url
        )
        assert outcome.exit_code == 3
        assert "--require-complete" in outcome.stderr
        assert "authorization servers" in outcome.stderr
        run = okta_auditor(
            "run", "-o", tmp_path / "s.json", "--require-complete", "--fail-on", "critical",
            url=sandbox.url,
        )  # fmt: skip
        assert run.exit_code == 3
    with served(tenant()) as sandbox:
        outcome = okta_auditor(
            "snapshot", "-o", tmp_path / "s.json", "--require-complete", url=sandbox.url
        )
        assert outcome.exit_code == 0


# What every org has


@pytest.mark.parametrize("path", [GROUPS, "/api/v1/users"])
def test_an_org_without_a_group_or_a_user_was_not_seen(tmp_path: Path, path: str) -> None:
    with served(tenant(**{path: []})) as sandbox:
        outcome = okta_auditor("snapshot", "-o", tmp_path / "s.json", url=sandbox.url)

    assert outcome.exit_code == 3
    assert "there is not a single one" in outcome.stderr
    assert "resource set" in outcome.stderr


def test_groups_without_everyone_are_not_all_groups(tmp_path: Path) -> None:
    document = tenant()
    document[GROUPS] = document[GROUPS][1:]
    with served(document) as sandbox:
        outcome = okta_auditor("snapshot", "-o", tmp_path / "s.json", url=sandbox.url)
    with served(tenant()) as sandbox:
        sound = okta_auditor("snapshot", "-o", tmp_path / "t.json", url=sandbox.url)

    assert outcome.exit_code == 3
    assert "no group Everyone is in it, although every org has one" in outcome.stderr
    assert "resource set" in outcome.stderr
    assert sound.exit_code == 0
    assert "warning" not in sound.stderr


def test_a_refusal_of_what_every_org_has_is_not_absent(tmp_path: Path) -> None:
    body = {"errorCode": "E0000015", "errorSummary": "You do not have permission"}
    for path in ("/api/v1/users", APPS, "/api/v1/org", f"{SERVERS}/aus1/policies", ZONES):
        document = tenant(faults=[{"path": f"^{path}$", "status": 401, "body": body}])
        assert read(document, tmp_path / "s.json")[0] == 3
        statuses = {entry["status"] for entry in ledger(tmp_path / "s.json").values()}
        assert "refused" in statuses
        assert "absent" not in statuses
