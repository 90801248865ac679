"""Which claims Okta refuses tokens for, as far as that is decidable; silence about all others."""

import pytest

from auditor.snapshot.models.servers import Claim
from auditor.tokens.claims.faults import ClaimFaultKind, claim_fault

NO_EXPRESSION = [
    "^test& with_space+",
    "cool",
    "cool_updated",
    "hello world",
    "my-value",
    "https://api.example.com",
    "${user.email}",
    "user.email +",
    "(user.email",
    "user.email)",
    "'half",
    "\u2018smart\u2019",
    ".*",
    "user.email ? 'a'",
    "String.append('a', b)",
    "a\\b",
    "gold",
    "test@example.com",
    "user..email",
    "1.2.3",
    "   ",
]
SOUND = [
    "(appuser != null) ? appuser.userName : app.clientId",
    "user.email",
    "user.and or user.or.name",
    "'gold'",
    '"gold"',
    "'it''s'",
    "42",
    "-1",
    "true",
    "null",
    "user.firstName + ' ' + user.lastName",
    "String.toUpperCase(String.substringBefore(user.email, '@'))",
    "Groups.startsWith('OKTA', 'eng', 100)",
    "isMemberOfGroupName('Admins') ? 'admin' : 'user'",
    "user.isMemberOf({'group.name': 'Admins', 'operator': 'STARTS_WITH'})",
    "user.getGroups({'group.type': {'OKTA_GROUP'}}).![name]",
    "Arrays.contains(user.roles, 'x') AND user.active == true",
    "salesforce_ab12.role",
    "user?.email ?: 'none'",
    "getFilteredGroups({'00g1'}, 'group.name', 40)",
    "hasDirectoryUser() ? findDirectoryUser().managerUpn : ''",
    "app.clientId",
    "session.amr",
    "user.roles[0]",
    "{'a', 'b'}",
    "user.active ? cool : 'x'",
    "Time.now('EST')",
    "appuser.a > 3 && !(user.b matches '[a-z]+')",
]


def kind(value: str, **fields: object) -> ClaimFaultKind | None:
    claim = {"id": "c", "name": "tag", "status": "ACTIVE", "claimType": "RESOURCE"}
    claim |= {"valueType": "EXPRESSION"}
    fault = claim_fault(Claim.model_validate({**claim, "value": value, **fields}))
    return fault.kind if fault else None


@pytest.mark.parametrize("value", NO_EXPRESSION)
def test_claims_a_value_that_is_no_expression(value: str) -> None:
    assert kind(value) is ClaimFaultKind.NO_EXPRESSION


@pytest.mark.parametrize("value", SOUND)
def test_claims_nothing_is_said_of_expressions(value: str) -> None:
    assert kind(value) is None


@pytest.mark.parametrize(
    "value",
    [
        "appuser.userName",
        "user.email",
        "(user.email)",
        "String.toLowerCase(appuser.userName)",
        "user == null ? appuser.userName : 'x'",
        "user != null || appuser.userName == 'x' ? 'a' : 'b'",
        "user.isMemberOf({'group.id': '00g1'}) ? 'a' : 'b'",
        "app.clientId + user.id",
        "app.x ? user.email : appuser.userName",
        "user['email']",
        "appuser.userName != null ? appuser.userName : app.clientId",
    ],
)
def test_claims_sub_that_reads_the_user_unguarded(value: str) -> None:
    assert kind(value, name="sub") is ClaimFaultKind.NEEDS_USER
    assert kind(value) is None
    assert kind(value, name="sub", claimType="IDENTITY") is None
    assert kind(value, name="sub", status="INACTIVE") is None


@pytest.mark.parametrize(
    "value",
    [
        "(appuser != null) ? appuser.userName : app.clientId",
        "appuser == null ? app.clientId : appuser.userName",
        "user?.email",
        "user != null && user.email != null ? user.email : app.clientId",
        "user == null || user.email == null ? app.clientId : user.email",
        "app.x == 'y' ? user.email : app.clientId",
        "appuser eq null ? 'm' : appuser.userName",
        "!(appuser == null) ? appuser.userName : 'm'",
        "user ?: 'm'",
        "app.clientId",
    ],
)
def test_claims_sub_with_a_guard_is_sound(value: str) -> None:
    assert kind(value, name="sub") is None


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        ("0", ClaimFaultKind.GROUPS_LIMIT),
        ("1", None),
        ("100", None),
        ("101", ClaimFaultKind.GROUPS_LIMIT),
        ("-1", ClaimFaultKind.GROUPS_LIMIT),
        ("n()", None),
    ],
)
def test_claims_the_limit_of_groups_functions(limit: str, expected: ClaimFaultKind | None) -> None:
    assert kind(f"Groups.contains('OKTA', 'eng', {limit})") is expected


def test_claims_that_are_too_deep_or_redacted_are_left_alone() -> None:
    assert kind("(" * 5000) is None
    assert kind("!" * 3000) is None
    assert kind("(" * 2000) is None
    assert kind("token=[redacted]") is None
    assert kind("cool", valueType="GROUPS") is None
    assert kind("cool", valueType="SYSTEM") is None
