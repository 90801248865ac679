"""Reasons of the System Log (`outcome.reason`) of which no answer of Okta's is published.

What leads to them is looked for with the checks of the answers that are nearest.
"""

from __future__ import annotations

from auditor.diagnosis.causes import access_policies, scopes
from auditor.diagnosis.known_error import Cause, KnownError, setting

_CAUSES: dict[str, Cause] = {
    cause.name: cause for row in (*access_policies.ROWS, *scopes.ROWS) for cause in row.causes
}

ROWS: tuple[KnownError, ...] = (
    KnownError(
        name="no-matching-scope",
        error="no_matching_scope",
        text="no_matching_scope",
        status="an event of the System Log",
        meaning="The token request was refused for its scopes. Whether Okta means scopes that the "
        "server lacks or scopes that no rule allows is not published.",
        causes=(
            _CAUSES["scope-not-defined"],
            _CAUSES["scope-of-another-server"],
            _CAUSES["scope-misspelt"],
            _CAUSES["scopes-in-no-rule"],
            setting(
                "not-published",
                "something else that Okta logs with this reason, which is not published",
                "compare requestedScopes of the event with the scopes of the server and its rules",
            ),
        ),
        log_filter='eventType sw "app.oauth2" and outcome.reason eq "no_matching_scope"',
        source='elastic/detection-rules, hunting query "Failed OAuth Access Token Retrieval via '
        'Public Client App"',
    ),
)
