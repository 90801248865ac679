"""A service app with private-key JWT, from the key to the ledger, over real HTTP."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
)
from helpers import Outcome, ledger, okta_auditor, served
from service_app import KEY, KEYS, jwk, pem, with_service_app

from auditor.collect.auth.credentials import READ_SCOPES


def read(document: dict[str, Any], path: Path, **variables: str) -> Outcome:
    with served(document) as sandbox:
        return okta_auditor(
            "snapshot", "-o", path, "--attempts", 1,
            OKTA_CLIENT_ORGURL=sandbox.url, OKTA_CLIENT_CLIENTID="0oaS", **variables,
        )  # fmt: skip


FORMS = {
    "PKCS #8": pem,
    "PKCS #1 or SEC 1": lambda key: pem(key, PrivateFormat.TraditionalOpenSSL),
    "one line": lambda key: pem(key).replace("\n", "\\n"),
    "JWK": lambda key: json.dumps(jwk(key) | {"key_ops": ["sign"], "ext": True, "use": "sig"}),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", KEYS)
def test_a_key_in_any_form(tmp_path: Path, name: str, form: str) -> None:
    with served(with_service_app()) as sandbox:
        outcome = okta_auditor(
            "snapshot", "-o", tmp_path / "s.json",
            OKTA_CLIENT_ORGURL=sandbox.url, OKTA_CLIENT_CLIENTID="0oaS",
            OKTA_CLIENT_PRIVATEKEY=FORMS[form](KEYS[name]), OKTA_CLIENT_KID=name,
        )  # fmt: skip

    assert outcome.exit_code == 0, outcome.stderr
    text = (tmp_path / "s.json").read_text()
    assert "private_key_jwt, client 0oaS" in text
    assert jwk(KEYS[name])["d"] not in text


def test_a_key_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("\ufeff" + pem(KEY))

    outcome = read(
        with_service_app(), tmp_path / "s.json", OKTA_CLIENT_PRIVATEKEY=str(tmp_path / "key.pem")
    )

    assert outcome.exit_code == 0, outcome.stderr
    assert {entry["status"] for entry in ledger(tmp_path / "s.json").values()} == {"complete"}


def test_the_key_id_of_a_jwk_is_used_and_the_variable_beats_it(tmp_path: Path) -> None:
    def exit_code(named: str, **variables: str) -> int:
        key = json.dumps(jwk(KEY) | {"kid": named})
        return read(
            with_service_app(), tmp_path / "s.json", OKTA_CLIENT_PRIVATEKEY=key, **variables
        ).exit_code

    assert exit_code("rsa") == 0
    assert exit_code("unregistered") == 3
    assert exit_code("unregistered", OKTA_CLIENT_KID="rsa") == 0


def test_one_token_serves_the_whole_export(tmp_path: Path) -> None:
    with served(with_service_app()) as sandbox:
        okta_auditor(
            "snapshot", "-o", tmp_path / "s.json",
            OKTA_CLIENT_ORGURL=sandbox.url, OKTA_CLIENT_CLIENTID="0oaS",
            OKTA_CLIENT_PRIVATEKEY=pem(KEY),
        )  # fmt: skip
        assert len([r for r in sandbox.requests if r.path == "/oauth2/v1/token"]) == 1


def test_a_role_that_does_not_show_the_app_itself_sees_a_part_of_the_org(tmp_path: Path) -> None:
    document = with_service_app()
    document["@faults"] = [{"path": "^/api/v1/apps$", "body": document["/api/v1/apps"][:1]}]

    outcome = read(document, tmp_path / "s.json", OKTA_CLIENT_PRIVATEKEY=pem(KEY))

    assert outcome.exit_code == 3
    assert "the service app that reads is not among them" in outcome.stderr
    assert "resource set" in outcome.stderr
    assert ledger(tmp_path / "s.json")["apps"]["status"] == "partial"


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


def encrypted() -> str:
    return KEY.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")
    ).decode()


def encrypted_the_old_way() -> str:
    return KEY.private_bytes(
        Encoding.PEM, PrivateFormat.TraditionalOpenSSL, BestAvailableEncryption(b"x")
    ).decode()


def public_pem() -> str:
    return KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def short() -> str:
    return pem(rsa.generate_private_key(public_exponent=65537, key_size=1024))


RSA_JWK = jwk(KEY)


@pytest.mark.parametrize(
    ("key", "why"),
    [
        (encrypted(), "it is encrypted"),
        (encrypted_the_old_way(), "it is encrypted"),
        (public_pem(), "it is a public key"),
        (json.dumps(jwk(KEY.public_key())), "it is a public key"),
        (short(), "1024 bits"),
        (pem(KEY)[:300] + "\n-----END PRIVATE KEY-----", "not a PEM private key"),
        (pem(ec.generate_private_key(ec.SECP256K1())), "P-256, P-384 or P-521"),
        (json.dumps({"kty": "OKP", "crv": "Ed25519", "x": "eA", "d": RSA_JWK["d"]}), "neither"),
        (json.dumps({"keys": [RSA_JWK]}), "JWK Set"),
        (json.dumps(RSA_JWK | {"use": "enc"}), "encryption"),
        (json.dumps(RSA_JWK | {"n": 5}), "do not make up"),
        (json.dumps(RSA_JWK)[:-9], "not valid JSON"),
    ],
    ids=lambda value: value if " " in value and len(value) < 40 else "",
)
def test_a_key_that_cannot_sign_is_refused_in_one_line_without_its_content(
    tmp_path: Path, key: str, why: str
) -> None:
    outcome = okta_auditor(
        "snapshot", "-o", tmp_path / "s.json",
        OKTA_CLIENT_ORGURL="https://acme.okta.com", OKTA_CLIENT_CLIENTID="0oaS",
        OKTA_CLIENT_PRIVATEKEY=key,
    )  # fmt: skip

    assert outcome.exit_code == 2
    message, remedy = outcome.stderr.splitlines()
    assert message.startswith("error: OKTA_CLIENT_PRIVATEKEY cannot be used: ")
    assert why in message
    assert remedy
    assert not any(part in outcome.stderr for part in (key[60:90], RSA_JWK["d"][:20]))


def test_verbose_shows_that_a_token_is_asked_for_and_not_with_what(tmp_path: Path) -> None:
    with served(with_service_app()) as sandbox:
        outcome = okta_auditor(
            "snapshot", "-v", "-o", tmp_path / "s.json",
            OKTA_CLIENT_ORGURL=sandbox.url, OKTA_CLIENT_CLIENTID="0oaS",
            OKTA_CLIENT_PRIVATEKEY=pem(KEY),
        )  # fmt: skip

    assert re.search(r"^POST /oauth2/v1/token  200", outcome.stderr, re.MULTILINE)
    assert "eyJ" not in outcome.stderr
    assert "client_assertion" not in outcome.stderr
