"""`Link` headers (RFC 8288): which page is said to be the next."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from multidict import MultiMapping

# A value in single quotes is none by the standard; a proxy may write one all the same.
_VALUE = r"""(?:"([^"]*)"|'([^'"<>]*)'|([^\s"';,<>]*))"""
_PARAMETER = rf"""\s*;\s*[^\s=;,"<>]+(?:\s*=\s*{_VALUE})?"""
_LINK = re.compile(rf"\s*<([^<>]*)>((?:{_PARAMETER})*)\s*(?:,|$)")
_RELATION = re.compile(rf""";\s*rel\s*=\s*{_VALUE}""", re.IGNORECASE)

_NEXT = re.compile(r"(?<![a-z0-9])next(?![a-z0-9-])", re.IGNORECASE)
_WORD = re.compile(r"[a-z][a-z0-9.:/-]*")


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
            relations = _relations(link[2])
            if "next" in relations:
                targets.add(link[1])
            elif _NEXT.search(link[2]) and not all(map(_plain, relations or [""])):
                raise LinkHeaderError("its Link header cannot be understood")
            place = link.end()
    if len(targets) > 1:
        raise LinkHeaderError("its Link header names several next pages")
    return targets.pop() if targets else None


def _relations(parameters: str) -> list[str]:
    values = (next(filter(None, found.groups()), "") for found in _RELATION.finditer(parameters))
    return [word for value in values for word in value.lower().split()]


def _plain(relation: str) -> bool:
    """Whether a relation is a word, and not what is left of one that was quoted oddly."""
    return _WORD.fullmatch(relation) is not None


def _lines(headers: Mapping[str, str]) -> Iterable[str]:
    if isinstance(headers, MultiMapping):
        return list(headers.getall("Link", []))
    return [headers["Link"]] if "Link" in headers else []
