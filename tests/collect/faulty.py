"""What tests of faults share: a tenant with several pages, and bounds that make them fast."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from helpers import tenant
from jwt.algorithms import RSAAlgorithm

from auditor.collect.api import client
from auditor.collect.auth.credentials import READ_SCOPES, Credentials, read_credentials
from auditor.collect.fetch import bounds
from auditor.collect.fetch.bounds import Bounds
from auditor.collect.http.response import ResponseLimits

SILENCE_S, ANSWER_S = 0.4, 0.6
HASTE = Bounds(
    first_pause_s=0.01,
    longest_pause_s=0.05,
    longest_retry_after_s=0.1,
    most_windows=4,
    most_pages=40,
    most_idle_pages=8,
    cool_down_s=0.02,
    longest_cool_down_s=0.1,
    kind_cool_down_s=0.02,
    longest_fault_s=3.0,  # a busy machine answers slowly
)
GROUPS = 3

_LIMIT = "X-Rate-Limit-"
CONCURRENCY = {f"{_LIMIT}Limit": "0", f"{_LIMIT}Remaining": "0", f"{_LIMIT}Reset": "0"}
WINDOW = {f"{_LIMIT}Limit": "600", f"{_LIMIT}Remaining": "0", f"{_LIMIT}Reset": "1"}
NO_LIMIT = {f"{_LIMIT}{name}": None for name in ("Limit", "Remaining", "Reset")}

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@cache
def large_tenant() -> dict[str, Any]:
    """Users on three pages, and groups with two pages of members each."""
    document = tenant()
    people = [{"id": f"00u{n:04}", "status": "ACTIVE"} for n in range(450)]
    document["/api/v1/users"] = people
    groups = [{"id": f"00g{n}"} for n in range(GROUPS)]
    document["/api/v1/groups"] = document["/api/v1/apps/0oa1/groups"] = groups
    for n in range(GROUPS):
        document[f"/api/v1/groups/00g{n}/users"] = people[: 250 + n]
    service = {"id": "0oaS", "status": "ACTIVE", "signOnMode": "OPENID_CONNECT"}
    public = json.loads(RSAAlgorithm.to_jwk(KEY.public_key()))
    service["settings"] = {"oauthClient": {"jwks": {"keys": [public]}}}
    document["/api/v1/apps"].append(service)
    document["/api/v1/apps/0oaS/grants"] = [
        {"id": f"oag{n}", "scopeId": scope, "status": "ACTIVE"}
        for n, scope in enumerate(READ_SCOPES)
    ]
    return document


def service_app(url: str) -> Credentials:
    """The credentials of the service app in that tenant."""
    return read_credentials(
        {
            "OKTA_CLIENT_ORGURL": url,
            "OKTA_CLIENT_CLIENTID": "0oaS",
            "OKTA_CLIENT_PRIVATEKEY": PEM,
        }
    )


def hasten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every bound of the collector small, for exports in this process."""
    monkeypatch.setattr(bounds, "DEFAULT_BOUNDS", HASTE)
    limit_answers(monkeypatch, silence_s=SILENCE_S)


def limit_answers(monkeypatch: pytest.MonkeyPatch, *, silence_s: float) -> None:
    """Make the bounds of one answer small."""
    limits = ResponseLimits(silence_s=silence_s, total_s=ANSWER_S, body_bytes=1 << 20)
    monkeypatch.setattr(client, "ResponseLimits", lambda: limits)
