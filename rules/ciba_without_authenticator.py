"""A client may use CIBA, but has no authenticator to ask the user with.

With client-initiated backchannel authentication (CIBA) the user approves a request on another
device, in an app that was built on a custom authenticator. The client says which one; of the
grant's settings this is the one that Okta does not call optional. Without it there is nobody to
ask. What Okta answers then is not published, hence the medium confidence. Terraform's provider can
set it since 6.12.0 only. Snapshots of earlier versions of okta-auditor do not have the setting, so
that nothing is reported in them.

Fix: choose the custom authenticator as the client's preferred authenticator for CIBA, or take the
grant from the client.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Call centre", "settings": {"oauthClient": {
       "application_type": "web", "grant_types": ["authorization_code",
         "urn:openid:params:grant-type:ciba"]}}}]}

Accepted:

    {"/api/v1/apps": [
       {"id": "0oa1", "label": "Call centre", "settings": {"oauthClient": {
         "application_type": "web", "backchannel_custom_authenticator_id": "aut1",
         "grant_types": ["authorization_code", "urn:openid:params:grant-type:ciba"]}}},
       {"id": "0oa2", "label": "Web app", "settings": {"oauthClient": {
         "application_type": "web", "grant_types": ["authorization_code"]}}},
       {"id": "0oa3", "label": "Off", "status": "INACTIVE", "settings": {"oauthClient": {
         "application_type": "web", "grant_types": ["urn:openid:params:grant-type:ciba"]}}}]}

See:
- Okta developer documentation, "Transactional verification using CIBA"
- Okta Management API, applications, `backchannel_custom_authenticator_id`
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Confidence, Finding, Impact, Org, Severity, quoted, rule
from auditor.oauth import CIBA, names_authenticator

from ._clients import own_clients


@rule(
    "OAM536",
    severity=Severity.MEDIUM,
    impact=Impact.BROKEN,
    confidence=Confidence.MEDIUM,
    reads=["apps"],
)
def check(org: Org) -> Iterator[Finding]:
    for client in own_clients(org):
        if CIBA in client.grant_types and names_authenticator(org, client) is False:
            yield Finding(
                client,
                f"Client {quoted(client.title)} may use CIBA, but has no authenticator, so the "
                "user is asked nowhere.",
                field="settings.oauthClient.backchannel_custom_authenticator_id",
            )
