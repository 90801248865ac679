"""Who may read and change the org: what the pages of these rules do not show."""

from typing import Any

import pytest

from auditor.lint.engine import audit
from auditor.lint.examples import example_snapshot
from auditor.plugins import load_rules
from auditor.snapshot.collections import match
from auditor.snapshot.document import Snapshot, Source, dump_snapshot
from auditor.snapshot.ledger import CollectionStatus, LedgerEntry
from auditor.snapshot.org import Org

RULES = {rule.code: rule for rule in load_rules()}
APPS = "/api/v1/apps"
TOKENS = "/api/v1/api-tokens"
SERVERS_MANAGE, APPS_READ = "okta.authorizationServers.manage", "okta.apps.read"
API_ADMIN, APP_ADMIN = "API_ACCESS_MANAGEMENT_ADMIN", "APP_ADMIN"
CODE, MACHINE = "authorization_code", "client_credentials"

Json = dict[str, Any]


def without(content: Json, *collections: str) -> Snapshot:
    """A snapshot of which collections were refused."""
    snapshot = example_snapshot(content)
    refused = {
        name: LedgerEntry(collection=name, status=CollectionStatus.REFUSED, reason="403")
        for name in collections
    }
    entries = (refused.get(each.collection, each) for each in snapshot.ledger.entries)
    ledger = snapshot.ledger.model_copy(update={"entries": tuple(entries)})
    kept = {
        path: value
        for path, value in snapshot.resources.items()
        if (matched := match(path)) is None or matched[0].name not in collections
    }
    return snapshot.model_copy(update={"ledger": ledger, "resources": kept})


def messages(code: str, content: Json | Snapshot, **options: object) -> list[str]:
    snapshot = content if isinstance(content, Snapshot) else example_snapshot(content)
    rule, org = RULES[code], Org.of(snapshot)
    if options:
        assert rule.options is not None
        seen = org.restricted_to(rule.reads, rule.consults)
        return [each.message for each in rule.check(seen, type(rule.options)(**options))]
    return [finding.message for finding in rule.findings(org)]


def machine(*scopes: str, roles: tuple[str, ...] = (), source: str = "ADMIN") -> Json:
    settings = {"oauthClient": {"application_type": "service", "grant_types": [MACHINE]}}
    return {
        APPS: [{"id": "0oa1", "label": "Job", "settings": settings}],
        f"{APPS}/0oa1/grants": [{"scopeId": scope, "source": source} for scope in scopes],
        "/oauth2/v1/clients/0oa1/roles": [{"type": role} for role in roles],
    }


@pytest.mark.parametrize(
    ("scope", "role", "deeds"),
    [
        (SERVERS_MANAGE, API_ADMIN, ["change authorization servers"]),
        (SERVERS_MANAGE, APP_ADMIN, []),
        (APPS_READ, API_ADMIN, ["read the secrets"]),
        (APPS_READ, APP_ADMIN, ["read the secrets"]),
        ("okta.apps.manage", APP_ADMIN, ["read the secrets"]),
        (APPS_READ, "READ_ONLY_ADMIN", []),
        ("okta.users.manage", API_ADMIN, []),
        (SERVERS_MANAGE, "CUSTOM", []),
        (SERVERS_MANAGE, "ORG_ADMIN", []),
    ],
)
def test_a_service_app_needs_both_a_role_and_a_scope(
    scope: str, role: str, deeds: list[str]
) -> None:
    told = messages("OAM617", machine(scope, roles=(role,)))

    assert len(told) == len(deeds)
    assert all(deed in message for deed, message in zip(deeds, told, strict=True))


def test_one_finding_names_everything_that_the_roles_of_an_app_allow() -> None:
    (one,) = messages("OAM617", machine(SERVERS_MANAGE, APPS_READ, roles=(API_ADMIN,)))
    (two,) = messages("OAM617", machine(SERVERS_MANAGE, APPS_READ, roles=(API_ADMIN, APP_ADMIN)))

    assert one.count(API_ADMIN) == 1
    assert "change authorization servers and read the secrets of clients by" in one
    assert APP_ADMIN in two


def test_what_a_user_consented_to_is_no_scope_of_the_machine() -> None:
    assert not messages("OAM617", machine(APPS_READ, roles=(APP_ADMIN,), source="END_USER"))


def test_read_only_administrators_are_reported_where_the_option_says_so() -> None:
    content = machine(APPS_READ, roles=("READ_ONLY_ADMIN",))

    assert messages("OAM617", content, read_only_administrators=True)
    assert not messages("OAM617", content, read_only_administrators=False)


def test_each_token_of_an_owner_is_told_and_super_admins_are_left_to_their_rule() -> None:
    tokens = {TOKENS: [{"id": f"00T{number}", "userId": "00u1"} for number in (1, 2)]}
    owner = {"/api/v1/users/00u1/roles": [{"type": API_ADMIN}]}
    boss = {"/api/v1/users/00u1/roles": [{"type": API_ADMIN}, {"type": "SUPER_ADMIN"}]}
    former = {
        "/api/v1/users/00u1/roles": [
            {"type": API_ADMIN},
            {"type": "SUPER_ADMIN", "status": "INACTIVE"},
        ]
    }

    assert len(messages("OAM617", tokens | owner)) == 2
    assert not messages("OAM617", tokens | boss)
    assert len(messages("OAM805", tokens | boss)) == 2
    assert len(messages("OAM617", tokens | former)) == 2


@pytest.mark.parametrize(
    ("scope", "permission", "told"),
    [
        (SERVERS_MANAGE, "okta.authzServers.manage", 1),
        (SERVERS_MANAGE, "okta.authzServers.read", 0),
        (APPS_READ, "okta.apps.clientCredentials.read", 1),
        (APPS_READ, "okta.apps.read", 0),
        (APPS_READ, "okta.authzServers.manage", 0),
    ],
)
def test_custom_roles_count_by_their_permissions(scope: str, permission: str, told: int) -> None:
    content = machine(scope) | {
        "/oauth2/v1/clients/0oa1/roles": [{"type": "CUSTOM", "role": "cr01", "label": "Own"}],
        "/api/v1/iam/roles": [{"id": "cr01", "label": "Own"}],
        "/api/v1/iam/roles/cr01/permissions": [{"label": permission}],
    }

    assert len(messages("OAM617", content)) == told
    assert not messages("OAM617", without(content, "role_permissions"))
    assert not messages("OAM617", without(content, "custom_roles", "role_permissions"))


@pytest.mark.parametrize(
    ("code", "collection"),
    [
        ("OAM617", "client_roles"),
        ("OAM617", "token_owner_roles"),
        ("OAM617", "app_grants"),
        ("OAM811", "api_service_integrations"),
        ("OAM107", "custom_domains"),
        ("OAM812", "client_rate_limits"),
        ("OAM616", "app_grants"),
    ],
)
def test_what_was_refused_is_not_evaluated(code: str, collection: str) -> None:
    snapshot = without({}, collection)
    result = audit(snapshot, [RULES[code]], Source("example.json", dump_snapshot(snapshot)))

    assert [each.rule.code for each in result.not_evaluated] == [code]


def web(*grants: str, granted: bool, rule_grants: tuple[str, ...] = ()) -> Json:
    """A web app, the grant of a scope, and a rule that it can meet."""
    settings = {"oauthClient": {"application_type": "web", "grant_types": [*grants]}}
    path = "/api/v1/authorizationServers/aus1/policies"
    conditions = {"grantTypes": {"include": [*rule_grants]}, "scopes": {"include": ["a"]}}
    rules = {
        path: [{"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}],
        f"{path}/p1/rules": [{"conditions": conditions}],
    }
    return {
        APPS: [{"id": "0oa1", "label": "Portal", "settings": settings}],
        f"{APPS}/0oa1/grants": [{"scopeId": "okta.users.read"}] if granted else [],
        **(rules if rule_grants else {}),
    }


@pytest.mark.parametrize("rule_grants", [(), (CODE,)])
def test_a_web_app_with_okta_scopes_for_a_machine_is_told_once(
    rule_grants: tuple[str, ...],
) -> None:
    content = web(CODE, MACHINE, granted=True, rule_grants=rule_grants)

    assert len(messages("OAM616", content)) == 1
    assert not messages("OAM503", content)


def test_without_okta_scopes_the_grant_type_itself_is_told() -> None:
    content = web(CODE, MACHINE, granted=False, rule_grants=(CODE,))

    assert not messages("OAM616", content)
    assert len(messages("OAM503", content)) == 1


def test_a_secret_is_told_once_where_okta_mints_no_scope_for_it() -> None:
    content = machine("okta.users.read")
    content[APPS][0]["credentials"] = {
        "oauthClient": {"token_endpoint_auth_method": "client_secret_basic"}
    }

    assert len(messages("OAM614", content)) == 1
    assert not messages("OAM512", content)
    assert len(messages("OAM512", content | {f"{APPS}/0oa1/grants": []})) == 1


@pytest.mark.parametrize(
    ("server", "app", "told"),
    [
        ("ORG_URL", "CUSTOM_URL", 1),
        ("CUSTOM_URL", "ORG_URL", 1),
        ("CUSTOM_URL", "CUSTOM_URL", 0),
        ("DYNAMIC", "CUSTOM_URL", 0),
        ("ORG_URL", "DYNAMIC", 0),
        (None, "CUSTOM_URL", 0),
        ("ORG_URL", None, 0),
    ],
)
def test_only_fixed_issuers_differ(server: str | None, app: str | None, told: int) -> None:
    content = web(CODE, granted=False, rule_grants=(CODE,))
    content[APPS][0]["settings"]["oauthClient"]["issuer_mode"] = app
    content["/api/v1/authorizationServers"] = [{"id": "aus1", "issuerMode": server}]
    domain = {"id": "OcD1", "domain": "login.example.com", "validationStatus": "COMPLETED"}

    assert len(messages("OAM107", content | {"/api/v1/domains": [domain]})) == told
    assert not messages("OAM107", content)


@pytest.mark.parametrize(
    ("requests", "at_once", "told"),
    [(100, 50, 1), (50, 100, 1), (100, 100, 1), (99, 99, 0), (None, None, 0)],
)
def test_a_whole_rate_limit_is_told_once(
    requests: int | None, at_once: int | None, told: int
) -> None:
    limit = {
        "id": "prl1",
        "principalId": "0oaElsewhere",
        "defaultPercentage": requests,
        "defaultConcurrencyPercentage": at_once,
    }
    found = messages("OAM812", {"/api/v1/principal-rate-limits": [limit]})

    assert len(found) == told
    assert all("0oaElsewhere" in message for message in found)
