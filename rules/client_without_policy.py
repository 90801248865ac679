"""No access policy covers a client, so it can get no token from a custom authorization server.

No active policy names the client, and no rule of a policy for all clients allows a grant type of
it, so every request of this client to a custom authorization server fails with `access_denied`.
That is as it should be for an app that only signs people in through the org authorization server,
which is why severity and confidence are low. Service apps are the subject of OAM501, and apps
to which nobody is assigned that of OAM601. Nothing is
reported in an org where no custom authorization server has an active policy.

Fix: if the app calls an API, add it to an access policy of that API's authorization server.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Portal", "settings": {"oauthClient": {
       "application_type": "web", "grant_types": ["authorization_code"]}}}],
     "/api/v1/apps/0oa1/users": [{"id": "00u1", "scope": "USER", "status": "ACTIVE"}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"name": "Apps", "conditions": {"clients": {"include": ["0oa2"]}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Portal", "settings": {"oauthClient": {
       "application_type": "web", "grant_types": ["authorization_code"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"name": "Apps", "conditions": {"clients": {"include": ["0oa1"]}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Portal", "settings": {"oauthClient": {
       "application_type": "web", "grant_types": ["authorization_code"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [{"name": "Off", "status": "INACTIVE"}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Nobody is assigned, see OAM601", "settings": {
       "oauthClient": {"application_type": "web", "grant_types": ["authorization_code"]}}}],
     "/api/v1/apps/0oa1/users": [],
     "/api/v1/authorizationServers/aus1/policies": [
       {"name": "Apps", "conditions": {"clients": {"include": ["0oa2"]}}}]}

See:
- Okta developer documentation, "Authorization servers"
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Confidence, Finding, Impact, Org, Severity, quoted, rule
from auditor.oauth import NO_MATCHING_RULE, Answer

from ._active import active_policies, active_servers
from ._clients import own_clients, served, without_users
from ._witness import of_client, rejected


@rule(
    "OAM502",
    severity=Severity.LOW,
    impact=Impact.BROKEN,
    confidence=Confidence.LOW,
    reads=["apps", "policy_rules"],
    consults=["app_users", "app_groups", "group_members"],
    answer=Answer.of(NO_MATCHING_RULE),
)
def check(org: Org) -> Iterator[Finding]:
    if not any(active_policies(org)):
        return
    server = next(active_servers(org), None)
    for client in own_clients(org):
        if not client.service and not served(org, client) and not without_users(org, client):
            yield Finding(
                client,
                f"No active policy names client {quoted(client.title)} and no rule for all "
                "clients allows its grant types, so it can get tokens from the org "
                "authorization server only.",
                witness=of_client(
                    server,
                    client,
                    rejected("policy"),
                    grants=client.grant_types,
                    scopes=[frozenset({"openid"})],
                )
                if server
                else None,
            )
