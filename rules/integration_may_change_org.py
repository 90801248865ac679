"""An API service integration may change the org.

An API service integration is another company's service with scopes of the Okta APIs. It acts as
itself, not for a user, and authenticates with a client secret, which that company keeps: Okta
supports nothing else for it. With a scope that ends in `.manage` it writes: creates users, changes
policies or adds keys to apps, depending on the scope. Whoever gets hold of the secret can do so,
too.

Scopes of the MyAccount API (`okta.myAccount.`) are not reported: with them users change only
their own account. The org's own service apps are the subject of OAM604.

Fix: ask the company what it writes and how it keeps the secret; revoke the integration if nobody
uses it.

Flagged:

    {"/integrations/api/v1/api-services": [
       {"id": "0oa1", "name": "Ticket desk", "type": "ticket_desk",
        "grantedScopes": ["okta.users.read", "okta.users.manage"]}]}

Accepted:

    {"/integrations/api/v1/api-services": [
       {"id": "0oa1", "name": "Log analysis", "type": "log_analysis",
        "grantedScopes": ["okta.logs.read", "okta.users.read"]},
       {"id": "0oa2", "name": "Nothing granted", "type": "ticket_desk"}]}

See:
- Okta developer documentation, "Build an API service integration" and "API service integrations in
  the OIN"
- Okta Management API, "API Service Integrations", `grantedScopes`
- Okta help, "API service integration settings": only client-secret authentication is supported
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, counted, listed, quoted, rule

from ._clients import writes


@rule("OAM811", severity=Severity.LOW, impact=Impact.RISKY, reads=["api_service_integrations"])
def check(org: Org) -> Iterator[Finding]:
    for integration in org.api_service_integrations:
        scopes = sorted(set(filter(writes, integration.granted_scopes)))
        if scopes:
            yield Finding(
                integration,
                f"API service integration {quoted(integration.title)} may change the org with "
                f"{counted(len(scopes), 'scope')} of the Okta APIs: {listed(map(quoted, scopes))}.",
                field="grantedScopes",
            )
