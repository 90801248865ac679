"""`snapshot --since`: what it asks for, what it takes over, and why it reads a list again."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from changing_org import APPS, GROUPS, SERVERS, ChangingOrg, ServedOrg, served_org
from helpers import okta_auditor, served, write_document

from auditor.collect.since.sameness import SAMENESS
from auditor.snapshot.collections import BY_NAME, match

Json = dict[str, Any]

OLD_STAMP = "2026-03-01T00:00:00.000Z"


def take(url: str, path: Path, *words: object) -> str:
    """Export an org to a file, and return what was said."""
    outcome = okta_auditor("snapshot", "-o", path, *words, url=url)
    assert outcome.exit_code == 0, outcome.shown
    return outcome.stderr


def asked(org: ServedOrg, before: int) -> Counter[str]:
    """How many requests there were of each collection since so many."""
    found = (match(request.path) for request in org.sandbox.requests[before:])
    return Counter(one[0].name for one in found if one)


def carried(document: Json) -> dict[str, str]:
    """The lists that a snapshot carries over, and when each was read."""
    return {
        path: item["read_at"]
        for entry in document["ledger"]
        for item in entry.get("carried_over", ())
        for path in item["paths"]
    }


class Old:
    """An org, its full snapshot, and a way to read it again since then."""

    def __init__(self, folder: Path, org: ChangingOrg, served: ServedOrg) -> None:
        self.old, self.new, self.folder = folder / "old.json", folder / "new.json", folder
        self.org, self.served = org, served
        take(served.url, self.old)

    def change(self, **header: Any) -> Json:
        """Change the old snapshot's file, and give it a digest of what it holds then."""
        document: Json = json.loads(self.old.read_text())
        document["capture"] |= header
        write_document(self.old, document)
        return document

    def again(self, *words: object) -> tuple[Counter[str], str, Json]:
        """What was asked for, what was said, and the new snapshot."""
        self.served.becomes(self.org.document())
        before = self.served.asked()
        said = take(self.served.url, self.new, "--since", self.old, *words)
        return asked(self.served, before), said, json.loads(self.new.read_text())

    def full(self) -> Json:
        """The resources of a full export of now."""
        take(self.served.url, self.folder / "full.json")
        resources: Json = json.loads((self.folder / "full.json").read_text())["resources"]
        return resources


@pytest.fixture
def old(tmp_path: Path) -> Any:
    org = ChangingOrg()
    with served_org(org.document()) as served:
        yield Old(tmp_path, org, served)


def test_of_an_org_that_has_not_changed_no_child_of_an_app_is_asked_for(old: Old) -> None:
    requests, said, new = old.again()

    assert requests.keys().isdisjoint(SAMENESS)
    assert requests["policy_rules"] == requests["scopes"] == requests["claims"] == 1
    assert new["resources"] == old.full()
    document = json.loads(old.old.read_text())
    assert carried(new) == {
        path: document["capture"]["started_at"]
        for path in document["resources"]
        if (found := match(path)) and found[0].name in SAMENESS
    }
    assert {entry["status"] for entry in new["ledger"]} == {"complete"}
    assert new["capture"]["since"]["digest"] == document["digest"]
    assert "note: Read again beside what is always read: none." in said
    assert "note: Not read again but carried over, as read on 20" in said
    assert "client keys (3 lists)" in said
    assert "is not proven: it rests on lastUpdated of their apps alone." in said


def test_what_is_proven_is_told_from_what_is_not(old: Old) -> None:
    _, _, new = old.again()

    proven = {
        entry["collection"]: item.get("proven", False)
        for entry in new["ledger"]
        for item in entry.get("carried_over", ())
    }
    assert proven == {
        "app_jwks": False, "app_grants": False, "app_groups": False, "app_users": False,
        "interclient_target_apps": False, "group_members": True,
    }  # fmt: skip


def test_only_what_belongs_to_a_changed_app_is_read_again(old: Old) -> None:
    old.org.rename("0oa1")
    old.org.grant("0oa1", "okta.apps.read", moves=False)

    requests, said, new = old.again()

    assert {name: requests[name] for name in SAMENESS} == {
        "app_jwks": 1, "app_grants": 1, "app_groups": 1, "app_users": 1,
        "interclient_target_apps": 1, "group_members": 0,
    }  # fmt: skip
    assert "5 lists of what is new or has changed." in said
    assert new["capture"]["since"]["read_again"] == {"of what is new or has changed": 5}
    assert new["resources"] == old.full()


def test_deleted_apps_and_groups_go_and_new_ones_are_read(old: Old) -> None:
    old.org.delete_app("0oa0")
    old.org.app("0oa9")
    old.org.delete_group("00g2")

    requests, _, new = old.again()

    assert new["resources"] == old.full()
    assert not [path for path in new["resources"] if "/0oa0/" in path or "/00g2/" in path]
    # 0oa9 is new, and 0oa2 had the group that is gone.
    assert (requests["app_grants"], requests["app_groups"], requests["app_users"]) == (1, 2, 2)


def test_a_grant_that_moves_no_stamp_is_not_seen_and_its_list_is_named(old: Old) -> None:
    old.org.grant("0oa1", "okta.apps.manage", moves=False)

    _, _, new = old.again()

    path = f"{APPS}/0oa1/grants"
    assert new["resources"][path] == []
    assert path in carried(new)
    assert old.full()[path] != []


def test_users_of_an_app_are_read_again_if_a_group_of_it_moved(old: Old) -> None:
    old.org.join("00g1", "00u4")

    requests, said, new = old.again()

    assert new["resources"] == old.full()
    assert requests["app_users"] == 1
    assert requests["group_members"] == 1
    assert "1 list with groups or people that have changed" in said


def test_what_decides_about_tokens_is_always_read(old: Old) -> None:
    old.org.scope("billing:write")

    requests, _, new = old.again()

    assert requests["authorization_servers"] == requests["policies"] == requests["server_keys"] == 1
    assert "billing:write" in json.dumps(new["resources"][f"{SERVERS}/aus1/scopes"])


def test_the_age_of_a_list_goes_from_one_snapshot_to_the_next(old: Old) -> None:
    first = old.change(started_at="2026-11-01T00:00:00Z", finished_at="2026-11-01T00:01:00Z")
    old.org.rename("0oa1")
    _, _, second = old.again("--full-every", "30d")
    write_document(old.old, second)

    _, said, third = old.again("--full-every", "30d")

    at = carried(third)
    assert at[f"{APPS}/0oa0/grants"] == first["capture"]["started_at"]
    assert at[f"{APPS}/0oa1/grants"] == second["capture"]["started_at"]
    assert "as read on 2026-11-01 at 00:00 UTC or later" in said


def test_a_list_that_has_become_too_old_is_read_again(old: Old) -> None:
    document = old.change()
    read_at = f"{datetime.now(UTC) - timedelta(days=8):%Y-%m-%dT%H:%M:%SZ}"
    path = f"{APPS}/0oa1/grants"
    entry = next(e for e in document["ledger"] if e["collection"] == "app_grants")
    entry["carried_over"] = [{"read_at": read_at, "paths": [path]}]
    write_document(old.old, document)

    requests, said, new = old.again()

    assert requests["app_grants"] == 1
    assert "1 list that had become too old" in said
    assert path not in carried(new)


WHOLE = {
    "another org": ({"org_url": "https://other.okta.com"}, "it is of another org, https://other."),
    "another table": ({"table": "0" * 16}, "another version of okta-auditor made it"),
    "no table": ({"table": ""}, "another version of okta-auditor made it"),
    "a plan": ({"plan": {"made_by": "Terraform", "digest": ""}}, "it is of what a plan would make"),
    "too old": ({"started_at": "2026-01-01T00:00:00Z"}, "it was read more than 7 days ago"),
    "of the future": (
        {"started_at": "2099-01-01T00:00:00Z"},
        "it says that it was read later than now",
    ),
}


@pytest.mark.parametrize("name", WHOLE)
def test_nothing_is_taken_from_a_snapshot_that_does_not_fit(old: Old, name: str) -> None:
    header, reason = WHOLE[name]
    old.change(**header)

    requests, said, new = old.again()

    assert f"nothing taken from the older snapshot: {reason}" in said.replace("\n", " ")
    assert reason in new["capture"]["since"]["refusal"]
    assert not carried(new)
    assert requests["app_grants"] == 3
    assert new["resources"] == old.full()


def test_nothing_is_taken_from_a_snapshot_that_was_changed(old: Old) -> None:
    text = old.old.read_text()
    old.old.write_text(text.replace("private_key_jwt", "client_secret_jwt", 1))

    requests, said, new = old.again()

    assert "nothing taken from the older snapshot: the snapshot was changed" in said
    assert requests["app_grants"] == 3
    assert not carried(new)


def test_a_list_that_was_not_all_read_is_read_again(tmp_path: Path) -> None:
    fault = {"path": "^/api/v1/apps/0oa1/grants$", "status": 500, "times": 1}
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    with served({**ChangingOrg().document(), "@faults": [fault]}) as sandbox:
        outcome = okta_auditor("snapshot", "-o", old, "--attempts", 1, url=sandbox.url)
        assert outcome.exit_code == 3
        before = len(sandbox.requests)
        said = take(sandbox.url, new, "--since", old)
        paths = [request.path for request in sandbox.requests[before:]]

    assert [path for path in paths if path.endswith("/grants")] == [f"{APPS}/0oa1/grants"]
    assert "1 list that the older snapshot has not, or not all of" in said


@pytest.mark.parametrize("name", ["app", "group"])
def test_a_record_that_changed_just_before_it_was_read_proves_nothing(
    name: str, tmp_path: Path
) -> None:
    document = ChangingOrg().document()
    now = f"{datetime.now(UTC) - timedelta(minutes=3):%Y-%m-%dT%H:%M:%S.000Z}"
    if name == "app":
        document[APPS][1]["lastUpdated"] = now
        expected = {"app_grants": 1, "app_users": 1, "group_members": 0}
    else:
        document[GROUPS][2]["lastMembershipUpdated"] = now
        expected = {"app_grants": 0, "app_users": 1, "group_members": 1}
    with served_org(document) as org:
        take(org.url, tmp_path / "old.json")
        before = org.asked()
        said = take(org.url, tmp_path / "new.json", "--since", tmp_path / "old.json")
        requests = asked(org, before)

    assert {key: requests[key] for key in expected} == expected
    assert "of what had changed shortly before they were read" in said


@pytest.mark.parametrize("stamp", [None, "", "yesterday", 5, "2026-03-01T00:00:00"])
def test_what_has_no_time_stamp_is_read_again(stamp: Any, tmp_path: Path) -> None:
    document = ChangingOrg().document()
    for app in document[APPS]:
        app["lastUpdated"] = stamp
    with served_org(document) as org:
        take(org.url, tmp_path / "old.json")
        before = org.asked()
        said = take(org.url, tmp_path / "new.json", "--since", tmp_path / "old.json")
        requests = asked(org, before)

    assert requests["app_grants"] == 3
    assert "of what has no time stamp" in said


def test_a_file_that_is_no_snapshot_ends_it(old: Old) -> None:
    (old.folder / "other.json").write_text("{}")
    outcome = okta_auditor("snapshot", "-o", old.new, "--since", old.folder / "other.json",
                           url=old.served.url)  # fmt: skip
    assert outcome.exit_code == 2
    assert "is not a usable snapshot" in outcome.stderr
    assert not old.new.exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--full-every", "1d"], "--full-every is about an older snapshot, and none is named."),
        (["--since", "x.json", "--plan", "--like", "y.json"], "--since and --like do not go"),
        (["--since", "x.json", "--all-tenants"], "--since and --all-tenants do not go"),
        (["--since", "x.json", "--tenant", "prod"], "--since and --tenant do not go"),
    ],
)
def test_options_that_do_not_go_together(words: list[str], message: str) -> None:
    outcome = okta_auditor("snapshot", *words, url="http://127.0.0.1:9")
    assert outcome.exit_code == 2
    assert message in outcome.stderr


def test_every_list_that_may_be_carried_over_belongs_to_a_list_of_the_org() -> None:
    for name, sameness in SAMENESS.items():
        parent = BY_NAME[name].parent
        assert parent is not None
        assert BY_NAME[parent].parent is None, "records are looked up in one list of the org"
        assert all(BY_NAME[one].parent is None for one in sameness.holds)


def test_run_reads_since_an_older_snapshot_too(old: Old) -> None:
    before = old.served.asked()
    outcome = okta_auditor(
        "run", "-o", old.new, "--read-since", old.old, "--no-config", url=old.served.url
    )

    assert outcome.exit_code in {0, 1}, outcome.shown
    assert asked(old.served, before).keys().isdisjoint(SAMENESS)
    assert "Not read again but carried over" in " ".join(outcome.stdout.split())
    plan = okta_auditor("run", "--plan", old.old, "--read-since", old.old)
    assert plan.exit_code == 2
    assert "--read-since and --plan do not go together" in plan.stderr
