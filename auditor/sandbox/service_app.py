"""A service app for clients that want OAuth: it may read everything, and its key is new."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from auditor.sandbox.relations import Relations
from auditor.sandbox.secret_files import secret_folder
from auditor.sandbox.tenant import TenantFile
from auditor.snapshot.collections import APPS, COLLECTIONS

Json = dict[str, Any]

CLIENT_ID = "0oaSandboxServiceApp"

_KID = "sandbox"
_PUBLIC = ("kty", "e", "n")
_PRIVATE = ("d", "p", "q", "dp", "dq", "qi")

_OF_OTHER_LISTS = """
    okta.agentPools.read okta.authenticators.read okta.behaviors.read okta.brands.read
    okta.captchas.read okta.clients.read okta.deviceAssurance.read okta.deviceIntegrations.read
    okta.devices.read okta.emailDomains.read okta.emailServers.read okta.eventHooks.read
    okta.features.read okta.idps.read okta.linkedObjects.read okta.logStreams.read okta.logs.read
    okta.policies.read okta.profileMappings.read okta.pushProviders.read
    okta.realmAssignments.read okta.realms.read okta.securityEventsProviders.read
    okta.templates.read okta.uischemas.read okta.userTypes.read
"""
"""The scopes that reading what is in `known_paths` and `relations` takes."""


@dataclass(frozen=True)
class ServiceApp:
    """What a client needs to get tokens."""

    client_id: str
    key: Path
    """The file with its private key, a JSON Web Key."""


@contextmanager
def made_service_app(tenant: TenantFile) -> Iterator[tuple[TenantFile, ServiceApp]]:
    """The tenant with one more app; the file with its key goes at the end.

    Raises:
        UsageError: the folder for temporary files cannot be written.
    """
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    whole = RSAAlgorithm.to_jwk(private, as_dict=True)
    named = {"kid": _KID, "alg": "RS256", "use": "sig"}
    public = {**{name: whole[name] for name in _PUBLIC}, **named}
    secret = {**public, **{name: whole[name] for name in _PRIVATE}}
    scopes = sorted({*_OF_OTHER_LISTS.split(), *(row.oauth_scope for row in COLLECTIONS)})
    resources = {
        **tenant.resources,
        APPS: [*tenant.records(APPS), _app(tenant, public)],
        f"{APPS}/{CLIENT_ID}/grants": [_grant(scope) for scope in scopes],
    }
    with secret_folder({"service-app.json": orjson.dumps(secret)}) as folder:
        yield (
            tenant.model_copy(update={"resources": resources}),
            ServiceApp(CLIENT_ID, folder / "service-app.json"),
        )


def _app(tenant: TenantFile, key: Json) -> Json:
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return {
        "id": CLIENT_ID,
        "orn": Relations(tenant).orn("idp", "apps", "oidc_client", CLIENT_ID),
        "created": now,
        "lastUpdated": now,
        "name": "oidc_client",
        "label": "okta-auditor sandbox",
        "status": "ACTIVE",
        "signOnMode": "OPENID_CONNECT",
        "credentials": {
            "oauthClient": {
                "client_id": CLIENT_ID,
                "token_endpoint_auth_method": "private_key_jwt",
            }
        },
        "settings": {
            "oauthClient": {
                "application_type": "service",
                "grant_types": ["client_credentials"],
                "response_types": ["token"],
                "jwks": {"keys": [{"id": f"pks{_KID}", **key, "status": "ACTIVE"}]},
            }
        },
    }


def _grant(scope: str) -> Json:
    return {"id": f"oag{scope}", "scopeId": scope, "clientId": CLIENT_ID, "status": "ACTIVE"}
