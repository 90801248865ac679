"""A client whose tokens are bound by DPoP may use the implicit grant.

A DPoP proof is sent to the token endpoint, and the implicit grant does without that endpoint: the
token comes in a redirect, bound to no key. So either the grant does not work for the client, or
it brings a token without the protection that the setting promises; Okta's texts do not say which.

Fix: take the implicit grant away from the client.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Portal", "settings": {"oauthClient": {
       "application_type": "browser", "grant_types": ["authorization_code", "implicit"],
       "response_types": ["code", "token"], "dpop_bound_access_tokens": true}}}]}

Accepted:

    {"/api/v1/apps": [
       {"id": "0oa1", "label": "Portal", "settings": {"oauthClient": {
         "application_type": "browser", "grant_types": ["authorization_code"],
         "response_types": ["code"], "dpop_bound_access_tokens": true}}},
       {"id": "0oa2", "label": "ID tokens only", "settings": {"oauthClient": {
         "application_type": "web", "grant_types": ["authorization_code", "implicit"],
         "response_types": ["code", "id_token"], "dpop_bound_access_tokens": true}}},
       {"id": "0oa3", "label": "Not bound, see OAM505", "settings": {"oauthClient": {
         "application_type": "browser", "grant_types": ["implicit"],
         "response_types": ["token"]}}}]}

See:
- RFC 9449, section 5, "DPoP Access Token Request": the proof goes to the token endpoint
- Okta developer documentation, "Configure OAuth 2.0 Demonstrating Proof-of-Possession"
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Confidence, Finding, Impact, Org, Severity, quoted, rule
from auditor.oauth import IMPLICIT

from ._clients import own_clients


@rule(
    "OAM528",
    severity=Severity.MEDIUM,
    impact=Impact.RISKY,
    confidence=Confidence.MEDIUM,
    reads=["apps"],
)
def check(org: Org) -> Iterator[Finding]:
    for client in own_clients(org):
        settings = client.oauth
        in_redirect = IMPLICIT in client.grant_types and "token" in settings.response_types
        if settings.dpop_bound_access_tokens and in_redirect:
            yield Finding(
                client,
                f"Client {quoted(client.title)} binds its access tokens by DPoP, but may also "
                "have them by the implicit grant, where no proof is sent.",
                field="settings.oauthClient.grant_types",
            )
