"""An authorization server exchanges tokens of another one that is open to all clients.

A server that trusts another one accepts its tokens as subject tokens in a token exchange. If
that other server has a policy for all clients, every client of the org, present and future, can
get a token there which opens this server as well. The weaker of the two decides. Only servers
with an active rule for token exchange are reported; for the others the trust has no effect.

Fix: name clients in the policies of the trusted server, or end the trust.

Flagged:

    {"/api/v1/authorizationServers": [{"id": "aus1", "name": "Orders"},
                                      {"id": "aus2", "name": "Playground"}],
     "/api/v1/authorizationServers/aus1/associatedServers": [{"id": "aus2"}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"conditions": {"grantTypes": {"include": [
          "urn:ietf:params:oauth:grant-type:token-exchange"]}, "scopes": {"include": ["a"]}}}],
     "/api/v1/authorizationServers/aus2/policies": [
       {"id": "p2", "conditions": {"clients": {"include": ["ALL_CLIENTS"]}}}]}

Accepted:

    {"/api/v1/authorizationServers": [{"id": "aus1", "name": "Orders"},
                                      {"id": "aus2", "name": "Partners"}],
     "/api/v1/authorizationServers/aus1/associatedServers": [{"id": "aus2"}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"conditions": {"grantTypes": {"include": [
          "urn:ietf:params:oauth:grant-type:token-exchange"]}, "scopes": {"include": ["a"]}}}],
     "/api/v1/authorizationServers/aus2/policies": [
       {"id": "p2", "conditions": {"clients": {"include": ["0oa1"]}}}]}

See:
- Okta developer documentation, "Set up OAuth 2.0 On-Behalf-Of Token Exchange", trusted servers
- System Log filter: `eventType eq "app.oauth2.trusted_server.add"`
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Related, Severity, quoted, rule
from auditor.models import ALL_CLIENTS
from auditor.oauth import TOKEN_EXCHANGE

from ._active import active_servers


@rule(
    "OAM710",
    severity=Severity.MEDIUM,
    impact=Impact.RISKY,
    reads=["associated_servers", "policy_rules"],
)
def check(org: Org) -> Iterator[Finding]:
    servers = {server.id: server for server in active_servers(org)}
    for server in servers.values():
        if not any(TOKEN_EXCHANGE in each.grant_types for _, each in org.active_rules(server)):
            continue
        for trusted in org.trusted_servers(server):
            other = servers.get(trusted.id)
            open_to_all = (
                [each for each in org.active_policies(other) if ALL_CLIENTS in each.clients]
                if other
                else []
            )
            if other and open_to_all:
                yield Finding(
                    server,
                    f"Authorization server {quoted(server.title)} accepts tokens of "
                    f"{quoted(other.title)} in a token exchange, and policy "
                    f"{quoted(open_to_all[0].title)} there is for all clients of the org.",
                    key=other.id,
                    related=(
                        Related(record=other, role="the trusted server"),
                        Related(record=open_to_all[0], role="its policy for all clients"),
                    ),
                )
