"""What becomes of a token request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from auditor.snapshot.models.servers import AccessPolicy, PolicyRule
from auditor.tokens.answer_form import AnswerForm
from auditor.tokens.caveat import Caveat
from auditor.tokens.conditions import Condition
from auditor.tokens.missing_facts import MissingFact
from auditor.tokens.outcome import Outcome

ID_TOKEN_MINUTES = 60
"""Fixed by Okta (OpenID Connect reference, token lifetimes)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What becomes of a request.

    Error texts are Okta's own; they are null where no source gives them. Lifetimes are in
    minutes; a refresh token lifetime of 0 is unlimited.
    """

    outcome: Outcome
    failed: Condition | None = None
    """The condition that decided a rejection."""

    error: str | None = None
    error_description: str | None = None
    reason: str | None = None
    """`outcome.reason` of the System Log event."""

    form: AnswerForm | None = None
    """In what form the rejection comes; None where no source tells."""

    missing: MissingFact | None = None
    """The fact without which an indeterminate request cannot be decided."""

    policy: AccessPolicy | None = None
    rule: PolicyRule | None = None
    granted_scopes: tuple[str, ...] = ()
    audience: str | None = None
    """`aud` of the access token; None where there is none, or the org server gives it."""

    access_token_minutes: int | None = None
    refresh_token_minutes: int | None = None
    refresh_window_minutes: int | None = None
    id_token_minutes: int | None = None
    refresh_token: bool | None = False
    """Whether a refresh token comes with it; None if that is not published."""

    caveats: tuple[Caveat, ...] = ()
    """What configuration alone does not decide, or where Okta's documents disagree."""

    readings_differ: bool = False
    """Whether the two readings of Okta's text on OpenID scopes give different answers."""

    def as_json(self) -> dict[str, Any]:
        """The decision as a JSON value; key names are part of the contract."""

        def named(record: AccessPolicy | PolicyRule | None) -> dict[str, str] | None:
            return None if record is None else {"id": record.id, "name": record.title}

        return {
            "outcome": self.outcome.value,
            "failed": self.failed.value if self.failed else None,
            "error": self.error,
            "error_description": self.error_description,
            "reason": self.reason,
            "form": self.form.value if self.form else None,
            "missing": self.missing.text if self.missing else None,
            "policy": named(self.policy),
            "rule": named(self.rule),
            "granted_scopes": list(self.granted_scopes),
            "audience": self.audience,
            "access_token_minutes": self.access_token_minutes,
            "refresh_token_minutes": self.refresh_token_minutes,
            "refresh_window_minutes": self.refresh_window_minutes,
            "id_token_minutes": self.id_token_minutes,
            "refresh_token": self.refresh_token,
            "caveats": [caveat.text for caveat in self.caveats],
            "readings_differ": self.readings_differ,
        }
