"""Audiences as resource URIs."""

from __future__ import annotations

from urllib.parse import urlsplit


def path_of(audience: str) -> tuple[str, ...] | None:
    """Scheme, host and path segments of an absolute URI with a host; None for other audiences.

    >>> path_of("https://API.example.com/orders/")
    ('https', 'api.example.com', 'orders')
    """
    try:
        parts = urlsplit(audience)
    except ValueError:
        return None
    if not parts.scheme or not parts.netloc:
        return None
    path = parts.path.strip("/")
    return (parts.scheme, parts.netloc.lower(), *(path.split("/") if path else ()))


def nested(one: str, other: str) -> bool:
    """Whether one audience is the other or lies beneath it, on the border of a path segment."""
    a, b = path_of(one), path_of(other)
    if a is None or b is None:
        return one == other
    shorter = min(len(a), len(b))
    return a[:shorter] == b[:shorter]
