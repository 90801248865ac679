"""The next page as an answer's body names it, which endpoints with `data` do besides `Link`."""

from __future__ import annotations

from typing import Any


def body_link(value: Any) -> object:
    """What `_links.next.href` of an answer holds; None if the answer names no next page.

    Anything but None and a text is a next page that cannot be told.
    """
    links = value.get("_links") if isinstance(value, dict) else None
    following = links.get("next") if isinstance(links, dict) else None
    if following is None:
        return None
    return following.get("href", following) if isinstance(following, dict) else following
