"""Which apps may ask for `interclient_access` (guide "Configure Native to Web SSO").

An app may only if some other app trusts it. What Okta answers where none does is not published.
"""

from __future__ import annotations

from auditor.snapshot.models.clients import App
from auditor.snapshot.org import Org

_COLLECTION = "interclient_target_apps"


def is_trusted(org: Org, client: App) -> bool:
    """Whether some app is known to trust a client."""
    return org.known(_COLLECTION, client) and bool(org.interclient_target_apps(client))
