"""One finding per client, and one for a policy that applies to all of them."""

from typing import Any

from auditor.lint.engine import audit
from auditor.lint.examples import example_snapshot
from auditor.plugins import load_rules
from auditor.snapshot.document import Source, dump_snapshot

RULE = next(rule for rule in load_rules() if rule.code == "OAM312")
SERVER = "/api/v1/authorizationServers/aus1"


def messages(*policies: tuple[str, list[dict[str, Any]]], clients: int = 3) -> list[str]:
    grants = {"oauthClient": {"grant_types": ["client_credentials", "authorization_code"]}}
    example: dict[str, Any] = {
        "/api/v1/apps": [
            {"id": f"0oa{n}", "label": f"app{n}", "settings": grants} for n in range(clients)
        ],
        f"{SERVER}/scopes": [{"name": name} for name in "abcd"],
        f"{SERVER}/policies": [
            {"id": f"p{n}", "conditions": {"clients": {"include": [client]}}}
            for n, (client, _) in enumerate(policies)
        ],
    }
    for n, (_, rules) in enumerate(policies):
        example[f"{SERVER}/policies/p{n}/rules"] = rules
    snapshot = example_snapshot(example)
    result = audit(snapshot, [RULE], Source("example.json", dump_snapshot(snapshot)))
    assert not result.crashed
    return [finding.message for finding in result.findings]


def rule(*scopes: str, grant: str = "client_credentials", **people: Any) -> dict[str, Any]:
    everyone = {"groups": {"include": ["EVERYONE"]}}
    return {
        "conditions": {
            "grantTypes": {"include": [grant]},
            "scopes": {"include": list(scopes)},
            "people": people or everyone,
        }
    }


def test_a_policy_for_all_clients_is_reported_once() -> None:
    (message,) = messages(("ALL_CLIENTS", [rule("a"), rule("b")]))

    assert message.startswith('Any client may get "a" and "b" with "client_credentials"')


def test_the_other_pairs_are_counted() -> None:
    (message,) = messages(("0oa1", [rule("a", "b"), rule("c", "d")]))

    assert message.endswith("So it is with 3 other pairs.")


def test_a_clients_own_policy_adds_only_what_is_new() -> None:
    found = messages(("0oa1", [rule("c")]), ("ALL_CLIENTS", [rule("a"), rule("b")]))

    assert [message.split(" may get")[0] for message in found] == ["Any client", 'Client "app1"']
    assert '"c" and "a"' in found[1] or '"a" and "c"' in found[1]


def test_a_rule_for_all_scopes_settles_everything() -> None:
    assert not messages(("0oa1", [rule("a"), rule("b"), rule("*")]))


def test_people_who_are_excluded_do_not_meet_both_rules() -> None:
    user = {"users": {"include": ["00u1"]}}
    others = {"groups": {"include": ["EVERYONE"]}, "users": {"exclude": ["00u1"]}}
    code = "authorization_code"

    assert messages(("0oa1", [rule("a", grant=code), rule("b", grant=code, **user)]))
    assert not messages(("0oa1", [rule("a", grant=code, **others), rule("b", grant=code, **user)]))


def test_scopes_that_the_server_lacks_are_the_subject_of_another_rule() -> None:
    assert not messages(("0oa1", [rule("a"), rule("openid", "missing")]))
