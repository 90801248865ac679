"""Group assignments from the side of the apps and from that of the groups: the same snapshot."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers import okta_auditor, served
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from in_process import InProcessOrg, okta_error, reset

from auditor.collect.options import ExportOptions
from auditor.collect.plan.assignment_side import AssignmentLists, Side, quicker_side
from auditor.collect.rate_limits.allowance import Allowance
from auditor.snapshot.collections import APPS, GROUPS
from auditor.snapshot.ledger import CollectionStatus, Ledger

GROUPS_QUICKER = {"/api/v1/apps": 2, "/api/v1/groups": 100_000}
"""Limits under which a list of each group takes less time than one of each app."""
OF_APPS, OF_GROUPS = r"^/api/v1/apps/[^/]+/groups$", r"^/api/v1/groups/[^/]+/apps$"
FAULTS: dict[str, Callable[[], Any]] = {
    "403": lambda: okta_error(403, "E0000006"),
    "404": lambda: okta_error(404, "E0000007"),
    "500": lambda: okta_error(500, "E0000009"),
    "reset": reset,
    "HTML": lambda: (200, "text/html", b"<html>Back soon</html>"),
    "no ids": lambda: (
        200,
        "application/json",
        b'[{"label": "no id", "signOnMode": "OPENID_CONNECT"}]',
    ),
}


def app(identity: str, **members: Any) -> dict[str, Any]:
    oauth = {"application_type": "web", "grant_types": ["authorization_code"]}
    return {
        "id": identity,
        "label": identity,
        "status": "ACTIVE",
        "signOnMode": "OPENID_CONNECT",
        "settings": {"oauthClient": oauth},
        **members,
    }


def tenant(groups_of: dict[str, list[str]], groups: int = 3, **more: Any) -> dict[str, Any]:
    """Apps with groups; people who come through one are told so in the apps' lists of users."""
    document: dict[str, Any] = {
        "/api/v1/org": {"id": "00o1", "companyName": "Acme"},
        "/api/v1/org/settings/clientPrivilegesSetting": {"clientPrivilegesSetting": False},
        "/api/v1/apps": [app(identity) for identity in groups_of]
        + [{"id": "0oaSaml", "label": "S", "status": "ACTIVE", "signOnMode": "SAML_2_0"}],
        "/api/v1/groups": [
            {"id": "00g0", "type": "BUILT_IN", "profile": {"name": "Everyone"}},
            *({"id": f"00g{n}", "type": "OKTA_GROUP"} for n in range(1, groups)),
        ],
        "/api/v1/apps/0oaSaml/groups": [{"id": "00g0"}],
        "/api/v1/users": [{"id": "00u1", "status": "ACTIVE", "profile": {"login": "u@a.example"}}],
    }
    for number in range(groups):
        document[f"/api/v1/groups/00g{number}/users"] = [{"id": "00u1"}]
    for identity, ids in groups_of.items():
        path = f"/api/v1/apps/{identity}"
        document[f"{path}/groups"] = [{"id": group} for group in ids]
        ways = ["USER", *(["GROUP"] if ids else [])]
        document[f"{path}/users"] = [
            {"id": f"00u{way}", "scope": way, "status": "ACTIVE"} for way in ways
        ]
    return {**document, **more}


USUAL = {f"0oa{n}": [["00g1"], ["00g0", "00g2"], []][n % 3] for n in range(6)}


def exported(org: InProcessOrg, **options: Any) -> tuple[Ledger, dict[str, Any]]:
    ledger, _, _ = org.export(**options)
    return ledger, org.resources


def sides(ledger: Ledger) -> tuple[str | None, int]:
    entry = ledger.entry("app_groups")
    return entry.side, entry.pages


def without_side(ledger: Ledger) -> list[Any]:
    return [
        entry.model_copy(update={"side": None, "pages": 0}).model_dump() for entry in ledger.entries
    ]


@pytest.mark.parametrize(
    ("lists", "limits", "options", "side"),
    [
        (AssignmentLists(181, 125, 432), (50, 250), {}, Side.GROUPS),
        (AssignmentLists(181, 125, 432), (50, 250), {"share": 0.5}, Side.GROUPS),
        (AssignmentLists(2000, 40_000, 4000), (100, 500), {}, Side.APPS),
        (AssignmentLists(10, 5, 20), (50, 250), {}, Side.APPS),  # it waits for no limit
        (AssignmentLists(10, 5, 20), (16, 250), {"share": 0.5}, Side.GROUPS),
        (AssignmentLists(181, 125, 432), (None, 250), {}, Side.APPS),
        (AssignmentLists(181, 125, 432), (50, None), {}, Side.GROUPS),
        (AssignmentLists(100, 120, 0), (1000, 1000), {"max_requests_per_minute": 20}, Side.APPS),
        (AssignmentLists(100, 20, 0), (1000, 1000), {"max_requests_per_minute": 20}, Side.GROUPS),
    ],
)
def test_the_quicker_side_is_chosen(
    lists: AssignmentLists,
    limits: tuple[int | None, int | None],
    options: dict[str, Any],
    side: Side,
) -> None:
    allowances = {
        bucket: Allowance(limit) for bucket, limit in zip((APPS, GROUPS), limits, strict=True)
    }

    assert quicker_side(lists, allowances, ExportOptions(**options)) is side


@pytest.mark.parametrize("unknown", [APPS, GROUPS])
def test_a_limit_that_is_not_known_is_no_reason_to_leave_the_apps(unknown: str) -> None:
    allowances = {bucket: Allowance(50) for bucket in {APPS, GROUPS} - {unknown}}

    assert quicker_side(AssignmentLists(500, 5, 900), allowances, ExportOptions()) is Side.APPS


@st.composite
def assignments(draw: Callable[[st.SearchStrategy[Any]], Any]) -> dict[str, list[str]]:
    groups = st.lists(st.sampled_from([f"00g{n}" for n in range(4)]), unique=True)
    return {f"0oa{n}": draw(groups) for n in range(draw(st.integers(1, 6)))}


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(assignments(), st.sampled_from([None, *FAULTS]), st.booleans())
def test_both_sides_give_the_same_snapshot_whatever_fails_on_one(
    groups_of: dict[str, list[str]],
    fault: str | None,
    of_groups: bool,  # noqa: FBT001 - hypothesis calls it
) -> None:
    document = tenant(groups_of, groups=4)
    usual = exported(InProcessOrg(document))
    broken = OF_GROUPS if of_groups else OF_APPS
    org = InProcessOrg(document, broken if fault else "^nothing$", limits=GROUPS_QUICKER)
    org.fault = FAULTS[fault] if fault else None

    found, resources = exported(org)

    assert sides(usual[0])[0] is None
    assert not found.incomplete
    assert json.dumps(resources, sort_keys=True) == json.dumps(usual[1], sort_keys=True)
    assert without_side(found) == without_side(usual[0])
    assert sides(found)[0] == ("groups" if not (fault and of_groups) else None)


@pytest.mark.parametrize("fault", FAULTS)
def test_if_both_sides_fail_nothing_is_empty(fault: str) -> None:
    org = InProcessOrg(tenant(USUAL), f"{OF_APPS}|{OF_GROUPS}", FAULTS[fault])
    org.limits = GROUPS_QUICKER

    found, resources = exported(org)

    entry = found.entry("app_groups")
    assert entry.status in {CollectionStatus.PARTIAL, CollectionStatus.REFUSED}
    if fault != "no ids":
        assert not entry.lists
        assert not any(path.endswith("/groups") for path in resources if "/apps/" in path)
    assert {each.collection for each in found.incomplete} <= {"app_groups", "group_members"}


@pytest.mark.parametrize("fault", ["500", "reset", "HTML"])
def test_a_side_that_fails_is_given_up_after_few_tries(fault: str) -> None:
    many = tenant(USUAL, groups=60)
    usual = InProcessOrg(many, limits=GROUPS_QUICKER)
    usual.export()
    org = InProcessOrg(many, OF_GROUPS, FAULTS[fault], limits=GROUPS_QUICKER)

    found, resources = exported(org)

    assert resources == usual.resources
    assert sum(n for path, n in org.sent.items() if path.endswith("/apps") and "g" in path) <= 40
    assert not found.incomplete


def test_one_list_of_a_group_that_fails_sends_all_to_the_apps() -> None:
    org = InProcessOrg(tenant(USUAL), "^/api/v1/groups/00g2/apps$", FAULTS["404"])
    org.limits = GROUPS_QUICKER

    found, resources = exported(org)

    assert sides(found)[0] is None
    assert resources == exported(InProcessOrg(tenant(USUAL)))[1]


@pytest.mark.parametrize("late", [r"^/api/v1/apps/[^/]+/users$", OF_GROUPS])
def test_a_side_of_the_groups_that_hides_some_is_found_out(late: str) -> None:
    """Okta has assigned people through a group to an app that seems to have none."""
    document = tenant(USUAL, **{"/api/v1/groups/00g1/apps": []})
    org = InProcessOrg(document, limits=GROUPS_QUICKER, slow=late)

    found, resources = exported(org)

    assert sides(found) == (None, 6)
    assert resources == exported(InProcessOrg(tenant(USUAL)))[1]


def test_people_left_over_from_a_group_cost_one_request_and_no_doubt() -> None:
    left_over = [{"id": "00u1", "scope": "GROUP", "status": "ACTIVE"}]
    document = tenant(USUAL, **{"/api/v1/apps/0oa2/users": left_over})
    org = InProcessOrg(document, limits=GROUPS_QUICKER)

    found, resources = exported(org)

    assert sides(found) == ("groups", 4)
    assert [path for path in org.sent if path.endswith("/groups") and "0oa" in path] == [
        "/api/v1/apps/0oa2/groups"
    ]
    assert resources["/api/v1/apps/0oa2/groups"] == []


@pytest.mark.parametrize("users", ["403", "500"])
def test_an_app_whose_people_are_not_known_is_asked_for_its_groups(users: str) -> None:
    path = "^/api/v1/apps/[^/]+/users$"
    org = InProcessOrg(tenant(USUAL), path, FAULTS[users], limits=GROUPS_QUICKER)

    found, _ = exported(org)

    assert {each.collection for each in found.incomplete} == {"app_users"}
    asked = [path for path in org.sent if path.endswith("/groups") and "0oa" in path]
    assert sorted(asked) == [f"/api/v1/apps/0oa{n}/groups" for n in (2, 5)]


def test_without_all_groups_the_apps_are_asked() -> None:
    """A role for a part of the org sees a part of the groups, and no sign of the others."""
    document = tenant(USUAL)
    document["/api/v1/groups"] = document["/api/v1/groups"][1:]
    org = InProcessOrg(document, limits=GROUPS_QUICKER)

    found, resources = exported(org)

    assert sides(found)[0] is None
    assert resources["/api/v1/apps/0oa1/groups"] == [{"id": "00g0"}, {"id": "00g2"}]


QUICK = [
    {"path": "^/api/v1/apps", "limit": 200, "window_s": 0.2},
    {"path": "^/api/v1/groups", "limit": 2_000, "window_s": 0.2},
]


def test_over_http_with_pages_and_an_interruption_it_is_the_same(tmp_path: Path) -> None:
    """A list of a group has two pages; the token dies before the second, and the run goes on."""
    many = tenant({f"0oa{n:03}": ["00g0", "00g1"] if n % 3 else ["00g0"] for n in range(210)})
    path, whole = tmp_path / "s.json", tmp_path / "whole.json"
    with served(many) as sandbox:
        assert okta_auditor("snapshot", "-o", whole, url=sandbox.url).exit_code == 0
    dead = {"path": OF_GROUPS, "query": "after=", "times": 1, "status": 401}
    with served({**many, "@rate_limits": QUICK, "@faults": [dead]}) as sandbox:
        cut = okta_auditor("snapshot", "-o", path, "--attempts", 1, url=sandbox.url)
        resumed = okta_auditor("snapshot", "-o", path, "--resume", url=sandbox.url)
        sent = [request.path for request in sandbox.requests]

    assert cut.exit_code == 3, cut.shown
    assert resumed.exit_code == 0, resumed.shown
    assert not any(each.endswith("/groups") and "/apps/" in each for each in sent)
    assert sent.count("/api/v1/groups/00g0/apps") == 3, "one for each page, and one that failed"
    made, usual = (json.loads(each.read_text()) for each in (path, whole))
    assert made["resources"] == usual["resources"]
    assert list(made["resources"]) == list(usual["resources"])
