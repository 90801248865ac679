"""Checks what an export needs before one is tried: the way to the org, the token, its rights.

Each check is a line of its own with the exact remedy. No token is sent before the host has
shown that it is an Okta org.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from http import HTTPStatus

from auditor.collect.api.client import OktaClient
from auditor.collect.api.errors import OktaError
from auditor.collect.auth.credentials import Credentials
from auditor.collect.auth.fetch_token import AccessToken, TokenRefusedError
from auditor.collect.doctor.checks import Check, CheckState, unanswered
from auditor.collect.doctor.log_right import log_right
from auditor.collect.doctor.network import organization, route
from auditor.collect.doctor.permissions import API_SCOPES, issued, readable, windows
from auditor.collect.doctor.probes import Prober
from auditor.collect.http.errors import TransportError
from auditor.collect.http.response import Response
from auditor.text import listed


def examine(credentials: Credentials, *, share: float | None) -> list[Check]:
    """Check everything. Ends early where nothing more can be learned.

    Args:
        credentials: the org, and who asks.
        share: the part of each rate limit that an export would spend; None for what others
            do not need.

    Raises:
        UsageError: the proxy or the certificate authorities of the environment are unusable.
    """
    return asyncio.run(_examine(credentials, share))


async def _examine(credentials: Credentials, share: float | None) -> list[Check]:
    checks: list[Check] = []
    async with OktaClient(credentials, connections=4) as client:
        checks.append(route(client))
        checks += await organization(client, credentials.org_url)
        if not _sound(checks):
            return checks
        try:
            token = await client.token()
        except TransportError as error:
            return [*checks, unanswered("token", error)]
        except TokenRefusedError as error:
            if error.code != "invalid_scope":
                return [*checks, Check("token", CheckState.PROBLEM, error.message, error.remedy)]
        else:
            return [*checks, *await _rights(client, credentials, token, share)]
    # One scope that is not granted spoils the whole request; find out which are.
    granted = await _granted(credentials)
    lacking = [scope for scope in credentials.scopes if scope not in granted]
    checks.append(
        Check(
            "scopes",
            CheckState.PROBLEM,
            f"not granted to client {credentials.client_id} are {listed(lacking, most=20)}; as "
            "long as they are asked for, Okta issues no access token",
            f"Grant them under {API_SCOPES}"
            # Nothing behind it, so that it can be copied.
            + (f", or set OKTA_CLIENT_SCOPES={','.join(granted)}" if granted else "."),
        )
    )
    if not granted:
        return checks
    reduced = replace(credentials, scopes=granted, optional_scopes=())
    async with OktaClient(reduced, connections=4) as client:
        return [*checks, *await _rights(client, reduced, await client.token(), share)]


async def _granted(credentials: Credentials) -> tuple[str, ...]:
    granted = []
    for scope in credentials.scopes:
        alone = replace(credentials, scopes=(scope,), optional_scopes=())
        async with OktaClient(alone, connections=1) as client:
            try:
                await client.token()
            except (TokenRefusedError, TransportError):
                continue
            granted.append(scope)
    return tuple(granted)


async def _rights(
    client: OktaClient, credentials: Credentials, token: AccessToken | None, share: float | None
) -> list[Check]:
    if token is None:
        response = await _tried(client, credentials.org_url + "/api/v1/org")
        if isinstance(response, Check):
            return [response]
        if response.status == HTTPStatus.UNAUTHORIZED:
            return [_refused_token(response)]
    prober = Prober(client, credentials.org_url, token.scopes if token else None)
    probes = await prober.run()
    return [
        *issued(credentials, token),
        *readable(probes, credentials),
        await log_right(credentials),
        *windows(prober.windows, share),
    ]


async def _tried(client: OktaClient, url: str) -> Response | Check:
    try:
        return await client.get(url)
    except TransportError as error:
        return unanswered("token", error)


def _refused_token(response: Response) -> Check:
    return Check(
        "token",
        CheckState.PROBLEM,
        f"Okta refuses the API token ({OktaError.of(response)})",
        "It is revoked, expired (30 days without use) or of another org. Create one under "
        "Security > API > Tokens.",
    )


def _sound(checks: Iterable[Check]) -> bool:
    return all(check.state is not CheckState.PROBLEM for check in checks)
