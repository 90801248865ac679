"""A rule allows offline_access, but none of its clients may use refresh tokens.

Okta grants the scope and mints no refresh token, because the client lacks the refresh_token
grant. The app believes that it can keep its user signed in, and fails when the access token
ends. Policies for all clients are left out, and so are rules that allow all scopes.

Fix: give the client the refresh_token grant, or take `offline_access` out of the rule.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Shop", "settings": {"oauthClient": {
       "grant_types": ["authorization_code"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"conditions": {"grantTypes": {"include": ["authorization_code"]},
                       "scopes": {"include": ["openid", "offline_access"]}}}]}

Accepted:

    {"/api/v1/apps": [
       {"id": "0oa1", "label": "Shop", "settings": {"oauthClient": {
         "grant_types": ["authorization_code"]}}},
       {"id": "0oa2", "label": "Phone", "settings": {"oauthClient": {
         "grant_types": ["authorization_code", "refresh_token"]}}}],
     "/api/v1/authorizationServers/aus1/policies": [
       {"id": "p1", "conditions": {"clients": {"include": ["0oa1", "0oa2"]}}}],
     "/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"conditions": {"grantTypes": {"include": ["authorization_code"]},
                       "scopes": {"include": ["openid", "offline_access"]}}}]}

See:
- Okta developer documentation, "Refresh access tokens"
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Related, Severity, listed, quoted, rule
from auditor.models import ALL_CLIENTS
from auditor.oauth import OFFLINE_ACCESS, REFRESH_TOKEN, REFRESHABLE_GRANTS

from ._active import active_rules, rule_name
from ._clients import Roster
from ._witness import minted_by, of_rule


@rule("OAM518", severity=Severity.LOW, impact=Impact.BROKEN, reads=["apps", "policy_rules"])
def check(org: Org) -> Iterator[Finding]:
    roster = Roster.of(org)
    for server, policy, policy_rule in active_rules(org):
        if ALL_CLIENTS in policy.clients or OFFLINE_ACCESS not in policy_rule.scopes:
            continue
        grants = REFRESHABLE_GRANTS.intersection(policy_rule.grant_types)
        clients = [each for each in roster.named(policy) if grants & set(each.grant_types)]
        if not clients or any(REFRESH_TOKEN in each.grant_types for each in clients):
            continue
        names = listed(quoted(each.title) for each in clients)
        yield Finding(
            policy_rule,
            f"{rule_name(policy_rule, policy, server)} allows offline_access, but {names} may "
            "not use refresh tokens, so Okta mints none.",
            field="conditions.scopes.include",
            key=OFFLINE_ACCESS,
            related=tuple(
                Related(record=each, role="a client without the refresh_token grant")
                for each in clients
            ),
            witness=of_rule(
                server,
                policy,
                policy_rule,
                minted_by(policy_rule),
                grants=sorted(grants),
                scopes=[frozenset({"openid", OFFLINE_ACCESS} & set(policy_rule.scopes))],
            ),
        )
