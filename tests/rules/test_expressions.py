"""Values of claims that Okta can read as expressions, and those that it cannot."""

import pytest

from auditor.lint.examples import example_snapshot
from auditor.plugins import load_rules
from auditor.snapshot.org import Org

RULE = next(rule for rule in load_rules() if rule.code == "OAM417")

EXPRESSIONS = [
    "'blue'",
    '"blue"',
    "\"it is 'blue'\"",
    "user.email",
    "appuser",
    "true",
    "null",
    "42",
    "-1",
    "user.costCenter ?: 'none'",
    "user?.email",
    "(appuser != null) ? appuser.userName : app.clientId",
    "String.substringBefore(user.login, '@')",
    "Groups.startsWith('OKTA', 'crew-', 50)",
    "Groups.contains('ad', 'a', 10) == null ? {} : Groups.contains('OKTA', 'b', 9)",
    "isMemberOfGroupName('Staff') AND !isMemberOfAnyGroup('00g1', '00g2')",
    "user.isMemberOf({'group.id': {'00g1'}})",
    "user.getGroups({'group.type': 'OKTA_GROUP'}).![name]",
    "not (user.age > 17 and user.age <= 65) or user.name matches '[a-z]+'",
    "Arrays.get(user.roles, 0)",
    "user.roles[0]",
    "{'a', 'b'}",
    "active_directory.managerUpn",
    "user.größe",
    "user.and",
    "Time.now('UTC', 'YYYY')",
]

OTHERS = [
    "^test& with_space+",
    "blue",
    "read-only",
    "urn:example:tag",
    "two words",
    "user.email +",
    "user.email 'x'",
    "'open",
    "user.first || ",
    "String.len(user.login",
    "user.login)",
    "a = b",
    "https://example.com",
    "user..email",
    "user.",
    "(user.email]",
    "50%",
    "@",
    "{{user.email}",
    "${user.email}",
    "String.append('a', b)",
    "user.email ? 'a'",
    "   ",
]


def faults(value: str, **more: str) -> list[str]:
    claim = {"name": "c", "claimType": "RESOURCE", "valueType": "EXPRESSION", "value": value}
    claims = {"/api/v1/authorizationServers/aus1/claims": [claim | more]}
    org = Org.of(example_snapshot(claims))
    return [finding.message for finding in RULE.findings(org)]


@pytest.mark.parametrize("value", EXPRESSIONS)
def test_expressions_are_silent(value: str) -> None:
    assert faults(value) == []


@pytest.mark.parametrize("value", OTHERS)
def test_other_text_is_reported(value: str) -> None:
    (message,) = faults(value)
    assert "is no expression: " in message


def test_only_expressions_are_checked() -> None:
    assert faults("two words", valueType="GROUPS") == []
