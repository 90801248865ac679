"""Lists come in pages, joined by `Link` headers."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import TYPE_CHECKING

from auditor.sandbox.answers import Answer, answered, refused
from auditor.snapshot.collections import Collection

if TYPE_CHECKING:
    from yarl import URL

USUAL_LIMIT = 200


def page(
    records: list[object],
    url: URL,
    row: Collection | None,
    member: str | None,
    shown: Callable[[list[object]], list[object]],
) -> Answer:
    """One page of a list.

    Args:
        records: the whole list.
        url: the address of the request; `limit` and `after` in it choose the page.
        row: the collection the list belongs to, where it is a known one.
        member: the member of the answer that holds the list; None where it is the answer.
        shown: makes the records of a page what the request asked for.

    Returns:
        The page, or 400 where `limit` is not a positive number or `after` not a cursor
        that a previous page gave.
    """
    try:
        limit = _limit(url.query.get("limit"), row)
        start = _offset(url.query.get("after"))
    except ValueError as error:
        return refused(400, url.path, f"Api validation failed: {error}")
    end = start + limit
    links = [link(url, "self")]
    if end < len(records):
        links.append(link(url.update_query(after=_cursor(end)), "next"))
    # Okta sends each link as a header line of its own.
    body: object = shown(records[start:end])
    if member is not None:
        body = {member: body}
    return answered(body).with_headers({"Link": tuple(links)})


def _limit(given: str | None, row: Collection | None) -> int:
    # The collector asks for the most that an endpoint allows; Okta allows 200 elsewhere.
    most = max(USUAL_LIMIT, int(row.query.get("limit", 0)) if row else 0)
    if given is None:
        return USUAL_LIMIT
    if not (given.isascii() and given.isdigit() and int(given)):
        raise ValueError("limit")
    return min(int(given), most)


def _cursor(offset: int) -> str:
    # Not a bare number, so that no client comes to depend on counting.
    return base64.urlsafe_b64encode(f"at:{offset}".encode()).decode().rstrip("=")


def _offset(cursor: str | None) -> int:
    if cursor is None:
        return 0
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        mark, number = base64.urlsafe_b64decode(padded).decode().split(":")
    except (binascii.Error, ValueError):
        raise ValueError("after") from None
    if mark != "at" or not number.isdigit():
        raise ValueError("after")
    return int(number)


def link(url: URL, relation: str) -> str:
    """A line of a Link header."""
    return f'<{url}>; rel="{relation}"'
