"""A rule allows token exchange where no token can be exchanged.

The token that a client hands in for exchange must come from the same authorization server, or from
one that this server trusts. Where no server is trusted, and no rule of the server itself gives
anybody a token in another way, every exchange is refused with `invalid_grant`, "subject token is
invalid". Mostly the trust was forgotten: people sign in at one server, and the exchange is to
happen at another.

Left alone are servers whose own tokens can be handed in: those with a rule by which a user, or
another machine, gets one. An exchange at the org authorization server needs no rule.

Fix: add the server whose tokens are handed in under Settings > Trusted servers.

Flagged:

    {"/api/v1/apps": [
       {"id": "0oa1", "label": "Order API", "settings": {"oauthClient": {
         "application_type": "service", "grant_types": ["client_credentials",
           "urn:ietf:params:oauth:grant-type:token-exchange"]}}},
       {"id": "0oa2", "label": "Shop", "settings": {"oauthClient": {
         "application_type": "web", "grant_types": ["authorization_code"]}}}],
     "/api/v1/authorizationServers": [{"id": "aus1", "name": "Stock"},
                                      {"id": "aus2", "name": "Shop"}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"conditions": {"grantTypes": {"include": ["client_credentials",
                                        "urn:ietf:params:oauth:grant-type:token-exchange"]},
                       "scopes": {"include": ["stock:read"]}}}],
     "/api/v1/authorizationServers/aus2/policies": [
       {"id": "p2", "conditions": {"clients": {"include": ["0oa2"]}}}],
     "/api/v1/authorizationServers/aus2/policies/p2/rules": [
       {"conditions": {"grantTypes": {"include": ["authorization_code"]},
                       "people": {"groups": {"include": ["EVERYONE"]}},
                       "scopes": {"include": ["openid"]}}}]}

Accepted:

    {"/api/v1/apps": [
       {"id": "0oa1", "label": "Order API", "settings": {"oauthClient": {
         "application_type": "service", "grant_types": ["client_credentials",
           "urn:ietf:params:oauth:grant-type:token-exchange"]}}}],
     "/api/v1/authorizationServers": [{"id": "aus1", "name": "Stock"},
                                      {"id": "aus2", "name": "Shop"}],
     "/api/v1/authorizationServers/aus1/associatedServers": [{"id": "aus2"}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"conditions": {"grantTypes": {"include": [
                                        "urn:ietf:params:oauth:grant-type:token-exchange"]},
                       "scopes": {"include": ["stock:read"]}}}]}

Accepted:

    {"/api/v1/apps": [
       {"id": "0oa1", "label": "Order API", "settings": {"oauthClient": {
         "application_type": "service", "grant_types": ["client_credentials",
           "urn:ietf:params:oauth:grant-type:token-exchange"]}}},
       {"id": "0oa2", "label": "Shop", "settings": {"oauthClient": {
         "application_type": "web", "grant_types": ["authorization_code"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}},
       {"id": "p2", "conditions": {"clients": {"include": ["0oa2"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"conditions": {"grantTypes": {"include": [
                                        "urn:ietf:params:oauth:grant-type:token-exchange"]},
                       "scopes": {"include": ["stock:read"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p2/rules": [
       {"conditions": {"grantTypes": {"include": ["authorization_code"]},
                       "people": {"groups": {"include": ["EVERYONE"]}},
                       "scopes": {"include": ["openid", "stock:read"]}}}]}

See:
- Okta support article "subject token is invalid" during an OAuth 2.0 token exchange
- Okta developer documentation, "Set up OAuth 2.0 On-Behalf-Of Token Exchange", trusted servers
- System Log filter: `eventType eq "app.oauth2.as.token.grant" and (outcome.result eq "FAILURE" or
  outcome.result eq "DENY")`
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Confidence, Finding, Impact, Org, Severity, quoted, rule
from auditor.models import App, AuthorizationServer
from auditor.oauth import (
    REFRESH_TOKEN,
    SUBJECT_TOKEN_INVALID,
    TOKEN_EXCHANGE,
    USERLESS_GRANTS,
    Answer,
)

from ._active import active_servers, rule_name
from ._agents import names_agents
from ._clients import Roster


@rule(
    "OAM320",
    severity=Severity.HIGH,
    impact=Impact.BROKEN,
    confidence=Confidence.MEDIUM,
    reads=["apps", "associated_servers", "policy_rules"],
    answer=Answer.of(SUBJECT_TOKEN_INVALID, TOKEN_EXCHANGE),
)
def check(org: Org) -> Iterator[Finding]:
    roster = Roster.of(org)
    for server in active_servers(org):
        exchanging = [
            (policy, each, tuple(roster.using(policy, TOKEN_EXCHANGE)))
            for policy, each in org.active_rules(server)
            if TOKEN_EXCHANGE in each.grant_types and each.scopes
        ]
        used = [(policy, each, clients) for policy, each, clients in exchanging if clients]
        if not used or _trusts(org, server):
            continue
        for policy, each, clients in used:
            if not _gives_tokens(org, server, clients):
                yield Finding(
                    each,
                    f"{rule_name(each, policy, server)} allows token exchange, but the server "
                    "trusts no other active one, and none of its rules gives a token that could "
                    f"be handed in. So client {quoted(clients[0].title)} is refused with "
                    "invalid_grant.",
                    field="conditions.grantTypes.include",
                    key=TOKEN_EXCHANGE,
                )


def _trusts(org: Org, server: AuthorizationServer) -> bool:
    """Whether a server that may mint tokens is trusted; one that is not listed may."""
    inactive = {other.id for other in org.servers if not other.active}
    return any(trusted.id not in inactive for trusted in org.trusted_servers(server))


def _gives_tokens(org: Org, server: AuthorizationServer, clients: tuple[App, ...]) -> bool:
    """Whether the server has tokens to hand in: a user's, or another machine's."""
    roster = Roster.of(org)
    own = {client.id for client in clients}
    for policy, each in org.active_rules(server):
        for grant in each.grant_types if each.scopes else ():
            if grant in {TOKEN_EXCHANGE, REFRESH_TOKEN}:
                continue
            if names_agents(policy):
                return True
            for client in roster.using(policy, grant):
                if grant not in USERLESS_GRANTS or client.id not in own:
                    return True
    return False
