"""A user has consented that a client may change the org on their behalf.

A grant with source END_USER was given in a consent dialog, not by an administrator. With a
`.manage` scope the client can do through the Okta APIs what that user may do, and for an
administrator that is a lot. Nobody but the user decided it. Grants of administrators are the
subject of OAM604; the `okta.myAccount.` scopes reach the user's own account only.

Fix: revoke the grant if the client is unknown or no longer used; have an administrator grant the
scopes of clients that are meant to manage the org.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Handy tools"}],
     "/api/v1/apps/0oa1/grants": [
       {"scopeId": "okta.users.manage", "source": "END_USER", "userId": "00u1"}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Handy tools"}],
     "/api/v1/apps/0oa1/grants": [
       {"scopeId": "okta.users.manage", "source": "ADMIN"},
       {"scopeId": "okta.users.read", "source": "END_USER"},
       {"scopeId": "okta.myAccount.profile.manage", "source": "END_USER"},
       {"scopeId": "okta.groups.manage", "source": "END_USER", "status": "REVOKED"}]}

See:
- Okta API reference, "Application Grants"
- System Log filter: `eventType eq "app.oauth2.as.consent.grant"`
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Related, Severity, counted, listed, quoted, rule

from ._clients import END_USER, okta_grants, own_clients, writes


@rule("OAM609", severity=Severity.MEDIUM, impact=Impact.RISKY, reads=["app_grants"])
def check(org: Org) -> Iterator[Finding]:
    for client in own_clients(org):
        given = [
            grant
            for grant in okta_grants(org, client)
            if grant.source == END_USER and writes(grant.title)
        ]
        if given:
            scopes = sorted({grant.title for grant in given})
            yield Finding(
                client,
                f"Client {quoted(client.title)} may change the org by "
                f"{counted(len(given), 'consent')} of users: {listed(map(quoted, scopes))}.",
                related=tuple(
                    Related(record=grant, role="a consent to a scope that writes")
                    for grant in given
                ),
            )
