"""A tenant with clients of each kind, and requests for tokens to its sandbox."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from browsing import Reply, get, send

from auditor.sandbox import Sandbox

SERVERS = "/api/v1/authorizationServers"
NOW = "2026-11-28T12:00:00Z"
SECRET = "s3cret-of-the-robot"
CALLBACK = "https://portal.acme.example/callback"


def app(identity: str, method: str, kind: str, *grants: str, **settings: Any) -> dict[str, Any]:
    return {
        "id": identity,
        "label": f"The {identity}",
        "name": "oidc_client",
        "status": "ACTIVE",
        "signOnMode": "OPENID_CONNECT",
        "credentials": {
            "oauthClient": {"client_id": identity, "token_endpoint_auth_method": method}
        },
        "settings": {
            "oauthClient": {
                "application_type": kind,
                "grant_types": list(grants),
                "response_types": ["code"] if "authorization_code" in grants else ["token"],
                "redirect_uris": [CALLBACK],
                **settings,
            }
        },
    }


def rule(identity: str, priority: int, *grants: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": identity,
        "name": f"Rule {identity}",
        "status": "ACTIVE",
        "priority": priority,
        "conditions": {
            "people": {"users": {}, "groups": {"include": changes.get("groups", ["EVERYONE"])}},
            "grantTypes": {"include": list(grants)},
            "scopes": {"include": changes.get("scopes", ["bills:read"])},
        },
        "actions": {
            "token": {
                "accessTokenLifetimeMinutes": changes.get("minutes", 10),
                "refreshTokenLifetimeMinutes": 0,
                "refreshTokenWindowMinutes": 10080,
            }
        },
    }


def user(identity: str, name: str, **members: Any) -> dict[str, Any]:
    login = f"{name.lower()}@acme.example"
    profile = {"login": login, "email": login, "firstName": name, "lastName": "Ash"}
    return {"id": identity, "status": "ACTIVE", "profile": profile, **members}


ROBOT = app("robot", "client_secret_basic", "service", "client_credentials")
ROBOT["credentials"]["oauthClient"]["client_secret"] = SECRET
PORTAL = app(
    *("portal", "client_secret_post", "web", "authorization_code", "password", "refresh_token")
)
SPA = app("spa", "none", "browser", "authorization_code", "implicit")
SPA["settings"]["oauthClient"]["response_types"] = ["code", "token", "id_token"]
USERS = [
    user("00u1", "Ada", credentials={"password": {"value": "ada's own"}}),
    user("00u2", "Bob"),
    user("00u3", "Eve", status="SUSPENDED"),
]


def tenant_document(**changes: Any) -> dict[str, Any]:
    document: dict[str, Any] = {
        "/api/v1/org": {"id": "00o1", "companyName": "Acme"},
        SERVERS: [
            {"id": "aus1", "name": "Billing", "status": "ACTIVE", "audiences": ["api://bills"]}
        ],
        f"{SERVERS}/aus1/scopes": [
            {"id": "scp1", "name": "bills:read", "consent": "IMPLICIT"},
            {"id": "scp2", "name": "bills:write", "consent": "IMPLICIT"},
            {"id": "scp3", "name": "openid", "system": True, "consent": "IMPLICIT"},
            {"id": "scp4", "name": "offline_access", "system": True, "consent": "IMPLICIT"},
        ],
        f"{SERVERS}/aus1/policies": [
            {
                "id": "00p1",
                "name": "All",
                "status": "ACTIVE",
                "priority": 1,
                "conditions": {"clients": {"include": ["ALL_CLIENTS"]}},
            }
        ],
        f"{SERVERS}/aus1/policies/00p1/rules": [
            rule("robots", 1, "client_credentials", minutes=5),
            rule(
                *("people", 2, "authorization_code", "implicit", "password"),
                scopes=["openid", "offline_access", "bills:read"],
                groups=["00g1"],
            ),
        ],
        "/api/v1/apps": [ROBOT, PORTAL, SPA],
        "/api/v1/apps/portal/users": [{"id": u["id"], "scope": "USER"} for u in USERS],
        "/api/v1/apps/spa/users": [{"id": "00u1", "scope": "USER"}],
        "/api/v1/groups": [
            {"id": "00g0", "type": "BUILT_IN", "profile": {"name": "Everyone"}},
            {"id": "00g1", "type": "OKTA_GROUP", "profile": {"name": "Staff"}},
        ],
        "/api/v1/groups/00g0/users": USERS,
        "/api/v1/groups/00g1/users": [USERS[0], USERS[2]],
        "/api/v1/users": USERS,
        "@now": NOW,
        **changes,
    }
    copy: dict[str, Any] = json.loads(json.dumps(document))
    return copy


def basic(client: str, secret: str) -> dict[str, str]:
    shown = base64.b64encode(f"{client}:{secret}".encode()).decode()
    return {"Authorization": f"Basic {shown}"}


def ask_token(
    sandbox: Sandbox, server: str = "aus1", headers: dict[str, str] | None = None, **form: str
) -> Reply:
    """A request to the token endpoint; `server` may be empty for the org server."""
    path = f"/oauth2/{server}/v1/token" if server else "/oauth2/v1/token"
    return send("POST", f"{sandbox.url}{path}", headers or {}, form)


def ask_robot(sandbox: Sandbox, **form: str) -> Reply:
    form = {"grant_type": "client_credentials", "scope": "bills:read", **form}
    return ask_token(sandbox, headers=basic("robot", SECRET), **form)


def ask_portal(sandbox: Sandbox, **form: str) -> Reply:
    return ask_token(sandbox, client_id="portal", client_secret="any", **form)


def ask_code(sandbox: Sandbox, server: str = "aus1", **query: str) -> Reply:
    """A request to the authorization endpoint, of the portal unless it says otherwise."""
    asked = {
        "client_id": "portal",
        "response_type": "code",
        "redirect_uri": CALLBACK,
        "scope": "openid bills:read",
        "state": "st4te",
        **query,
    }
    path = f"/oauth2/{server}/v1/authorize" if server else "/oauth2/v1/authorize"
    return get(f"{sandbox.url}{path}?{urlencode(asked)}", {})


def sent_back(reply: Reply) -> dict[str, str]:
    """The parameters of a redirect to the client."""
    assert reply.status == 302, reply.body
    parts = urlsplit(reply.headers["Location"])
    assert parts._replace(query="", fragment="").geturl() == CALLBACK
    return {name: value for name, (value,) in parse_qs(parts.query or parts.fragment).items()}
