"""A check of the doctor's, and how it came out."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from auditor.collect.http.errors import TransportError


class CheckState(StrEnum):
    """How a check came out."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"
    """Something that an export needs cannot be reached or read."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check: what was looked at, what was found, and what to do about it."""

    name: str
    state: CheckState
    message: str
    remedy: str = ""
    collections: tuple[str, ...] = ()
    """Names of the collections that it is about, where it is about some."""

    def as_json(self) -> dict[str, str]:
        """The check as an object of strings."""
        return {name: str(value) for name, value in asdict(self).items() if name != "collections"}


def unanswered(name: str, error: TransportError) -> Check:
    """The check of something to which no usable answer came."""
    return Check(
        name,
        CheckState.PROBLEM,
        str(error),
        error.remedy
        or "Check OKTA_CLIENT_ORGURL, the network and proxy, and https://status.okta.com.",
    )
