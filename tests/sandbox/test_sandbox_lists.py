"""Lists as other clients ask for them: chosen, expanded, empty, or made of other lists."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from browsing import Reply, get, pages, tenant

from auditor.sandbox import Sandbox

ADA = {
    "id": "00u1",
    "status": "ACTIVE",
    "profile": {"login": "ada@a.example", "lastName": "Ash", "level": "top"},
}
BOB = {"id": "00u2", "status": "SUSPENDED", "profile": {"login": "bob@a.example", "level": 3}}
STAFF = {"id": "00g1", "type": "OKTA_GROUP", "profile": {"name": "Staff"}}
PAYROLL = {
    "id": "00g2", "type": "APP_GROUP", "profile": {"name": "Payroll"}, "source": {"id": "0oa2"},
}  # fmt: skip
PORTAL = {
    "id": "0oa1",
    "name": "oidc_client",
    "label": "Portal",
    "status": "ACTIVE",
    "signOnMode": "OPENID_CONNECT",
    "credentials": {
        "oauthClient": {"client_id": "portal", "token_endpoint_auth_method": "none"},
        "signing": {"kid": "k1"},
    },
    "settings": {
        "oauthClient": {
            "application_type": "browser",
            "client_secret": "neverShown",
            "redirect_uris": ["https://a.example"],
        }
    },
}
PAY = {
    "id": "0oa2", "name": "workday", "label": "Pay", "status": "INACTIVE", "signOnMode": "SAML_2_0",
}  # fmt: skip
TENANT: dict[str, Any] = {
    "/api/v1/org": {"id": "00o1"},
    "/api/v1/users": [ADA, BOB],
    "/api/v1/users/00u1/roles": [{"id": "irb1", "type": "APP_ADMIN"}],
    "/api/v1/groups": [STAFF, PAYROLL],
    "/api/v1/groups/00g1/users": [ADA, BOB],
    "/api/v1/groups/00g2/users": [BOB],
    "/api/v1/groups/00g2/roles": [{"id": "gra1"}],
    "/api/v1/groups/rules": [
        {"id": "0pr1", "actions": {"assignUserToGroups": {"groupIds": ["00g1", "00gX"]}}}
    ],
    "/api/v1/apps": [PORTAL, PAY],
    "/api/v1/apps/0oa1/users": [{"id": "00u1", "scope": "USER"}],
    "/api/v1/apps/0oa1/groups": [{"id": "00g1"}, {"id": "00g2"}],
    "/api/v1/apps/0oa2/groups": [{"id": "00g2"}],
    "/api/v1/apps/0oa1/grants": [{"id": "oag1", "scopeId": "okta.users.read"}],
}


def ask(sandbox: Sandbox, path: str, **query: str) -> Reply:
    return get(f"{sandbox.url}{path}?{urlencode(query)}")


def ids(path: str, **query: str) -> list[str]:
    with tenant(TENANT) as sandbox:
        return [record["id"] for record in ask(sandbox, path, **query).json]


def embedded(path: str, expand: str, **query: str) -> list[Any]:
    with tenant(TENANT) as sandbox:
        records = ask(sandbox, path, expand=expand, **query).json
    return [record.get("_embedded") for record in records]


@pytest.mark.parametrize(
    ("expression", "chosen"),
    [
        ('name eq "oidc_client"', ["0oa1"]),
        ('status eq "INACTIVE" or name eq "oidc_client"', ["0oa1", "0oa2"]),
        ('status eq "ACTIVE" and name eq "workday"', []),
        ('status eq "INACTIVE" or status eq "ACTIVE" and name eq "x"', ["0oa2"]),
        ('(status eq "INACTIVE" or status eq "ACTIVE") and name eq "workday"', ["0oa2"]),
        ('credentials.signing.kid eq "k1"', ["0oa1"]),
        ("credentials.signing.kid pr", ["0oa1"]),
        ('status ne "ACTIVE"', ["0oa2"]),
        ('name SW "work" AND label ew "ay"', ["0oa2"]),
        ('label co "orta"', ["0oa1"]),
        ('user.id eq "00u1"', ["0oa1"]),
        ('label gt "Pay"', ["0oa1"]),
        ('label ge "Pay" and label le "Pay"', ["0oa2"]),
        ('label lt "Pb"', ["0oa2"]),
        ("status eq true", []),
        (r'name eq "a\"b"', []),
    ],
)
def test_a_filter_chooses_apps(expression: str, chosen: list[str]):
    assert ids("/api/v1/apps", filter=expression) == chosen


def test_a_search_chooses_by_numbers_too():
    assert ids("/api/v1/users", search="profile.level ge 3") == ["00u2"]


@pytest.mark.parametrize(
    ("path", "beginning", "chosen"),
    [
        ("/api/v1/apps", "port", ["0oa1"]),
        ("/api/v1/apps", "work", ["0oa2"]),
        ("/api/v1/groups", "STA", ["00g1"]),
        ("/api/v1/users", "as", ["00u1"]),
        ("/api/v1/users", "x", []),
    ],
)
def test_q_chooses_by_how_names_begin(path: str, beginning: str, chosen: list[str]):
    assert ids(path, q=beginning) == chosen


@pytest.mark.parametrize(
    "expression",
    ["name", "name eq", "name eq oidc", 'name is "x"', '(name eq "x"', 'name eq "x")', '"x" eq "x"',
     'name eq "x" name eq "y"', "and", 'name eq "x" and', 'name eq "x', "(" * 2000],
)  # fmt: skip
def test_an_expression_that_is_none_is_refused(expression: str):
    with tenant(TENANT) as sandbox:
        reply = ask(sandbox, "/api/v1/apps", filter=expression)

    assert (reply.status, reply.json["errorCode"]) == (400, "E0000031")


def test_what_is_always_read_with_a_filter_is_in_the_file_as_the_filter_gives_it():
    path = "/api/v1/principal-rate-limits"
    with tenant({path: [{"id": "prl1"}]}) as sandbox:
        reply = ask(sandbox, path, filter='principalType eq "OAUTH_CLIENT"')

    assert reply.json == [{"id": "prl1"}]


def test_a_type_chooses_among_policies():
    path = "/api/v1/policies"
    rows = [{"id": "00p1", "type": "PASSWORD"}, {"id": "00p2", "type": "OKTA_SIGN_ON"}]
    with tenant({path: rows}) as sandbox:
        assert ask(sandbox, path, type="PASSWORD").json == rows[:1]
        assert ask(sandbox, path, type="MFA_ENROLL").json == []


def test_chosen_records_are_paged():
    users = [{"id": str(number), "status": "ACTIVE" if number % 2 else "LOCKED_OUT"}
             for number in range(900)]  # fmt: skip
    with tenant({"/api/v1/users": users}) as sandbox:
        query = urlencode({"filter": 'status eq "ACTIVE"', "limit": 200})
        replies = list(pages(f"{sandbox.url}/api/v1/users?{query}"))

    assert [len(reply.json) for reply in replies] == [200, 200, 50]
    assert {user["status"] for reply in replies for user in reply.json} == {"ACTIVE"}


def test_groups_bring_their_numbers_and_the_app_that_they_come_from():
    staff, payroll = embedded("/api/v1/groups", "stats,app")

    assert staff == {
        "stats": {
            "usersCount": 2,
            "appsCount": 1,
            "groupPushMappingsCount": 0,
            "hasAdminPrivilege": False,
        }
    }
    assert payroll["stats"] == {
        "usersCount": 1,
        "appsCount": 2,
        "groupPushMappingsCount": 0,
        "hasAdminPrivilege": True,
    }
    assert payroll["app"] == {
        "id": "0oa2", "name": "workday", "label": "Pay", "signOnMode": "SAML_2_0",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("path", "expand", "expected"),
    [
        ("/api/v1/apps/0oa1/users", "user", [{"user": ADA}]),
        ("/api/v1/apps/0oa1/groups", "group", [{"group": STAFF}, {"group": PAYROLL}]),
        ("/api/v1/apps/0oa1/grants", "scope", [{"scope": {"id": "okta.users.read"}}]),
        (
            "/api/v1/groups/rules",
            "groupIdToGroupNameMap",
            [{"groupIdToGroupNameMap": {"00g1": "Staff"}}],
        ),
        ("/api/v1/users", "stats", [None, None]),
        ("/api/v1/groups", "nonsense", [None, None]),
    ],
)
def test_lists_bring_along_what_okta_brings(path: str, expand: str, expected: list[Any]):
    assert embedded(path, expand) == expected


def test_apps_of_a_user_bring_the_assignment():
    brought = embedded("/api/v1/apps", "user/00u1", filter='user.id eq "00u1"')

    assert brought == [{"user": {"id": "00u1", "scope": "USER"}}]


def test_an_object_brings_along_the_same_as_its_list():
    with tenant(TENANT) as sandbox:
        group = ask(sandbox, "/api/v1/groups/00g1", expand="stats").json

    assert group["_embedded"]["stats"]["usersCount"] == 2


def test_nothing_is_brought_unasked():
    assert embedded("/api/v1/groups", "") == [None, None]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/api/v1/groups/00g2/apps", ["0oa1", "0oa2"]),
        ("/api/v1/groups/00g9/apps", []),
        ("/api/v1/users/00u2/groups", ["00g1", "00g2"]),
        ("/api/v1/users/00u1/groups", ["00g1"]),
    ],
)
def test_lists_follow_from_others(path: str, expected: list[str]):
    assert ids(path) == expected


def test_what_the_file_says_comes_first():
    path = "/api/v1/groups/00g2/apps"
    with tenant({**TENANT, path: []}) as sandbox:
        assert get(f"{sandbox.url}{path}").json == []


def test_oauth_clients_follow_from_apps_without_their_secrets():
    with tenant(TENANT) as sandbox:
        clients = get(f"{sandbox.url}/oauth2/v1/clients").json

    assert clients == [
        {
            "client_id": "portal",
            "client_name": "Portal",
            "token_endpoint_auth_method": "none",
            "application_type": "browser",
            "redirect_uris": ["https://a.example"],
        }
    ]


def test_holders_of_admin_roles_follow_from_their_roles():
    with tenant(TENANT) as sandbox:
        holders = get(f"{sandbox.url}/api/v1/iam/assignees/users").json

    assert holders == {"value": [{"id": "00u1", "orn": "orn:okta:directory:00o1:users:00u1"}]}


@pytest.mark.parametrize(
    ("path", "empty"),
    [
        ("/api/v1/idps", []),
        ("/api/v1/logs", []),
        ("/api/v1/policies", []),
        ("/api/v1/apps/0oa1/tokens", []),
        ("/api/v1/users/00u1/factors", []),
        ("/api/v1/domains", {"domains": []}),
        ("/api/v1/iam/resource-sets", {"resource-sets": []}),
        ("/api/v1/iam/resource-sets/iam1/bindings", {"roles": []}),
        ("/api/v1/email-servers", {"email-servers": []}),
    ],
)
def test_a_list_that_the_file_leaves_out_is_empty_in_its_own_shape(path: str, empty: object):
    with tenant({}) as sandbox:
        reply = get(f"{sandbox.url}{path}")

    assert (reply.status, reply.json) == (200, empty)


def test_such_a_list_may_be_in_the_file_bare_or_in_its_object():
    path = "/api/v1/iam/resource-sets"
    for value in ([{"id": "iam1"}], {"resource-sets": [{"id": "iam1"}]}):
        with tenant({path: value}) as sandbox:
            assert get(f"{sandbox.url}{path}").json == {"resource-sets": [{"id": "iam1"}]}


@pytest.mark.parametrize("path", ["/", "/api/v1/nothing", "/api/v2/users", "/api/v1/apps/1/x"])
def test_a_path_that_okta_has_not_is_refused_as_okta_does(path: str):
    with tenant({}) as sandbox:
        reply = get(f"{sandbox.url}{path}")

    assert (reply.status, reply.json["errorCode"]) == (404, "E0000022")
    assert reply.json["errorSummary"] == "The endpoint does not support the provided HTTP method"
