"""Which URIs send tokens and codes over an open network."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit


def loopback(host: str) -> bool:
    """Whether a host is the user's own machine: localhost, 127.0.0.0/8 or ::1."""
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def unencrypted(uri: str) -> bool:
    """Whether a URI is `http` and leaves the machine. Custom schemes of native apps are not.

    RFC 8252 section 7.3 allows `http` for loopback redirects, because nothing is sent.
    """
    try:
        parts = urlsplit(uri)
        return parts.scheme == "http" and not loopback(parts.hostname or "")
    except ValueError:  # brackets that hold no IPv6 address
        return uri.lower().startswith("http:")
