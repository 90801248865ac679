"""Paths that Okta has and a tenant file usually leaves out.

A client that asks for a list gets an empty one, in the shape that Okta gives it, as from an org
that has no such objects; one that asks for an object learns that it is not there, and not that
Okta knows no such path. A tenant file may have any of them. Paths and shapes: Okta Management API
2026.06.3.
"""

from __future__ import annotations

import re

from auditor.snapshot.collections import match

_BARE = """
    /api/v1/agentPools
    /api/v1/apps/{}/credentials/csrs
    /api/v1/apps/{}/credentials/keys
    /api/v1/apps/{}/credentials/secrets
    /api/v1/apps/{}/features
    /api/v1/apps/{}/federated-claims
    /api/v1/apps/{}/group-push/mappings
    /api/v1/apps/{}/interclient-allowed-apps
    /api/v1/apps/{}/tokens
    /api/v1/authenticators
    /api/v1/authenticators/{}/methods
    /api/v1/authorizationServers/{}/clients
    /api/v1/authorizationServers/{}/clients/{}/tokens
    /api/v1/behaviors
    /api/v1/brands
    /api/v1/brands/{}/themes
    /api/v1/captchas
    /api/v1/device-assurances
    /api/v1/device-integrations
    /api/v1/devices
    /api/v1/devices/{}/users
    /api/v1/email-domains
    /api/v1/eventHooks
    /api/v1/features
    /api/v1/features/{}/dependencies
    /api/v1/features/{}/dependents
    /api/v1/groups/{}/owners
    /api/v1/groups/{}/roles
    /api/v1/groups/{}/roles/{}/targets/catalog/apps
    /api/v1/groups/{}/roles/{}/targets/groups
    /api/v1/hook-keys
    /api/v1/idps
    /api/v1/idps/credentials/keys
    /api/v1/idps/{}/credentials/keys
    /api/v1/idps/{}/users
    /api/v1/logStreams
    /api/v1/logs
    /api/v1/mappings
    /api/v1/meta/schemas/logStream
    /api/v1/meta/schemas/user/linkedObjects
    /api/v1/meta/types/user
    /api/v1/meta/uischemas
    /api/v1/org/contacts
    /api/v1/policies
    /api/v1/policies/{}/app
    /api/v1/policies/{}/mappings
    /api/v1/policies/{}/rules
    /api/v1/push-providers
    /api/v1/realm-assignments
    /api/v1/realms
    /api/v1/security-events-providers
    /api/v1/ssf/stream
    /api/v1/templates/sms
    /api/v1/users/{}/blocks
    /api/v1/users/{}/clients
    /api/v1/users/{}/clients/{}/grants
    /api/v1/users/{}/clients/{}/tokens
    /api/v1/users/{}/devices
    /api/v1/users/{}/factors
    /api/v1/users/{}/grants
    /api/v1/users/{}/idps
    /api/v1/users/{}/roles/{}/targets/catalog/apps
    /api/v1/users/{}/roles/{}/targets/groups
    /api/v1/users/{}/subscriptions
    /integrations/api/v1/api-services/{}/credentials/secrets
    /oauth2/v1/clients/{}/roles/{}/targets/catalog/apps
    /oauth2/v1/clients/{}/roles/{}/targets/groups
"""

_IN_OBJECTS = {
    "/api/v1/brands/{}/domains": "domains",
    "/api/v1/email-servers": "email-servers",
    "/api/v1/iam/assignees/users": "value",
    "/api/v1/iam/governance/bundles": "bundles",
    "/api/v1/iam/resource-sets": "resource-sets",
    "/api/v1/iam/resource-sets/{}/bindings": "roles",
    "/api/v1/iam/resource-sets/{}/bindings/{}/members": "members",
    "/api/v1/iam/resource-sets/{}/resources": "resources",
}
"""Lists inside an object, and the member that holds them."""

_OBJECTS = """
    /api/v1/apps/{}/sso/saml/metadata
    /api/v1/bot-protection/configuration
    /api/v1/brands/{}/pages/error/customized
    /api/v1/brands/{}/pages/error/default
    /api/v1/brands/{}/pages/sign-in/customized
    /api/v1/brands/{}/pages/sign-in/default
    /api/v1/first-party-app-settings/{}
    /api/v1/idps/{}/metadata.xml
    /api/v1/meta/schemas/apps/{}/default
    /api/v1/meta/schemas/group/default
    /api/v1/meta/schemas/user/{}
    /api/v1/org/captcha
    /api/v1/org/orgSettings/thirdPartyAdminSetting
    /api/v1/org/preferences
    /api/v1/org/privacy/oktaCommunication
    /api/v1/org/privacy/oktaSupport
    /api/v1/org/settings/autoAssignAdminAppSetting
    /api/v1/rate-limit-settings/admin-notifications
    /api/v1/rate-limit-settings/per-client
    /api/v1/rate-limit-settings/warning-threshold
    /api/v1/ssf/stream/status
    /api/v1/threats/configuration
    /attack-protection/api/v1/authenticator-settings
    /attack-protection/api/v1/user-lockout-settings
"""


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.escape(path).replace(r"\{\}", "[^/]+"))


_LISTS = [
    (_pattern(path), member)
    for path, member in {**dict.fromkeys(_BARE.split()), **_IN_OBJECTS}.items()
]
_OBJECT_PATTERNS = [_pattern(path) for path in _OBJECTS.split()]


def known_list(path: str) -> tuple[str | None] | None:
    """The member of the answer that holds the list at a path, None in it for a list of its own.

    Returns:
        None where the path is no such list.
    """
    for pattern, member in _LISTS:
        if pattern.fullmatch(path):
            return (member,)
    return None


def known_object(path: str) -> bool:
    """Whether a path is that of an object that Okta has: of a known list, or on its own."""
    folder = path.rpartition("/")[0]
    return (
        match(path) is not None
        or match(folder) is not None
        or known_list(folder) is not None
        or any(pattern.fullmatch(path) for pattern in _OBJECT_PATTERNS)
    )
