"""One finding per client, and one for a policy that applies to all of them."""

import re
from collections.abc import Sequence
from itertools import combinations, product
from random import Random
from typing import Any

import pytest

from auditor.lint.engine import audit
from auditor.lint.examples import example_snapshot
from auditor.plugins import load_rules
from auditor.snapshot.document import Source, dump_snapshot

RULE = next(rule for rule in load_rules() if rule.code == "OAM312")
SERVER = "/api/v1/authorizationServers/aus1"
GRANTS = ("authorization_code", "client_credentials")


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


def plainly(policies: list[tuple[str, list[dict[str, Any]]]], clients: int) -> list[str]:
    """The beginnings of the messages, from each pair of rules and each pair of scopes."""

    def pairs(client: str, grant: str) -> dict[frozenset[str], tuple[str, str]]:
        met = [
            rule["conditions"]
            for name, rules in policies
            for rule in rules
            if name in {client, "ALL_CLIENTS"}
            and grant in rule["conditions"]["grantTypes"]["include"]
            and (grant != "client_credentials" or admitted(rule["conditions"]["people"], grant))
        ]
        people = [admitted(rule["people"], grant) for rule in met]
        scopes = [set(rule["scopes"]["include"]) for rule in met]
        found: dict[frozenset[str], tuple[str, str]] = {}
        for (one, left), (other, right) in combinations(enumerate(scopes), 2):
            for pair in product(sorted(left), sorted(right)) if people[one] & people[other] else ():
                if not any(both.issuperset(pair) for both in scopes):
                    found.setdefault(frozenset(pair), pair)
        return found

    messages = []
    everybody = {grant: pairs("", grant) for grant in GRANTS}
    named = {name for name, _ in policies}
    for client in ["Any client", *(f"0oa{n}" for n in range(clients) if f"0oa{n}" in named)]:
        common = {} if client == "Any client" else everybody
        own = {
            grant: [
                pair
                for key, pair in pairs(client, grant).items()
                if key not in common.get(grant, {})
            ]
            for grant in GRANTS
        }
        every = {frozenset(pair) for each in own.values() for pair in each}
        for grant, (pair, *_) in [(grant, each) for grant, each in own.items() if each][:1]:
            who = client if client == "Any client" else f'Client "app{client[3:]}"'
            others = {1: "", 2: "1 other pair"}.get(len(every), f"{len(every) - 1} other pairs")
            messages.append(f'{who} may get "{pair[0]}" and "{pair[1]}" with "{grant}"|{others}')
    return messages


def admitted(people: dict[str, Any], grant: str) -> set[str]:
    everyone = "EVERYONE" in people.get("groups", {}).get("include", ())
    if grant == "client_credentials":
        return {"nobody"} if everyone else set()
    users = people.get("users", {})
    # Somebody whom no rule names is admitted by every rule for everyone.
    included = {"00u1", "00u2", "00u3", "another"} if everyone else set(users.get("include", ()))
    return included - set(users.get("exclude", ()))


@pytest.mark.parametrize("seed", range(60))
def test_it_says_the_same_as_a_look_at_each_pair_of_rules_and_scopes(seed: int) -> None:
    random = Random(seed)

    def some(names: Sequence[str], most: int) -> list[str]:
        return random.sample(names, random.randint(1, most))

    def people() -> dict[str, Any]:
        named = some(("00u1", "00u2", "00u3"), 2)
        everyone = {"groups": {"include": ["EVERYONE"]}}
        excluding = {"users": {"exclude": named}} if random.random() < 0.5 else {}
        return {"users": {"include": named}} if random.random() < 0.6 else everyone | excluding

    policies = [
        (
            random.choice(["0oa0", "0oa1", "ALL_CLIENTS"]),
            [
                rule(*some("abcd", 3), grant=random.choice(GRANTS), **people())
                for _ in range(random.randint(1, 4))
            ],
        )
        for _ in range(random.randint(1, 3))
    ]

    said = [
        message.split(", but")[0] + "|" + (re.findall("([0-9,]+ other pairs?)", message) or [""])[0]
        for message in messages(*policies)
    ]

    assert sorted(said) == sorted(plainly(policies, clients=3))
