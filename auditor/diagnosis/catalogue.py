"""Okta's errors as people meet them: what each means, its causes, and what confirms it.

The rows stand in `causes/`, a module for each kind, with the checks of their causes. The words of
token requests are those of the decision engine (`tokens.rejections`), where their sources stand.
`docs/okta-errors.md` is written from this table.
"""

from __future__ import annotations

from auditor.diagnosis.causes import (
    access_policies,
    assignments,
    claims,
    client_authentication,
    clients,
    codes_and_refresh_tokens,
    grants,
    http_requests,
    log_reasons,
    missing_proofs,
    network_zones,
    okta_api,
    redirect_uris,
    scopes,
    token_validation,
    unfitting_proofs,
    users,
)
from auditor.diagnosis.known_error import Cause, KnownError

__all__ = ["BY_NAME", "ERRORS", "Cause", "KnownError"]

ERRORS: tuple[KnownError, ...] = (
    *access_policies.ROWS,
    *assignments.ROWS,
    *scopes.ROWS,
    *grants.ROWS,
    *redirect_uris.ROWS,
    *clients.ROWS,
    *client_authentication.ROWS,
    *missing_proofs.ROWS,
    *network_zones.ROWS,
    *codes_and_refresh_tokens.ROWS,
    *claims.ROWS,
    *users.ROWS,
    *okta_api.ROWS,
    *token_validation.ROWS,
    *unfitting_proofs.ROWS,
    *http_requests.ROWS,
    *log_reasons.ROWS,
)

BY_NAME = {row.name: row for row in ERRORS}
