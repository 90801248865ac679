from __future__ import annotations

import time
from typing import Any

import jwt
import pytest
from browsing import Reply, get, send, tenant
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from auditor.sandbox import Sandbox

RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
OTHER_KEY = ec.generate_private_key(ec.SECP256R1())

RSA_JWK = {**RSAAlgorithm.to_jwk(RSA_KEY.public_key(), as_dict=True), "kid": "rsa"}
EC_JWK = {**ECAlgorithm.to_jwk(EC_KEY.public_key(), as_dict=True), "kid": "ec", "use": "sig"}

INLINE_KEYS = {"oauthClient": {"jwks": {"keys": [RSA_JWK, EC_JWK]}}}

# The client id of `0oa2` differs from its app id, as it does for some real apps.
SERVICES = {
    "/api/v1/apps": [
        {"id": "0oa1", "settings": INLINE_KEYS},
        {"id": "0oa2", "credentials": {"oauthClient": {"client_id": "client2"}}},
        {"id": "0oa3"},
        {"id": "0oa4", "settings": INLINE_KEYS, "status": "INACTIVE"},
    ],
    "/api/v1/apps/0oa2/credentials/jwks": [
        {"kid": "masked", "kty": "RSA", "n": "x", "e": "AQAB"},
        {**EC_JWK, "kid": "retired", "status": "INACTIVE"},
        {**EC_JWK, "kid": "listed", "status": "ACTIVE"},
    ],
    "/api/v1/apps/0oa1/grants": [
        {"id": "oag1", "scopeId": "okta.groups.read", "status": "ACTIVE"},
        {"id": "oag2", "scopeId": "okta.users.manage", "status": "ACTIVE"},
        {"id": "oag3", "scopeId": "okta.apps.read", "status": "REVOKED"},
    ],
    "/api/v1/apps/0oa2/grants": [{"id": "oag4", "scopeId": "okta.groups.read", "status": "ACTIVE"}],
}


MASKED_KEY = {"client_id": "client2", "kid": "masked", "key": RSA_KEY, "algorithm": "RS256"}


def assertion(
    sandbox: Sandbox,
    client_id: str = "0oa1",
    key: Any = EC_KEY,
    algorithm: str = "ES256",
    kid: str | None = None,
    **changes: Any,
) -> str:
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": f"{sandbox.url}/oauth2/v1/token",
        "exp": int(time.time()) + 600,
        **changes,
    }
    return jwt.encode(claims, key, algorithm, {"kid": kid} if kid else None)


def ask(sandbox: Sandbox, signed: str, scope: str = "okta.groups.read", **changes: str) -> Reply:
    form = {
        "grant_type": "client_credentials",
        "scope": scope,
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": signed,
        **changes,
    }
    return send("POST", f"{sandbox.url}/oauth2/v1/token", {}, form)


def bearer(reply: Reply) -> dict[str, str]:
    return {"Authorization": f"Bearer {reply.json['access_token']}"}


def test_any_api_token_is_accepted_unless_the_tenant_lists_them():
    with tenant({}) as sandbox:
        assert get(f"{sandbox.url}/api/v1/groups", {"Authorization": "SSWS x"}).status == 200
    with tenant({"@tokens": ["secret"]}) as sandbox:
        assert get(f"{sandbox.url}/api/v1/groups", {"Authorization": "SSWS x"}).status == 401
        assert get(f"{sandbox.url}/api/v1/groups", {"Authorization": "SSWS secret"}).status == 200


def test_the_blank_after_the_scheme_may_be_missing_as_in_the_sdk_s_typed_calls():
    with tenant({"@tokens": ["secret"], **SERVICES}) as sandbox:
        issued = ask(sandbox, assertion(sandbox)).json["access_token"]
        values = ["SSWSsecret", f"Bearer{issued}", "SSWSother", "SSWSsecretX", f"SSWS{issued}"]
        replies = [get(f"{sandbox.url}/api/v1/groups", {"Authorization": each}) for each in values]

    assert [reply.status for reply in replies] == [200, 200, 401, 401, 401]


@pytest.mark.parametrize("value", ["", "SSWS", "SSWS ", "Bearer made-up", "ssws x", "Basic eDp5"])
def test_anything_else_is_an_invalid_token(value: str):
    with tenant({}) as sandbox:
        reply = get(f"{sandbox.url}/api/v1/groups", {"Authorization": value})

    assert reply.status == 401
    assert reply.json["errorCode"] == "E0000011"
    assert reply.json["errorSummary"] == "Invalid token provided"
    assert reply.headers["X-Rate-Limit-Remaining"]


@pytest.mark.parametrize(
    ("client_id", "key", "algorithm", "kid"),
    [
        ("0oa1", RSA_KEY, "RS256", "rsa"),
        ("0oa1", EC_KEY, "ES256", "ec"),
        ("0oa1", EC_KEY, "ES256", None),
        ("client2", EC_KEY, "ES256", "listed"),
    ],
)
def test_a_client_with_a_key_gets_a_token_that_reads(
    client_id: str, key: Any, algorithm: str, kid: str | None
):
    with tenant(SERVICES) as sandbox:
        issued = ask(sandbox, assertion(sandbox, client_id, key, algorithm, kid))
        reply = get(f"{sandbox.url}/api/v1/groups", bearer(issued))

    assert issued.status == 200
    assert {**issued.json, "access_token": ""} == {
        "token_type": "Bearer",
        "expires_in": 3600,
        "access_token": "",
        "scope": "okta.groups.read",
    }
    assert (reply.status, reply.json) == (200, [])


def test_a_token_reads_only_what_its_scopes_allow():
    with tenant(SERVICES) as sandbox:
        issued = ask(sandbox, assertion(sandbox))
        reply = get(f"{sandbox.url}/api/v1/apps", bearer(issued))
        challenge = reply.headers["WWW-Authenticate"]

        assert (reply.status, reply.json["errorCode"]) == (403, "E0000006")
        assert challenge.startswith(f'Bearer authorization_uri="{sandbox.url}/oauth2/v1/authorize"')
        assert 'scope="okta.apps.read", error="insufficient_scope"' in challenge


def test_a_manage_scope_reads_as_well():
    with tenant(SERVICES) as sandbox:
        issued = ask(sandbox, assertion(sandbox), scope="okta.groups.read okta.users.manage")

        assert issued.json["scope"] == "okta.groups.read okta.users.manage"
        assert get(f"{sandbox.url}/api/v1/users", bearer(issued)).status == 200


@pytest.mark.parametrize(
    ("scope", "status"), [("okta.logs.read", 200), ("okta.logs.manage", 200), ("okta.a.read", 403)]
)
def test_the_system_log_takes_a_scope_of_its_own(scope: str, status: int):
    app = {"id": "0oa1", "settings": INLINE_KEYS}
    grants = [{"id": "oag1", "scopeId": scope, "status": "ACTIVE"}]
    with tenant({"/api/v1/apps": [app], "/api/v1/apps/0oa1/grants": grants}) as sandbox:
        issued = bearer(ask(sandbox, assertion(sandbox), scope=scope))

        assert get(f"{sandbox.url}/api/v1/logs", issued).status == status


def test_a_path_outside_the_table_takes_no_particular_scope():
    with tenant({**SERVICES, "/api/v1/apps/0oa1": {"id": "0oa1"}}) as sandbox:
        issued = ask(sandbox, assertion(sandbox))

        assert get(f"{sandbox.url}/api/v1/apps/0oa1", bearer(issued)).status == 200


@pytest.mark.parametrize("scope", ["okta.apps.read", "okta.groups.read okta.logs.read", ""])
def test_a_scope_without_an_active_grant_is_invalid(scope: str):
    with tenant(SERVICES) as sandbox:
        reply = ask(sandbox, assertion(sandbox), scope=scope)

    assert (reply.status, reply.json["error"]) == (400, "invalid_scope")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"client_id": "unknown"}, "client_id"),
        ({"client_id": "0oa2"}, "client_id"),
        ({"client_id": "0oa3"}, "no such key"),
        ({"client_id": "0oa4"}, "client_id"),
        ({"key": OTHER_KEY}, "Signature verification failed"),
        ({"kid": "unknown"}, "no such key"),
        ({"client_id": "client2", "kid": "retired"}, "no such key"),
        (MASKED_KEY, "key"),
        ({"kid": "rsa"}, "Not an Elliptic curve key"),
        ({"sub": "client2"}, "subject"),
        ({"aud": "https://example.okta.com/oauth2/v1/token"}, "Audience"),
        ({"exp": int(time.time()) - 60}, "expired"),
        ({"exp": int(time.time()) + 7200}, "more than an hour"),
        ({"key": "s" * 64, "algorithm": "HS256"}, "algorithm HS256"),
        ({"key": None, "algorithm": "none"}, "algorithm none"),
    ],
)
def test_a_client_that_proves_nothing_is_invalid(changes: dict[str, Any], reason: str):
    with tenant(SERVICES) as sandbox:
        reply = ask(sandbox, assertion(sandbox, **changes))

    assert (reply.status, reply.json["error"]) == (401, "invalid_client")
    assert reason in reply.json["error_description"]


def test_an_assertion_is_used_once():
    with tenant(SERVICES) as sandbox:
        signed = assertion(sandbox, jti="one")

        assert ask(sandbox, signed).status == 200
        assert ask(sandbox, signed).status == 401


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"client_assertion_type": "jwt"}, "invalid_client"),
        ({"client_assertion": "not.a.token"}, "invalid_client"),
    ],
)
def test_a_malformed_token_request_is_refused(changes: dict[str, str], error: str):
    with tenant(SERVICES) as sandbox:
        reply = ask(sandbox, assertion(sandbox), **changes)

    assert reply.json["error"] == error
