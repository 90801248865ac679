"""A client may use a grant type that none of the rules it can meet allows.

A grant type must be enabled in two places: on the app, and on a rule of the access policy.
Where the rule lacks it, the request fails with `access_denied`, although the app's own settings
look right. This is usual for grant types that were enabled on the app later, such as device
authorization, token exchange, CIBA or SAML 2.0 assertion.

The rule checks clients that an active policy names and that can meet at least one
active rule, over all custom authorization servers together. The implicit grant counts
only if the app has the response type `token` or `id_token`.

Where some other grant type of the client works, not every further one is a mistake. Okta
refuses to save a service app without client_credentials, so a service app that gets tokens in
one way is left alone. Token exchange serves at the org authorization server too, where agents
and apps obtain identity assertions. And where only machine grants of the client work at custom
servers, its people sign in at the org authorization server, which has no access policies.
Confidence is medium, because the app may use the other grant types at that server as well. An app
whose client_credentials were meant for granted scopes of the Okta APIs is the subject of OAM616.

Fix: add the grant type to the rule that this client should meet, or take it away from the app.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "TV app", "settings": {"oauthClient": {
       "grant_types": ["authorization_code", "refresh_token",
                       "urn:ietf:params:oauth:grant-type:device_code"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "name": "TV", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [{"name": "Viewers", "conditions": {
       "grantTypes": {"include": ["authorization_code"]}, "scopes": {"include": ["*"]},
       "people": {"groups": {"include": ["EVERYONE"]}}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "TV app", "settings": {"oauthClient": {
       "grant_types": ["authorization_code", "refresh_token",
                       "urn:ietf:params:oauth:grant-type:device_code"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "name": "TV", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [{"name": "Viewers", "conditions": {
       "grantTypes": {"include": ["authorization_code",
                                  "urn:ietf:params:oauth:grant-type:device_code"]},
       "people": {"groups": {"include": ["EVERYONE"]}}, "scopes": {"include": ["*"]}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "No implicit response type", "settings": {
       "oauthClient": {"grant_types": ["authorization_code", "implicit"],
         "response_types": ["code"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [{"conditions": {
       "grantTypes": {"include": ["authorization_code"]}, "scopes": {"include": ["*"]},
       "people": {"groups": {"include": ["EVERYONE"]}}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Not named", "settings": {"oauthClient": {
       "grant_types": ["authorization_code"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["ALL_CLIENTS"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [{"conditions": {
       "grantTypes": {"include": ["client_credentials"]}, "scopes": {"include": ["*"]}}}]}

Accepted:

    {"/api/v1/apps": [
       {"id": "0oa1", "label": "People at the org server", "settings": {"oauthClient": {
         "application_type": "web", "response_types": ["code"],
         "grant_types": ["authorization_code", "client_credentials"]}}},
       {"id": "0oa2", "label": "Agent's app", "settings": {"oauthClient": {
         "application_type": "service", "grant_types": ["client_credentials",
           "urn:ietf:params:oauth:grant-type:token-exchange"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}},
       {"id": "p2", "conditions": {"clients": {"include": ["0oa2"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [{"conditions": {
       "grantTypes": {"include": ["client_credentials"]}, "scopes": {"include": ["jobs"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p2/rules": [{"conditions": {
       "grantTypes": {"include": ["urn:ietf:params:oauth:grant-type:token-exchange"]},
       "scopes": {"include": ["tools"]}, "people": {"groups": {"include": ["EVERYONE"]}}}}]}

See:
- Okta developer documentation, "Configure an access policy", and the guides to device
  authorization, CIBA, SAML 2.0 assertion and token exchange
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from auditor import Confidence, Finding, Impact, Org, Related, Severity, quoted, rule
from auditor.models import App, RecordPlace
from auditor.oauth import (
    CLIENT_CREDENTIALS,
    NO_MATCHING_RULE,
    REFRESH_TOKEN,
    TOKEN_EXCHANGE,
    Answer,
    user_grants,
)

from ._clients import machine_grants, named_by_policy, own_clients
from ._witness import of_client, rejected


@rule(
    "OAM503",
    severity=Severity.HIGH,
    impact=Impact.BROKEN,
    confidence=Confidence.MEDIUM,
    reads=["apps", "policy_rules"],
    consults=["app_grants"],
    answer=Answer.of(NO_MATCHING_RULE),
)
def check(org: Org) -> Iterator[Finding]:
    allowed_by: dict[RecordPlace, frozenset[str]] = {}
    for client in own_clients(org):
        if not named_by_policy(org, client):
            continue
        met = [
            (s, policy) for s, policy in org.covering(client.client_id) if org.live_rules(policy)
        ]
        rules = [rule for _, policy in met for rule in org.live_rules(policy)]
        if not rules:
            continue
        # Policies for all clients come by with each of them.
        for _, policy in met:
            if policy.place not in allowed_by:
                grants = (rule.grant_types for rule in org.live_rules(policy))
                allowed_by[policy.place] = frozenset(chain.from_iterable(grants))
        allowed = frozenset().union(*(allowed_by[policy.place] for _, policy in met))
        for grant in _wanted(client):
            if grant not in allowed and not (
                _used_elsewhere(client, grant, allowed) or _for_okta(org, client, grant)
            ):
                yield Finding(
                    client,
                    f"Client {quoted(client.title)} may use {quoted(grant)}, but "
                    f"{_none_of(len(rules))}, so such a request to a custom authorization "
                    "server is rejected with access_denied.",
                    field="settings.oauthClient.grant_types",
                    key=grant,
                    related=(Related(record=rules[0], role="the first rule that it can meet"),),
                    witness=of_client(
                        met[0][0],
                        client,
                        rejected("policy"),
                        grants=[grant],
                        scopes=map(frozenset, [["openid"], *([name] for name in rules[0].scopes)]),
                    ),
                )


def _wanted(client: App) -> Iterator[str]:
    for grant in dict.fromkeys(client.grant_types):
        by_page = bool({"token", "id_token"} & set(client.oauth.response_types))
        if grant != REFRESH_TOKEN and (grant != "implicit" or by_page):
            yield grant


def _used_elsewhere(client: App, grant: str, allowed: frozenset[str]) -> bool:
    """Whether the client can do without a rule for a grant type, because another one works."""
    working = allowed.intersection(client.grant_types)
    if not working:
        return False
    if client.service or grant == TOKEN_EXCHANGE:
        return True
    return bool(user_grants([grant])) and not user_grants(working)


def _for_okta(org: Org, client: App, grant: str) -> bool:
    """Whether a machine's grant type was meant for scopes of the Okta APIs."""
    return (
        grant == CLIENT_CREDENTIALS
        and org.known("app_grants", client)
        and bool(machine_grants(org, client))
    )


def _none_of(rules: int) -> str:
    if rules == 1:
        return "the only rule it can meet does not allow it"
    return f"none of the {rules:,} rules it can meet allows it"
