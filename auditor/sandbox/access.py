"""Who may read what: API tokens read everything, access tokens what their scopes allow."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from auditor.sandbox.answers import Answer, refused
from auditor.sandbox.dpop import NONCE_HEADER, ProofError
from auditor.sandbox.oauth import ServiceAppTokens
from auditor.sandbox.system_log.log import PATH as LOGS
from auditor.sandbox.tenant import TenantFile
from auditor.snapshot.other_sides import row_of

if TYPE_CHECKING:
    from yarl import URL


_SCHEMES = re.compile(r"(SSWS|Bearer|DPoP) ?(.*)")
"""With or without a blank: the okta SDK's typed calls leave it out. Whether Okta takes that is not
published, so the sandbox does."""

_SCOPES = {LOGS: "okta.logs.read"}
"""Of paths that no collection has (Okta Management API 2026.06.3)."""


def refusal(
    method: str, url: URL, headers: Mapping[str, str], tenant: TenantFile, issuer: ServiceAppTokens
) -> Answer | None:
    """The answer to a request that may not go on; None if it may.

    Args:
        method: the request's method.
        url: its address.
        headers: its headers, of which Authorization and DPoP matter.
        tenant: says which API tokens exist.
        issuer: says which access tokens exist.
    """
    shown = _SCHEMES.fullmatch(headers.get("Authorization", ""))
    scheme, token = shown.groups() if shown else ("", "")
    if scheme == "SSWS":
        accepted = bool(token) if tenant.tokens is None else token in tenant.tokens
        return None if accepted else refused(401, url.path)
    issued = issuer.issued(token)
    # A token that is bound to a key must not pass as a bearer token, nor the other way round.
    if issued is None or scheme != ("DPoP" if issued.thumbprint else "Bearer"):
        return refused(401, url.path)
    if issued.thumbprint is not None:
        proof, address = headers.get("DPoP", ""), str(url.with_query(None))
        try:
            issuer.proven(token, issued, proof, method, address)
        except ProofError as error:
            return _unproven(error, url.path)
    return _insufficient(issued.scopes, url)


def _unproven(error: ProofError, path: str) -> Answer:
    challenge = f'DPoP error="{error.error}", error_description="{error.description}"'
    headers = {"WWW-Authenticate": challenge}
    if error.nonce:
        headers[NONCE_HEADER] = error.nonce
    return refused(401, path).with_headers(headers)


def _insufficient(scopes: frozenset[str], url: URL) -> Answer | None:
    row = row_of(url.path)
    needed = row.oauth_scope if row is not None else _SCOPES.get(url.path)
    # Which scope another path takes is not known here, so it takes none.
    if needed is None:
        return None
    if needed in scopes or needed.removesuffix(".read") + ".manage" in scopes:
        return None
    origin = url.origin()
    challenge = (
        f'Bearer authorization_uri="{origin}/oauth2/v1/authorize", realm="{origin}", '
        f'scope="{needed}", error="insufficient_scope", '
        'error_description="The access token provided does not contain the required scopes.", '
        f'resource="{url.path}"'
    )
    return refused(403, url.path).with_headers({"WWW-Authenticate": challenge})
