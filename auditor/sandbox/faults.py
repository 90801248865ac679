"""Which fault applies to a request, and what it makes of the answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from auditor.sandbox.answers import Answer, answered, page_of_html, refused
from auditor.sandbox.tenant import Fault

if TYPE_CHECKING:
    from yarl import URL

_EXTRA = "extra"


class Faults:
    """The faults of a tenant and how often each has been met."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self._plan = [(fault, _Hits(fault)) for fault in faults]

    def next(self, path: str, query: str) -> Fault | None:
        """The fault that applies to a request; asking counts as one.

        A fault counts the matching requests that no fault before it has taken.
        """
        for fault, hits in self._plan:
            aimed = fault.path.search(path) and (not fault.query or fault.query.search(query))
            if aimed and hits.take():
                return fault
        return None


class _Hits:
    def __init__(self, fault: Fault) -> None:
        self._to_skip = fault.after
        self._left = fault.times

    def take(self) -> bool:
        if self._to_skip:
            self._to_skip -= 1
            return False
        if self._left is None:
            return True
        self._left -= 1
        return self._left >= 0


def replaces(fault: Fault) -> bool:
    """Whether the fault has an answer of its own, so that none need be worked out."""
    return fault.body is not None or (fault.status or 0) >= HTTPStatus.BAD_REQUEST


def replacement(fault: Fault, path: str) -> Answer:
    """The answer of a fault that has its own."""
    status = fault.status or 200
    if fault.body is None:
        return refused(status, path)
    if isinstance(fault.body, str):
        return page_of_html(fault.body, status)
    return answered(fault.body, status)


def altered_answer(answer: Answer, fault: Fault, url: URL) -> Answer:
    """An answer with the status, the headers and the bytes that a fault asks for."""
    headers = {
        name: tuple(
            line.replace("{origin}", str(url.origin())).replace("{path}", url.raw_path)
            for line in lines
        )
        for name, lines in fault.headers.items()
    }
    body = answer.body
    if fault.not_utf8:
        middle = len(body) // 2
        body = body[:middle] + b"\xff" + body[middle:]
    changed = replace(answer, status=fault.status or answer.status, body=body)
    return _relinked(changed, fault).with_headers(headers)


def extra_page(answer: Answer, fault: Fault, url: URL) -> Answer:
    """A page that leads back to its own place in the list, under another address."""
    count = int(url.query.get(_EXTRA, "0")) + 1
    link = f'<{url.update_query({_EXTRA: str(count)})}>; rel="next"'
    body = b"[]" if fault.extra_page == "empty" else answer.body
    return replace(answer, body=body).with_headers({"Link": (f'<{url}>; rel="self"', link)})


def _relinked(answer: Answer, fault: Fault) -> Answer:
    lines = [value for name, value in answer.headers if name == "Link"]
    match fault.links:
        case "folded":
            lines = [", ".join(lines)]
        case "twice":
            lines = [line for line in lines for _ in range(2)]
        case "next-first":
            lines = lines[::-1]
        case "unquoted":
            lines = [line.replace('"', "") for line in lines]
        case "broken":
            lines = [line.replace("<", "").replace(">", "") for line in lines]
        case None:
            return answer
    return answer.with_headers({"Link": tuple(lines)})
