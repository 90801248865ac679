"""Errors as Okta's API words them in the body of an answer."""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from auditor.collect.http.response import Response
from auditor.snapshot.credentials_in_text import without_credentials
from auditor.text import one_line

NOT_LICENSED = "E0000015"
"""Okta's error code, with 401, for a feature that the org does not have."""

NOT_FOUND = "E0000007"
"""Okta's error code, with 404, for an object or an endpoint that does not exist."""


@dataclass(frozen=True, slots=True)
class OktaError:
    """A status and what the body says of it; code and summary are empty where it says nothing.

    Only JSON that is sent as JSON says something: a gateway's page is not Okta's word.
    """

    status: int
    code: str
    summary: str

    @classmethod
    def of(cls, response: Response) -> OktaError:
        """Read an answer's body, whatever it holds."""
        kind = response.headers.get("Content-Type", "").partition(";")[0].lower()
        try:
            body = orjson.loads(response.body) if "json" in kind else None
        except orjson.JSONDecodeError:
            body = None
        if not isinstance(body, dict):
            return cls(response.status, "", "")
        code, summary = body.get("errorCode"), body.get("errorSummary")
        return cls(response.status, _shown(code)[:40], _shown(summary)[:160])

    def __str__(self) -> str:
        quoted = f'"{self.summary}"' if self.summary else ""
        return " ".join(filter(None, [str(self.status), self.code, quoted]))


def _shown(said: object) -> str:
    return one_line(without_credentials(str(said or "")))
