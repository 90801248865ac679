"""Nobody is assigned to a client that people sign in to.

Whatever the policies say, a user must be assigned to the app, directly or through a group.
Here nobody is, so every request with a user fails with `access_denied` and "User is not
assigned to the client application." A group without members assigns nobody.

Severity is high where an active access policy names the client or a group is assigned to it:
somebody is meant to use it. Otherwise nothing shows that anybody makes these requests, as with
apps that were tried out once, and severity is low; also where the policies were not read.

Apps in Federation Broker Mode are not reported, because they skip the assignment check; nor are
apps whose grant types involve no user.

Fix: assign the groups whose members use the app, or deactivate the app if nobody does.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Portal", "settings": {"oauthClient": {
       "grant_types": ["authorization_code"]}}}]}

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Portal", "settings": {"oauthClient": {
       "grant_types": ["authorization_code"]}}}],
     "/api/v1/apps/0oa1/groups": [{"id": "00g1"}],
     "/api/v1/groups": [{"id": "00g1", "profile": {"name": "Staff"}}],
     "/api/v1/groups/00g1/users": []}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Portal", "settings": {"oauthClient": {
       "grant_types": ["authorization_code"]}}}],
     "/api/v1/apps/0oa1/users": [{"id": "00u1", "scope": "USER", "status": "ACTIVE"}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Portal", "settings": {"oauthClient": {
       "grant_types": ["authorization_code"]}}}],
     "/api/v1/apps/0oa1/groups": [{"id": "00g1"}],
     "/api/v1/groups/00g1/users": ["00u1"]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Open to all", "settings": {
       "implicitAssignment": true, "oauthClient": {"grant_types": ["authorization_code"]}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Nightly job", "settings": {"oauthClient": {
       "application_type": "service", "grant_types": ["client_credentials"]}}}]}

See:
- Okta developer documentation, "Assign an app to users"
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from auditor import Finding, Impact, Org, Severity, counted, quoted, rule
from auditor.models import App
from auditor.oauth import NOT_ASSIGNED, Answer, TokenRequest, user_grants

from ._clients import named_by_policy, own_clients
from ._witness import of_client, rejected


@rule(
    "OAM601",
    severity=Severity.HIGH,
    impact=Impact.BROKEN,
    reads=["app_users", "app_groups", "group_members"],
    consults=["policies"],
    answer=Answer.of(NOT_ASSIGNED),
)
def check(org: Org) -> Iterator[Finding]:
    for client in own_clients(org):
        if client.federation_broker or not user_grants(client.grant_types):
            continue
        if not any(org.assigned_lists(client)):
            groups = len(org.assigned_groups(client))
            meant = groups or (org.known("policies") and named_by_policy(org, client))
            members = f" but {counted(groups, 'group')} without members" if groups else ""
            yield Finding(
                client,
                f"Nobody{members} is assigned to client {quoted(client.title)}, so every request "
                'with a user fails with "User is not assigned to the client application."',
                severity=None if meant else Severity.LOW,
                witness=partial(_witness, client),
            )


def _witness(client: App, org: Org) -> TokenRequest | None:
    """Anybody's request, to the server that needs no policy."""
    user = next(iter(org.users_by_status.get("ACTIVE", ())), None)
    grants = sorted(user_grants(client.grant_types))
    scopes = [frozenset({"openid"})]
    return of_client(None, client, rejected("assignment"), grants=grants, scopes=scopes, user=user)(
        org
    )
