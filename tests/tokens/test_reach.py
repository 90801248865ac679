"""All requests at once, told on tenants small enough to see the answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from person_classes import person_classes

from auditor.lint.examples import example_snapshot
from auditor.snapshot.ledger import CollectionStatus, Ledger, LedgerEntry
from auditor.snapshot.org import Org
from auditor.tokens.decide import Decider, OidcScopes
from auditor.tokens.outcome import Outcome
from auditor.tokens.reach.access_rows import AccessFilter, access_rows
from auditor.tokens.reach.rules import Obstacle, RuleReach
from auditor.tokens.reach.servers import ServerReach, TenantReach
from auditor.tokens.reach.situations import Reach, SituationReach
from auditor.tokens.reach.user_sets import Numbering, UncertainUsers
from auditor.tokens.request import ORG_SERVER

SERVER = "/api/v1/authorizationServers/orders"
CODE, SERVICE = "authorization_code", "client_credentials"


def org(
    *rules: dict[str, Any],
    scopes: Iterable[str] = ("orders:read", "orders:write"),
    unread: Iterable[str] = (),
    clients: Iterable[str] = ("ALL_CLIENTS",),
    **more: Any,
) -> Org:
    """A shop: Ada and Bob work in sales, Eve in the warehouse; all but Joe use the portal."""
    example = {
        "/api/v1/apps": [app("portal", CODE), app("batch", SERVICE)],
        "/api/v1/users": [{"id": name} for name in ("ada", "bob", "eve", "joe")],
        "/api/v1/groups/sales/users": ["ada", "bob"],
        "/api/v1/groups/warehouse/users": ["eve"],
        "/api/v1/apps/portal/groups": [{"id": "sales"}, {"id": "warehouse"}],
        f"{SERVER}/scopes": [{"name": name} for name in scopes],
        f"{SERVER}/policies": [{"id": "p", "conditions": {"clients": {"include": list(clients)}}}],
        f"{SERVER}/policies/p/rules": list(rules),
        **more,
    }
    snapshot = example_snapshot(example)
    entries = tuple(
        LedgerEntry(collection=entry.collection, status=CollectionStatus.REFUSED)
        if entry.collection in unread
        else entry
        for entry in snapshot.ledger.entries
    )
    kept = {k: v for k, v in snapshot.resources.items() if k.rpartition("/")[2] not in unread}
    return Org.of(
        snapshot.model_copy(update={"ledger": Ledger(entries=entries), "resources": kept})
    )


def app(name: str, *grants: str, **oauth: Any) -> dict[str, Any]:
    return {"id": name, "settings": {"oauthClient": {"grant_types": list(grants), **oauth}}}


def rule(name: str, *scopes: str, grant: str = CODE, **people: Any) -> dict[str, Any]:
    return {
        "id": name,
        "conditions": {
            "grantTypes": {"include": [grant]},
            "scopes": {"include": list(scopes)},
            "people": people or {"groups": {"include": ["EVERYONE"]}},
        },
        "actions": {"token": {"accessTokenLifetimeMinutes": 10 * len(name)}},
    }


SALES = {"groups": {"include": ["sales"]}}
WAREHOUSE = {"groups": {"include": ["warehouse"]}}
OPENID_AND_MORE = ("openid", "profile", "orders:read")


def portal(tenant: Org, grant: str = CODE) -> SituationReach:
    return Reach(tenant).situation("orders", "portal", grant)


def server(tenant: Org) -> ServerReach:
    return TenantReach(Reach(tenant)).server(tenant.server("orders"))


def only(tenant: Org, name: str) -> RuleReach:
    return next(found for found in server(tenant).rules if found.rule.id == name)


def test_who_can_obtain_a_scope_and_by_which_rule() -> None:
    tenant = org(rule("sell", "orders:*", "orders:write", **SALES), rule("look", "orders:read"))

    write = portal(tenant).access("orders:write")
    read = portal(tenant).access("orders:read")

    assert list(write.people.sure) == ["ada", "bob"]
    assert list(read.people.sure) == ["ada", "bob", "eve"]
    assert [way.candidate.rule.id for way in write.ways if way.candidate] == ["sell"]
    assert [way.decision.access_token_minutes for way in write.ways if way.decision] == [40]


def test_what_is_obtained_together_differs_by_person() -> None:
    tenant = org(rule("sell", "orders:write", **SALES), rule("look", "orders:read"))

    classes = {tuple(item.people): item.scope_sets for item in person_classes(portal(tenant))}

    read, write = frozenset({"orders:read"}), frozenset({"orders:write"})
    assert classes == {("ada", "bob"): (read, write), ("eve",): (read,)}


def test_the_assigned_whom_no_rule_covers_obtain_nothing() -> None:
    reach = portal(org(rule("sell", "*", **SALES)))

    assert list(reach.eligible.sure - reach.obtaining.possible) == ["eve"]


def test_a_shadowed_rule_names_the_rules_that_take_its_traffic_and_a_witness() -> None:
    tenant = org(
        rule("sell", "orders:read", "orders:write", **SALES),
        rule("pack", "orders:read", **WAREHOUSE),
        rule("dead", "orders:read"),
    )

    found = only(tenant, "dead")

    assert (found.reached, found.obstacle) == (False, Obstacle.SHADOWED)
    assert [(t.rule.id, list(t.people)) for t in found.shadowed_by] == [
        ("sell", ["ada", "bob"]),
        ("pack", ["eve"]),
    ]
    assert found.witness is not None
    decision = Decider(tenant).decide(found.witness)
    assert decision.rule is not None
    assert decision.rule.id == "sell"


def test_one_more_scope_or_one_more_person_keeps_a_rule_alive() -> None:
    wider = org(rule("sell", "orders:read"), rule("alive", "orders:read", "orders:write"))
    other = org(rule("sell", "*", **SALES), rule("alive", "orders:read"))

    for tenant in (wider, other):
        found = only(tenant, "alive")
        assert found.reached is True
        assert found.witness is not None
        decided = Decider(tenant).decide(found.witness)
        assert decided.rule is found.rule


def test_claim_scopes_need_openid_so_a_rule_without_it_is_dead() -> None:
    assert only(org(rule("claims", "profile")), "claims").obstacle is Obstacle.SCOPES_NOT_FOR_GRANT
    assert only(org(rule("claims", "profile", "openid")), "claims").reached


def test_what_needs_openid_is_not_to_be_had_where_openid_is_refused_for_a_claim() -> None:
    claim = {"name": "team", "claimType": "IDENTITY", "value": "user.", "valueType": "EXPRESSION"}
    rules = rule("claims", "profile", "openid", "orders:read")
    tenant = org(rules, **{f"{SERVER}/claims": [{**claim, "alwaysIncludeInToken": True}]})

    obtained = {name: list(portal(tenant).access(name).people.possible) for name in OPENID_AND_MORE}

    assert obtained == {"openid": [], "profile": [], "orders:read": ["ada", "bob", "eve"]}
    sound = portal(org(rules))
    assert list(sound.access("profile").people.sure) == ["ada", "bob", "eve"]


def test_default_scopes_are_not_to_be_had_where_one_is_refused_for_a_claim() -> None:
    claim = {"name": "team", "claimType": "RESOURCE", "value": "user.", "valueType": "EXPRESSION"}
    claims = [{**claim, "conditions": {"scopes": ["orders:read"]}}]
    scopes = [{"name": "orders:read", "default": True}]
    defaults: dict[str, Any] = {f"{SERVER}/scopes": scopes, f"{SERVER}/claims": claims}

    refused = portal(org(rule("look", "orders:read"), **defaults))
    sound = portal(org(rule("look", "orders:read"), **{**defaults, f"{SERVER}/claims": []}))

    assert list(refused.access("orders:read").people.possible) == []
    assert list(sound.access("orders:read").people.sure) == ["ada", "bob", "eve"]


def test_earlier_rules_with_a_part_of_the_scopes_leave_a_rule_alive() -> None:
    scopes = ("orders:list", "orders:read", "orders:write")
    parts = rule("ab", *scopes[:2]), rule("bc", *scopes[1:])

    found = only(org(*parts, rule("all", *scopes), scopes=scopes), "all")

    assert found.reached is True


def test_why_nothing_reaches_a_rule() -> None:
    inactive = {**rule("off", "*"), "status": "INACTIVE"}
    tenant = org(
        inactive,
        rule("none"),
        rule("typo", "oders:read"),
        rule("device", "*", grant="password"),
        rule("joe", "*", users={"include": ["joe"]}),
        rule("service", "openid", grant=SERVICE),
        rule("people", "orders:read", grant=SERVICE, **SALES),
    )

    why = {found.rule.id: found.obstacle for found in server(tenant).rules}

    assert why == {
        "off": Obstacle.STATUS,
        "none": Obstacle.EMPTY_SCOPES,
        "typo": Obstacle.UNDEFINED_SCOPES,
        "device": Obstacle.GRANTS,
        "joe": Obstacle.PEOPLE,
        "service": Obstacle.SCOPES_NOT_FOR_GRANT,
        "people": Obstacle.PEOPLE,
    }
    for found in server(tenant).rules:
        if found.witness is not None:
            assert Decider(tenant).decide(found.witness).outcome is Outcome.REJECTED, found
    assert only(org(rule("r", "*"), clients=["gone"]), "r").obstacle is Obstacle.CLIENTS


def test_a_rule_that_only_default_scopes_reach() -> None:
    """Without openid, a default scope that nobody may ask for by name comes without being asked."""
    default = {"name": "profile", "default": True}
    tenant = org(rule("sell", "profile", **SALES), **{f"{SERVER}/scopes": [default]})

    found = only(tenant, "sell")

    assert found.reached
    assert found.witness is not None
    assert found.witness.scopes is None


def test_scopes_and_clients_of_a_server_that_get_nothing() -> None:
    tenant = org(rule("sell", "orders:read", **SALES), rule("job", "orders:read", grant="password"))

    assert server(tenant).scopes == {"orders:read": True, "orders:write": False}
    assert server(tenant).clients == {"portal": True}


def test_nobody_is_one_person_where_no_user_takes_part() -> None:
    tenant = org(rule("job", "orders:read", grant=SERVICE))
    reach = Reach(tenant).situation("orders", "batch", SERVICE)

    assert list(reach.access("orders:read").people.sure) == [None]
    assert not reach.access("openid").people.possible


def test_unread_members_are_unknown_and_not_nobody() -> None:
    tenant = org(
        rule("sell", "orders:write", **SALES),
        rule("look", "*", users={"include": ["joe"]}),
        unread=["group_members", "users"],
        **{"/api/v1/apps/portal/users": [{"id": "ada", "scope": "USER", "status": "ACTIVE"}]},
    )

    found = {found.rule.id: found.reached for found in server(tenant).rules}

    assert found == {"sell": None, "look": None}
    assert portal(tenant).access("orders:write").people.any is None


def test_a_locked_out_user_is_uncertain_but_makes_no_number_so() -> None:
    users = [{"id": name} for name in ("ada", "bob")] + [{"id": "eve", "status": "LOCKED_OUT"}]
    tenant = org(rule("look", "orders:read"), **{"/api/v1/users": users})
    people = portal(tenant).access("orders:read").people
    (row,) = access_rows(tenant, AccessFilter(server="orders"))
    (hers,) = access_rows(tenant, AccessFilter(server="orders", user="eve"))

    assert (list(people.sure), list(people.unknown)) == (["ada", "bob"], ["eve"])
    assert (row.people, row.uncertain) == (2, False)
    assert (hers.people, hers.uncertain) == (0, True)


def test_a_scope_for_a_locked_out_user_alone_is_not_known() -> None:
    users = [{"id": "eve", "status": "LOCKED_OUT"}]
    tenant = org(rule("look", "orders:read"), **{"/api/v1/users": users})
    (row,) = access_rows(tenant, AccessFilter(server="orders"))
    assert (row.people, row.uncertain) == (0, True)
    assert only(tenant, "look").reached is None


def test_whether_zones_in_doubt_let_a_client_in_is_not_known() -> None:
    network = {"connection": "ZONE", "include": ["z"], "exclude": ["z"]}
    tenant = org(
        rule("look", "orders:read"),
        **{"/api/v1/apps": [app("portal", CODE, network=network)], "/api/v1/zones": [{"id": "z"}]},
    )
    assert not portal(tenant).access("orders:read").people.sure
    assert only(tenant, "look").reached is None
    assert server(tenant).clients == {"portal": None}


def test_interclient_access_is_certain_only_for_a_client_that_an_app_trusts() -> None:
    exchange = "urn:ietf:params:oauth:grant-type:token-exchange"
    apps = [app("portal", CODE, exchange), app("kiosk", CODE, application_type="web")]
    trust = {"/api/v1/apps/portal/interclient-target-apps": ["kiosk"]}
    groups = {"/api/v1/apps/kiosk/groups": [{"id": "sales"}]}
    scopes = ("orders:read", "interclient_access")
    tenant = org(rule("all", "*"), scopes=scopes, **{"/api/v1/apps": apps}, **trust, **groups)
    reach = Reach(tenant)
    found = {
        name: reach.situation("orders", name, CODE).access("interclient_access").people
        for name in ("portal", "kiosk")
    }
    assert list(found["portal"].sure) == ["ada", "bob", "eve"]
    assert (list(found["kiosk"].sure), list(found["kiosk"].unknown)) == ([], ["ada", "bob"])
    assert server(tenant).scopes["interclient_access"] is True


def test_unread_rules_make_everything_after_them_unknown() -> None:
    tenant = org(rule("r", "*"), unread=["policy_rules", "rules"])

    assert portal(tenant).obtaining.any is None
    assert server(tenant).scopes == {"orders:read": None, "orders:write": None}
    assert server(tenant).clients == {"batch": None, "portal": None}


def test_unread_apps_leave_a_dead_rule_open_but_not_an_empty_one() -> None:
    tenant = org(rule("none"), rule("joe", "*", users={"include": ["joe"]}), unread=["app"])
    snapshot = tenant.ledger
    assert not snapshot.incomplete
    tenant = org(rule("none"), rule("joe", "*", users={"include": ["joe"]}), unread=["apps"])

    assert [found.reached for found in server(tenant).rules] == [False, None]


def test_token_exchange_stops_at_the_first_rule_with_the_scopes() -> None:
    exchange = "urn:ietf:params:oauth:grant-type:token-exchange"
    tenant = org(
        rule("sell", "orders:read", grant=exchange, **SALES),
        rule("look", "orders:read", grant=exchange),
        **{"/api/v1/apps": [app("portal", exchange)]},
    )

    people = portal(tenant, exchange).access("orders:read").people

    assert list(people.sure) == ["ada", "bob"]
    assert list(people.unknown) == ["eve", "joe"]
    assert only(tenant, "look").reached is None


def test_both_readings_of_openid_scopes() -> None:
    tenant = org(rule("sell", "orders:read"))

    for reading, answer in ((OidcScopes.LISTED, False), (OidcScopes.GRANTED, True)):
        reach = Reach(tenant, reading).situation("orders", "portal", CODE)
        assert reach.access("openid").people.any is answer


def test_the_org_server() -> None:
    grants = [{"scopeId": "okta.users.read", "status": "ACTIVE"}]
    tenant = org(**{"/api/v1/apps/portal/grants": grants})
    reach = Reach(tenant).situation(ORG_SERVER, "portal", CODE)

    assert list(reach.access("okta.users.read").people.sure) == ["ada", "bob", "eve"]
    assert not reach.access("okta.apps.read").people.possible
    request = reach.witness(reach.regions[0])
    assert request is not None
    decision = Decider(tenant).decide(request)
    assert frozenset(decision.granted_scopes) == reach.regions[0].scopes

    unread = org(unread=["app_grants", "grants"], **{"/api/v1/apps/portal/grants": grants})
    unsure = Reach(unread).situation(ORG_SERVER, "portal", CODE)
    assert unsure.access("openid").people.any is True
    assert unsure.access("okta.apps.read").people.any is None


def test_clients_that_meet_the_same_rules_share_their_evaluation() -> None:
    apps = [app(f"a{n}", CODE) for n in range(50)]
    tenant = org(rule("r", "*"), **{"/api/v1/apps": [*apps, app("portal", CODE)]})
    reach = Reach(tenant)

    shared = {id(reach.situation("orders", f"a{n}", CODE).evaluation) for n in range(50)}

    assert len(shared) == 1
    assert [len(group.clients) for group in server(tenant).groups] == [51]


def test_user_sets() -> None:
    users = Numbering([f"u{n:02}" for n in range(20)])
    some = users.of(["u03", "u17", "stranger", "u08"])

    assert list(some) == ["u03", "u08", "u17"]
    assert (len(some), some.first(), "u17" in some, "stranger" in some) == (3, "u03", True, False)
    assert list(users.all - some - users.of(f"u{n:02}" for n in range(9, 20))) == [
        *("u00", "u01", "u02", "u04", "u05", "u06", "u07")
    ]
    assert some | users.none == some
    assert not some & users.none
    assert users.all.meets(some)


def test_three_valued_people() -> None:
    users = Numbering(["ada", "bob", "eve"])
    maybe = UncertainUsers(users.of(["ada"]), users.of(["ada", "bob"]))

    assert [maybe.has(name) for name in ("ada", "bob", "eve")] == [True, None, False]
    assert list(maybe.unknown) == ["bob"]
    rest = UncertainUsers.certain(users.all) - maybe
    assert [rest.has(name) for name in ("ada", "bob", "eve")] == [False, None, True]
    assert [(maybe | rest).has(name) for name in ("ada", "bob", "eve")] == [True, None, True]
    assert (maybe & rest).any is None


def test_policies_that_were_not_read_may_give_everything_to_everybody() -> None:
    tenant = org(rule("look", "orders:read"), unread=["policies", "rules"])

    access = portal(tenant).access("orders:read")

    assert not access.people.sure
    assert list(access.people.possible) == ["ada", "bob", "eve"]


def test_default_scopes_that_were_not_read_settle_for_no_rule() -> None:
    tenant = org(rule("look", "orders:read"), rule("sell", "orders:write"), unread=["scopes"])

    omitted = [region for region in portal(tenant).regions if region.omitted]

    # Whether "look" takes a request without scopes depends on what the defaults are.
    assert [item.candidate.rule.id for item in omitted if item.candidate] == ["look", "sell"]
    assert not any(item.people.sure for item in omitted)
    assert [list(item.people.possible)[:3] for item in omitted] == [["ada", "bob", "eve"]] * 2
