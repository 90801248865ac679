"""Tokens: whose signature they have, what they are, when they are valid, how they were sent."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64encode
from functools import cache
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from helpers import SERVERS, okta_auditor, snapshot_file
from made_tokens import part
from test_diagnose import AT, ISSUER, diagnosed, document, token

CLAIMS = {
    "iss": ISSUER,
    "aud": "https://api.acme.example/billing",
    "exp": AT + 600,
    "iat": AT - 60,
    "cid": "0oa1",
    "uid": "00u1",
    "scp": ["billing:read"],
    "jti": "AT.x",
}


@cache
def rsa_key(number: int = 0) -> RSAPrivateKey:
    """One key for each number."""
    assert number in {0, 1}
    return rsa.generate_private_key(65537, 2048)


@cache
def ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def public(key: RSAPrivateKey | ec.EllipticCurvePrivateKey, kid: str = "k1") -> dict[str, Any]:
    algorithm = jwt.algorithms.ECAlgorithm if isinstance(key, ec.EllipticCurvePrivateKey) else None
    maker = algorithm or jwt.algorithms.RSAAlgorithm
    jwk: dict[str, Any] = maker.to_jwk(key.public_key(), as_dict=True)  # type: ignore[arg-type]
    return {**jwk, "kid": kid, "status": "ACTIVE", "use": "sig"}


def signed(key: Any = None, algorithm: str = "RS256", kid: str | None = "k1", **claims: Any) -> str:
    headers = {"kid": kid} if kid else {}
    return jwt.encode({**CLAIMS, **claims}, key or rsa_key(), algorithm=algorithm, headers=headers)


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    tenant_file = document()
    tenant_file[f"{SERVERS}/aus1/credentials/keys"] = [public(rsa_key())]
    return snapshot_file(tmp_path, tenant_file)


def remarks(*words: object) -> list[str]:
    lines: list[str] = diagnosed(*words).stdout.splitlines()
    return [line.removeprefix("Token: ") for line in lines if line.startswith("Token: ")]


def test_a_signature_is_verified_with_a_key_of_the_snapshot(snapshot: Path) -> None:
    outcome = diagnosed(signed(), "--snapshot", snapshot)
    assert 'Its signature is of a key of authorization server "Billing".' in outcome.stdout
    assert outcome.exit_code == 3, "nothing is wrong with it"


def test_a_changed_token_does_not_verify(snapshot: Path) -> None:
    head, _, signature = signed().split(".")
    forged = f"{head}.{part({**CLAIMS, 'scp': ['billing:write']})}.{signature}"
    outcome = diagnosed(forged, "--snapshot", snapshot)
    assert 'does not verify with its key "k1" of authorization server "Billing"' in outcome.stdout
    assert outcome.exit_code == 0
    cut = diagnosed(signed()[:-20], "--snapshot", snapshot)
    assert "does not verify" in cut.stdout


def test_what_cannot_be_checked_is_said_and_nothing_else(snapshot: Path, tmp_path: Path) -> None:
    ids = snapshot_file(tmp_path, document())  # of its keys the ids alone
    outcome = diagnosed(signed(), "--snapshot", ids)
    assert 'cannot be checked: of its key "k1" the id alone is known: give --keys' in outcome.stdout
    assert outcome.exit_code == 3
    unknown = diagnosed(signed(kid="k9"), "--snapshot", snapshot)
    assert 'cannot be checked: its key "k9" is not known' in unknown.stdout


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [(rsa_key, "RS256"), (rsa_key, "RS512"), (rsa_key, "PS256"), (ec_key, "ES256")],
)
@pytest.mark.parametrize("form", ["set", "list", "one"])
def test_keys_are_given(key: Any, algorithm: str, form: str, tmp_path: Path) -> None:
    jwk = public(key())
    path = tmp_path / "jwks.json"
    forms = {"set": {"keys": [jwk]}, "list": [jwk], "one": jwk}
    path.write_text(json.dumps(forms[form]))
    made = signed(key(), algorithm)
    assert f"Its signature is of a key of {path}." in remarks(made, "--keys", path)
    wrong = signed(rsa_key(1) if key is rsa_key else key(), algorithm, x=1)[:-4] + "AAAA"
    assert any("does not verify" in line for line in remarks(wrong, "--keys", path))


def test_a_token_without_kid_is_tried_with_every_key(tmp_path: Path) -> None:
    path = tmp_path / "jwks.json"
    path.write_text(json.dumps({"keys": [public(rsa_key(1), "k0"), public(rsa_key())]}))
    assert f"Its signature is of a key of {path}." in remarks(signed(kid=None), "--keys", path)
    other = tmp_path / "other.json"
    other.write_text(json.dumps({"keys": [public(rsa_key(1), "k0")]}))
    assert any("none of the 1 key" in line for line in remarks(signed(kid=None), "--keys", other))


@pytest.mark.parametrize(
    "content", ["", "[]", '{"keys": 7}', "no JSON", '{"keys": [{"kty": "RSA"}]}']
)
def test_keys_that_are_none_are_refused(content: str, tmp_path: Path) -> None:
    path = tmp_path / "jwks.json"
    path.write_text(content)
    outcome = diagnosed(signed(), "--keys", path)
    assert outcome.exit_code == 2
    assert f"{path} holds no public key" in outcome.stderr


def test_a_private_key_is_not_shown(tmp_path: Path) -> None:
    private = jwt.algorithms.RSAAlgorithm.to_jwk(rsa_key(), as_dict=True)
    path = tmp_path / "jwks.json"
    path.write_text(json.dumps({**private, "kid": "k1"}))
    outcome = diagnosed(signed(), "--keys", path)
    assert "Its signature is of a key of" in outcome.stdout
    assert private["d"] not in outcome.shown


def test_a_public_key_as_a_shared_secret_is_a_forgery(snapshot: Path) -> None:
    pem = rsa_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    body = f"{part({'alg': 'HS256', 'kid': 'k1'})}.{part(CLAIMS)}"
    mac = urlsafe_b64encode(hmac.digest(pem, body.encode(), "sha256")).decode().rstrip("=")
    outcome = diagnosed(f"{body}.{mac}", "--snapshot", snapshot)
    assert "as a shared secret (HS256): a forgery" in outcome.stdout
    assert outcome.exit_code == 0


def test_alg_none_is_named_and_never_verified(snapshot: Path) -> None:
    for name in ("none", "None", "NONE"):
        made = f"{part({'alg': name, 'kid': 'k1'})}.{part(CLAIMS)}."
        lines = remarks(made, "--snapshot", snapshot)
        assert any("nobody signed it" in line for line in lines)
        assert not any("signature is of" in line for line in lines)


@pytest.mark.parametrize(
    ("claims", "words", "code"),
    [
        ({"exp": AT - 7_300}, "2 hours before", 0),
        ({"exp": (AT + 60) * 1000}, "milliseconds", 0),
        ({"exp": AT + 60}, "where a clock goes ahead by as much", 3),
        ({"nbf": AT + 60}, "Its nbf lies 60 seconds in the future", 3),
        ({"nbf": AT + 3_600}, "a clock is wrong", 0),
        ({"exp": AT + 10, "iat": AT + 20}, "expires before it was issued", 0),
    ],
)
def test_times_are_held_against_the_clock(
    claims: dict[str, Any], words: str, code: int, snapshot: Path
) -> None:
    outcome = diagnosed(token(**claims), "--snapshot", snapshot)
    assert words in outcome.stdout
    assert outcome.exit_code == code


def test_a_token_of_a_transcript_is_judged_by_the_time_of_its_answer() -> None:
    text = f"Authorization: Bearer {token()}\nHTTP/1.1 403\nDate: Sat, 28 Nov 2026 14:00:10 GMT"
    outcome = okta_auditor("diagnose", text)
    assert "judged by the time of the answer, 2026-11-28 14:00 UTC" in outcome.stdout
    assert "It is valid until" in outcome.stdout
    assert "It expired" in okta_auditor("diagnose", text, "--at", "2026-11-29").stdout


def test_an_id_token_is_none_for_apis() -> None:
    made = token(jti="ID.x", cid=None, scp=None, nonce="n")
    assert diagnosed(made).exit_code == 3
    sent = diagnosed(f"Authorization: Bearer {made}")
    assert "It is an ID token" in sent.stdout
    assert sent.exit_code == 0
    assert diagnosed(made, "--needs", "billing:read").exit_code == 0
    assert not [line for line in remarks(token(jti="AT.x", nonce="n")) if "ID token" in line]


def test_a_bound_token_goes_with_its_proof() -> None:
    made = token(cnf={"jkt": "x"})
    assert diagnosed(f"Authorization: DPoP {made}").exit_code == 3
    sent = diagnosed(f"Authorization: Bearer {made}")
    assert "and it was sent as Bearer" in sent.stdout
    assert sent.exit_code == 0


def test_scopes_that_an_endpoint_needs() -> None:
    lacking = diagnosed(token(), "--needs", "billing:write,billing:read")
    assert 'It lacks "billing:write": its scopes are "billing:read".' in lacking.stdout
    assert lacking.exit_code == 0
    assert 'It has "billing:read".' in diagnosed(token(), "--needs", "billing:read").stdout


@pytest.mark.parametrize(
    ("header", "words", "code"),
    [
        ("{token}", "write Bearer before it", 0),
        ("Bearer Bearer {token}", "says Bearer twice", 0),
        ("SSWS {token}", "is sent with SSWS", 0),
        ("Bearer 00abcdefghijklmnopqrstuvwxyz0123456789ABCD", "is sent as Bearer", 0),
        ("Bearer zyxwvutsrqponmlkjihgfedcba9876543210", "is no JWT", 3),
    ],
)
def test_schemes(header: str, words: str, code: int) -> None:
    sent = header.replace("{token}", token())
    for line in ("Authorization: {}", '"authorization": "{}"', "-H 'Authorization: {}'"):
        text = line.replace("{}", sent)
        outcome = diagnosed(f"GET /v1/invoices HTTP/1.1\n{text}\nHTTP/1.1 401 Unauthorized")
        assert words in outcome.stdout, text
        assert outcome.exit_code == code
        assert "zyxw" not in outcome.shown
        assert "00abc" not in outcome.shown


def test_claims_that_somebody_pasted_are_judged(snapshot: Path) -> None:
    pasted = f'header\n{{"alg": "RS256",\n "kid": "k0"}}\npayload {json.dumps(CLAIMS, indent=1)}'
    lines = remarks(pasted, "--snapshot", snapshot)
    assert any('has its kid "k0"' in line for line in lines)
    of_org = json.dumps({**CLAIMS, "iss": "https://acme.okta.com", "exp": AT - 60})
    assert any("for the Okta APIs" in line for line in remarks(of_org))
    assert any("It expired on" in line for line in remarks(of_org))


def test_a_deep_header_is_no_header() -> None:
    deep = urlsafe_b64encode(b'{"alg":' + b"[" * 100_000).decode().rstrip("=")
    outcome = diagnosed(f"{deep[:90_000]}.e30.x")
    assert "its header is not JSON" in outcome.stdout
