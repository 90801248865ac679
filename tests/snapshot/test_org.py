"""The org as rules see it: order, joins, tolerance, and the guard on what may be read."""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from auditor.lint.examples import example_snapshot
from auditor.snapshot.ledger import CollectionStatus, Gap, Ledger
from auditor.snapshot.models.servers import Key
from auditor.snapshot.org import Org
from auditor.snapshot.view import UndeclaredRead, UnreadListError

SERVER = "/api/v1/authorizationServers/aus1"


def org(example: dict[str, Any]) -> Org:
    return Org.of(example_snapshot(example))


def test_policies_and_rules_come_in_order_of_evaluation() -> None:
    rows = [
        {"id": "c", "priority": 2},
        {"id": "z", "priority": 1, "created": "2026-01-02"},
        {"id": "a", "priority": 1, "created": "2026-01-03"},
        {"id": "n", "priority": None},
    ]
    found = org({f"{SERVER}/policies": rows})

    assert [policy.id for policy in found.policies(found.servers[0])] == ["z", "a", "c", "n"]


def test_inactive_policies_and_rules_take_no_part() -> None:
    found = org(
        {
            f"{SERVER}/policies": [{"id": "p1"}, {"id": "p2", "status": "INACTIVE"}],
            f"{SERVER}/policies/p1/rules": [{"id": "r1"}, {"id": "r2", "status": "INACTIVE"}],
            f"{SERVER}/policies/p2/rules": [{"id": "r3"}],
        }
    )
    assert [rule.id for _, rule in found.active_rules(found.servers[0])] == ["r1"]


def test_records_know_their_server_and_policy() -> None:
    found = org({f"{SERVER}/policies/p1/rules": [{"id": "r1"}], "/api/v1/groups": [{"id": "g"}]})
    (policy,) = found.policies(found.servers[0])
    (rule,) = found.rules(policy)

    assert found.policy_of(rule) is policy
    assert found.server_of(rule) is found.servers[0]
    assert found.server_of(found.groups[0]) is None


def test_nulls_and_missing_keys_mean_empty() -> None:
    rows = [
        {"id": "r1", "conditions": None, "actions": None},
        {"id": "r2", "conditions": {"people": {"users": None}, "scopes": {"include": None}}},
        {"id": "r3"},
    ]
    found = org({f"{SERVER}/policies/p1/rules": rows})
    (policy,) = found.policies(found.servers[0])

    for rule in found.rules(policy):
        assert rule.scopes == ()
        assert rule.people.unrestricted
        assert rule.token.access_token_lifetime_minutes is None
    assert found.ledger.entry("policy_rules").status is CollectionStatus.COMPLETE


def test_a_record_that_makes_no_sense_makes_its_collection_partial() -> None:
    found = org({"/api/v1/zones": [{"id": "a"}, {"id": ["not", "a", "string"]}]})

    assert [zone.id for zone in found.network_zones] == ["a"]
    entry = found.ledger.entry("network_zones")
    assert entry.status is CollectionStatus.PARTIAL
    assert entry.quarantined[0].record == "#1"


def test_assignments_are_direct_ones_and_group_members() -> None:
    found = org(
        {
            "/api/v1/apps": [{"id": "0oa1"}],
            "/api/v1/apps/0oa1/users": [
                {"id": "u1", "scope": "USER", "status": "ACTIVE"},
                {"id": "u9", "scope": "USER", "status": "DEPROVISIONED"},
            ],
            "/api/v1/apps/0oa1/groups": [{"id": "g1"}],
            "/api/v1/groups/g1/users": ["u2", "u3"],
        }
    )
    assert found.assigned_users(found.apps[0]) == {"u1", "u2", "u3"}


def test_clients_are_found_by_client_id() -> None:
    app = {"id": "0oa1", "credentials": {"oauthClient": {"client_id": "batch"}}}
    found = org({"/api/v1/apps": [app]})

    client = found.client("batch")
    assert client is not None
    assert client.id == "0oa1"
    assert found.client("0oa1") is None


def test_keys_come_from_the_endpoint_and_from_the_record() -> None:
    inline = {"oauthClient": {"jwks": {"keys": [{"kid": "k1"}, {"kid": "k2"}]}}}
    found = org(
        {
            "/api/v1/apps": [{"id": "0oa1", "settings": inline}],
            "/api/v1/apps/0oa1/credentials/jwks": [{"kid": "k1", "status": "INACTIVE"}],
        }
    )
    keys = found.client_keys(found.apps[0])
    assert [(key.kid, key.active) for key in keys] == [("k1", False), ("k2", True)]


def test_a_key_without_a_kid_is_called_by_its_thumbprint() -> None:
    # The example of RFC 7638, 3.1.
    modulus = (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tS"
        "oc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65"
        "YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyr"
        "dkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzK"
        "nqDKgw"
    )
    key = {"kty": "RSA", "n": modulus, "e": "AQAB", "alg": "RS256"}

    assert Key.model_validate(key).id == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
    assert Key.model_validate({**key, "kid": "k1"}).id == "k1"
    with pytest.raises(ValidationError):
        Key.model_validate({"kty": "RSA", "e": "AQAB"})


def test_a_view_reads_what_was_declared_and_its_parents_only() -> None:
    found = org({f"{SERVER}/policies": [{"id": "p1"}]})
    view = found.restricted_to(["policies"])

    assert view.policies(view.servers[0])
    with pytest.raises(UndeclaredRead, match="scopes"):
        view.scopes(view.servers[0])
    with pytest.raises(UndeclaredRead, match="users"):
        view.user("u")


def unread(example: dict[str, Any], *names: str, paths: tuple[str, ...] = ()) -> Org:
    """An org of which some collections were refused, or some lists could not be read."""
    snapshot = example_snapshot(example)
    gaps = tuple(Gap(path=path, reason="timeout") for path in paths)
    entries = tuple(
        entry.model_copy(update={"status": CollectionStatus.PARTIAL, "gaps": gaps})
        if entry.collection in names
        else entry
        for entry in snapshot.ledger.entries
    )
    left = {path: value for path, value in snapshot.resources.items() if path not in paths}
    update = {"ledger": Ledger(entries=entries), "resources": left}
    return Org.of(snapshot.model_copy(update=update))


def test_a_view_reads_what_it_consults_where_that_was_read() -> None:
    keys = "/api/v1/apps/{}/credentials/jwks"
    method = {"credentials": {"oauthClient": {"token_endpoint_auth_method": "private_key_jwt"}}}
    example = {
        "/api/v1/apps": [{"id": name, **method} for name in ("0oa1", "0oa2")],
        keys.format("0oa1"): [{"kid": "k1"}],
        keys.format("0oa2"): [{"kid": "k2"}],
        "/api/v1/zones": [{"id": "nzo1"}],
    }
    whole = org(example).restricted_to(["apps"], ["app_jwks", "network_zones"])
    one, other = whole.apps

    assert whole.known("network_zones")
    assert [zone.id for zone in whole.network_zones] == ["nzo1"]
    assert [key.kid for key in whole.client_keys(other)] == ["k2"]
    with pytest.raises(UndeclaredRead, match="add"):
        whole.known("scopes", one)

    found = unread(example, "app_jwks", paths=(keys.format("0oa2"),))
    part = found.restricted_to(["apps"], ["app_jwks", "network_zones"])
    assert part.known("app_jwks", one)
    assert [key.kid for key in part.client_keys(one)] == ["k1"]
    assert not part.known("app_jwks", other)
    with pytest.raises(UndeclaredRead, match="known"):
        part.client_keys(other)


def zone_ids(view: Org) -> list[str]:
    return [zone.id for zone in view.network_zones] if view.known("network_zones") else []


def policy_ids(view: Org) -> list[str]:
    return [policy.id for server in view.servers for policy in view.policies(server)]


def group_ids(view: Org) -> list[str]:
    return [group.id for group in view.groups]


class LazyPolicies:
    """Looks at policies only when it is asked, as a pack's class may."""

    def __init__(self, view: Org) -> None:
        self.view = view

    def ids(self) -> list[str]:
        return policy_ids(self.view)


def test_what_is_remembered_may_consult_what_was_declared() -> None:
    view = org({"/api/v1/zones": [{"id": "nzo1"}]}).restricted_to(["apps"], ["network_zones"])

    assert view.remembered(zone_ids, ["apps"], ["network_zones"]) == ["nzo1"]
    with pytest.raises(UndeclaredRead, match="inline_hooks"):
        view.remembered(zone_ids, ["apps"], ["inline_hooks"])
    with pytest.raises(UndeclaredRead, match="network_zones"):
        unread({}, "network_zones", paths=("/api/v1/zones",)).restricted_to(
            ["apps"], ["network_zones"]
        ).remembered(zone_ids, ["network_zones"])


def test_what_is_remembered_is_shared_by_whoever_declared_it() -> None:
    whole = org({f"{SERVER}/policies": [{"id": "p1"}]})
    first, second = whole.restricted_to(["policies"]), whole.restricted_to(["policies", "apps"])

    made = first.remembered(LazyPolicies, ["policies"])
    assert second.remembered(LazyPolicies, ["policies"]) is made
    assert made.ids() == ["p1"]
    assert first.remembered(LazyPolicies) is first.remembered(LazyPolicies)
    assert first.remembered(LazyPolicies) is not second.remembered(LazyPolicies)


def test_two_packs_never_share_what_different_functions_made() -> None:
    whole = org({f"{SERVER}/policies": [{"id": "p1"}], "/api/v1/groups": [{"id": "g1"}]})
    view = whole.restricted_to(["policies", "groups"])

    assert view.remembered(policy_ids, ["policies"]) == ["p1"]
    assert view.remembered(group_ids, ["groups"]) == ["g1", "00g0"]


def lazily(view: Org, reads: list[str] | None) -> list[str]:
    return view.remembered(LazyPolicies, reads).ids()


def eagerly(view: Org, reads: list[str] | None) -> list[str]:
    return view.remembered(policy_ids, reads)


@pytest.mark.parametrize("ids", [eagerly, lazily])
@pytest.mark.parametrize("reads", [["policies"], ["authorization_servers"], None])
def test_a_rule_gets_nothing_made_of_what_it_did_not_declare(
    ids: Callable[[Org, list[str] | None], list[str]], reads: list[str] | None
) -> None:
    whole = org({f"{SERVER}/policies": [{"id": "p1"}]})
    assert ids(whole, ["policies"]) == ids(whole, None) == ["p1"]
    assert ids(whole.restricted_to(["policies"]), ["policies"]) == ["p1"]

    with pytest.raises(UndeclaredRead, match='"policies"'):
        ids(whole.restricted_to(["authorization_servers"]), reads)


def test_a_rule_gets_nothing_that_took_unread_members_for_empty() -> None:
    def member_count(view: Org) -> int:
        return len(view.members("g1"))

    snapshot = example_snapshot({"/api/v1/groups": [{"id": "g1"}]})
    entries = tuple(
        entry.model_copy(update={"left_out": 1}) if entry.collection == "group_members" else entry
        for entry in snapshot.ledger.entries
    )
    resources = {p: v for p, v in snapshot.resources.items() if p != "/api/v1/groups/g1/users"}
    update = {"ledger": Ledger(entries=entries), "resources": resources}
    whole = Org.of(snapshot.model_copy(update=update))

    assert whole.remembered(member_count, ["group_members"]) == 0
    with pytest.raises(UnreadListError):
        whole.restricted_to(["group_members"]).remembered(member_count, ["group_members"])


def test_policies_that_cover_a_client_name_it_or_are_for_all() -> None:
    def policy(name: str, *clients: str, **more: Any) -> dict[str, Any]:
        return {"id": name, "conditions": {"clients": {"include": clients}}, **more}

    found = org(
        {
            f"{SERVER}/policies": [
                policy("p1", "c1"),
                policy("p2", "ALL_CLIENTS", "c1"),
                policy("p3", "c1", status="INACTIVE"),
            ],
            "/api/v1/authorizationServers/aus2/policies": [policy("p4", "c2")],
        }
    )

    def covering(client: str) -> list[str]:
        return [policy.id for _, policy in found.covering(client)]

    assert covering("c1") == ["p1", "p2"]
    assert covering("c2") == ["p2", "p4"]
    assert covering("c3") == ["p2"]
