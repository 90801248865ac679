"""What a resource server or an OAuth library reads without credentials."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import jwt
import pytest
from browsing import get, tenant
from test_sandbox_access import SERVICES, ask, assertion

from auditor.sandbox import Sandbox
from auditor.sandbox.northwind import northwind
from auditor.sandbox.signing import signing_key

SERVER = "/api/v1/authorizationServers"
KEY = {"kid": "k1", "status": "ACTIVE", "alg": "RS256", "kty": "RSA", "use": "sig", "e": "AQAB"}
TENANT: dict[str, Any] = {
    **SERVICES,
    SERVER: [
        {"id": "aus1", "name": "Billing", "issuer": "https://acme.okta.com/oauth2/aus1"},
        {"id": "aus2", "name": "default", "default": True},
    ],
    f"{SERVER}/aus1/credentials/keys": [{**KEY, "n": "AQAB", "_links": {}, "created": "2026"}],
    f"{SERVER}/aus1/scopes": [
        {"id": "scp1", "name": "openid", "system": True},
        {"id": "scp2", "name": "bills:read", "metadataPublish": "ALL_CLIENTS"},
        {"id": "scp3", "name": "bills:void", "metadataPublish": "NO_CLIENTS"},
    ],
}

# The members of the two kinds of metadata in the examples of the published API description, and
# of DPoP, which orgs have and the description withholds.
OAUTH = frozenset(
    """
    authorization_endpoint claims_supported code_challenge_methods_supported
    device_authorization_endpoint dpop_signing_alg_values_supported end_session_endpoint
    grant_types_supported introspection_endpoint introspection_endpoint_auth_methods_supported
    issuer jwks_uri pushed_authorization_request_endpoint registration_endpoint
    request_object_signing_alg_values_supported request_parameter_supported
    response_modes_supported response_types_supported revocation_endpoint
    revocation_endpoint_auth_methods_supported scopes_supported subject_types_supported
    token_endpoint token_endpoint_auth_methods_supported
    """.split()  # noqa: SIM905 - a word each
)
OPENID = OAUTH | {"userinfo_endpoint", "id_token_signing_alg_values_supported"}


@pytest.mark.parametrize("server", ["", "/oauth2/aus1"])
@pytest.mark.parametrize(
    ("kind", "members"), [("openid-configuration", OPENID), ("oauth-authorization-server", OAUTH)]
)
def test_metadata_is_at_its_issuer(server: str, kind: str, members: frozenset[str]):
    with tenant(TENANT) as sandbox:
        reply = get(f"{sandbox.url}{server}/.well-known/{kind}", {})
        base = f"{sandbox.url}{server or '/oauth2'}/v1"

        assert reply.status == 200
        assert reply.json.keys() == members
        assert reply.json["issuer"] == sandbox.url + server
        assert reply.json["token_endpoint"] == f"{base}/token"
        assert get(reply.json["jwks_uri"], {}).json["keys"]
        assert reply.json["jwks_uri"] == f"{base}/keys"


def test_own_scopes_are_published_only_where_they_are_meant_to_be():
    with tenant(TENANT) as sandbox:
        metadata = get(f"{sandbox.url}/oauth2/aus1/.well-known/openid-configuration", {})

    assert metadata.json["scopes_supported"] == ["openid", "bills:read"]


def test_the_default_server_has_two_names():
    with tenant(TENANT) as sandbox:
        metadata = get(f"{sandbox.url}/oauth2/default/.well-known/oauth-authorization-server", {})

        assert metadata.json["issuer"] == f"{sandbox.url}/oauth2/aus2"


def test_the_keys_of_a_server_are_those_of_the_tenant_and_the_one_that_signs():
    with tenant(TENANT) as sandbox:
        keys = get(f"{sandbox.url}/oauth2/aus1/v1/keys", {}).json

    published = {name: value for name, value in KEY.items() if name != "status"}
    assert keys == {"keys": [{**published, "n": "AQAB"}, signing_key().public]}


@pytest.mark.parametrize("path", [".well-known/openid-configuration", "v1/keys"])
def test_a_server_that_is_not_there(path: str):
    with tenant(TENANT) as sandbox:
        reply = get(f"{sandbox.url}/oauth2/aus9/{path}", {})

    assert (reply.status, reply.json["errorCode"]) == (404, "E0000007")


def test_a_client_that_is_not_there():
    with tenant(TENANT) as sandbox:
        url = f"{sandbox.url}/.well-known/openid-configuration?client_id="
        known, unknown = get(f"{url}client2", {}), get(f"{url}other", {})

    assert known.status == 200
    assert (unknown.status, unknown.json["errorCode"]) == (400, "invalid_client")


def test_tokens_verify_with_the_published_keys():
    with tenant(TENANT) as sandbox:
        token = ask(sandbox, assertion(sandbox)).json["access_token"]
        claims = verified(sandbox, token)

        assert claims["scp"] == ["okta.groups.read"]
        assert (claims["cid"], claims["sub"], claims["ver"]) == ("0oa1", "0oa1", 1)
        assert claims["exp"] - claims["iat"] == 3600


def test_a_token_that_was_changed_does_not_verify():
    with tenant(TENANT) as sandbox:
        token = ask(sandbox, assertion(sandbox)).json["access_token"]
        place = token.rindex(".") + 100
        other = "A" if token[place] != "A" else "B"

        with pytest.raises(jwt.InvalidSignatureError):
            verified(sandbox, token[:place] + other + token[place + 1 :])


def test_every_server_of_the_demo_has_metadata_and_keys_that_libraries_read():
    document = northwind(datetime(2026, 1, 1, tzinfo=UTC), flaws=[])
    with tenant(document) as sandbox:
        for server in document[SERVER]:
            base = f"{sandbox.url}/oauth2/{server['id']}"
            metadata = get(f"{base}/.well-known/oauth-authorization-server", {}).json
            keys = jwt.PyJWKClient(metadata["jwks_uri"]).get_signing_keys()

            assert metadata["issuer"] == base
            assert server["credentials"]["signing"]["kid"] in {key.key_id for key in keys}


def verified(sandbox: Sandbox, token: str) -> dict[str, Any]:
    metadata = get(f"{sandbox.url}/.well-known/oauth-authorization-server", {}).json
    key = jwt.PyJWKClient(metadata["jwks_uri"]).get_signing_key_from_jwt(token)
    issuer = metadata["issuer"]
    return jwt.decode(token, key, algorithms=["RS256"], issuer=issuer, audience=issuer)
