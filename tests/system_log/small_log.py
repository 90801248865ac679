"""A small org with two people and two rules, and events of its log."""

from __future__ import annotations

import io
import json
from typing import Any

from auditor.lint.engine import audit
from auditor.lint.examples import example_snapshot
from auditor.plugins import load_rules
from auditor.snapshot.document import PlanOrigin, Snapshot, Source, dump_snapshot
from auditor.snapshot.org import Org
from auditor.system_log.analysis import LogAnalysis, analysed

SERVERS = "/api/v1/authorizationServers"
TOKEN = {
    "token": {
        "accessTokenLifetimeMinutes": 60,
        "refreshTokenLifetimeMinutes": 0,
        "refreshTokenWindowMinutes": 10080,
    }
}


def rule(rule_id: str, priority: int, scopes: list[str], **people: Any) -> dict[str, Any]:
    """An active rule for the code flow and for clients."""
    return {
        "id": rule_id,
        "name": f"Rule {rule_id}",
        "status": "ACTIVE",
        "priority": priority,
        "conditions": {
            "people": people or {"groups": {"include": ["EVERYONE"]}},
            "grantTypes": {"include": ["authorization_code", "client_credentials"]},
            "scopes": {"include": scopes},
        },
        "actions": TOKEN,
    }


def client(client_id: str, *grants: str) -> dict[str, Any]:
    """An active app with grant types."""
    service = grants == ("client_credentials",)
    return {
        "id": client_id,
        "label": f"App {client_id}",
        "name": "oidc_client",
        "status": "ACTIVE",
        "signOnMode": "OPENID_CONNECT",
        "credentials": {
            "oauthClient": {
                "client_id": client_id,
                "token_endpoint_auth_method": "client_secret_basic",
            }
        },
        "settings": {
            "oauthClient": {
                "application_type": "service" if service else "web",
                "grant_types": list(grants),
                "response_types": ["token"] if service else ["code"],
                "redirect_uris": [] if service else ["https://app.acme.example/callback"],
            }
        },
    }


def tenant() -> dict[str, Any]:
    """Reading is for everyone, writing for Bob; `pay:audit` is in no rule."""
    return {
        "/api/v1/org": {"id": "00o1", "companyName": "Acme", "subdomain": "acme"},
        SERVERS: [
            {"id": "aus1", "name": "Pay", "status": "ACTIVE", "audiences": ["https://pay.example"]}
        ],
        f"{SERVERS}/aus1/policies": [
            {
                "id": "00p1",
                "name": "Apps",
                "status": "ACTIVE",
                "priority": 1,
                "conditions": {"clients": {"include": ["0oa1", "0oa2"]}},
            }
        ],
        f"{SERVERS}/aus1/policies/00p1/rules": [
            rule("0pr1", 1, ["openid", "pay:read"]),
            rule("0pr2", 2, ["openid", "pay:read", "pay:write"], users={"include": ["00u2"]}),
        ],
        f"{SERVERS}/aus1/scopes": [
            {"id": f"scp{name}", "name": f"pay:{name}", "system": False, "consent": "IMPLICIT"}
            for name in ("read", "write", "audit")
        ],
        "/api/v1/apps": [
            client("0oa1", "authorization_code"),
            client("0oa2", "client_credentials"),
        ],
        "/api/v1/apps/0oa1/users": [{"scope": "USER", "status": "ACTIVE", "ids": ["00u1", "00u2"]}],
        "/api/v1/apps/0oa2/users": [],
        "/api/v1/groups": [
            {"id": "00g0", "type": "BUILT_IN", "profile": {"name": "Everyone"}},
        ],
        "/api/v1/users": [
            {"id": "00u1", "status": "ACTIVE", "profile": {"login": "ada@acme.example"}},
            {"id": "00u2", "status": "ACTIVE", "profile": {"login": "bob@acme.example"}},
            {"id": "00u3", "status": "ACTIVE", "profile": {"login": "eve@acme.example"}},
        ],
    }


def snapshot(resources: dict[str, Any] | None = None) -> Snapshot:
    """The org, read on 2026-01-01."""
    return example_snapshot(resources or tenant())


def refused(
    scopes: str | None = "pay:write",
    *,
    user: str = "00u1",
    reason: str = "no_matching_policy",
    at: str = "2025-12-23T14:05:00Z",
    **changes: Any,
) -> dict[str, Any]:
    """A refusal at /authorize of the one server."""
    data = {} if scopes is None else {"requestedScopes": scopes}
    return {
        "published": at,
        "eventType": "app.oauth2.as.authorize",
        "actor": {"id": user, "type": "User"},
        "client": {"id": "0oa1"},
        "outcome": {"result": "FAILURE", "reason": reason},
        "target": [{"id": "aus1", "type": "AuthorizationServer", "displayName": "Pay"}],
        "debugContext": {"debugData": data},
        **changes,
    }


MACHINE: dict[str, Any] = {
    "eventType": "app.oauth2.as.token.grant",
    "actor": {"id": "0oa2", "type": "PublicClientApp"},
    "client": {"id": "0oa2"},
}


def machine(scopes: str, **changes: Any) -> dict[str, Any]:
    """A refused request of the service app."""
    data = {"requestedScopes": scopes, "grantType": "client_credentials"}
    return refused(**{**MACHINE, "debugContext": {"debugData": data}, **changes})


def granted(scopes: str | None, user: str = "00u1", **changes: Any) -> dict[str, Any]:
    """A token of the code flow."""
    return refused(
        scopes,
        user=user,
        eventType="app.oauth2.as.token.grant.access_token",
        outcome={"result": "SUCCESS"},
        debugContext={
            "debugData": {
                "grantType": "authorization_code",
                **({} if scopes is None else {"requestedScopes": scopes, "grantedScopes": scopes}),
            }
        },
        **changes,
    )


def changed(
    target: str, kind: str, at: str, event_type: str = "policy.rule.update"
) -> dict[str, Any]:
    """A change by an administrator."""
    return {
        "published": at,
        "eventType": event_type,
        "actor": {"id": "00u9", "type": "User", "alternateId": "root@acme.example"},
        "outcome": {"result": "SUCCESS"},
        "target": [{"id": target, "type": kind, "displayName": f"The {target}"}],
    }


HEADER = {
    "okta_auditor_log": 1,
    "org": "https://example.okta.com",
    "since": "2025-12-20T00:00:00Z",
    "until": "2025-12-27T00:00:00Z",
    "with_grants": True,
    "queries": [],
}


def log(*events: Any, complete: bool = True, header: dict[str, Any] | None = None) -> bytes:
    """A file that a pull wrote."""
    last = [{"complete": True}] if complete else []
    return b"".join(
        json.dumps(line).encode() + b"\n" for line in (header or HEADER, *events, *last)
    )


def analysis(
    *events: Any,
    resources: dict[str, Any] | None = None,
    plan: PlanOrigin | None = None,
    **file: Any,
) -> LogAnalysis:
    """The events analysed with all rules' findings; on what a plan makes, if there is one."""
    document = snapshot(resources)
    if plan is not None:
        capture = document.capture.model_copy(update={"plan": plan})
        document = document.model_copy(update={"capture": capture})
    source = Source("snapshot.json", dump_snapshot(document))
    findings = audit(document, load_rules(), source).findings
    return analysed(io.BytesIO(log(*events, **file)), Org.of(document), findings)
