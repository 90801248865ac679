"""`Link` headers (RFC 8288): which page is said to be the next."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from multidict import MultiMapping

_PARAMETER = r"""\s*;\s*[^\s=;,"<>]+(?:\s*=\s*(?:"[^"]*"|[^\s";,]*))?"""
_LINK = re.compile(rf"\s*<([^<>]*)>((?:{_PARAMETER})*)\s*(?:,|$)")
_RELATION = re.compile(r""";\s*rel\s*=\s*(?:"([^"]*)"|([^\s";,]*))""", re.IGNORECASE)


class LinkHeaderError(Exception):
    """A `Link` header seems to name a next page, but it cannot be told which."""


def next_link(headers: Mapping[str, str]) -> str | None:
    """The target of `rel="next"`, however the `Link` headers are laid out; None if none is.

    Raises:
        LinkHeaderError: there seems to be one, but it cannot be told which: a list must not end
            because a header was not understood.
    """
    targets: set[str] = set()
    for line in _lines(headers):
        place = 0
        while place < len(line):
            link = _LINK.match(line, place)
            if link is None:
                if "next" in line[place:].lower():
                    raise LinkHeaderError("its Link header cannot be understood")
                break
            relation = _RELATION.search(link[2])
            if relation and "next" in (relation[1] or relation[2] or "").lower().split():
                targets.add(link[1])
            place = link.end()
    if len(targets) > 1:
        raise LinkHeaderError("its Link header names several next pages")
    return targets.pop() if targets else None


def _lines(headers: Mapping[str, str]) -> Iterable[str]:
    if isinstance(headers, MultiMapping):
        return list(headers.getall("Link", []))
    return [headers["Link"]] if "Link" in headers else []
