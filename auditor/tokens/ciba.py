"""Whom Okta asks in client-initiated backchannel authentication (CIBA)."""

from __future__ import annotations

from auditor.snapshot.models.clients import App
from auditor.snapshot.org import Org


def names_authenticator(org: Org, client: App) -> bool | None:
    """Whether a client names the authenticator that its users are asked with.

    None if that is not known: earlier versions did not keep the setting of an app.
    """
    if client.oauth.backchannel_custom_authenticator_id:
        return True
    return None if org.ledger.of_earlier_version else False
