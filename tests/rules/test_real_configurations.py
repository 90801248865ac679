"""What real configurations contradicted, one test for each row of the facts' chapter 9.7.

Each shows the sound configuration, on which the rule is silent, and one beside it on which it is
not.
"""

from collections.abc import Iterable
from typing import Any

from rule_findings import RULES, reported

from auditor.lint.examples import example_snapshot
from auditor.lint.finding import Severity
from auditor.snapshot.org import Org

SERVERS = "/api/v1/authorizationServers"
APPS = "/api/v1/apps"
CODE, REFRESH, MACHINE = "authorization_code", "refresh_token", "client_credentials"
BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"

Json = dict[str, Any]


def client(identity: str, grants: Iterable[str], *, kind: str = "web", **settings: Any) -> Json:
    method = settings.pop("method", "client_secret_basic")
    oauth = {"application_type": kind, "grant_types": list(grants), "response_types": ["code"]}
    return {
        "id": identity,
        "label": identity,
        "credentials": {"oauthClient": {"token_endpoint_auth_method": method}},
        "settings": {"oauthClient": oauth | settings},
    }


def rule(grants: Iterable[str], scopes: Iterable[str], **token: int) -> Json:
    people = {} if list(grants) == [MACHINE] else {"groups": {"include": ["EVERYONE"]}}
    return {
        "conditions": {
            "people": people,
            "grantTypes": {"include": list(grants)},
            "scopes": {"include": list(scopes)},
        },
        "actions": {"token": token},
    }


def policies(*pairs: tuple[list[str], list[Json]], server: str = "aus1") -> Json:
    """Policies of a server: the clients of each, and its rules."""
    path = f"{SERVERS}/{server}/policies"
    rows = [
        {"id": f"{server}-p{number}", "conditions": {"clients": {"include": names}}}
        for number, (names, _) in enumerate(pairs, 1)
    ]
    rules = {f"{path}/{row['id']}/rules": each for row, (_, each) in zip(rows, pairs, strict=True)}
    return {path: rows, **rules}


def scopes(*names: str, server: str = "aus1") -> Json:
    return {f"{SERVERS}/{server}/scopes": [{"name": name} for name in names]}


def test_oam203_and_520_agents() -> None:
    agents = policies((["wlp1qa1kd02bWzlBC0g7"], [rule([BEARER], ["crm:read"])]))
    gone = policies((["0oaGone"], [rule([BEARER], ["crm:read"])]))
    nobody = {APPS: [client("0oa1", [CODE])]} | policies((["0oa1"], [rule([BEARER], ["crm"])]))

    assert reported(agents | scopes("crm:read"), "OAM203", "OAM520", "OAM503") == []
    assert reported(gone | scopes("crm:read"), "OAM203") == ["OAM203"]
    assert reported(nobody | scopes("crm"), "OAM520") == ["OAM520"]


def test_oam503_on_service_apps_that_have_another_working_grant() -> None:
    apps = {APPS: [client("0oa1", [MACHINE, EXCHANGE], kind="service")]}
    exchanging = apps | policies((["0oa1"], [rule([EXCHANGE], ["orders"])])) | scopes("orders")
    stuck = apps | policies((["0oa1"], [rule([CODE], ["orders"])])) | scopes("orders")

    assert reported(exchanging, "OAM503") == []
    assert set(reported(stuck, "OAM503")) == {"OAM503"}


def test_oam503_on_web_apps_that_sign_in_at_the_org_server() -> None:
    apps = {APPS: [client("0oa1", [CODE, MACHINE])]}
    at_org = apps | policies((["0oa1"], [rule([MACHINE], ["jobs"])])) | scopes("jobs")
    at_custom = apps | policies((["0oa1"], [rule([CODE], ["jobs"])])) | scopes("jobs")

    assert reported(at_org, "OAM503") == []
    assert reported(at_custom, "OAM503") == ["OAM503"]


def test_oam705_and_706_where_no_client_of_the_policy_can_refresh() -> None:
    token = {"refreshTokenLifetimeMinutes": 0, "refreshTokenWindowMinutes": 200_000}
    endless = policies((["0oa1"], [rule([CODE], ["openid", "offline_access"], **token)]))
    without = {APPS: [client("0oa1", [CODE])]} | endless
    with_it = {APPS: [client("0oa1", [CODE, REFRESH])]} | endless

    assert reported(without, "OAM705", "OAM706") == []
    assert reported(with_it, "OAM705", "OAM706") == ["OAM705", "OAM706"]


def test_oam704_from_5_to_9() -> None:
    apps = {APPS: [client("0oa1", [CODE, REFRESH])]}

    def window(minutes: int) -> Json:
        token = {"accessTokenLifetimeMinutes": 5, "refreshTokenWindowMinutes": minutes}
        rules = [rule([CODE], ["openid", "offline_access"], **token)]
        return apps | policies((["0oa1"], rules))

    assert [reported(window(minutes), "OAM704") for minutes in (5, 9, 10)] == [[], [], []]
    assert reported(window(4), "OAM704") == ["OAM704"]


def test_oam303_critical_on_a_server_without_custom_scopes() -> None:
    apps = {APPS: [client("0oa1", [CODE])]}
    open_to_all = apps | policies((["ALL_CLIENTS"], [rule([CODE], ["*"])]))

    assert reported(open_to_all, "OAM303") == []
    assert reported(open_to_all | scopes("orders"), "OAM303") == ["OAM303"]


def test_oam415_on_a_default_server_that_a_service_client_never_meant_to_use() -> None:
    apps = {APPS: [client("0oa1", [MACHINE], kind="service")]}
    default = {SERVERS: [{"id": "aus1", "name": "default", "default": True}]}
    for_all = policies((["ALL_CLIENTS"], [rule([CODE, MACHINE], ["*"])]))
    for_it = policies((["0oa1"], [rule([MACHINE], ["*"])]))

    assert reported(apps | default | for_all, "OAM415") == []
    assert reported(apps | for_it, "OAM415") == ["OAM415"]


def test_oam302_on_interclient_access_and_online_access() -> None:
    apps = {APPS: [client("0oa1", [CODE])]}
    known = policies((["0oa1"], [rule([CODE], ["openid", "interclient_access", "online_access"])]))
    typing_error = policies((["0oa1"], [rule([CODE], ["openid", "online_acess"])]))

    assert reported(apps | known, "OAM302") == []
    assert reported(apps | typing_error, "OAM302") == ["OAM302"]


def test_oam606_on_secret_authenticated_apps() -> None:
    granted = {f"{APPS}/0oa1/grants": [{"scopeId": "okta.users.read"}]}

    def service(method: str) -> Json:
        return granted | {APPS: [client("0oa1", [MACHINE], kind="service", method=method)]}

    assert reported(service("client_secret_basic"), "OAM606", "OAM614") == ["OAM614"]
    assert reported(service("private_key_jwt"), "OAM606", "OAM614") == ["OAM606"]


def test_oam206_and_318_are_not_certain_where_priorities_tie() -> None:
    apps = {APPS: [client("0oa1", [CODE])], f"{APPS}/0oa1/users": [{"id": "00u0"}]}
    wide, late = (
        rule([CODE], ["openid"], accessTokenLifetimeMinutes=60),
        rule([CODE], ["openid"], accessTokenLifetimeMinutes=10),
    )
    two_rules = policies((["0oa1"], [wide, late]))
    two_policies = policies((["0oa1"], [wide]), (["0oa1"], [late]))

    assert reported(apps | two_rules, "OAM318") == ["OAM318"]
    assert reported(apps | two_policies, "OAM206") == ["OAM206"]
    for each in two_rules[f"{SERVERS}/aus1/policies/aus1-p1/rules"]:
        each["priority"] = 1
    for each in two_policies[f"{SERVERS}/aus1/policies"]:
        each["priority"] = 1
    assert reported(apps | two_rules, "OAM318", "OAM308") == ["OAM308"]
    assert reported(apps | two_policies, "OAM206", "OAM204") == ["OAM204"]


def test_oam507_although_okta_enforces_pkce_for_none() -> None:
    def native(method: str) -> Json:
        app = client("0oa1", [CODE], kind="native", method=method)
        app["credentials"]["oauthClient"]["pkce_required"] = False
        return {APPS: [app]}

    assert reported(native("none"), "OAM507") == []
    assert reported(native("client_secret_post"), "OAM507") == ["OAM507"]


def test_oam601_and_502_once_for_one_unused_app() -> None:
    apps = {APPS: [client("0oa1", [CODE]), client("0oa2", [CODE])]}
    others = apps | policies((["0oa2"], [rule([CODE], ["openid"])]))
    assigned = {f"{APPS}/0oa2/users": [{"id": "00u0"}]}
    both = assigned | {f"{APPS}/0oa1/users": [{"id": "00u0"}]}

    assert reported(others | assigned, "OAM601", "OAM502", "OAM534") == ["OAM601"]
    assert reported(others | both, "OAM601", "OAM502") == ["OAM502"]


def test_oam601_is_high_only_where_somebody_is_meant_to_use_the_client() -> None:
    apps = {APPS: [client("0oa1", [CODE])]}
    groups = {f"{APPS}/0oa1/groups": [{"id": "00g1"}], "/api/v1/groups": [{"id": "00g1"}]}
    own = policies((["0oa1"], [rule([CODE], ["openid"])]))
    others = policies((["ALL_CLIENTS"], [rule([CODE], ["openid"])]))

    def milder(document: Json) -> list[Severity | None]:
        org = Org.of(example_snapshot(document))
        return [finding.severity for finding in RULES["OAM601"].findings(org)]

    assert RULES["OAM601"].severity is Severity.HIGH
    assert milder(apps) == milder(apps | others) == [Severity.LOW]
    assert milder(apps | groups) == milder(apps | own) == [None]


def test_oam304_and_305_on_rules_that_oam301_calls_dead() -> None:
    apps = {APPS: [client("0oa1", ["implicit", "password"])]}
    dead = apps | policies((["0oa1"], [rule(["implicit", "password"], [])]))
    live = apps | policies((["0oa1"], [rule(["implicit", "password"], ["openid"])]))

    assert reported(dead, "OAM301", "OAM304", "OAM305") == ["OAM301"]
    assert reported(live, "OAM301", "OAM304", "OAM305") == ["OAM304", "OAM305"]


def test_oam103_once_for_all_servers_that_share_an_audience() -> None:
    def servers(*audiences: str) -> Json:
        rows = [{"id": f"aus{n}", "audiences": [each]} for n, each in enumerate(audiences)]
        return {SERVERS: rows}

    assert reported(servers(*["https://api.example.com"] * 4), "OAM103") == ["OAM103"]
    assert reported(servers("https://a.example.com", "https://b.example.com"), "OAM103") == []


def test_oam604_low_for_a_sync_app_and_does_not_hide_a_role_that_is_too_weak() -> None:
    app = client("0oa1", [MACHINE], kind="service", method="private_key_jwt")
    granted = {f"{APPS}/0oa1/grants": [{"scopeId": "okta.users.manage"}]}

    def role(kind: str) -> Json:
        return {APPS: [app], "/oauth2/v1/clients/0oa1/roles": [{"id": "r1", "type": kind}]}

    strong, weak = role("USER_ADMIN"), role("READ_ONLY_ADMIN")
    assert RULES["OAM604"].severity is Severity.LOW
    assert reported(strong | granted, "OAM604", "OAM615") == ["OAM604"]
    assert reported(weak | granted, "OAM604", "OAM615") == ["OAM604", "OAM615"]
    assert RULES["OAM615"].severity.rank < RULES["OAM604"].severity.rank
