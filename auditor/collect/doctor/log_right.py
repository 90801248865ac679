"""The right to read the System Log, which an export does without."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus

from auditor.collect.api.client import OktaClient
from auditor.collect.api.errors import OktaError
from auditor.collect.auth.credentials import PRIVATE_KEY, Credentials
from auditor.collect.auth.fetch_token import TokenRefusedError
from auditor.collect.doctor.checks import Check, CheckState
from auditor.collect.http.errors import TransportError
from auditor.collect.system_log.right import PATH, SCOPE, remedy

_NAME = "system log"
_NEED = "only `okta-auditor logs` needs it"


async def log_right(credentials: Credentials) -> Check:
    """Whether the System Log can be read; never a problem, because an export does without."""
    alone = replace(credentials, scopes=(SCOPE,), optional_scopes=())
    async with OktaClient(alone, connections=1) as client:
        try:
            response = await client.get(f"{credentials.org_url}{PATH}?limit=1")
        except TokenRefusedError as error:
            return _lacking(credentials, error.code or "no access token")
        except TransportError as error:
            return Check(_NAME, CheckState.WARNING, f"could not be read ({error}); {_NEED}")
    if response.status == HTTPStatus.OK:
        return Check(_NAME, CheckState.OK, f"can be read; {_NEED}")
    return _lacking(credentials, str(OktaError.of(response)))


def _lacking(credentials: Credentials, reason: str) -> Check:
    return Check(
        _NAME,
        CheckState.OK,
        f"cannot be read ({reason}); {_NEED}",
        f"For that: {remedy(service_app=credentials.mode == PRIVATE_KEY)}",
    )
