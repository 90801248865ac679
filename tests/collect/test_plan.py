"""Plans: what they say is what the export then sends."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from helpers import okta_auditor, served, tenant
from processes import medium_tenant

from auditor.collect.options import ExportOptions
from auditor.collect.plan.estimate import plan_from_survey
from auditor.collect.plan.model import Plan, Range
from auditor.collect.plan.survey import READS, Survey
from auditor.collect.rate_limits.bucket import Allowance
from auditor.sandbox.northwind import northwind
from auditor.snapshot.collections import APPS, COLLECTIONS, GROUPS, MANAGEMENT
from auditor.snapshot.other_sides import OTHER_SIDES


def medium() -> dict[str, Any]:
    """The medium tenant with as many policy rules as Okta answers at once."""
    document = medium_tenant()
    return {
        path: value[:150] if path.endswith("/rules") else value for path, value in document.items()
    }


def groups_quicker() -> dict[str, Any]:
    """The medium tenant with limits under which the groups are asked for their apps."""
    limits = {"^/api/v1/apps": 10, "^/api/v1/groups": 1_000}
    return {
        **medium(),
        "@rate_limits": [
            {"path": path, "limit": limit, "window_s": 0.2} for path, limit in limits.items()
        ],
    }


BUCKETS = {row.name: row.bucket for row in (*COLLECTIONS, *OTHER_SIDES)}
TENANTS = {
    "small": tenant,
    "medium": medium,
    "groups quicker": groups_quicker,
    "northwind": lambda: northwind(datetime(2026, 11, 1, tzinfo=UTC)),
}


def plan_and_export(
    document: dict[str, Any], path: Path, *options: str
) -> tuple[dict[str, Any], dict[str, int], int]:
    """A plan as JSON, the requests of the export that goes on from it, and of both together."""
    with served(document) as sandbox:
        before = okta_auditor(
            "snapshot", "-o", path, "--plan", "--format", "json", *options, url=sandbox.url
        )
        assert before.exit_code == 0, before.shown
        assert not path.exists()
        assert "go on with: okta-auditor snapshot" in before.stderr
        after = okta_auditor("snapshot", "-o", path, "--resume", *options, url=sandbox.url)
        assert after.exit_code == 0, after.shown
        total = len(sandbox.requests)
    efforts = json.loads(path.read_text())["capture"]["efforts"]
    return json.loads(before.stdout), {n: e["requests"] for n, e in efforts.items()}, total


@pytest.mark.parametrize("options", [(), ("--all-members",)], ids=["named", "all members"])
@pytest.mark.parametrize("name", TENANTS)
def test_the_export_sends_what_the_plan_says(
    name: str, options: tuple[str, ...], tmp_path: Path
) -> None:
    document = TENANTS[name]()
    plan, sent, total = plan_and_export(document, tmp_path / "s.json", *options)

    steps = {step["collection"]: step for step in plan["collections"]}
    assert {n for n, requests in sent.items() if requests} <= set(steps)
    assert READS.isdisjoint(steps)
    for collection, step in steps.items():
        least, most = step["requests"]["least"], step["requests"]["most"]
        assert least <= sent.get(collection, 0) <= most, collection
        assert step["exact"] == (least == most and not step["why"])
    assert [s for s in steps.values() if s["exact"]]
    for bucket in plan["buckets"]:
        spent = sum(n for c, n in sent.items() if BUCKETS[c] == bucket["bucket"])
        assert bucket["requests"]["least"] <= spent <= bucket["requests"]["most"]
    assert sum(bucket["sent"] for bucket in plan["buckets"]) + sum(sent.values()) == total
    side = plan["group_assignments"]["side"]
    assert (side == "groups") == (name == "groups quicker")
    assert ("apps_of_groups" in sent, "app_groups" in sent) == (side == "groups", side == "apps")


def test_a_plan_costs_the_export_no_request(tmp_path: Path) -> None:
    _, _, total = plan_and_export(medium_tenant(), tmp_path / "planned.json")
    with served(medium_tenant()) as sandbox:
        okta_auditor("snapshot", "-o", tmp_path / "s.json", url=sandbox.url)
        assert len(sandbox.requests) == total
    resources = [json.loads(p.read_text())["resources"] for p in tmp_path.glob("*.json")]
    assert resources[0] == resources[1]


def test_a_second_plan_asks_for_nothing_and_says_the_same(tmp_path: Path) -> None:
    call = ("snapshot", "-o", tmp_path / "s.json", "--plan", "--format", "json")
    with served(medium_tenant()) as sandbox:
        first = json.loads(okta_auditor(*call, url=sandbox.url).stdout)
        asked = len(sandbox.requests)
        outcome = okta_auditor(*call, url=sandbox.url)
        assert len(sandbox.requests) == asked
    assert "will not be asked for again" in outcome.stderr
    assert json.loads(outcome.stdout)["collections"] == first["collections"]


def test_a_plan_in_words(tmp_path: Path) -> None:
    limit = {"path": "^/api/v1/groups", "limit": 10}
    with served(medium_tenant(rate_limits=[limit])) as sandbox:
        outcome = okta_auditor(
            "snapshot", "-o", tmp_path / "s.json", "--plan", "--all-members", "--share", 0.5,
            url=sandbox.url,
        )  # fmt: skip

    assert outcome.exit_code == 0
    words = "Minutes by share: whole limits <1 to 5, --share 0.5 2 to 9, --share 0.25 5 to 23."
    assert words in outcome.stdout
    groups = next(line for line in outcome.stdout.splitlines() if line.startswith(GROUPS))
    # 9 groups, 900 users, 200 to a page; 5 requests a minute.
    assert groups.split() == [GROUPS, "2", "9", "to", "45", "10", "5", "2", "to", "9"]
    assert "Exact: trusted servers 4, claims 4" in outcome.stdout
    assert "5 pages for each list if it held all 900 users" in outcome.stdout


def test_a_plan_says_which_side_and_what_is_not_asked_for(tmp_path: Path) -> None:
    document = groups_quicker()
    document["/api/v1/apps"][0]["status"] = "INACTIVE"
    with served(document) as sandbox:
        call = ("snapshot", "-o", tmp_path / "s.json")
        words = " ".join(okta_auditor(*call, "--plan", url=sandbox.url).stdout.split())
        okta_auditor(*call, "--resume", url=sandbox.url)
    like = json.loads(
        okta_auditor("snapshot", "--plan", "--like", call[2], "--format", "json").stdout
    )

    assert (
        "Group assignments are read from the side of the groups, a list for each of 9 groups: a "
        "list for each of 5 apps would take longer." in words
    )
    assert "scope grants 1: the app is inactive, so it gets no token" in words
    steps = {step["collection"]: step["requests"]["least"] for step in like["collections"]}
    assert steps["apps_of_groups"] == 9
    assert "app_groups" not in steps
    assert {(each["collection"], each["lists"]) for each in like["not_asked"]} >= {
        ("app_grants", 1), ("app_groups", 1), ("app_users", 1)
    }  # fmt: skip


def test_what_cannot_be_read_is_not_planned_and_exits_with_3(tmp_path: Path) -> None:
    fault = {"path": "^/api/v1/users$", "status": 403}
    with served(medium_tenant(faults=[fault])) as sandbox:
        outcome = okta_auditor("snapshot", "-o", tmp_path / "s.json", "--plan", url=sandbox.url)

    assert outcome.exit_code == 3
    assert "warning: users could not be read completely" in outcome.stderr
    assert "user assignments 6 or more" in outcome.stdout


def test_an_older_snapshot_gives_a_plan_without_a_request(tmp_path: Path) -> None:
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    limit = {"path": "^/api/v1/groups", "limit": 600}
    with served(medium_tenant(rate_limits=[limit])) as sandbox:
        okta_auditor("snapshot", "-o", old, url=sandbox.url)
    outcome = okta_auditor("snapshot", "--plan", "--like", old, "--format", "json")
    assert outcome.exit_code == 0
    plan = json.loads(outcome.stdout)
    with served(medium_tenant()) as sandbox:
        okta_auditor("snapshot", "-o", new, url=sandbox.url)
        sent = len(sandbox.requests)

    assert plan["requests"] == {"least": sent, "most": sent}
    assert not any(step["exact"] for step in plan["collections"])
    assert next(b["limit"] for b in plan["buckets"] if b["bucket"] == GROUPS) == 600


def test_an_older_snapshot_knows_nothing_of_members_that_it_lacks(tmp_path: Path) -> None:
    groups = [{"id": "00g1"}, {"id": "00g2"}, {"id": "00g3"}]
    with served(tenant(**{"/api/v1/groups": groups})) as sandbox:
        okta_auditor("snapshot", "-o", tmp_path / "old.json", url=sandbox.url)
    call = ("snapshot", "--plan", "--like", tmp_path / "old.json", "--all-members")

    said = okta_auditor(*call).stdout
    assert "group members 3 or more: the snapshot lacks the members of 2 groups" in said


@pytest.mark.parametrize("words", [("--like", "x.json"), ("--format", "json")])
def test_options_of_plans_need_a_plan(words: tuple[str, ...]) -> None:
    outcome = okta_auditor("snapshot", *words)

    assert outcome.exit_code == 2
    assert "need --plan" in outcome.stderr


def plan_of(lists: dict[str, int], limits: dict[str, int | None], **options: Any) -> Plan:
    survey = Survey(
        sent={},
        lists=lists,
        unnamed=options.pop("unnamed", 0),
        objects=options.pop("objects", {"users": 0, "groups": 0}),
        unread=(),
        allowances={bucket: Allowance(limit) for bucket, limit in limits.items()},
    )
    return plan_from_survey(survey, ExportOptions(**{"share": 0.5, **options}))


def test_the_slowest_bucket_sets_the_time() -> None:
    plan = plan_of({"app_grants": 100, "claims": 600}, {APPS: 100, MANAGEMENT: 1200})

    assert plan.requests == Range(700, 700)
    assert plan.seconds == Range(120.0, 120.0), "100 at 50 a minute"


def test_work_that_fits_into_the_share_takes_no_window() -> None:
    assert plan_of({"app_grants": 50}, {APPS: 100}).seconds == Range(0, 0)
    assert plan_of({"app_grants": 51}, {APPS: 100}).seconds.least > 60
    assert plan_of({"app_grants": 51}, {APPS: 100}, share=1.0).seconds == Range(0, 0)
    assert plan_of({"app_grants": 51}, {APPS: 100}, share=None).seconds == Range(0, 0)
    assert plan_of({"app_grants": 51}, {APPS: None}).seconds == Range(0, 0)


def test_a_limit_that_is_not_known_bounds_nothing() -> None:
    plan = plan_of({"app_grants": 10, "client_roles": 5}, {APPS: 100})

    assert [load.seconds for load in plan.loads] == [Range(0, 0), None]
    assert plan.seconds == Range(0, None)


def test_requests_a_minute_are_counted_over_all_buckets() -> None:
    plan = plan_of(
        {"app_grants": 30, "claims": 30}, {APPS: 100, MANAGEMENT: 100}, max_requests_per_minute=20
    )

    assert plan.seconds == Range(180.0, 180.0)


def test_groups_that_something_may_name_are_an_upper_bound_only() -> None:
    plan = plan_of(
        {"group_members": 2}, {GROUPS: 600}, unnamed=3, objects={"users": 401, "groups": 5}
    )

    assert plan.requests == Range(2, 15)


def test_without_the_number_of_users_nothing_bounds_their_pages() -> None:
    plan = plan_of({"app_users": 2, "app_groups": 2}, {APPS: 100}, objects={"groups": 1})

    assert [planned.requests for planned in plan.collections] == [Range(2, 2), Range(2, None)]
    assert plan.requests == Range(4, None)
    assert plan.seconds.most is None
