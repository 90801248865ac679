"""The org's URL as a user gives it, checked before any token is sent there."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from auditor.errors import UsageError

# Okta's own domains: production, preview, EMEA, government, and Okta's own tests.
# In a custom domain, `-admin` may mean anything.
_ADMIN_CONSOLE = re.compile(
    r"([^.]+)-admin\.((?:okta|oktapreview|okta-emea|okta-gov|trexcloud)\.com|okta\.mil)"
)


def checked_org_url(value: str, variable: str = "OKTA_CLIENT_ORGURL") -> str:
    """The org's URL as `https://host`, or `http://` for a loopback host.

    Args:
        value: what the user gave.
        variable: what messages call it.

    Raises:
        UsageError: it is missing, not an org's URL, or would send a token in clear.
    """
    value = value.strip().rstrip("/")
    if not value:
        raise UsageError(
            "There is no org to read: OKTA_CLIENT_ORGURL is not set.",
            remedy="Set OKTA_CLIENT_ORGURL (https://your-org.okta.com) and OKTA_CLIENT_TOKEN, "
            'or try "okta-auditor demo", which needs neither.',
        )
    why = _flaw(value)
    if why is not None:
        raise UsageError(
            f"{variable} cannot be used: {why}.", remedy="It looks like https://your-org.okta.com."
        )
    return value


def is_loopback(host: str) -> bool:
    """Whether a host name can only mean this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _flaw(value: str) -> str | None:
    """Why a URL is not that of an org; None if it may be one."""
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "it is not a URL"
    return _flaw_of_parts(parts, host) or _flaw_of_host(host)


def _flaw_of_parts(parts: SplitResult, host: str) -> str | None:
    if parts.scheme not in {"https", "http"} or not host:
        return "it does not begin with https://"
    if parts.username or parts.password or parts.query or parts.fragment:
        return "it holds more than a scheme and a host"
    if parts.path:
        return "it has a path; only the scheme and the host belong there"
    if parts.scheme == "http" and not is_loopback(host):
        return "http:// would send the token in clear; use https://"
    return None


def _flaw_of_host(host: str) -> str | None:
    if "{" in host or "yourokta" in host:
        return "it is still the placeholder of an example"
    if console := _ADMIN_CONSOLE.fullmatch(host):
        return f"it is the Admin Console's; use https://{console[1]}.{console[2]}"
    return None
