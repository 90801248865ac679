"""All rules that allow client_credentials to a service app name particular people.

With client_credentials there is no user. A rule that names users or groups never matches such
a request, so it fails with `access_denied`, although client, grant type and scopes are allowed.
Only "Any user assigned the app" and "No user" let it through.

The rule checks apps that a policy names, and those that have no Okta API scope instead.
A rule for people that this app need not meet, because another one lets it through, is
the subject of OAM310.

Fix: give service apps a rule of their own, with client_credentials as its only grant type and
without users and groups.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Nightly job", "settings": {"oauthClient": {
       "application_type": "service", "grant_types": ["client_credentials"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "name": "Apps", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [{"name": "Staff", "conditions": {
       "grantTypes": {"include": ["authorization_code", "client_credentials"]},
       "people": {"groups": {"include": ["00g1"]}}, "scopes": {"include": ["*"]}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Nightly job", "settings": {"oauthClient": {
       "application_type": "service", "grant_types": ["client_credentials"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "name": "Apps", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [{"name": "Machines", "conditions": {
       "grantTypes": {"include": ["client_credentials"]}, "scopes": {"include": ["*"]}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Nightly job", "settings": {"oauthClient": {
       "application_type": "service", "grant_types": ["client_credentials"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "name": "Apps", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Staff", "conditions": {"grantTypes": {"include": ["client_credentials"]},
         "people": {"groups": {"include": ["00g1"]}}, "scopes": {"include": ["*"]}}},
       {"name": "Anybody", "conditions": {"grantTypes": {"include": ["client_credentials"]},
         "people": {"groups": {"include": ["EVERYONE"]}}, "scopes": {"include": ["*"]}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Directory sync", "settings": {"oauthClient": {
       "application_type": "service", "grant_types": ["client_credentials"]}}}],
     "/api/v1/apps/0oa1/grants": [{"scopeId": "okta.users.read"}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "name": "Default", "conditions": {"clients": {"include": ["ALL_CLIENTS"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [{"name": "Staff", "conditions": {
       "grantTypes": {"include": ["client_credentials"]},
       "people": {"groups": {"include": ["00g1"]}}, "scopes": {"include": ["*"]}}}]}

See:
- Okta support article "Okta Access Policy Rules with 'AND User is' Filter Do Not Apply to API
  Service Apps/Client Credentials Flow"
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Related, Severity, listed, quoted, rule
from auditor.models import App
from auditor.oauth import CLIENT_CREDENTIALS, NO_MATCHING_RULE, Answer, admits_userless

from ._clients import covering_policies, named, okta_grants, own_clients, reachable
from ._witness import of_client, rejected


@rule(
    "OAM504",
    severity=Severity.HIGH,
    impact=Impact.BROKEN,
    reads=["policy_rules", "app_grants"],
    answer=Answer.of(NO_MATCHING_RULE, CLIENT_CREDENTIALS),
)
def check(org: Org) -> Iterator[Finding]:
    for client in own_clients(org):
        if not client.service or not _expects_tokens(org, client):
            continue
        met = [
            place for place in reachable(org, client) if CLIENT_CREDENTIALS in place[2].grant_types
        ]
        rules = [rule for _, _, rule in met]
        if rules and not any(admits_userless(rule) for rule in rules):
            yield Finding(
                client,
                f"Service app {quoted(client.title)} meets only rules that name people "
                f"({listed(quoted(rule.title) for rule in rules)}), so its client_credentials "
                "requests are rejected with access_denied.",
                related=tuple(
                    Related(record=rule, role="a rule that names people") for rule in rules
                ),
                witness=of_client(
                    met[0][0],
                    client,
                    rejected("policy"),
                    grants=[CLIENT_CREDENTIALS],
                    scopes=[frozenset({name}) for name in rules[0].scopes],
                ),
            )


def _expects_tokens(org: Org, client: App) -> bool:
    by_name = any(named(org, client, policy) for policy in covering_policies(org, client))
    return by_name or not okta_grants(org, client)
