"""A service app with private-key JWT, from the key to the ledger, over real HTTP."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from helpers import Outcome, ledger, okta_auditor, served, tenant
from jwt.algorithms import RSAAlgorithm

from auditor.collect.credentials import READ_SCOPES

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PRIVATE_JWK = json.loads(RSAAlgorithm.to_jwk(KEY)) | {"kid": "k1"}
PUBLIC_JWK = json.loads(RSAAlgorithm.to_jwk(KEY.public_key())) | {"kid": "k1", "status": "ACTIVE"}


def pem(key: Any) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def with_service_app(scopes: tuple[str, ...] = READ_SCOPES) -> dict[str, Any]:
    document = tenant()
    document["/api/v1/apps"].append(
        {
            "id": "0oaS",
            "label": "okta-auditor",
            "status": "ACTIVE",
            "signOnMode": "OPENID_CONNECT",
            "credentials": {
                "oauthClient": {
                    "client_id": "0oaS",
                    "token_endpoint_auth_method": "private_key_jwt",
                }
            },
            "settings": {
                "oauthClient": {
                    "application_type": "service",
                    "grant_types": ["client_credentials"],
                    "jwks": {"keys": [PUBLIC_JWK]},
                }
            },
        }
    )
    document["/api/v1/apps/0oaS/grants"] = [
        {"id": f"oag{n}", "scopeId": scope, "status": "ACTIVE"} for n, scope in enumerate(scopes)
    ]
    return document


def read(document: dict[str, Any], path: Path, **variables: str) -> Outcome:
    with served(document) as sandbox:
        return okta_auditor(
            "snapshot", "-o", path, "--attempts", 1,
            OKTA_CLIENT_ORGURL=sandbox.url, OKTA_CLIENT_CLIENTID="0oaS", **variables,
        )  # fmt: skip


@pytest.mark.parametrize("form", ["pem", "jwk", "file"])
def test_a_key_in_any_form(tmp_path: Path, form: str) -> None:
    (tmp_path / "key.pem").write_text(pem(KEY))
    key = {
        "pem": pem(KEY),
        "jwk": json.dumps(PRIVATE_JWK | {"key_ops": ["sign"], "ext": True}),
        "file": str(tmp_path / "key.pem"),
    }[form]

    outcome = read(with_service_app(), tmp_path / "s.json", OKTA_CLIENT_PRIVATEKEY=key)

    assert outcome.exit_code == 0, outcome.stderr
    assert {entry["status"] for entry in ledger(tmp_path / "s.json").values()} == {"complete"}
    text = (tmp_path / "s.json").read_text()
    assert "private_key_jwt, client 0oaS" in text
    assert PRIVATE_JWK["d"] not in text


def test_one_token_serves_the_whole_export(tmp_path: Path) -> None:
    with served(with_service_app()) as sandbox:
        okta_auditor(
            "snapshot", "-o", tmp_path / "s.json",
            OKTA_CLIENT_ORGURL=sandbox.url, OKTA_CLIENT_CLIENTID="0oaS",
            OKTA_CLIENT_PRIVATEKEY=pem(KEY),
        )  # fmt: skip
        assert len([r for r in sandbox.requests if r.path == "/oauth2/v1/token"]) == 1


def test_a_scope_that_is_not_asked_for_is_a_refused_collection(tmp_path: Path) -> None:
    scopes = ",".join(scope for scope in READ_SCOPES if scope != "okta.groups.read")

    outcome = read(
        with_service_app(), tmp_path / "s.json",
        OKTA_CLIENT_PRIVATEKEY=pem(KEY), OKTA_CLIENT_SCOPES=scopes,
    )  # fmt: skip

    assert outcome.exit_code == 3
    entries = ledger(tmp_path / "s.json")
    assert entries["groups"]["status"] == "refused"
    assert entries["groups"]["oauth_scope"] == "okta.groups.read"
    assert entries["users"]["status"] == "complete"


def test_a_scope_that_is_not_granted_names_the_way_out(tmp_path: Path) -> None:
    outcome = read(
        with_service_app(("okta.apps.read",)), tmp_path / "s.json", OKTA_CLIENT_PRIVATEKEY=pem(KEY)
    )

    assert outcome.exit_code == 3
    assert "invalid_scope" in outcome.stderr
    assert "OKTA_CLIENT_SCOPES" in outcome.stderr
    assert not (tmp_path / "s.json").exists()


def test_another_key_is_refused(tmp_path: Path) -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    outcome = read(with_service_app(), tmp_path / "s.json", OKTA_CLIENT_PRIVATEKEY=pem(other))

    assert outcome.exit_code == 3
    assert "invalid_client" in outcome.stderr
    assert "OKTA_CLIENT_CLIENTID" in outcome.stderr


def test_an_elliptic_curve_key_is_refused_in_words(tmp_path: Path) -> None:
    outcome = read(
        with_service_app(), tmp_path / "s.json",
        OKTA_CLIENT_PRIVATEKEY=pem(ec.generate_private_key(ec.SECP256R1())),
    )  # fmt: skip

    assert outcome.exit_code == 2
    assert "RSA" in outcome.stderr
    assert "PRIVATE KEY" not in outcome.stderr
