"""What a check of a cause comes to: how certain it is, in a sentence, with evidence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from auditor.lint.reported_finding import ObjectRef
from auditor.snapshot.models.base import Record


class Confidence(StrEnum):
    """How certain a cause is, the most certain first. The values are part of the contract."""

    PROVEN = "proven"
    """The configuration rejects the very request, or the check needs nothing else."""
    LIKELY = "likely"
    """It holds in the org, and the request is not wholly known."""
    UNKNOWN = "unknown"
    """Something was not read, or is not known of the request."""
    NOT_SO = "not_so"
    """It was checked and is not the cause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A value of the configuration on which a verdict rests."""

    owner: ObjectRef
    """The object whose value it is."""
    field: str
    """The field's path in Okta's API, or a word for what was worked out: `groups of the user`."""
    value: object
    """A JSON value, in the tenant's own words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseVerdict:
    """What a check came to."""

    confidence: Confidence
    text: str
    """A sentence without its full stop; names of the tenant are quoted in it."""
    fixes: tuple[str, ...] = ()
    """What to do, any of these; the cause's own fix where there is none."""
    evidence: tuple[Evidence, ...] = ()
    missing: tuple[str, ...] = ()
    """Options that would tell, such as `--user`."""

    def fixed_by(self, *fixes: str) -> CauseVerdict:
        """The same verdict with what to do."""
        return replace(self, fixes=fixes)


def proven(text: str, *evidence: Evidence) -> CauseVerdict:
    """A cause that is certain."""
    return CauseVerdict(confidence=Confidence.PROVEN, text=text, evidence=evidence)


def likely(text: str, *evidence: Evidence) -> CauseVerdict:
    """A cause that holds in the org, of a request that is not wholly known."""
    return CauseVerdict(confidence=Confidence.LIKELY, text=text, evidence=evidence)


def not_so(text: str, *evidence: Evidence) -> CauseVerdict:
    """A cause that was checked and is none."""
    return CauseVerdict(confidence=Confidence.NOT_SO, text=text, evidence=evidence)


def unknown(text: str, *missing: str) -> CauseVerdict:
    """A cause that could not be checked, and the options that would tell."""
    return CauseVerdict(confidence=Confidence.UNKNOWN, text=text, missing=missing)


def evidence(record: Record, field: str, value: object) -> Evidence:
    """A field of a record, and its value.

    Args:
        record: the object.
        field: the path in Okta's API.
        value: a text, a number, a list of texts, or None.
    """
    own = ObjectRef(type=record.kind, id=record.id, name=record.title)
    shown = list(value) if isinstance(value, (tuple, set, frozenset)) else value
    if isinstance(value, (set, frozenset)):
        shown = sorted(map(str, value))
    return Evidence(owner=own, field=field, value=shown)
