"""What an authorization server defines, and which of its rules let scopes through."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from auditor import Org, quoted
from auditor.models import OIDC_SCOPES, AuthorizationServer, PolicyRule, Scope

_SYSTEM = frozenset({"interclient_access", "online_access"})
"""Scopes of Okta's own besides the OpenID ones: of Native to Web SSO (guide "Native to Web SSO"),
and of refresh tokens that end with the browser's session (release notes of 2022)."""


def defined_scopes(org: Org, server: AuthorizationServer) -> frozenset[str]:
    """Names of the server's scopes; the built-in ones exist even if the list lacks them."""
    return OIDC_SCOPES | _SYSTEM | {scope.name for scope in org.scopes(server)}


_COMPANIONS = ("openid", "offline_access")
"""What has to be asked for together with device_sso (guide "Configure SSO for native apps")."""


def device_sso_lacks(policy_rule: PolicyRule) -> tuple[str, ...]:
    """The scopes without which the device_sso that a rule lists is of no use; none mostly."""
    if "device_sso" not in policy_rule.scopes:
        return ()
    return tuple(scope for scope in _COMPANIONS if not policy_rule.allows(scope))


def rules_in_use(org: Org, server: AuthorizationServer) -> tuple[PolicyRule, ...]:
    """The server's active rules; none if not one of them lets a scope through.

    What is wrong with a server like that is reported once, not scope by scope.
    """
    rules = tuple(policy_rule for _, policy_rule in org.active_rules(server))
    return rules if any(policy_rule.scopes for policy_rule in rules) else ()


def allowed_by_none(rules: Sequence[PolicyRule]) -> str:
    """That none of a server's active rules allows something, as part of a sentence."""
    if len(rules) == 1:
        return f"its only active rule, {quoted(rules[0].title)}, does not allow it"
    return f"none of its {len(rules):,} active rules allows it"


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """The scope that a misspelt name most likely means, if one is close.

    >>> nearest("order:read", ["orders:read", "orders:write", "openid"])
    'orders:read'
    """
    return next(iter(difflib.get_close_matches(name, sorted(candidates), n=1, cutoff=0.8)), None)


def add_to_a_rule(scope: Scope, rules: Sequence[PolicyRule], otherwise: str) -> str:
    """What to do about a scope that none of these rules allows, if there is just one rule."""
    if len(rules) != 1:
        return ""
    return f"Add {quoted(scope.name)} to rule {quoted(rules[0].title)}, or {otherwise}."
