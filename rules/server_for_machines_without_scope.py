"""An authorization server lets machines in, but has no scope that they could ask for.

A request with client_credentials must be for at least one scope, and Okta refuses the
OpenID scopes, which are for users: "Cannot request 'openid' scopes using client
credentials." A server without a scope of its own therefore has nothing to give to a
machine, whatever its rules allow. Only servers are reported that are meant for a machine: a
policy names a client that may use the grant, and has a rule for all scopes. That a policy for
all clients, such as the default one, covers a service app means nothing.

Fix: define a scope for what the machines do, and have them ask for it.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "settings": {"oauthClient": {
       "application_type": "service", "grant_types": ["client_credentials"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"conditions": {"grantTypes": {"include": ["client_credentials"]},
                       "scopes": {"include": ["*"]}}}],
     "/api/v1/authorizationServers/aus1/scopes": [{"name": "openid", "system": true}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "settings": {"oauthClient": {
       "application_type": "service", "grant_types": ["client_credentials"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"conditions": {"grantTypes": {"include": ["client_credentials"]},
                       "scopes": {"include": ["*"]}}}],
     "/api/v1/authorizationServers/aus1/scopes": [
       {"name": "openid", "system": true}, {"name": "orders:read"}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "settings": {"oauthClient": {
       "grant_types": ["authorization_code"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["ALL_CLIENTS"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"conditions": {"grantTypes": {"include": ["client_credentials"]},
                       "scopes": {"include": ["*"]}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Calls Okta only", "settings": {"oauthClient": {
       "application_type": "service", "grant_types": ["client_credentials"]}}}],
     "/api/v1/authorizationServers/default/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["ALL_CLIENTS"]}}}],
     "/api/v1/authorizationServers/default/policies/p1/rules": [
       {"conditions": {"grantTypes": {"include": ["client_credentials"]},
                       "scopes": {"include": ["*"]}}}]}

See:
- Okta support article "Okta Error Occurs When Requesting OpenID Scopes Using Client Credentials"
- Okta developer documentation, "Implement authorization by grant type", client credentials
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Related, Severity, quoted, rule
from auditor.models import ALL_SCOPES
from auditor.oauth import (
    CLIENT_CREDENTIALS,
    NO_DEFAULT_SCOPES,
    Answer,
    TokenRequest,
    admits_userless,
)

from ._active import active_servers
from ._clients import Roster


@rule(
    "OAM415",
    severity=Severity.MEDIUM,
    impact=Impact.BROKEN,
    reads=["apps", "policy_rules", "scopes"],
    answer=Answer.of(NO_DEFAULT_SCOPES, CLIENT_CREDENTIALS),
)
def check(org: Org) -> Iterator[Finding]:
    roster = Roster.of(org)
    for server in active_servers(org):
        if any(scope.custom for scope in org.scopes(server)):
            continue
        for policy, policy_rule in org.active_rules(server):
            opens = CLIENT_CREDENTIALS in policy_rule.grant_types and admits_userless(policy_rule)
            machines = (c for c in roster.named(policy) if CLIENT_CREDENTIALS in c.grant_types)
            client = next(machines, None)
            if client and opens and ALL_SCOPES in policy_rule.scopes:
                yield Finding(
                    server,
                    f"Authorization server {quoted(server.title)} has no scope of its own, so "
                    f"client {quoted(client.title)}, which rule {quoted(policy_rule.title)} lets "
                    "in with client_credentials, can ask it for nothing.",
                    related=(
                        Related(record=policy_rule, role="the rule that lets machines in"),
                        Related(record=client, role="a client that may use the grant"),
                    ),
                    witness=TokenRequest(
                        server=server.id, client=client.client_id, grant=CLIENT_CREDENTIALS
                    ),
                )
                break
