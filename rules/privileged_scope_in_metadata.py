"""An authorization server lists privileged scopes in its public metadata.

Anybody on the internet can read `/.well-known/oauth-authorization-server` without
signing in. A scope whose metadataPublish is ALL_CLIENTS stands there, under
`scopes_supported`, and tells what the API behind it can do and what to ask for. Clients
that may use a scope know its name anyway. Whether a scope is privileged is judged by
its name (write, delete, manage, admin and the like; an option).

Fix: set metadataPublish to NO_CLIENTS for these scopes.

Flagged:

    {"/api/v1/authorizationServers/aus1/scopes": [
       {"name": "payments:write", "metadataPublish": "ALL_CLIENTS"}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/scopes": [
       {"name": "payments:write", "metadataPublish": "NO_CLIENTS"},
       {"name": "payments:read", "metadataPublish": "ALL_CLIENTS"},
       {"name": "openid", "system": true, "metadataPublish": "ALL_CLIENTS"}]}

See:
- Okta API reference, "Authorization Servers", scope object
- RFC 8414, section 2, `scopes_supported`
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import (
    Confidence,
    Finding,
    Impact,
    Org,
    Related,
    Severity,
    counted,
    listed,
    quoted,
    rule,
)

from ._active import active_servers
from ._sensitive import PrivilegeOptions


@rule(
    "OAM411",
    severity=Severity.LOW,
    impact=Impact.RISKY,
    confidence=Confidence.MEDIUM,
    reads=["scopes"],
    options=PrivilegeOptions,
)
def check(org: Org, options: PrivilegeOptions) -> Iterator[Finding]:
    for server in active_servers(org):
        published = [
            scope
            for scope in org.scopes(server)
            if scope.metadata_publish == "ALL_CLIENTS"
            and scope.custom
            and options.privileged(scope.name)
        ]
        if published:
            names = (quoted(scope.name) for scope in published)
            yield Finding(
                server,
                f"Authorization server {quoted(server.title)} tells anybody in its public "
                f"metadata of {counted(len(published), 'privileged scope')}: {listed(names)}.",
                related=tuple(
                    Related(record=scope, role="a published scope") for scope in published
                ),
            )
