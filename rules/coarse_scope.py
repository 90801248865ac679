"""A custom scope covers a whole API by its name, and a rule allows it.

A scope such as `admin` or `full_access` can only be given as a whole. Every client that needs a
part of it gets all of it, and neither a policy rule nor a consent dialog can tell them apart; a
stolen token does whatever the API can do. Only scopes that an active rule names are reported;
rules that allow `*` are the subject of OAM303 and OAM309. Which names are coarse is an option.

Fix: define a scope for each thing that clients do, such as `orders:read` and `orders:cancel`,
and let each rule name those that its clients need.

Flagged:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Back office", "conditions": {"scopes": {"include": ["openid", "full_access"]}}}],
     "/api/v1/authorizationServers/aus1/scopes": [{"name": "full_access"}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Back office", "conditions": {"scopes": {"include": ["users:admin", "calls"]}}}],
     "/api/v1/authorizationServers/aus1/scopes": [{"name": "users:admin"}, {"name": "calls"}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Nobody gets it", "conditions": {"scopes": {"include": ["orders:read"]}}}],
     "/api/v1/authorizationServers/aus1/scopes": [{"name": "admin"}, {"name": "orders:read"}]}

See:
- Okta developer documentation, "API Access Management", recommended practices
- RFC 9700, section 2.3, "Access Token Privilege Restriction"
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from auditor import (
    Confidence,
    Finding,
    Impact,
    Org,
    Related,
    RuleOptions,
    Severity,
    counted,
    quoted,
    rule,
)

from ._active import active_servers
from ._patterns import Patterns, matches


class CoarseScopeOptions(RuleOptions):
    """Which names are coarse."""

    coarse_scopes: Patterns = Field(
        default=(
            "admin",
            "administrator",
            "all",
            "everything",
            "full",
            "fullaccess",
            "full[-_.:]access",
            "root",
            "superuser",
            "[*][.:][*]",
        ),
        description="A scope is coarse if its whole name is one of these. `*` and `?` stand for "
        "any letters; capitals make no difference.",
    )


@rule(
    "OAM410",
    severity=Severity.LOW,
    impact=Impact.RISKY,
    confidence=Confidence.MEDIUM,
    reads=["policy_rules", "scopes"],
    options=CoarseScopeOptions,
)
def check(org: Org, options: CoarseScopeOptions) -> Iterator[Finding]:
    for server in active_servers(org):
        coarse = [
            scope
            for scope in org.scopes(server)
            if scope.custom and matches(options.coarse_scopes, scope.name)
        ]
        for scope in coarse:
            naming = [each for _, each in org.active_rules(server) if scope.name in each.scopes]
            if naming:
                yield Finding(
                    scope,
                    f"Scope {quoted(scope.name)} of authorization server {quoted(server.title)} "
                    f"covers everything by its name, and {counted(len(naming), 'active rule')} "
                    f"{'gives' if len(naming) == 1 else 'give'} it to clients.",
                    field="name",
                    related=tuple(
                        Related(record=each, role="a rule that allows it") for each in naming
                    ),
                )
