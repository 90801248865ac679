"""Who may read what: API tokens read everything, access tokens what their scopes allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.sandbox.answers import Answer, refused
from auditor.sandbox.oauth import TokenEndpoint
from auditor.sandbox.tenant import Tenant
from auditor.snapshot.collections import match

if TYPE_CHECKING:
    from yarl import URL


def refusal(authorization: str, url: URL, tenant: Tenant, issuer: TokenEndpoint) -> Answer | None:
    """The answer to a request that may not go on; None if it may.

    Args:
        authorization: the Authorization header, empty if there is none.
        url: the address of the request.
        tenant: says which API tokens exist.
        issuer: says which access tokens exist.
    """
    scheme, _, token = authorization.partition(" ")
    if scheme == "SSWS":
        known = bool(token) if tenant.tokens is None else token in tenant.tokens
        return None if known else refused(401, url.path)
    scopes = issuer.scopes(token) if scheme == "Bearer" else None
    if scopes is None:
        return refused(401, url.path)
    return _insufficient(scopes, url)


def _insufficient(scopes: frozenset[str], url: URL) -> Answer | None:
    found = match(url.path)
    # Which scope a path outside the table takes is not known here, so it takes none.
    if found is None:
        return None
    needed = found[0].oauth_scope
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
