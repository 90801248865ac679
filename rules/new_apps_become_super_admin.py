"""Service apps that are granted Okta API scopes become super admins by themselves.

With the org setting "Public client app admins" on, Okta assigns the Super Administrator role to
each new service app with granted scopes. What the app may do is then limited by its scopes
alone, and nobody decided on the role. Okta's guide says to turn it off.

Fix: turn "Public client app admins" off under Settings > Account, and assign service apps the
roles they need. Apps that have the role keep it (OAM605).

Flagged:

    {"/api/v1/org/settings/clientPrivilegesSetting": {"clientPrivilegesSetting": true}}

Accepted:

    {"/api/v1/org/settings/clientPrivilegesSetting": {"clientPrivilegesSetting": false}}

See:
- Okta developer documentation, "Implement OAuth for Okta with a service app", on admin roles
- System Log filter: `eventType eq "app.oauth2.client.privilege.grant"`
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Finding, Impact, Org, Severity, quoted, rule


@rule("OAM806", severity=Severity.HIGH, impact=Impact.RISKY, reads=["client_privileges"])
def check(org: Org) -> Iterator[Finding]:
    setting = org.client_privileges
    if setting is not None and setting.client_privileges_setting:
        yield Finding(
            setting,
            f"The org setting {quoted(setting.title)} is on, so each new service app with "
            "granted scopes becomes a super admin.",
            field="clientPrivilegesSetting",
        )
