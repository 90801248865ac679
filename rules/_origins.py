"""Web origins: scheme, host and port (RFC 6454)."""

from __future__ import annotations

from fnmatch import fnmatchcase
from urllib.parse import urlsplit

_USUAL_PORTS = {"http": 80, "https": 443}


def origin_of(uri: str) -> str | None:
    """The origin of an http URI, in lower case and without the usual port; None for others.

    >>> origin_of("https://App.example.com:443/callback"), origin_of("com.example.app:/callback")
    ('https://app.example.com', None)
    """
    try:
        parts = urlsplit(uri)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in _USUAL_PORTS or not host:
        return None
    name = f"[{host}]" if ":" in host else host
    usual = port in {None, _USUAL_PORTS[parts.scheme]}
    return f"{parts.scheme}://{name}" if usual else f"{parts.scheme}://{name}:{port}"


def covers(trusted: str, origin: str) -> bool:
    """Whether a trusted origin, which may have a wildcard or be written wrongly, means an origin.

    >>> covers("https://*.example.com", "https://a.example.com")
    True
    """
    meant = origin_of(trusted)
    return meant is not None and fnmatchcase(origin, meant.replace("[", "[[]"))
