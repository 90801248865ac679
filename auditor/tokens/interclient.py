"""Which apps may ask for `interclient_access` (guide "Configure Native to Web SSO").

An app may only if some other app trusts it. That other app may be a SAML app, and those are not
read; so an app that is on no list may be trusted all the same.
"""

from __future__ import annotations

from auditor.snapshot.models.clients import App
from auditor.snapshot.org import Org

_COLLECTION = "interclient_allowed_apps"


def is_trusted(org: Org, client: App) -> bool:
    """Whether some app is known to trust a client."""
    return client.id in org.remembered(_trusted_apps)


def _trusted_apps(org: Org) -> frozenset[str]:
    """Ids of the apps on any list that was read."""
    lists = (org.interclient_allowed_apps(app) for app in org.apps if org.known(_COLLECTION, app))
    return frozenset[str]().union(*lists)
