"""What anybody may read: which org this is, the metadata of its servers, and their public keys.

The members and their values are those of the examples in the Okta OpenID Connect & OAuth 2.0 API
2026.06.3. Every address in them is the sandbox's own, whatever issuer the tenant file names,
because clients refuse metadata whose issuer is not where it was read. Of the endpoints that the
metadata names, the sandbox has `jwks_uri`, `token_endpoint` and `authorization_endpoint`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from auditor.sandbox.answers import Answer, answered, refused
from auditor.sandbox.signing import signing_key
from auditor.sandbox.tenant import TenantFile

if TYPE_CHECKING:
    from yarl import URL

Json = dict[str, Any]

_ORGANIZATION = "/.well-known/okta-organization"
_SERVERS = "/api/v1/authorizationServers"
_PUBLIC = re.compile(
    r"(?:/oauth2/(?P<server>[^/]+))?"
    r"/\.well-known/(?P<kind>openid-configuration|oauth-authorization-server)"
)
_KEYS = re.compile(r"/oauth2/(?:(?P<server>[^/]+)/)?v1/keys")
_OF_A_KEY = ("alg", "e", "kid", "kty", "n", "use", "crv", "x", "y")

_AUTH_METHODS = [
    "client_secret_basic",
    "client_secret_post",
    "client_secret_jwt",
    "private_key_jwt",
    "none",
]
_SIGNATURES = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"]
_ORG_SCOPES = ["openid", "email", "profile", "address", "phone", "offline_access", "groups"]

_OAUTH: Json = {
    "response_types_supported": [
        "code",
        "token",
        "id_token",
        "code id_token",
        "code token",
        "id_token token",
        "code id_token token",
    ],
    "grant_types_supported": [
        "authorization_code",
        "implicit",
        "refresh_token",
        "password",
        "client_credentials",
        "urn:ietf:params:oauth:grant-type:device_code",
    ],
    "claims_supported": "ver jti iss aud iat exp cid uid scp sub".split(),  # noqa: SIM905 - a word each
}
_OPENID: Json = {
    "response_types_supported": [
        kind for kind in _OAUTH["response_types_supported"] if kind != "token"
    ],
    "grant_types_supported": [
        kind for kind in _OAUTH["grant_types_supported"] if kind != "client_credentials"
    ],
    "claims_supported": (  # noqa: SIM905 - a word each
        "iss ver sub aud iat exp jti auth_time amr idp nonce name nickname preferred_username "
        "given_name middle_name family_name email email_verified profile zoneinfo locale address "
        "phone_number picture website gender birthdate updated_at at_hash c_hash"
    ).split(),
    "id_token_signing_alg_values_supported": ["RS256"],
}
"""What the two kinds of metadata have of their own."""


def public_answer(url: URL, tenant: TenantFile, knows: Callable[[str], bool]) -> Answer | None:
    """The answer to a request that takes no credentials; None if the path is no such one.

    Args:
        url: the address of the request.
        tenant: has the org, its authorization servers, their scopes and keys.
        knows: whether there is a client of an id, for the query parameter `client_id`.
    """
    if url.path == _ORGANIZATION:
        return answered(_organization(tenant, url))
    matched = _PUBLIC.fullmatch(url.path) or _KEYS.fullmatch(url.path)
    if matched is None:
        return None
    client = url.query.get("client_id")
    if client is not None and not knows(client):
        return refused(400, url.path, "Invalid value for `client_id` parameter", "invalid_client")
    named, kind = matched["server"], matched.groupdict().get("kind")
    server = server_named(tenant, named) if named else None
    if named and server is None:
        return no_such_server(url.path, named)
    if kind is None:
        return answered({"keys": _keys(tenant, server)})
    return answered(_metadata(url, tenant, server, openid=kind == "openid-configuration"))


def _organization(tenant: TenantFile, url: URL) -> Json:
    org = tenant.resources.get("/api/v1/org")
    return {
        # A tenant file need not know its org; a real one always says its id here.
        "id": (org.get("id") if isinstance(org, dict) else None) or "00oSandbox",
        "_links": {"organization": {"href": str(url.origin())}},
        "pipeline": "idx",
    }


def server_named(tenant: TenantFile, named: str) -> Json | None:
    """The custom authorization server that an address names; None if there is none."""
    for server in tenant.records(_SERVERS):
        if server.get("id") == named or (named == "default" and server.get("default") is True):
            return server
    return None


def no_such_server(path: str, named: str) -> Answer:
    """The answer where an address names an authorization server that is not there."""
    return refused(404, path, f"Not found: Resource not found: {named} (AuthorizationServer)")


def _keys(tenant: TenantFile, server: Json | None) -> list[Json]:
    """Public keys as verifiers need them, the last being the one that the sandbox signs with."""
    listed = tenant.records(f"{_SERVERS}/{server['id']}/credentials/keys") if server else []
    own = dict(signing_key().public)
    keys = [key for key in listed if key.get("kid") != own["kid"]]
    return [*({name: key[name] for name in _OF_A_KEY if name in key} for key in keys), own]


def _metadata(url: URL, tenant: TenantFile, server: Json | None, *, openid: bool) -> Json:
    origin = str(url.origin())
    base = f"{origin}/oauth2/v1" if server is None else f"{origin}/oauth2/{server['id']}/v1"
    scopes = _ORG_SCOPES if server is None else _published_scopes(tenant, server)
    document: Json = {
        "issuer": origin if server is None else base.removesuffix("/v1"),
        "authorization_endpoint": f"{base}/authorize",
        "token_endpoint": f"{base}/token",
        "registration_endpoint": f"{origin}/oauth2/v1/clients",
        "jwks_uri": f"{base}/keys",
        "response_modes_supported": ["query", "fragment", "form_post", "okta_post_message"],
        "subject_types_supported": ["public"],
        "scopes_supported": list(scopes),
        "token_endpoint_auth_methods_supported": _AUTH_METHODS,
        "code_challenge_methods_supported": ["S256"],
        "introspection_endpoint": f"{base}/introspect",
        "introspection_endpoint_auth_methods_supported": _AUTH_METHODS,
        "revocation_endpoint": f"{base}/revoke",
        "revocation_endpoint_auth_methods_supported": _AUTH_METHODS,
        "end_session_endpoint": f"{base}/logout",
        "request_parameter_supported": True,
        "request_object_signing_alg_values_supported": ["HS256", "HS384", "HS512", *_SIGNATURES],
        "device_authorization_endpoint": f"{base}/device/authorize",
        "pushed_authorization_request_endpoint": f"{base}/par",
        "dpop_signing_alg_values_supported": _SIGNATURES,
    }
    if openid:
        return document | _OPENID | {"userinfo_endpoint": f"{base}/userinfo"}
    return document | _OAUTH


def _published_scopes(tenant: TenantFile, server: Json) -> Iterable[str]:
    """The system's scopes, and those of the server's own that are to be discoverable."""
    for scope in tenant.records(f"{_SERVERS}/{server['id']}/scopes"):
        name = scope.get("name")
        published = scope.get("system") is True or scope.get("metadataPublish") == "ALL_CLIENTS"
        if isinstance(name, str) and published:
            yield name
