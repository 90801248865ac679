"""Nobody who is assigned to a client can sign in.

People are assigned to the client, but all of them are suspended, deprovisioned or not yet
activated, so not one request with a user succeeds. Usually the last person who used the app has
left, or the accounts of a test were forgotten. A client that nobody at all is assigned to is the
subject of OAM601.

Fix: assign people who can sign in, or deactivate the client.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Archive", "settings": {"oauthClient": {
       "grant_types": ["authorization_code"]}}}],
     "/api/v1/apps/0oa1/users": [{"id": "00u1"}, {"id": "gone"}],
     "/api/v1/users": [{"id": "00u1", "status": "SUSPENDED"}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Archive", "settings": {"oauthClient": {
       "grant_types": ["authorization_code"]}}},
      {"id": "0oa2", "label": "See OAM601", "settings": {"oauthClient": {
       "grant_types": ["authorization_code"]}}}],
     "/api/v1/apps/0oa1/users": [{"id": "00u1"}, {"id": "00u2"}],
     "/api/v1/users": [{"id": "00u1", "status": "SUSPENDED"}, {"id": "00u2"}]}

See:
- Okta API reference, "Users", user status
- Okta developer documentation, "API Access Management"
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, counted, quoted, rule
from auditor.oauth import user_grants

from ._clients import own_clients
from ._witness import of_client, rejected


@rule(
    "OAM613",
    severity=Severity.MEDIUM,
    impact=Impact.BROKEN,
    reads=["app_users", "app_groups", "group_members", "users"],
)
def check(org: Org) -> Iterator[Finding]:
    for client in own_clients(org):
        if client.federation_broker or not user_grants(client.grant_types):
            continue
        lists = list(org.assigned_lists(client))
        if any(lists) and all(map(org.able_users.isdisjoint, lists)):
            assigned = org.assigned_users(client)
            yield Finding(
                client,
                f"{counted(len(assigned), 'person is', 'people are')} assigned to client "
                f"{quoted(client.title)}, but none of them can sign in, so every request with a "
                "user fails.",
                witness=of_client(
                    None,
                    client,
                    rejected("user"),
                    grants=sorted(user_grants(client.grant_types)),
                    scopes=[frozenset({"openid"})],
                    user=min(assigned),
                ),
            )
