"""Holds an error against the org: each of its causes judged, the most certain first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from auditor.diagnosis.case import Case
from auditor.diagnosis.causes.verdict import CauseVerdict, Confidence, proven, unknown
from auditor.diagnosis.known_error import Cause, KnownError

_ORDER = tuple(Confidence)


class Fault(StrEnum):
    """Where the fault lies. The values are part of the contract."""

    CONFIGURATION = "configuration"
    """A setting is proven to be the cause."""
    REQUEST = "request"
    """The request, the caller or a library is proven to be at fault."""
    OUTSIDE = "outside"
    """Not the configuration: all that could be at fault in it was checked. What else is open."""
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class JudgedCause:
    """A cause of an error, and what its check came to."""

    cause: Cause
    verdict: CauseVerdict

    @property
    def fixes(self) -> tuple[str, ...]:
        """What to do, any of these."""
        return self.verdict.fixes or (self.cause.fix,)


@dataclass(frozen=True, slots=True)
class JudgedError:
    """The causes of an error in an org, the most certain first."""

    row: KnownError
    causes: tuple[JudgedCause, ...]

    @property
    def cause(self) -> JudgedCause | None:
        """The one cause that is proven, if one is."""
        first = self.causes[0]
        return first if first.verdict.confidence is Confidence.PROVEN else None

    @property
    def fault(self) -> Fault:
        """Where the fault lies."""
        if cause := self.cause:
            return Fault.CONFIGURATION if cause.cause.in_configuration else Fault.REQUEST
        own = [one.verdict.confidence for one in self.causes if one.cause.in_configuration]
        sound = all(confidence is Confidence.NOT_SO for confidence in own)
        return Fault.OUTSIDE if sound else Fault.OPEN


def judged(row: KnownError, case: Case | None) -> JudgedError:
    """The causes of an error, judged.

    Args:
        row: the error.
        case: the request and the org; None without a snapshot.
    """
    if case is not None:
        words = case.words.or_else(row.tells)
        around = row.line_in(case.clues.text)
        case = replace(case, words=words, error_text=f"{case.error_text}\n{around}")
    causes = [JudgedCause(cause, _verdict(cause, case)) for cause in row.causes]
    return JudgedError(row, in_order(_with_the_rest(causes)))


def in_order(causes: Iterable[JudgedCause]) -> tuple[JudgedCause, ...]:
    """Causes, the most certain first."""
    return tuple(sorted(causes, key=lambda one: _ORDER.index(one.verdict.confidence)))


def _verdict(cause: Cause, case: Case | None) -> CauseVerdict:
    if cause.check is None:
        why = cause.what if not cause.in_configuration else f"{cause.what}: no snapshot tells"
        return unknown(why)
    if case is None:
        missing = () if not cause.in_configuration else ("--snapshot",)
        return unknown(cause.what, *missing)
    return cause.check(case)


def _with_the_rest(causes: list[JudgedCause]) -> list[JudgedCause]:
    """The causes, of which the only one that is left is proven.

    That is one of the request, where everything else was checked and is not so.
    """
    left = [one for one in causes if one.verdict.confidence is not Confidence.NOT_SO]
    if len(left) != 1 or left[0].cause.in_configuration:
        return causes
    rest = left[0]
    if rest.verdict.confidence is Confidence.PROVEN:
        return causes
    verdict = replace(proven(rest.cause.what), missing=rest.verdict.missing)
    return [JudgedCause(one.cause, verdict) if one is rest else one for one in causes]
