"""A tenant with a service app, its keys in every usual form, and a client to read with."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from helpers import tenant
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from auditor.collect.api.client import OktaClient
from auditor.collect.auth.credentials import READ_SCOPES, Credentials, read_credentials
from auditor.collect.http.response import ResponseLimits

T = TypeVar("T")

KEYS: dict[str, Any] = {
    "rsa": rsa.generate_private_key(public_exponent=65537, key_size=2048),
    "p256": ec.generate_private_key(ec.SECP256R1()),
    "p384": ec.generate_private_key(ec.SECP384R1()),
    "p521": ec.generate_private_key(ec.SECP521R1()),
}
KEY = KEYS["rsa"]


def jwk(key: Any) -> dict[str, Any]:
    kind = RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey | rsa.RSAPublicKey) else ECAlgorithm
    return dict(json.loads(kind.to_jwk(key)))


def pem(key: Any, form: PrivateFormat = PrivateFormat.PKCS8) -> str:
    return key.private_bytes(Encoding.PEM, form, NoEncryption()).decode()


def with_service_app(
    scopes: tuple[str, ...] = READ_SCOPES, *, dpop: bool = False, **changes: Any
) -> dict[str, Any]:
    document = tenant(**changes)
    keys = [
        {"status": "ACTIVE", **jwk(key.public_key()), "kid": name} for name, key in KEYS.items()
    ]
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
                    "dpop_bound_access_tokens": dpop,
                    "jwks": {"keys": keys},
                }
            },
        }
    )
    document["/api/v1/apps/0oaS/grants"] = [
        {"id": f"oag{n}", "scopeId": scope, "status": "ACTIVE"} for n, scope in enumerate(scopes)
    ]
    return document


def credentials(url: str, key: str | None = None, **variables: str) -> Credentials:
    return read_credentials(
        {
            "OKTA_CLIENT_ORGURL": url,
            "OKTA_CLIENT_CLIENTID": "0oaS",
            "OKTA_CLIENT_PRIVATEKEY": key or pem(KEY),
            **variables,
        }
    )


def with_client(
    who: Credentials,
    work: Callable[[OktaClient], Awaitable[T]],
    limits: ResponseLimits | None = None,
) -> T:
    """Do something with an open client."""

    async def run() -> T:
        async with OktaClient(who, connections=30, limits=limits) as client:
            return await work(client)

    return asyncio.run(run())
