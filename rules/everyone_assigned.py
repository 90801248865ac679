"""An app is assigned to the group Everyone.

Each user of the org, including those who join later and contractors who should see little, is
assigned to the client and meets every rule for "Any user assigned the app". Okta's advice is to
use Everyone only when necessary.

Apps to which an assignment makes no difference are not reported: in Federation Broker Mode
everybody is admitted anyway (OAM516), and with client_credentials alone nobody signs in.

Fix: assign the groups that need the app, then take the assignment of Everyone away.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Portal"}],
     "/api/v1/apps/0oa1/groups": [{"id": "00g9"}],
     "/api/v1/groups": [{"id": "00g9", "type": "BUILT_IN", "profile": {"name": "Everyone"}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Portal"}],
     "/api/v1/apps/0oa1/groups": [{"id": "00g1"}],
     "/api/v1/groups": [{"id": "00g1", "type": "OKTA_GROUP", "profile": {"name": "Everyone"}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Retired", "status": "INACTIVE"}],
     "/api/v1/apps/0oa1/groups": [{"id": "00g9"}],
     "/api/v1/groups": [{"id": "00g9", "type": "BUILT_IN", "profile": {"name": "Everyone"}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Open to all", "settings": {
       "implicitAssignment": true, "oauthClient": {"grant_types": ["authorization_code"]}}}],
     "/api/v1/apps/0oa1/groups": [{"id": "00g9"}],
     "/api/v1/groups": [{"id": "00g9", "type": "BUILT_IN", "profile": {"name": "Everyone"}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Nightly job", "settings": {"oauthClient": {
       "application_type": "service", "grant_types": ["client_credentials"]}}}],
     "/api/v1/apps/0oa1/groups": [{"id": "00g9"}],
     "/api/v1/groups": [{"id": "00g9", "type": "BUILT_IN", "profile": {"name": "Everyone"}}]}

See:
- Okta developer documentation, "API Access Management", recommended practices
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Related, Severity, quoted, rule
from auditor.oauth import USERLESS_GRANTS

from ._clients import own_clients


@rule("OAM607", severity=Severity.MEDIUM, impact=Impact.RISKY, reads=["app_groups", "groups"])
def check(org: Org) -> Iterator[Finding]:
    for client in own_clients(org):
        if client.federation_broker or set(client.grant_types) == USERLESS_GRANTS:
            continue
        groups = [org.group(assignment.id) for assignment in org.assigned_groups(client)]
        everyone = [group for group in groups if group and group.built_in]
        for group in everyone:
            if group.title == "Everyone":
                yield Finding(
                    client,
                    f"Client {quoted(client.title)} is assigned to the group Everyone, "
                    "so all users of the org, present and future, are admitted to it.",
                    key=group.id,
                    related=(Related(record=group, role="the group that is assigned"),),
                )
