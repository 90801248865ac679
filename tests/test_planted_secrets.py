"""Secrets planted in every kind of object and every place of a tenant: none is in any output."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from helpers import SERVERS, okta_auditor, served, tenant

from auditor.snapshot.collections import COLLECTIONS, Collection

LEAST = 73
AGENTS = "/workload-principals/api/v1/ai-agents"
MARK = "Pl4nted"

LISTS = {
    "claims": f"{SERVERS}/aus1/claims",
    "server_keys": f"{SERVERS}/aus1/credentials/keys",
    "policies": f"{SERVERS}/aus1/policies",
    "policy_rules": f"{SERVERS}/aus1/policies/00p1/rules",
    "resource_server_keys": f"{SERVERS}/aus1/resourceservercredentials/keys",
    "scopes": f"{SERVERS}/aus1/scopes",
    "associated_servers": f"{SERVERS}/aus1/associatedServers",
    "app_jwks": "/api/v1/apps/0oa1/credentials/jwks",
    "app_grants": "/api/v1/apps/0oa1/grants",
    "app_groups": "/api/v1/apps/0oa1/groups",
    "app_users": "/api/v1/apps/0oa1/users",
    "interclient_target_apps": "/api/v1/apps/0oa3/interclient-target-apps",
    "agent_connections": f"{AGENTS}/wlp1/connections",
    "role_permissions": "/api/v1/iam/roles/cr01/permissions",
    "client_roles": "/oauth2/v1/clients/0oa1/roles",
    "token_owner_roles": "/api/v1/users/00u1/roles",
    "group_members": "/api/v1/groups/00g1/users",
}
"""Where the lists of a collection are that has one for each parent."""


class Planter:
    """Makes secrets that are told from each other, in places that it remembers."""

    def __init__(self) -> None:
        self.numbers = count(100)
        self.planted: dict[str, str] = {}

    def plain(self, place: str) -> str:
        """A secret that only its place shows to be one."""
        secret = f"{MARK}{next(self.numbers)}x{len(place)}"
        self.planted[secret] = place
        return secret

    def beside(self, place: str) -> dict[str, Any]:
        """Members with secrets, under the names that they have and names that they might have."""
        names = (
            *("client_secret", "clientSecret", "sharedSecret", "password", "apiKey", "x-vendor"),
            *("Authorization", "privateKey", "k", "d", "p", "notes", "token_value", "passphrase"),
        )
        members: dict[str, Any] = {name: self.plain(f"{place}.{name}") for name in names}
        return members | {
            "headers": [{"key": "Authorization", "value": self.plain(f"{place}.headers")}],
            "authScheme": {"key": "X-Key", "value": self.plain(f"{place}.authScheme")},
            "app": {"deep": [[{"er": self.plain(f"{place}.app")}]]},
            "uri": f"https://hook.example/run/{self.plain(f'{place}.uri')}?x=1",
            "_links": {"self": {"href": f"https://acme/{self.plain(f'{place}._links')}"}},
            "_embedded": {"user": {"credentials": {"password": self.plain(f"{place}._embedded")}}},
            self.plain(f"{place}, a name"): "value",
        }

    def inside(self, place: str) -> str:
        """A text with credentials that can be told by their form."""
        new = self.plain
        return (
            f"Bearer {new(place)}zzzzzz, SSWS {new(place)}zzzzzz, "
            f"https://ada:{new(place)}@b.example/ "
            f"https://b.example/?api_key={new(place)}&a=1 password={new(place)}; "
            f"eyJhbGciOiJIUzI1NiJ9.eyJ{new(place)}.{new(place)} "
            f"-----BEGIN EC PRIVATE KEY-----\nMHc{new(place)}\n-----END EC PRIVATE KEY-----"
        )


def everywhere(value: Any, planter: Planter, place: str) -> Any:
    """The value with secrets beside the members of each object in it."""
    if isinstance(value, dict):
        inner = {key: everywhere(item, planter, f"{place}.{key}") for key, item in value.items()}
        return {**planter.beside(place), **inner}
    if isinstance(value, list):
        return [everywhere(item, planter, place) for item in value]
    return value


def base() -> dict[str, Any]:
    """A tenant with an object of every collection."""
    document = tenant()
    app = document["/api/v1/apps"][0]
    app["settings"]["oauthClient"] |= {
        "application_type": "service",
        "jwks": {"keys": [{"kty": "oct", "kid": "k"}]},
    }
    app["settings"] |= {"app": {"x": {}}, "notes": {}, "signOn": {}}
    app |= {"profile": {}, "accessibility": {"selfService": False}, "visibility": {"hide": {}}}
    exchange = "urn:ietf:params:oauth:grant-type:token-exchange"
    web = {"oauthClient": {"application_type": "web", "grant_types": [exchange]}}
    portal = {"id": "0oa3", "label": "p", "signOnMode": "OPENID_CONNECT", "settings": web}
    key = {"kty": "RSA", "kid": "k1", "n": "abc", "e": "AQAB", "status": "ACTIVE", "use": "sig"}
    document |= {
        LISTS["claims"]: [{"id": "ocl1", "name": "c", "conditions": {"scopes": []}}],
        LISTS["server_keys"]: [key],
        LISTS["resource_server_keys"]: [key],
        LISTS["associated_servers"]: [{"id": "aus1", "name": "Billing"}],
        LISTS["app_jwks"]: [{"id": "pks1", **key}],
        LISTS["app_grants"]: [{"id": "oag1", "scopeId": "okta.apps.read", "status": "ACTIVE"}],
        LISTS["client_roles"]: [{"id": "ra1", "type": "SUPER_ADMIN"}],
        "/api/v1/iam/roles": {"roles": [{"id": "cr01", "label": "r"}]},
        LISTS["role_permissions"]: {"permissions": [{"label": "okta.apps.read"}]},
        "/api/v1/principal-rate-limits": [{"id": "prl1", "principalId": "0oa1"}],
        LISTS["token_owner_roles"]: [{"id": "ra2", "type": "SUPER_ADMIN"}],
        "/api/v1/api-tokens": [{"id": "00T1", "name": "t", "userId": "00u1", "network": {}}],
        "/api/v1/apps": [*document["/api/v1/apps"], portal],
        LISTS["interclient_target_apps"]: ["0oa1"],
        AGENTS: {"data": [{"id": "wlp1", "profile": {"name": "a"}, "oauthClient": {}}]},
        LISTS["agent_connections"]: [
            {"id": "mcn1", "authorizationServer": {"name": "Billing"}, "scopes": ["billing:read"]}
        ],
        "/workload-principals/api/v1/delegation-links": [{"id": "dlk1", "from": {}, "to": {}}],
        "/integrations/api/v1/api-services": [{"id": "0oa9", "name": "i", "properties": {}}],
        "/api/v1/domains": {"domains": [{"id": "OcD1", "domain": "d", "publicCertificate": {}}]},
        "/api/v1/groups/rules": [{"id": "0gr1", "name": "r", "conditions": {"expression": {}}}],
        "/api/v1/zones": [{"id": "nzo1", "name": "z", "gateways": [{"type": "CIDR"}]}],
        "/api/v1/inlineHooks": [{"id": "cal1", "name": "h", "channel": {"config": {}}}],
        "/api/v1/trustedOrigins": [{"id": "tos1", "name": "o", "scopes": [{"type": "CORS"}]}],
    }
    return document


def plant(document: dict[str, Any], planter: Planter) -> dict[str, Any]:
    planted = {path: everywhere(value, planter, path) for path, value in document.items()}
    texts = {
        "/api/v1/apps": ("label", "name"),
        SERVERS: ("name", "issuer"),
        LISTS["policies"]: ("name",),
        LISTS["policy_rules"]: ("name",),
        LISTS["scopes"]: ("description",),
        LISTS["claims"]: ("name", "value"),
        LISTS["app_grants"]: ("issuer",),
        "/api/v1/zones": ("name",),
        "/api/v1/inlineHooks": ("name",),
        "/api/v1/trustedOrigins": ("name", "origin"),
        "/api/v1/api-tokens": ("name", "clientName"),
        "/integrations/api/v1/api-services": ("name",),
        "/api/v1/groups/rules": ("name",),
    }
    for path, names in texts.items():
        for name in names:
            planted[path][0][name] = planter.inside(f"{path} {name}")
    oauth = planted["/api/v1/apps"][0]["settings"]["oauthClient"]
    oauth["redirect_uris"] = [planter.inside("redirect_uris")]
    planted[AGENTS]["data"][0]["profile"]["name"] = planter.inside("agent's name")
    connection = planted[LISTS["agent_connections"]][0]
    connection["authorizationServer"]["issuerUrl"] = planter.inside("connection's issuer")
    expression = planted["/api/v1/groups/rules"][0]["conditions"]["expression"]
    expression["value"] = planter.inside("group rule's expression")
    planted["/api/v1/iam/roles"]["roles"][0]["label"] = planter.inside("custom role's label")
    planted["/api/v1/domains"]["domains"][0]["domain"] = planter.inside("domain")
    planted["/api/v1/groups"][-1]["profile"]["name"] = planter.inside("group's name")
    return planted


def files(folder: Path) -> Iterator[tuple[str, str]]:
    for item in sorted(folder.rglob("*")):
        if item.is_file():
            yield item.name, item.read_bytes().decode("utf-8", "replace")


def test_every_collection_has_an_object_in_the_tenant() -> None:
    def path(row: Collection) -> str:
        return LISTS.get(row.name, row.path)

    assert [row.name for row in COLLECTIONS if not base().get(path(row))] == []


@pytest.mark.parametrize("failing", [False, True], ids=["whole", "with a journal left"])
def test_nothing_planted_is_in_any_output(
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    *,
    failing: bool,
) -> None:
    planter = Planter()
    document = plant(base(), planter)
    if failing:
        document["@faults"] = [{"path": "^/api/v1/users$", "status": 500}]
    snapshot = tmp_path / "s.json"
    with served(document) as sandbox:
        outcomes = [
            okta_auditor(
                "snapshot", "-o", snapshot, "-v", "--attempts", 1, "--all-members",
                "--debug", tmp_path / "debug.log", url=sandbox.url,
            ),
            okta_auditor("doctor", url=sandbox.url),
        ]  # fmt: skip
    assert outcomes[0].exit_code == (3 if failing else 0), outcomes[0].shown
    assert (tmp_path / "s.json.partial").exists() == failing
    formats = ("text", "json", "sarif", "html", "csv", "markdown", "junit", "github", "gitlab")
    calls: list[tuple[object, ...]] = [
        *(("audit", snapshot, "-O", name, "--no-config") for name in formats),
        ("evidence", "export", snapshot, "-o", tmp_path / "evidence", "--no-config"),
        ("access", snapshot),
        ("diff", snapshot, snapshot),
    ]
    outcomes += [okta_auditor(*call) for call in calls]

    assert len(planter.planted) >= LEAST
    said = [*(outcome.shown for outcome in outcomes), *capfd.readouterr()]
    everything = [*files(tmp_path), *(("a stream", text) for text in said)]
    shown = {
        (name, place)
        for name, text in everything
        for secret, place in planter.planted.items()
        if MARK in text and secret in text
    }
    assert not shown
    for row in json.loads(snapshot.read_text())["ledger"]:
        assert not row.get("quarantined"), row
