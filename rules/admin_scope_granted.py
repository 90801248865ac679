"""A client may change the org through the Okta APIs.

A granted scope that ends in `.manage` lets the client write: create users, change policies,
add keys to apps, depending on the scope and on the admin roles behind the token. Whoever gets
hold of the client's key gets the same.

Scopes of the MyAccount API (`okta.myAccount.`) are not reported: with them users change
only their own account. Nor are grants that were revoked. What a service app may change depends
on its admin roles as well: OAM605 and OAM608 report those that go too far, OAM606 and OAM615
those that are missing or too weak for such a scope.

Fix: grant the `.read` scope where reading is enough, and revoke what the client does not call.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Directory sync"}],
     "/api/v1/apps/0oa1/grants": [{"scopeId": "okta.users.read"}, {"scopeId": "okta.users.manage"}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Directory sync"}],
     "/api/v1/apps/0oa1/grants": [{"scopeId": "okta.users.read"},
       {"scopeId": "okta.users.manage", "status": "REVOKED"},
       {"scopeId": "okta.myAccount.email.manage"}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Retired", "status": "INACTIVE"}],
     "/api/v1/apps/0oa1/grants": [{"scopeId": "okta.users.manage"}]}

See:
- Okta developer documentation, "OAuth 2.0 scopes" of the Okta APIs
- System Log filter: `eventType eq "app.oauth2.admin.consent.grant"`
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Related, Severity, counted, listed, quoted, rule

from ._clients import machine_grants, own_clients, writes
from ._witness import minted, of_client


@rule("OAM604", severity=Severity.LOW, impact=Impact.RISKY, reads=["app_grants"])
def check(org: Org) -> Iterator[Finding]:
    for client in own_clients(org):
        writing = [grant for grant in machine_grants(org, client) if writes(grant.title)]
        if writing:
            scopes = sorted({grant.title for grant in writing})
            yield Finding(
                client,
                f"Client {quoted(client.title)} may change the org with "
                f"{counted(len(scopes), 'scope')} of the Okta APIs: "
                f"{listed(map(quoted, scopes))}.",
                witness=of_client(
                    None,
                    client,
                    minted,
                    grants=client.grant_types,
                    scopes=[frozenset({grant.title for grant in writing})],
                ),
                related=tuple(
                    Related(record=grant, role="a grant of a scope that writes")
                    for grant in writing
                ),
            )
