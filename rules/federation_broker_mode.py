"""A client in Federation Broker Mode meets a policy rule that is open to everybody.

Such a rule says "Any user assigned the app". Federation Broker Mode skips the assignment, so
the two together admit every user of the org, new ones included, to this client's tokens, and
neither setting shows it alone.

Fix: turn Federation Broker Mode off and assign the people and groups that need the app, or let
the rule name groups.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Portal", "settings": {
       "implicitAssignment": true, "oauthClient": {"grant_types": ["authorization_code"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "name": "Apps", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [{"name": "All", "conditions": {
       "grantTypes": {"include": ["authorization_code"]}, "scopes": {"include": ["*"]},
       "people": {"groups": {"include": ["EVERYONE"]}}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Portal", "settings": {
       "implicitAssignment": true, "oauthClient": {"grant_types": ["authorization_code"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "name": "Apps", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [{"name": "Staff", "conditions": {
       "grantTypes": {"include": ["authorization_code"]}, "scopes": {"include": ["*"]},
       "people": {"groups": {"include": ["00g1"]}}}}]}

Accepted:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Signs in through the org server", "settings": {
       "implicitAssignment": true, "oauthClient": {"grant_types": ["authorization_code"]}}}]}

See:
- Okta Help Center, "Enable Federation Broker Mode"
- Okta Management API, `settings.implicitAssignment` of an app
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Related, Severity, counted, quoted, rule
from auditor.models import App, PolicyRule
from auditor.oauth import user_grants

from ._clients import own_clients, reachable_rules


@rule("OAM516", severity=Severity.MEDIUM, impact=Impact.RISKY, reads=["apps", "policy_rules"])
def check(org: Org) -> Iterator[Finding]:
    for client in own_clients(org):
        if not client.federation_broker:
            continue
        open_rules = [rule for rule in reachable_rules(org, client) if _admits(rule, client)]
        if open_rules:
            yield Finding(
                client,
                f"Client {quoted(client.title)} is in Federation Broker Mode and meets "
                f"{counted(len(open_rules), 'rule')} for any user assigned the app, "
                "so every user of the org is admitted.",
                field="settings.implicitAssignment",
                related=tuple(
                    Related(record=rule, role="a rule for any user assigned the app")
                    for rule in open_rules
                ),
            )


def _admits(rule: PolicyRule, client: App) -> bool:
    grants = user_grants(rule.grant_types) & user_grants(client.grant_types)
    return rule.people.everyone and bool(rule.scopes) and bool(grants)
