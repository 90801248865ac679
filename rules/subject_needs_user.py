"""The `sub` claim of a server that lets machines in needs a user.

With client_credentials there is no user, so an expression such as `appuser.userName` has nothing
to look into, and Okta refuses the token. Okta's own value of the claim asks first:
`(appuser != null) ? appuser.userName : app.clientId`.

Reported are servers where a client can meet a rule for client_credentials, and claims that look
into a user there whatever the data: `appuser.userName != null ? …` does so as well, before it
compares. `okta-auditor explain` decides by the same check.

Fix: guard the expression as Okta's own does, and let `sub` be the client id where there is no
user.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Nightly job", "settings": {"oauthClient": {
       "application_type": "service", "grant_types": ["client_credentials"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"conditions": {"grantTypes": {"include": ["client_credentials"]},
                       "scopes": {"include": ["jobs"]}}}],
     "/api/v1/authorizationServers/aus1/scopes": [{"name": "jobs"}],
     "/api/v1/authorizationServers/aus1/claims": [
       {"name": "sub", "claimType": "RESOURCE", "valueType": "EXPRESSION",
        "value": "appuser.userName"}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Nightly job", "settings": {"oauthClient": {
       "application_type": "service", "grant_types": ["client_credentials"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"conditions": {"grantTypes": {"include": ["client_credentials"]},
                       "scopes": {"include": ["jobs"]}}}],
     "/api/v1/authorizationServers/aus1/scopes": [{"name": "jobs"}],
     "/api/v1/authorizationServers/aus1/claims": [
       {"name": "sub", "claimType": "RESOURCE", "valueType": "EXPRESSION",
        "value": "(appuser != null) ? appuser.userName : app.clientId"},
       {"name": "mail", "claimType": "RESOURCE", "valueType": "EXPRESSION",
        "value": "user.email"}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Web app", "settings": {"oauthClient": {
       "grant_types": ["authorization_code"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"conditions": {"grantTypes": {"include": ["authorization_code", "client_credentials"]},
                       "scopes": {"include": ["openid"]}}}],
     "/api/v1/authorizationServers/aus1/claims": [
       {"name": "sub", "claimType": "RESOURCE", "valueType": "EXPRESSION",
        "value": "user.email"}]}

See:
- Okta developer forum, threads 12933 and 23517, on claims for which tokens fail
- Okta developer documentation, "Customize tokens with custom claims"
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Confidence, Finding, Impact, Org, Related, Severity, quoted, rule
from auditor.models import App, AuthorizationServer, PolicyRule
from auditor.oauth import (
    CLIENT_CREDENTIALS,
    Answer,
    ClaimFaultKind,
    admits_userless,
    claim_fault,
    claim_not_evaluated,
)

from ._active import active_servers
from ._clients import Roster


@rule(
    "OAM416",
    severity=Severity.HIGH,
    impact=Impact.BROKEN,
    confidence=Confidence.MEDIUM,
    reads=["apps", "claims", "policy_rules"],
)
def check(org: Org) -> Iterator[Finding]:
    for server in active_servers(org):
        faulty = [
            claim
            for claim in org.claims(server)
            if (fault := claim_fault(claim)) and fault.kind is ClaimFaultKind.NEEDS_USER
        ]
        machine = _machine(org, server) if faulty else None
        if machine is None:
            continue
        policy_rule, client = machine
        for claim in faulty:
            yield Finding(
                claim,
                f"Claim {quoted('sub')} of authorization server {quoted(server.title)} is "
                f"{quoted(claim.value or '')}, which needs a user. Rule "
                f"{quoted(policy_rule.title)} lets client {quoted(client.title)} in with "
                "client_credentials, where there is none, so Okta refuses its tokens.",
                field="value",
                answer=Answer.of(claim_not_evaluated(claim), CLIENT_CREDENTIALS),
                related=(
                    Related(record=policy_rule, role="the rule that lets machines in"),
                    Related(record=client, role="a client that may use the grant"),
                ),
            )


def _machine(org: Org, server: AuthorizationServer) -> tuple[PolicyRule, App] | None:
    """A rule that lets machines in, and a client that can meet it."""
    roster = Roster.of(org)
    for policy, policy_rule in org.active_rules(server):
        opens = CLIENT_CREDENTIALS in policy_rule.grant_types and admits_userless(policy_rule)
        client = next(roster.using(policy, CLIENT_CREDENTIALS), None)
        if opens and client and policy_rule.scopes:
            return policy_rule, client
    return None
