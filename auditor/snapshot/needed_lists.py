"""Which lists of an app nobody needs: no decision and no rule rests on them, so none is asked for.

Each function gives a clause for the ledger that says why, or None for an app whose list is needed.
`tests/collect/test_lists_not_asked.py` holds decisions and findings against those of an export
that has asked for all of them.
"""

from __future__ import annotations

from auditor.snapshot.models.clients import App

_USERLESS = frozenset({"client_credentials"})


def why_not_asked(app: App) -> str | None:
    """Why nothing that belongs to an app is needed."""
    # Only the status that Okta names: another one may be of an app that gets tokens.
    return "the app is inactive, so it gets no token" if app.status == "INACTIVE" else None


def why_people_not_asked(app: App) -> str | None:
    """Why nobody needs to know who is assigned to an app.

    Okta checks an assignment where there is a user, and in Federation Broker Mode it checks none
    (`settings.implicitAssignment`).
    """
    if app.federation_broker:
        return "Federation Broker Mode lets everybody in, so nobody needs an assignment"
    if set(app.grant_types) == _USERLESS:
        return "client_credentials is the only grant type, so there is no user"
    return why_not_asked(app)
