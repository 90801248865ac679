"""A client gets all of a user's groups in ID tokens by the implicit grant.

In the implicit grant a groups claim can hold at most 100 groups. For a user of whom more match,
Okta refuses the request: "The groups claim matched too many groups and must be configured to match
fewer groups". So a claim without a filter works until somebody is in one group too many, and then
this person cannot sign in. Until then the names of all groups are in a redirect, and with it in
the browser's history. The authorization code has neither the limit nor the redirect with a token.

Reported are claims of ID tokens that let any group through, at servers where a client with the
implicit grant and the response type `id_token` can meet a rule. Access tokens are the subject of
OAM408.

Fix: filter by the prefix of the groups that the client needs, or move the client to the
authorization code.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Old portal", "settings": {"oauthClient": {
       "grant_types": ["implicit"], "response_types": ["id_token", "token"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"conditions": {"grantTypes": {"include": ["implicit"]},
                       "people": {"groups": {"include": ["EVERYONE"]}},
                       "scopes": {"include": ["openid", "profile"]}}}],
     "/api/v1/authorizationServers/aus1/claims": [
       {"name": "groups", "claimType": "IDENTITY", "valueType": "GROUPS",
        "group_filter_type": "REGEX", "value": ".*", "conditions": {"scopes": ["profile"]}}]}

Accepted:

    {"/api/v1/apps": [
       {"id": "0oa1", "label": "Old portal", "settings": {"oauthClient": {
         "grant_types": ["implicit"], "response_types": ["id_token"]}}},
       {"id": "0oa2", "label": "Portal", "settings": {"oauthClient": {
         "grant_types": ["authorization_code"], "response_types": ["code"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"conditions": {"grantTypes": {"include": ["implicit"]},
                       "people": {"groups": {"include": ["EVERYONE"]}},
                       "scopes": {"include": ["openid"]}}}],
     "/api/v1/authorizationServers/aus1/claims": [
       {"name": "crew", "claimType": "IDENTITY", "valueType": "GROUPS",
        "group_filter_type": "STARTS_WITH", "value": "crew-"},
       {"name": "all", "claimType": "IDENTITY", "valueType": "GROUPS",
        "group_filter_type": "REGEX", "value": ".*", "conditions": {"scopes": ["profile"]}}],
     "/api/v1/authorizationServers/aus2/policies": [
       {"id": "p2", "conditions": {"clients": {"include": ["0oa2"]}}}],
     "/api/v1/authorizationServers/aus2/policies/p2/rules": [
       {"conditions": {"grantTypes": {"include": ["authorization_code", "implicit"]},
                       "people": {"groups": {"include": ["EVERYONE"]}},
                       "scopes": {"include": ["openid"]}}}],
     "/api/v1/authorizationServers/aus2/claims": [
       {"name": "groups", "claimType": "IDENTITY", "valueType": "GROUPS",
        "group_filter_type": "REGEX", "value": ".*"}]}

See:
- Okta support articles "The groups claim matched too many groups and must be configured to match
  fewer groups" and "How to exceed the 100 groups limitation on a claim"
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Confidence, Finding, Impact, Org, Related, Severity, quoted, rule
from auditor.models import App, AuthorizationServer, Claim, PolicyRule
from auditor.oauth import IMPLICIT, MOST_GROUPS, Answer

from ._active import active_servers
from ._clients import own_clients, reachable
from ._groups import names_all_groups


@rule(
    "OAM420",
    severity=Severity.MEDIUM,
    impact=Impact.RISKY,
    confidence=Confidence.MEDIUM,
    reads=["apps", "claims", "policy_rules"],
    consults=["groups"],
    answer=Answer(
        description="The groups claim matched too many groups and must be configured to match "
        "fewer groups",
        log_filter='eventType eq "app.oauth2.as.evaluate.claim"',
    ),
)
def check(org: Org) -> Iterator[Finding]:
    many = len(org.groups) if org.known("groups") else 0
    has = f" The org has {many:,} groups." if many > MOST_GROUPS else ""
    for server in active_servers(org):
        for claim in org.claims(server):
            unfiltered = claim.claim_type == "IDENTITY" and names_all_groups(claim)
            met = _meeting(org, server, claim) if claim.active and unfiltered else None
            if met is None:
                continue
            client, policy_rule = met
            yield Finding(
                claim,
                f"Claim {quoted(claim.title)} of authorization server {quoted(server.title)} puts "
                f"all groups of the user into ID tokens, and client {quoted(client.title)} gets "
                f"these by the implicit grant, in which Okta refuses more than {MOST_GROUPS}.{has}",
                field="value",
                related=(
                    Related(record=client, role="a client with the implicit grant"),
                    Related(record=policy_rule, role="the rule that it meets"),
                ),
            )


def _meeting(org: Org, server: AuthorizationServer, claim: Claim) -> tuple[App, PolicyRule] | None:
    """A client that can get an ID token with the claim by the implicit grant, and its rule."""
    for client in own_clients(org):
        if IMPLICIT not in client.grant_types or "id_token" not in client.oauth.response_types:
            continue
        for where, _, policy_rule in reachable(org, client):
            scopes = claim.conditions.scopes
            if (
                where.id == server.id
                and IMPLICIT in policy_rule.grant_types
                and policy_rule.allows("openid")
                and (not scopes or any(map(policy_rule.allows, scopes)))
            ):
                return client, policy_rule
    return None
