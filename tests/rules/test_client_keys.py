"""Keys that clients sign with, and that ID tokens are encrypted with."""

from pathlib import Path
from typing import Any

import pytest
from helpers import okta_auditor, served, tenant
from rule_findings import RULES, reported

from auditor.snapshot.document import parse_snapshot
from auditor.snapshot.org import Org

CODES = ("OAM511", "OAM530", "OAM531", "OAM533")
JWKS = "/api/v1/apps/0oa1/credentials/jwks"
ENCRYPTED = {"id_token_encrypted_response_alg": "RSA-OAEP-256"}

Json = dict[str, Any]


def web(method: str = "client_secret_basic", **settings: Any) -> Json:
    return {
        "id": "0oa1",
        "credentials": {"oauthClient": {"token_endpoint_auth_method": method}},
        "settings": {
            "oauthClient": {
                "application_type": "web",
                "grant_types": ["authorization_code"],
                **settings,
            }
        },
    }


def found(app: Json, *keys: Json) -> list[str]:
    return reported({"/api/v1/apps": [app], JWKS: list(keys)}, *CODES)


@pytest.mark.parametrize(
    "key",
    [
        {"kid": "k", "kty": "RSA", "use": "enc"},
        {"kid": "k", "kty": "RSA"},
    ],
    ids=["for encryption", "for anything"],
)
def test_id_tokens_can_be_encrypted(key: Json) -> None:
    assert found(web(**ENCRYPTED), key) == []
    assert found(web(**ENCRYPTED, jwks={"keys": [key]})) == []
    assert found(web(**ENCRYPTED), {**key, "status": "INACTIVE"}) == ["OAM530"]


def test_id_tokens_cannot_be_encrypted_with_a_key_for_signatures() -> None:
    assert found(web(**ENCRYPTED), {"kid": "k", "kty": "RSA", "use": "sig"}) == ["OAM530"]
    assert found(web(**ENCRYPTED)) == ["OAM530"]


@pytest.mark.parametrize(
    ("algorithm", "kind", "codes"),
    [
        ("RS256", "RSA", []),
        ("ES512", "EC", []),
        ("RS256", "EC", ["OAM531"]),
        ("ES256", "RSA", ["OAM531"]),
        ("HS256", "RSA", []),
        ("RS256", None, []),
        ("XS256", "EC", []),
    ],
)
def test_requests_are_verified_with_a_key_of_the_right_type(
    algorithm: str, kind: str | None, codes: list[str]
) -> None:
    key = {"id": "k", "kid": "k", "use": "sig", "kty": kind}

    assert found(web(request_object_signing_alg=algorithm), key) == codes


def test_a_client_without_any_key_is_reported_once() -> None:
    assert found(web("private_key_jwt", request_object_signing_alg="RS256")) == ["OAM511"]


@pytest.mark.parametrize(
    ("method", "codes"), [("private_key_jwt", ["OAM533"]), ("client_secret_basic", [])]
)
def test_a_key_without_a_name_matters_where_the_client_signs(method: str, codes: list[str]) -> None:
    keys = [{"id": "a", "kty": "RSA", "n": "1", "e": "AQAB"}, {"id": "b", "kid": "b", "kty": "RSA"}]

    assert found(web(method), *keys) == codes


def test_two_keys_without_a_name_in_the_record_alone_are_found() -> None:
    keys = [{"kty": "RSA", "n": number, "e": "AQAB"} for number in "12"]

    assert found(web("private_key_jwt", jwks={"keys": keys})) == ["OAM533"]


def test_keys_are_read_of_a_client_that_only_encrypts(tmp_path: Path) -> None:
    app = web(**ENCRYPTED) | {"signOnMode": "OPENID_CONNECT", "status": "ACTIVE"}
    key = {"id": "pks1", "kid": "k", "kty": "RSA", "use": "enc", "status": "ACTIVE"}
    path = tmp_path / "s.json"
    with served(tenant(**{"/api/v1/apps": [app], JWKS: [key]})) as sandbox:
        outcome = okta_auditor("snapshot", "-o", path, url=sandbox.url)

    assert outcome.exit_code == 0, outcome.shown
    org = Org.of(parse_snapshot(path.read_bytes(), path))
    assert [each.kid for each in org.client_keys(org.apps[0])] == ["k"]
    assert list(RULES["OAM530"].findings(org)) == []
