"""An active rule names a user who cannot sign in.

Okta revokes the tokens of users who are deactivated, and users who are deprovisioned,
suspended, staged or deleted cannot get new ones. Their names in a rule grant nothing now, and
grant it again unreviewed when the user is reactivated. Users come and go; groups are kept up.

Fix: remove the user from the rule, and name a group instead.

Flagged:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Admins", "conditions": {"people": {"users": {"include": ["00u1", "00u2"]}}}}],
     "/api/v1/users": [
       {"id": "00u1", "status": "SUSPENDED", "profile": {"login": "ada@example.com"}}]}

Accepted:

    {"/api/v1/authorizationServers/aus1/policies/p1/rules": [
       {"name": "Admins", "conditions": {"people": {
          "users": {"include": ["00u1"], "exclude": ["00u2"]}}}}],
     "/api/v1/users": [
       {"id": "00u1", "status": "PASSWORD_EXPIRED", "profile": {"login": "ada@example.com"}}]}

See:
- Okta Management API, users, "User lifecycle": statuses
- System Log filter: `eventType eq "user.lifecycle.deactivate"`
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Related, Severity, quoted, rule

from ._active import active_rules, rule_name


@rule("OAM307", severity=Severity.LOW, impact=Impact.DEAD, reads=["policy_rules", "users"])
def check(org: Org) -> Iterator[Finding]:
    for server, policy, policy_rule in active_rules(org):
        for user_id in dict.fromkeys(policy_rule.people.users.include):
            user = org.user(user_id)
            if user and not user.shut_out:
                continue
            state = (
                f"{quoted(user.title)}, who is {str(user.status).lower()}"
                if user
                else f"{quoted(user_id)}, who is deprovisioned or deleted"
            )
            yield Finding(
                policy_rule,
                f"{rule_name(policy_rule, policy, server)} names user {state} "
                "and cannot get a token.",
                field="conditions.people.users.include",
                key=user_id,
                related=(Related(record=user, role="the user"),) if user else (),
            )
