"""The sandbox takes DPoP proofs as seriously as RFC 9449 does, so that a client's tests mean it."""

from __future__ import annotations

import hashlib
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import jwt
import pytest
from browsing import Reply, send, tenant
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from auditor.sandbox import Sandbox

KEY = ec.generate_private_key(ec.SECP256R1())
OTHER = ec.generate_private_key(ec.SECP256R1())


def public(key: Any) -> dict[str, Any]:
    return dict(ECAlgorithm.to_jwk(key.public_key(), as_dict=True))


CLIENT = {
    "/api/v1/apps": [
        {
            "id": "0oa1",
            "settings": {
                "oauthClient": {
                    "dpop_bound_access_tokens": True,
                    "jwks": {"keys": [public(KEY)]},
                }
            },
        }
    ],
    "/api/v1/apps/0oa1/grants": [{"id": "o", "scopeId": "okta.groups.read", "status": "ACTIVE"}],
}


@dataclass
class Client:
    """A client that can get everything wrong."""

    sandbox: Sandbox
    nonces: dict[str, str] = field(default_factory=dict)

    def proof(
        self, method: str, url: str, token: str | None, key: Any = KEY, typ: str = "dpop+jwt",
        **changes: Any,
    ) -> str:  # fmt: skip
        claims = {"htm": method, "htu": url, "iat": int(time.time()), "jti": uuid.uuid4().hex}
        if url in self.nonces:
            claims["nonce"] = self.nonces[url]
        if token:
            digest = hashlib.sha256(token.encode()).digest()
            claims["ath"] = urlsafe_b64encode(digest).rstrip(b"=").decode()
        claims = {name: v for name, v in {**claims, **changes}.items() if v is not None}
        return jwt.encode(claims, key, "ES256", {"typ": typ, "jwk": public(key)})

    def ask(self, proof: str | None) -> Reply:
        url = f"{self.sandbox.url}/oauth2/v1/token"
        now = int(time.time())
        claims = {
            "iss": "0oa1",
            "sub": "0oa1",
            "aud": url,
            "exp": now + 60,
            "jti": str(uuid.uuid4()),
        }
        form = {
            "grant_type": "client_credentials",
            "scope": "okta.groups.read",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": jwt.encode(claims, KEY, "ES256"),
        }
        reply = send("POST", url, {"DPoP": proof} if proof else {}, form)
        self._keep_nonce(url, reply)
        return reply

    def token(self) -> str:
        url = f"{self.sandbox.url}/oauth2/v1/token"
        self.ask(self.proof("POST", url, None))
        reply = self.ask(self.proof("POST", url, None))
        assert (reply.status, reply.json["token_type"]) == (200, "DPoP")
        return str(reply.json["access_token"])

    def read(self, token: str, proof: str | None = None, scheme: str = "DPoP") -> Reply:
        url = f"{self.sandbox.url}/api/v1/groups"
        headers = {"Authorization": f"{scheme} {token}"} | ({"DPoP": proof} if proof else {})
        reply = send("GET", f"{url}?limit=1", headers)
        self._keep_nonce(url, reply)
        return reply

    def _keep_nonce(self, url: str, reply: Reply) -> None:
        if nonce := reply.headers["DPoP-Nonce"]:
            self.nonces[url] = nonce


@pytest.fixture
def client() -> Iterator[Client]:
    with tenant(CLIENT) as sandbox:
        yield Client(sandbox)


def test_a_token_takes_a_proof_and_then_the_nonce(client: Client):
    without = client.ask(None)
    url = f"{client.sandbox.url}/oauth2/v1/token"
    without_nonce = client.ask(client.proof("POST", url, None))

    assert (without.status, without.json["error"]) == (400, "invalid_dpop_proof")
    assert without.json["error_description"] == "The DPoP proof JWT header is missing."
    assert (without_nonce.status, without_nonce.json["error"]) == (400, "use_dpop_nonce")
    assert without_nonce.headers["DPoP-Nonce"]
    assert client.ask(client.proof("POST", url, None)).status == 200


def test_reading_takes_a_nonce_of_its_own(client: Client):
    token, url = client.token(), f"{client.sandbox.url}/api/v1/groups"

    challenged = client.read(token, client.proof("GET", url, token))

    assert challenged.status == 401
    assert 'error="use_dpop_nonce"' in challenged.headers["WWW-Authenticate"]
    assert client.read(token, client.proof("GET", url, token)).status == 200


def test_a_nonce_is_used_up(client: Client):
    token, url = client.token(), f"{client.sandbox.url}/api/v1/groups"
    client.read(token, client.proof("GET", url, token))

    statuses = [client.read(token, client.proof("GET", url, token)).status for _ in range(102)]

    assert statuses == [200] * 100 + [401, 200]


@pytest.mark.parametrize(
    "wrong",
    [
        {"htm": "POST"},
        {"htu": "https://elsewhere.example/api/v1/groups"},
        {"ath": "AAAA"},
        {"ath": None},
        {"iat": 0},
        {"iat": None},
        {"jti": None},
        {"nonce": "made-up"},
        {"typ": "JWT"},
        {"key": OTHER},
    ],
    ids=" ".join,
)
def test_a_proof_that_proves_something_else_is_refused(client: Client, wrong: dict[str, Any]):
    token, url = client.token(), f"{client.sandbox.url}/api/v1/groups"
    client.read(token, client.proof("GET", url, token))

    assert client.read(token, client.proof("GET", url, token, **wrong)).status == 401
    assert client.read(token, client.proof("GET", url, token)).status == 200


def test_a_proof_is_good_for_one_request(client: Client):
    token, url = client.token(), f"{client.sandbox.url}/api/v1/groups"
    client.read(token, client.proof("GET", url, token))
    proof = client.proof("GET", url, token)

    assert [client.read(token, proof).status for _ in range(2)] == [200, 401]


def test_a_signature_of_another_key_than_the_one_shown_is_refused(client: Client):
    token, url = client.token(), f"{client.sandbox.url}/api/v1/groups"
    client.read(token, client.proof("GET", url, token))
    good, forged = (client.proof("GET", url, token, key=key) for key in (KEY, OTHER))
    mixed = ".".join([*good.split(".")[:2], forged.split(".")[2]])

    assert client.read(token, mixed).status == 401


def test_a_bound_token_is_no_bearer_token(client: Client):
    token = client.token()

    assert client.read(token, scheme="Bearer").status == 401
    assert client.read(token).status == 401
