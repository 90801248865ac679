"""A service app's admin roles let it read, but it has scopes to write.

What a service app may do is what both its scopes and its admin roles allow. Read-Only
Administrators and Report Administrators change nothing, so calls that a `.manage` scope is for
are answered with 403 `E0000006`, "You do not have permission to perform the requested action".

Fix: assign a role that covers what the app changes, for example a custom role or Group
Administrator; or grant the `.read` scopes instead.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Directory sync", "settings": {"oauthClient": {
       "application_type": "service"}}}],
     "/api/v1/apps/0oa1/grants": [{"scopeId": "okta.users.manage"}],
     "/oauth2/v1/clients/0oa1/roles": [{"type": "READ_ONLY_ADMIN"}]}

Accepted:

    {"/api/v1/apps": [
       {"id": "0oa1", "label": "Directory sync", "settings": {"oauthClient": {
         "application_type": "service"}}},
       {"id": "0oa2", "label": "Reviews", "settings": {"oauthClient": {
         "application_type": "service"}}}],
     "/api/v1/apps/0oa1/grants": [{"scopeId": "okta.users.manage"}],
     "/api/v1/apps/0oa2/grants": [{"scopeId": "okta.users.read"}],
     "/oauth2/v1/clients/0oa1/roles": [{"type": "READ_ONLY_ADMIN"}, {"type": "USER_ADMIN"}],
     "/oauth2/v1/clients/0oa2/roles": [{"type": "READ_ONLY_ADMIN"}]}

See:
- Okta developer documentation, "Implement OAuth for Okta with a service app", on admin roles
- Okta help, "Compare administrator roles"
- Okta error codes, E0000006
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Related, Severity, listed, quoted, rule
from auditor.oauth import FORBIDDEN_CALL

from ._clients import okta_grants, own_clients, writes

_READ_ONLY = frozenset({"READ_ONLY_ADMIN", "REPORT_ADMIN"})


@rule(
    "OAM615",
    severity=Severity.MEDIUM,
    impact=Impact.BROKEN,
    reads=["app_grants", "client_roles"],
    answer=FORBIDDEN_CALL,
)
def check(org: Org) -> Iterator[Finding]:
    for client in own_clients(org):
        roles = org.admin_roles(client)
        writing = [grant for grant in okta_grants(org, client) if writes(grant.title)]
        if not client.service or not writing or not roles:
            continue
        if all(role.type in _READ_ONLY for role in roles):
            names = listed(quoted(name) for name in sorted({grant.title for grant in writing}))
            yield Finding(
                client,
                f"Service app {quoted(client.title)} has {names}, but its admin roles "
                f"({listed(quoted(role.title) for role in roles)}) change nothing, so calls that "
                "write are answered with 403.",
                related=tuple(
                    Related(record=grant, role="a grant of a scope that writes")
                    for grant in writing
                ),
            )
