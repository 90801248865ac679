"""What a URL of an authorization endpoint asks for, as parts of a named request."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from auditor.errors import UsageError
from auditor.tokens.grants import browser_grant
from auditor.tokens.lookup.issuers import server_in_url

_ENDPOINT = "/v1/authorize"

_ELSEWHERE = ("request_uri", "request")
"""Parameters that stand for what was pushed before (RFC 9126), or is in a signed object."""


@dataclass(frozen=True, kw_only=True)
class AuthorizeUrl:
    """The parts of a URL that decide what becomes of the request."""

    server: str
    client: str | None
    grant: str
    scopes: tuple[str, ...] | None
    response_type: str | None
    redirect_uri: str | None
    resource: str | None
    pkce: bool
    prompt: str | None


def read_authorize_url(url: str) -> AuthorizeUrl:
    """Read a URL that a client sends a browser to.

    Raises:
        UsageError: it is no URL of an authorization endpoint, gives a parameter twice, or does
            not say itself what it asks for.
    """
    try:
        parts = urlsplit(url)
        pairs = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        raise _unusable("it cannot be read") from None
    server = server_in_url(url) if parts.path.rstrip("/").endswith(_ENDPOINT) else None
    if server is None or not parts.scheme or not parts.netloc:
        raise _unusable(f"its path does not end in {_ENDPOINT}")
    values = dict(pairs)
    names = [name for name, _ in pairs]
    if twice := next((name for name in values if names.count(name) > 1), None):
        # Only names of parameters are shown: a value may be a credential.
        known = twice if twice.isidentifier() else "a parameter"
        raise _unusable(f"it gives {known} twice")
    if elsewhere := next((name for name in _ELSEWHERE if values.get(name)), None):
        raise _unusable(f"what it asks for is not in it, but in its {elsewhere}")
    response_type = values.get("response_type") or None
    return AuthorizeUrl(
        server=server,
        client=values.get("client_id") or None,
        grant=browser_grant(response_type),
        scopes=tuple(values.get("scope", "").split()) or None,
        response_type=response_type,
        redirect_uri=values.get("redirect_uri") or None,
        resource=values.get("resource") or None,
        pkce=bool(values.get("code_challenge")),
        prompt=values.get("prompt") or None,
    )


def _unusable(why: str) -> UsageError:
    return UsageError(
        f"--url cannot be used: {why}.",
        remedy="Give the whole address, https://…/v1/authorize?client_id=….",
    )
