"""A service app has Okta API scopes but no admin role.

What a service app may do is what both its scopes and its admin roles allow. Without a role,
Okta mints the token and then answers every call with 403 `E0000006`, "You do not have
permission to perform the requested action", which looks like a missing scope and is none.
Only apps that can get such a token are reported: Okta mints scopes of its APIs for machines that
authenticate with private_key_jwt. Apps with a secret are the subject of OAM614.

Fix: assign the app the narrowest admin role that covers what it does, for example Read-Only
Administrator, or revoke the scopes.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Directory sync", "settings": {"oauthClient": {
       "application_type": "service"}}}],
     "/api/v1/apps/0oa1/grants": [{"scopeId": "okta.users.read"}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Directory sync", "settings": {"oauthClient": {
       "application_type": "service"}}}],
     "/api/v1/apps/0oa1/grants": [{"scopeId": "okta.users.read"}],
     "/oauth2/v1/clients/0oa1/roles": [{"type": "READ_ONLY_ADMIN"}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Admin portal", "settings": {"oauthClient": {
       "application_type": "web"}}}],
     "/api/v1/apps/0oa1/grants": [{"scopeId": "okta.users.read"}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Has a secret, see OAM614",
       "credentials": {"oauthClient": {"token_endpoint_auth_method": "client_secret_basic"}},
       "settings": {"oauthClient": {"application_type": "service"}}}],
     "/api/v1/apps/0oa1/grants": [{"scopeId": "okta.users.read"}]}

See:
- Okta developer documentation, "Implement OAuth for Okta with a service app", on admin roles
- Okta error codes, E0000006
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Related, Severity, counted, quoted, rule
from auditor.oauth import FORBIDDEN_CALL

from ._clients import okta_grants, own_clients
from ._witness import minted, of_client


@rule(
    "OAM606",
    severity=Severity.MEDIUM,
    impact=Impact.BROKEN,
    reads=["app_grants", "client_roles"],
    answer=FORBIDDEN_CALL,
)
def check(org: Org) -> Iterator[Finding]:
    for client in own_clients(org):
        grants = okta_grants(org, client)
        by_key = client.auth_method in {None, "private_key_jwt"}
        if client.service and by_key and grants and not org.admin_roles(client):
            yield Finding(
                client,
                f"Service app {quoted(client.title)} has {counted(len(grants), 'Okta API scope')} "
                "but no admin role, so it gets tokens that every API call rejects with 403.",
                witness=of_client(
                    None,
                    client,
                    minted,
                    grants=client.grant_types,
                    scopes=[frozenset({grant.title for grant in grants})],
                ),
                related=tuple(Related(record=grant, role="a granted scope") for grant in grants),
            )
