"""A service app was granted an Okta API scope that has been revoked since.

The org authorization server rejects a token request that names a scope which is not granted, and
it does so as a whole: the other scopes in the request are not minted either. An app that was set
up for the scope goes on asking for it. Whether it still does is not in the configuration, hence
the low confidence.

Fix: take the scope out of the app's token requests and delete the grant, or grant it again.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Exporter",
       "settings": {"oauthClient": {"application_type": "service",
                                    "grant_types": ["client_credentials"]}}}],
     "/api/v1/apps/0oa1/grants": [{"scopeId": "okta.users.read", "status": "REVOKED"},
                                  {"scopeId": "okta.groups.read"}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Exporter",
       "settings": {"oauthClient": {"application_type": "service",
                                    "grant_types": ["client_credentials"]}}}],
     "/api/v1/apps/0oa1/grants": [{"scopeId": "okta.users.read", "status": "REVOKED"},
                                  {"scopeId": "okta.users.read"}]}

See:
- Okta API reference, "Application Grants"
- System Log filter: `eventType eq "app.oauth2.admin.consent.revoke"`
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Confidence, Finding, Impact, Org, Severity, quoted, rule
from auditor.oauth import CLIENT_CREDENTIALS

from ._clients import okta_grants, own_clients
from ._witness import of_client, rejected


@rule(
    "OAM610",
    severity=Severity.LOW,
    impact=Impact.BROKEN,
    confidence=Confidence.LOW,
    reads=["app_grants"],
)
def check(org: Org) -> Iterator[Finding]:
    for client in own_clients(org):
        if not client.service or CLIENT_CREDENTIALS not in client.grant_types:
            continue
        granted = {grant.scope_id for grant in okta_grants(org, client)}
        for grant in org.grants(client):
            if grant.status == "REVOKED" and grant.scope_id and grant.scope_id not in granted:
                yield Finding(
                    grant,
                    f"Scope {quoted(grant.scope_id)} was revoked from service app "
                    f"{quoted(client.title)}, so a token request that names it is rejected.",
                    field="status",
                    witness=of_client(
                        None,
                        client,
                        rejected("grants"),
                        grants=[CLIENT_CREDENTIALS],
                        scopes=[frozenset({grant.scope_id})],
                    ),
                )
