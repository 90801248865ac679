"""A client that is no native app may use the device authorization grant.

Device authorization is for machines without a browser, such as televisions and command lines: the
user types a code on another device. Okta supports it for native apps only, although it saves the
grant for web apps, too. An app in a browser has a better way to sign people in, and the grant only
adds an attack: whoever sends somebody a code that they started themselves gets that person's
tokens.

Fix: take the grant from the client, or register the device as a native app of its own.

Flagged:

    {"/api/v1/apps": [{"id": "0oa1", "label": "Portal", "settings": {"oauthClient": {
       "application_type": "web", "grant_types": ["authorization_code",
         "urn:ietf:params:oauth:grant-type:device_code"]}}}]}

Accepted:

    {"/api/v1/apps": [
       {"id": "0oa1", "label": "TV", "settings": {"oauthClient": {
         "application_type": "native", "grant_types": ["authorization_code",
           "urn:ietf:params:oauth:grant-type:device_code"]}}},
       {"id": "0oa2", "label": "Portal", "settings": {"oauthClient": {
         "application_type": "web", "grant_types": ["authorization_code"]}}},
       {"id": "0oa3", "label": "Off", "status": "INACTIVE", "settings": {"oauthClient": {
         "application_type": "web", "grant_types": [
           "urn:ietf:params:oauth:grant-type:device_code"]}}}]}

See:
- Okta developer documentation, "Configure Device Authorization Grant Flow": only supported for use
  with a native application
- RFC 8628, section 5.4, "Remote Phishing"
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Confidence, Finding, Impact, Org, Severity, quoted, rule
from auditor.oauth import DEVICE_CODE

from ._clients import own_clients


@rule(
    "OAM532",
    severity=Severity.LOW,
    impact=Impact.RISKY,
    confidence=Confidence.MEDIUM,
    reads=["apps"],
)
def check(org: Org) -> Iterator[Finding]:
    for client in own_clients(org):
        kind = client.oauth.application_type
        if DEVICE_CODE in client.grant_types and kind not in {"native", None}:
            yield Finding(
                client,
                f"Client {quoted(client.title)} may use the device authorization grant, which Okta "
                f"supports for native apps, and is of type {quoted(kind or '')}.",
                field="settings.oauthClient.grant_types",
                key=DEVICE_CODE,
            )
