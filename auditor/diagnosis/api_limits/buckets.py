"""Which rate limit of an org a call counts against.

Source: Okta's reference pages "Management rate limits" and "End-user rate limits" as they stood
until 16 December 2025; since then Okta publishes the figures in each org's rate-limit dashboard
only. The most specific bucket counts ("Rate limits", Match requests).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

EDITIONS = ("Integrator Free Plan", "Customer Identity", "Workforce Identity")
"""In the order of the figures."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """A limit that some endpoints share, over all clients of an org."""

    name: str
    """As Okta's dashboard has it."""
    per_minute: tuple[int, int, int]
    """Requests in a minute for each of `EDITIONS`, as published last."""


_APPS = Bucket("/api/v1/apps*", (20, 100, 100))
_SERVER = "/oauth2/{authorizationServerId}/v1"
"""All custom authorization servers have one bucket between them."""
_TOKENS = (300, 1_200, 2_000)

_BUCKETS: tuple[tuple[str, str, Bucket], ...] = (
    ("", r"/api/v1/apps/[^/]+", Bucket("/api/v1/apps/{id}", (100, 600, 500))),
    ("", r"/api/v1/apps(?:/.*)?", _APPS),
    ("", r"/api/v1/groups/(?!rules$)[^/]+", Bucket("/api/v1/groups/{id}", (100, 600, 1_000))),
    ("", r"/api/v1/groups(?:/.*)?", Bucket("/api/v1/groups*", (100, 600, 500))),
    ("GET POST", r"/api/v1/users", Bucket("/api/v1/users", (100, 600, 600))),
    ("GET", r"/api/v1/users/[^/]+", Bucket("GET /api/v1/users/{idOrLogin}", (100, 1_000, 2_000))),
    ("POST PUT DELETE", r"/api/v1/users/[^/]+", Bucket("/api/v1/users/{id}", (100, 600, 600))),
    ("", r"/api/v1/logs", Bucket("/api/v1/logs", (20, 50, 120))),
    ("", r"/api/v1/devices", Bucket("/api/v1/devices", (100, 150, 100))),
    ("", r"/api/v1/authn(?:/.*)?", Bucket("/api/v1/authn*", (100, 600, 500))),
    ("", r"/api/v1/sessions", Bucket("/api/v1/sessions", (100, 600, 750))),
    ("", r"/api/v1(?:/.*)?", Bucket("/api/v1*", (100, 600, 1_200))),
    ("", r"/oauth2/v1/clients(?:/.*)?", Bucket("/oauth2/v1/clients*", (25, 100, 100))),
    ("", r"/oauth2/v1/authorize", Bucket("/oauth2/v1/authorize", _TOKENS)),
    ("", r"/oauth2/v1/token", Bucket("/oauth2/v1/token", _TOKENS)),
    ("", r"/oauth2/v1(?:/.*)?", Bucket("/oauth2/v1*", _TOKENS)),
    ("", r"/oauth2/[^/]+/v1/authorize", Bucket(f"{_SERVER}/authorize", _TOKENS)),
    ("", r"/oauth2/[^/]+/v1/token", Bucket(f"{_SERVER}/token", _TOKENS)),
    ("", r"/oauth2/[^/]+/v1(?:/.*)?", Bucket(f"{_SERVER}*", _TOKENS)),
)  # fmt: skip
_UNLIMITED = re.compile(r"/oauth2/(?:[^/]+/)?v1/keys|(?:/oauth2/[^/]+)?/\.well-known/[\w-]+")


def bucket_of(method: str, path: str) -> Bucket | None:
    """The bucket that a call counts against; None if none is published.

    Args:
        method: in capitals; empty if it is not known, which leaves some paths open.
        path: without a query.
    """
    if unlimited(path):
        return None
    fitting = [row for row in _BUCKETS if re.fullmatch(row[1], path)]
    for methods, _, bucket in fitting:
        if not methods or method in methods.split():
            return bucket
        if not method:
            return None
    return None


def unlimited(path: str) -> bool:
    """Whether a path is public metadata, which no rate limit applies to."""
    return _UNLIMITED.fullmatch(path) is not None
