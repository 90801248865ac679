"""The shapes in which the Management API returns things, without dates and links."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from auditor.sandbox.northwind.ids import made_id, made_kid, made_modulus
from auditor.snapshot.models.clients import PUBLIC_TYPES

Json = dict[str, Any]

ORG_URL = "https://northwind.okta.example"
ORG_ID = made_id("00o", "Northwind Robotics")

CODE = "authorization_code"
REFRESH = "refresh_token"
IMPLICIT = "implicit"
PASSWORD = "password"  # noqa: S105 - a grant type
MACHINE = "client_credentials"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
ASSERTION = "urn:ietf:params:oauth:grant-type:jwt-bearer"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
BACKCHANNEL = "urn:openid:params:grant-type:ciba"

HOUR = 60
DAY = 24 * HOUR
WEEK = 7 * DAY
MONTH = 30 * DAY

_SYSTEM_SCOPES = {
    "openid": "Signals that a request is an OpenID request.",
    "profile": "Allows this application to access your profile information.",
    "email": "Allows this application to access your email address.",
    "address": "Allows this application to access your address.",
    "phone": "Allows this application to access your phone number.",
    "offline_access": "Allows this application to keep access while you are away.",
    "device_sso": "Allows single sign-on between apps on one device.",
}

_SYSTEM_CLAIMS = {
    "name": "profile",
    "preferred_username": "profile",
    "locale": "profile",
    "zoneinfo": "profile",
    "email": "email",
    "email_verified": "email",
    "phone_number": "phone",
}

_ADMINS = {
    "API_ACCESS_MANAGEMENT_ADMIN": "API Access Management",
    "APP_ADMIN": "Application",
    "GROUP_MEMBERSHIP_ADMIN": "Group Membership",
    "HELP_DESK_ADMIN": "Help Desk",
    "ORG_ADMIN": "Organization",
    "READ_ONLY_ADMIN": "Read-Only",
    "REPORT_ADMIN": "Report",
    "SUPER_ADMIN": "Super",
    "USER_ADMIN": "Group",
}
"""Standard admin roles, and what their labels begin with."""


def resource_name(service: str, *parts: str) -> str:
    """The Okta resource name (ORN) of something that a service of this org keeps."""
    return ":".join(("orn:okta", service, ORG_ID, *parts))


def trusted_origin(name: str, origin: str) -> Json:
    """An origin from which browsers may call the org, and to which it may redirect them."""
    return {
        "id": made_id("tos", name),
        "name": name,
        "origin": origin,
        "status": "ACTIVE",
        "scopes": [{"type": "CORS"}, {"type": "REDIRECT"}],
    }


def server(name: str, description: str, audience: str) -> Json:
    """An authorization server whose keys Okta rotates."""
    identity = made_id("aus", name)
    return {
        "id": identity,
        "name": name,
        "description": description,
        "audiences": [audience],
        "issuer": f"{ORG_URL}/oauth2/{identity}",
        "issuerMode": "ORG_URL",
        "status": "ACTIVE",
        "default": False,
        "credentials": {
            "signing": {"kid": made_kid(name), "rotationMode": "AUTO", "use": "sig"},
        },
    }


def signing_keys(name: str) -> list[Json]:
    """The key a server signs with, and the one it will sign with next."""
    return [
        {
            "kid": kid,
            "status": status,
            "alg": "RS256",
            "kty": "RSA",
            "use": "sig",
            "e": "AQAB",
            "n": made_modulus(kid),
        }
        for kid, status in ((made_kid(name), "ACTIVE"), (made_kid(name, "next"), "NEXT"))
    ]


def public_key(owner: str, *, use: str = "sig", status: str = "ACTIVE") -> Json:
    """A public key of a client or of a resource server."""
    return {
        "id": made_id("pks", owner, use),
        "kid": made_kid(owner, use),
        "status": status,
        "kty": "RSA",
        "use": use,
        "e": "AQAB",
        "n": made_modulus(owner, use),
    }


def system_scopes(server_id: str) -> list[Json]:
    """The seven scopes that every authorization server has from the start."""
    return [
        scope(server_id, name, description) | {"system": True, "metadataPublish": "ALL_CLIENTS"}
        for name, description in _SYSTEM_SCOPES.items()
    ]


def scope(server_id: str, name: str, description: str) -> Json:
    """A scope: asked for by name, granted without a consent dialog."""
    return {
        "id": made_id("scp", server_id, name),
        "name": name,
        "displayName": description.rstrip("."),
        "description": description,
        "consent": "IMPLICIT",
        "default": False,
        "optional": False,
        "metadataPublish": "NO_CLIENTS",
        "system": False,
        "apiResourceId": None,
    }


def system_claims(server_id: str) -> list[Json]:
    """`sub`, and claims that OpenID scopes bring into the ID token."""
    sub = claim(server_id, "sub", "(appuser != null) ? appuser.userName : app.clientId")
    identity = [
        claim(server_id, name, None)
        | {
            "claimType": "IDENTITY",
            "valueType": "SYSTEM",
            "conditions": {"scopes": [scope_name]},
            "alwaysIncludeInToken": False,
            "system": True,
        }
        for name, scope_name in _SYSTEM_CLAIMS.items()
    ]
    return [sub | {"system": True}, *identity]


def claim(server_id: str, name: str, value: str | None) -> Json:
    """A claim of the access token, computed by an expression."""
    return {
        "id": made_id("ocl", server_id, name),
        "name": name,
        "status": "ACTIVE",
        "claimType": "RESOURCE",
        "valueType": "EXPRESSION",
        **({"value": value} if value is not None else {}),
        "conditions": {"scopes": []},
        "alwaysIncludeInToken": True,
        "system": False,
        "apiResourceId": None,
    }


def policy(server_id: str, name: str, clients: Iterable[str], priority: int) -> Json:
    """An access policy for clients that are given by client id."""
    return {
        "id": made_id("00p", server_id, name),
        "type": "OAUTH_AUTHORIZATION_POLICY",
        "name": name,
        "description": name,
        "priority": priority,
        "status": "ACTIVE",
        "system": False,
        "conditions": {"clients": {"include": list(clients)}},
    }


def rule(policy_id: str, name: str, priority: int, conditions: Json, token: Json) -> Json:
    """A rule of an access policy."""
    return {
        "id": made_id("0pr", policy_id, name),
        "type": "RESOURCE_ACCESS",
        "name": name,
        "priority": priority,
        "status": "ACTIVE",
        "system": False,
        "conditions": conditions,
        "actions": {"token": token},
    }


def oidc_app(label: str, kind: str, auth_method: str, grants: Iterable[str]) -> Json:
    """An OIDC app. Browser and native apps have their refresh tokens rotated."""
    identity = made_id("0oa", label)
    granted = list(grants)
    settings: Json = {
        "application_type": kind,
        "grant_types": granted,
        "response_types": ["code"] if CODE in granted else ["token"],
        "redirect_uris": [],
        "post_logout_redirect_uris": [],
        "wildcard_redirect": "DISABLED",
        "consent_method": "TRUSTED",
        "issuer_mode": "ORG_URL",
        "dpop_bound_access_tokens": False,
        "idp_initiated_login": {"mode": "DISABLED", "default_scope": []},
        "participate_slo": False,
    }
    if REFRESH in granted:
        rotation = "ROTATE" if kind in PUBLIC_TYPES else "STATIC"
        settings["refresh_token"] = {"rotation_type": rotation, "leeway": 0}
    return {
        **_app(identity, "oidc_client", label, "OPENID_CONNECT"),
        "credentials": {
            "oauthClient": {
                "client_id": identity,
                "token_endpoint_auth_method": auth_method,
                "pkce_required": kind != "service",
                "autoKeyRotation": True,
            },
            "userNameTemplate": {"template": "${source.login}", "type": "BUILT_IN"},
        },
        "settings": {"app": {}, "implicitAssignment": False, "oauthClient": settings},
    }


def okta_app(name: str, label: str) -> Json:
    """One of Okta's own OIDC apps, whose OAuth settings it keeps to itself."""
    return _app(made_id("0oa", label), name, label, "OPENID_CONNECT")


def saml_app(name: str, label: str, audience: str) -> Json:
    """A SAML app; nothing an API auditor looks at."""
    acs = f"{audience}/saml/acs"
    sign_on = {
        "audience": audience,
        "ssoAcsUrl": acs,
        "recipient": acs,
        "destination": acs,
        "idpIssuer": "http://www.okta.com/${org.externalKey}",
        "subjectNameIdTemplate": "${user.userName}",
        "subjectNameIdFormat": "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
        "authnContextClassRef": (
            "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
        ),
        "signatureAlgorithm": "RSA_SHA256",
        "digestAlgorithm": "SHA256",
        "responseSigned": True,
        "assertionSigned": True,
        "honorForceAuthn": True,
        "requestCompressed": False,
        "allowMultipleAcsEndpoints": False,
        "acsEndpoints": [],
        "attributeStatements": [],
    }
    settings = {"app": {}, "implicitAssignment": False, "signOn": sign_on}
    return {**_app(made_id("0oa", label), name, label, "SAML_2_0"), "settings": settings}


def bookmark(label: str, url: str) -> Json:
    """A link on the dashboard."""
    settings = {"app": {"requestIntegration": False, "url": url}, "implicitAssignment": False}
    return {**_app(made_id("0oa", label), "bookmark", label, "BOOKMARK"), "settings": settings}


def _app(identity: str, name: str, label: str, sign_on_mode: str) -> Json:
    return {
        "id": identity,
        "orn": resource_name("idp", "apps", name, identity),
        "name": name,
        "label": label,
        "status": "ACTIVE",
        "signOnMode": sign_on_mode,
        "accessibility": {"selfService": False},
        "visibility": {"autoSubmitToolbar": False, "hide": {"iOS": True, "web": True}},
        "features": [],
        "credentials": {"userNameTemplate": {"template": "${source.login}", "type": "BUILT_IN"}},
        "settings": {"app": {}, "implicitAssignment": False},
    }


def admin_role(holder: str, kind: str, assignment: str) -> Json:
    """A standard admin role of a client (`CLIENT`) or a user (`USER`)."""
    return {
        "id": made_id("irb", holder, kind),
        "type": kind,
        "label": f"{_ADMINS[kind]} Administrator",
        "status": "ACTIVE",
        "assignmentType": assignment,
    }


def custom_admin_role(client: str, role: str, label: str) -> Json:
    """A custom admin role of a client, for some of the org's objects."""
    return {
        "id": made_id("irb", client, role),
        "type": "CUSTOM",
        "label": label,
        "status": "ACTIVE",
        "assignmentType": "CLIENT",
        "role": role,
        "resource-set": made_id("iam", label),
    }


def grant(app_id: str, client_id: str, scope_name: str) -> Json:
    """An administrator's consent that an app may ask the org server for a scope."""
    return {
        "id": made_id("oag", app_id, scope_name),
        "status": "ACTIVE",
        "issuer": ORG_URL,
        "clientId": client_id,
        "scopeId": scope_name,
        "source": "ADMIN",
    }
