"""The authorization server that a URL means: an issuer, a discovery document or an endpoint."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from auditor.tokens.request import ORG_SERVER

DEFAULT_SERVER = "default"
"""What Okta calls its ready-made custom server in URLs, whatever its id and name."""

_SERVER_PATH = re.compile(
    r"(?:/\.well-known/[a-z-]+)?(?:/oauth2(?:/(?!v1(?:/|$))(?P<server>[^/]+))?)?"
    r"(?:/v1/[a-z/]+|/\.well-known/[a-z-]+)?/?"
)


def is_url(word: str) -> bool:
    """Whether a word is a URL rather than a name."""
    return word.casefold().startswith(("https://", "http://"))


def server_in_url(url: str) -> str | None:
    """The id in the path of a URL, or `default`, or `org`; None if it is no server's.

    The host plays no part: the ids of servers are unique, and an org may have custom domains.
    """
    try:
        path = urlsplit(url).path
    except ValueError:
        return None
    found = _SERVER_PATH.fullmatch(path)
    return (found["server"] or ORG_SERVER) if found else None
