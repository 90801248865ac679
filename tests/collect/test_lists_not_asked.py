"""Lists that nobody needs are not asked for, are never taken for empty, and change no answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from helpers import ledger, okta_auditor, served
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from in_process import InProcessOrg

from auditor.lint.engine import audit_org
from auditor.plugins import load_rules
from auditor.snapshot.document import Capture, Snapshot, parse_snapshot, read_document
from auditor.snapshot.org import Org
from auditor.snapshot.view import UnreadListError
from auditor.tokens.decide import Decider
from auditor.tokens.request import ORG_SERVER, TokenRequest

NOW = datetime(2026, 11, 1, tzinfo=UTC)
SERVER = "/api/v1/authorizationServers/aus1"
CODE, MACHINE, EXCHANGE = (
    "authorization_code",
    "client_credentials",
    "urn:ietf:params:oauth:grant-type:token-exchange",
)
PEOPLE = ("app_groups", "app_users")
KINDS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "inactive": ({"status": "INACTIVE"}, ("app_grants", "app_jwks", *PEOPLE)),
    "machine": ({"grants": [MACHINE]}, PEOPLE),
    "broker": ({"broker": True}, PEOPLE),
    "sign-in": ({}, ()),
    "both": ({"grants": [CODE, MACHINE]}, ()),
    "exchange": ({"grants": [MACHINE, EXCHANGE]}, ()),
    "no grant types": ({"grants": []}, ()),
    "unknown status": ({"status": "STAGED"}, ()),
    "key in its record": ({"keys": [{"kid": "k1", "kty": "RSA"}]}, ("app_jwks",)),
    "encryption key only": ({"keys": [{"kid": "k1", "kty": "RSA", "use": "enc"}]}, ()),
    "inactive key": ({"keys": [{"kid": "k1", "kty": "RSA", "status": "INACTIVE"}]}, ()),
    "no key to encrypt with": (
        {
            "keys": [{"kid": "k1", "kty": "RSA", "use": "sig"}],
            "settings": {"id_token_encrypted_response_alg": "RSA-OAEP-256"},
        },
        (),
    ),
    "no key for its requests": (
        {
            "keys": [{"kid": "k1", "kty": "RSA"}],
            "settings": {"request_object_signing_alg": "ES256"},
        },
        (),
    ),
    "keys behind an address": (
        {"settings": {"jwks_uri": "https://app.example.com/jwks"}},
        ("app_jwks",),
    ),
}
"""What an app is like, and what is not asked for."""

ANY_GRANT = '''"""An app has a grant.

Because.

Fix: revoke it.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1"}], "/api/v1/apps/0oa1/grants": [{"id": "oag1"}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1"}]}
"""

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, rule


@rule("ACME001", severity=Severity.LOW, impact=Impact.RISKY, reads=["app_grants"])
def check(org: Org) -> Iterator[Finding]:
    for app in org.apps:
        if org.grants(app):
            yield Finding(app, "It has a grant.")
'''


def app(
    identity: str,
    *,
    status: str = "ACTIVE",
    grants: list[str] | None = None,
    broker: bool = False,
    kind: str = "web",
    keys: list[dict[str, Any]] | None = None,
    settings: dict[str, Any] | None = None,
) -> dict[str, Any]:
    oauth = {
        "application_type": kind,
        "grant_types": [CODE] if grants is None else grants,
        "response_types": ["code"],
        "redirect_uris": ["https://app.example.com/"],
        **({} if keys is None else {"jwks": {"keys": keys}}),
        **(settings or {}),
    }
    return {
        "id": identity,
        "label": f"App {identity}",
        "status": status,
        "signOnMode": "OPENID_CONNECT",
        "credentials": {
            "oauthClient": {
                "client_id": identity,
                "token_endpoint_auth_method": "private_key_jwt",
                "pkce_required": True,
            }
        },
        "settings": {"implicitAssignment": broker, "oauthClient": oauth},
    }


def document(*apps: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A tenant in which each app has a group, a user, and a grant of a scope of the Okta APIs."""
    groups = [
        {"id": "00g0", "type": "BUILT_IN", "profile": {"name": "Everyone"}},
        {"id": "00g1", "type": "OKTA_GROUP", "profile": {"name": "Staff"}},
    ]
    people = {"groups": {"include": ["EVERYONE"]}}
    rule = {
        "id": "0pr1",
        "name": "Any",
        "status": "ACTIVE",
        "priority": 1,
        "conditions": {
            "people": people,
            "grantTypes": {"include": [CODE, MACHINE]},
            "scopes": {"include": ["*"]},
        },
    }
    policy = {"id": "00p1", "name": "All", "status": "ACTIVE", "priority": 1}
    tenant: dict[str, Any] = {
        "/api/v1/org": {"id": "00o1", "companyName": "Acme"},
        "/api/v1/org/settings/clientPrivilegesSetting": {"clientPrivilegesSetting": False},
        "/api/v1/authorizationServers": [
            {
                "id": "aus1",
                "name": "S",
                "status": "ACTIVE",
                "audiences": ["https://api.example.com"],
            }
        ],
        f"{SERVER}/policies": [policy | {"conditions": {"clients": {"include": ["ALL_CLIENTS"]}}}],
        f"{SERVER}/policies/00p1/rules": [rule],
        f"{SERVER}/scopes": [{"id": "scp1", "name": "read", "system": False}],
        "/api/v1/apps": list(apps),
        "/api/v1/groups": groups,
        "/api/v1/groups/00g0/users": [{"id": "00u1"}, {"id": "00u2"}],
        "/api/v1/groups/00g1/users": [{"id": "00u1"}],
        "/api/v1/users": [
            {"id": f"00u{n}", "status": "ACTIVE", "profile": {"login": f"u{n}@example.com"}}
            for n in (1, 2)
        ],
    }
    for each in apps:
        path = f"/api/v1/apps/{each['id']}"
        tenant[f"{path}/groups"] = [{"id": "00g1"}]
        tenant[f"{path}/users"] = [{"id": "00u2", "scope": "USER", "status": "ACTIVE"}]
        tenant[f"{path}/grants"] = [
            {"id": f"oag{each['id']}", "scopeId": "okta.users.manage", "status": "ACTIVE"}
        ]
        tenant[f"{path}/credentials/jwks"] = [{"id": "pks1", "kid": "k1", "kty": "RSA"}]
    return {**tenant, **more}


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_that_nobody_needs_is_not_asked_for_and_not_empty(kind: str, tmp_path: Path) -> None:
    made, spared = KINDS[kind]
    with served(document(app("0oa1", **made))) as sandbox:
        outcome = okta_auditor("snapshot", "-o", tmp_path / "s.json", url=sandbox.url)
        assert outcome.exit_code == 0, outcome.shown
        asked = {request.path for request in sandbox.requests}

    org = Org.of(parse_snapshot(read_document(tmp_path / "s.json"), tmp_path / "s.json"))
    strict = org.restricted_to(["app_grants", "app_jwks", *PEOPLE, "group_members"])
    for name, path, read in (
        ("app_grants", "grants", strict.grants),
        ("app_groups", "groups", strict.assigned_groups),
        ("app_users", "users", strict.assigned_users),
        ("app_jwks", "credentials/jwks", strict.client_keys),
    ):
        entry = ledger(tmp_path / "s.json")[name]
        assert entry["status"] == "complete"
        assert sum(each["lists"] for each in entry.get("not_asked", [])) == (name in spared)
        assert (f"/api/v1/apps/0oa1/{path}" in asked) == (name not in spared)
        assert org.known(name, org.apps[0]) == (name not in spared)
        if name in spared and kind == "key in its record":
            assert [key.kid for key in strict.client_keys(strict.apps[0])] == ["k1"]
        elif name in spared:
            with pytest.raises(UnreadListError, match="were not read, since "):
                read(strict.apps[0])
        else:
            assert read(strict.apps[0])


def test_all_lists_asks_for_everything(tmp_path: Path) -> None:
    apps = [app(f"0oa{n}", **made) for n, (made, _) in enumerate(KINDS.values())]
    with served(document(*apps)) as sandbox:
        okta_auditor("snapshot", "-o", tmp_path / "s.json", "--all-lists", url=sandbox.url)
    entries = ledger(tmp_path / "s.json")

    assert {entries[name]["lists"] for name in ("app_grants", *PEOPLE)} == {len(KINDS)}
    assert not any("not_asked" in entry for entry in entries.values())


def test_a_rule_of_somebody_that_needs_it_is_not_evaluated(tmp_path: Path) -> None:
    pack = tmp_path / "rules"
    pack.mkdir()
    (pack / "any_grant.py").write_text(ANY_GRANT)
    path = tmp_path / "s.json"
    with served(document(app("0oa1"), app("0oa2", status="INACTIVE"))) as sandbox:
        okta_auditor("snapshot", "-o", path, url=sandbox.url)
        call = ("audit", path, "--rules", pack, "--select", "ACME001", "-O", "json")
        (unread,) = json.loads(okta_auditor(*call).stdout)["not_evaluated"]
        okta_auditor("snapshot", "-o", path, "--all-lists", url=sandbox.url)
        whole = json.loads(okta_auditor(*call).stdout)

    assert 'scope grants of "App 0oa2" were not read, since the app is inactive' in unread["reason"]
    assert "--all-lists" in unread["remedy"]
    assert (len(whole["findings"]), whole["not_evaluated"]) == (2, [])


@pytest.mark.parametrize("late", ["^/api/v1/apps$", "^/workload"])
def test_people_of_an_app_that_an_agent_acts_for_are_read(late: str) -> None:
    orn = "orn:okta:idp:00o1:apps:oidc_client:0oa1"
    agent = {"id": "wlp1", "status": "ACTIVE", "appId": "0oa2"}
    link = {"id": "dl1", "from": {"clientOrn": orn}, "to": {"resourceOrn": "orn:x:wlp1"}}
    org = InProcessOrg(
        document(
            app("0oa1", grants=[MACHINE]),
            app("0oa2", grants=[MACHINE]),
            app("0oa3", grants=[MACHINE]),
            **{
                "/workload-principals/api/v1/ai-agents": {"data": [agent]},
                "/workload-principals/api/v1/delegation-links": {"data": [link]},
            },
        ),
        slow=late,
    )
    found, _, _ = org.export()

    entry = found.entry("app_users")
    assert (entry.lists, [each.lists for each in entry.not_asked]) == (2, [1])
    assert "/api/v1/apps/0oa3/users" not in org.resources


def snapshot_of(org: InProcessOrg, **options: Any) -> Snapshot:
    found, _, _ = org.export(**options)
    capture = Capture(
        org_url="https://acme.okta.com", tool_version="0", started_at=NOW, finished_at=NOW
    )
    return Snapshot(capture=capture, ledger=found, resources=org.resources)


KEYS = [
    {"kid": "rsa", "kty": "RSA"},
    {"kid": "ec", "kty": "EC", "use": "sig", "status": "ACTIVE"},
    {"kid": "enc", "kty": "RSA", "use": "enc", "status": "ACTIVE"},
    {"kid": "old", "kty": "RSA", "use": "sig", "status": "INACTIVE"},
    {"kid": None, "kty": "EC", "crv": "P-256", "x": "AA", "y": "AQ", "status": "ACTIVE"},
]
KEY_SETTINGS: list[dict[str, Any]] = [
    {},
    {"id_token_encrypted_response_alg": "RSA-OAEP-256"},
    {"request_object_signing_alg": "RS256"},
    {"jwks_uri": "https://app.example.com/jwks"},
]


@st.composite
def tenants(draw: Callable[[st.SearchStrategy[Any]], Any]) -> dict[str, Any]:
    """Apps of all kinds with all kinds of assignments and grants, and what rules make of them."""
    apps = [
        app(
            f"0oa{n}",
            status=draw(st.sampled_from(["ACTIVE", "INACTIVE"])),
            grants=draw(st.lists(st.sampled_from([CODE, MACHINE, EXCHANGE]), unique=True)),
            broker=draw(st.booleans()),
            kind=draw(st.sampled_from(["web", "service", "native"])),
            keys=draw(st.lists(st.sampled_from(KEYS), unique_by=str, max_size=2)),
            settings=draw(st.sampled_from(KEY_SETTINGS)),
        )
        for n in range(4)
    ]
    tenant = document(*apps)
    names = [each["id"] for each in apps]
    policy = tenant[f"{SERVER}/policies"][0]
    policy["conditions"]["clients"]["include"] = draw(
        st.one_of(st.just(["ALL_CLIENTS"]), st.lists(st.sampled_from(names), unique=True))
    )
    people = tenant[f"{SERVER}/policies/00p1/rules"][0]["conditions"]["people"]
    people["groups"] = {
        "include": [draw(st.sampled_from(["EVERYONE", "00g0", "00g1"]))],
        "exclude": draw(st.sampled_from([[], ["00g1"]])),
    }
    for each in apps:
        name = each["id"]
        path = f"/api/v1/apps/{name}"
        # The record may say less than the list; what it leaves out here changes no answer.
        more = draw(st.lists(st.sampled_from(KEYS[:-1]), unique_by=str, max_size=2))
        in_record = each["settings"]["oauthClient"]["jwks"]["keys"]
        listed = {key["kid"]: key for key in (*more, *in_record)}
        tenant[f"{path}/credentials/jwks"] = [
            {"id": f"pks{kid}", **key} for kid, key in listed.items()
        ]
        ids = draw(st.lists(st.sampled_from(["00g0", "00g1"]), unique=True))
        tenant[f"{path}/groups"] = [{"id": identity} for identity in ids]
        if draw(st.booleans()):
            tenant[f"{path}/users"] = []
        if draw(st.booleans()):
            tenant[f"{path}/grants"] = []
        if draw(st.booleans()):
            tenant[f"/oauth2/v1/clients/{name}/roles"] = [
                {"id": f"ra{name}", "type": "SUPER_ADMIN", "status": "ACTIVE"}
            ]
    return tenant


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(tenants())
def test_every_finding_and_every_decision_is_the_same_without_them(tenant: dict[str, Any]) -> None:
    spared, whole = (
        Org.of(snapshot_of(InProcessOrg(tenant), all_lists=each)) for each in (False, True)
    )
    rules = load_rules()
    results = [audit_org(org, rules) for org in (spared, whole)]
    for result in results:
        assert not result.not_evaluated
        assert not result.crashed
    findings = [[(f.fingerprint, f.message) for f in result.findings] for result in results]
    assert findings[0] == findings[1]

    one, other = Decider(spared), Decider(whole)
    for client, server, grant, scope in product(
        [each["client_id"] for each in _clients(tenant)],
        [ORG_SERVER, "aus1"],
        [CODE, MACHINE, EXCHANGE],
        ["read", "openid", "okta.users.manage"],
    ):
        for user in (None,) if grant == MACHINE else ("00u1", "00u2"):
            request = TokenRequest(
                server=server, client=client, grant=grant, scopes=frozenset({scope}), user=user
            )
            assert one.decide(request).outcome is other.decide(request).outcome, request


def _clients(tenant: dict[str, Any]) -> list[dict[str, Any]]:
    return [each["credentials"]["oauthClient"] for each in tenant["/api/v1/apps"]]
