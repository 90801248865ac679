"""Which fault applies to a request, and what it makes of the answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from http import HTTPStatus

from auditor.sandbox.answers import Answer, answered, page_of_html, refused
from auditor.sandbox.tenant import Fault


class Faults:
    """The faults of a tenant and how often each has been met."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self._plan = [(fault, _Hits(fault)) for fault in faults]

    def next(self, path: str) -> Fault | None:
        """The fault that applies to a request; asking counts as one.

        A fault counts the matching requests that no fault before it has taken.
        """
        for fault, hits in self._plan:
            if fault.path.search(path) and hits.take():
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


def disguised(answer: Answer, fault: Fault, origin: str) -> Answer:
    """An answer with the status and the headers that a fault asks for."""
    headers = {
        name: tuple(line.replace("{origin}", origin) for line in lines)
        for name, lines in fault.headers.items()
    }
    return replace(answer, status=fault.status or answer.status).with_headers(headers)
