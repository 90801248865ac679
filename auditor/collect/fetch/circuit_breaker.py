"""A circuit breaker: an org that keeps failing is left alone, asked again, then given up."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from dataclasses import dataclass
from enum import Enum, auto

from auditor.collect.fetch.bounds import Bounds
from auditor.collect.fetch.problems import Problem, ProblemKind

_LOGGER = logging.getLogger(__name__)

STATUS_PAGE = "https://status.okta.com"


class _State(Enum):
    CLOSED = auto()
    """Requests flow."""
    OPEN = auto()
    """Nobody asks until the cool-down is over."""
    HALF_OPEN = auto()
    """The cool-down is over, and the next request is the probe."""
    PROBING = auto()
    """One request is under way; what becomes of it decides."""
    GIVEN_UP = auto()
    """Nothing more is asked for in this run."""


@dataclass(frozen=True, slots=True)
class Permit:
    """The permission to send one request. Hand it back, whatever became of it."""

    kind: str
    probe: bool = False


class CircuitBreaker:
    """Watches the requests of one org, all lists together.

    Failures in a row, with nothing good in between, open it. Then one request at a time
    probes: a good answer closes the breaker, and a failing one makes the next cool-down
    longer. After `Bounds.most_probes` of these the org is given up. An org that stops
    answering costs at most `Bounds.longest_outage_s`, however many lists are left.

    Requests come in kinds, one for each collection. When one endpoint of the org is broken
    and the others are not, a request of another kind is chosen as the probe, so that one
    broken endpoint does not cost the others; a kind that alone opened the breaker as often as
    there are probes is given up by itself.

    It keeps no time of its own but the event loop's.
    """

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._state = _State.CLOSED
        self._failures = 0
        self._failed_probes = 0
        self._reason = ""
        self._failing: set[str] = set()
        self._opened_by: Counter[str] = Counter()
        self._waiting: list[tuple[str, asyncio.Future[Permit]]] = []
        self._probe: Permit | None = None
        self._timer: asyncio.TimerHandle | None = None

    async def admit(self, kind: str) -> Permit:
        """Wait until a request of a kind may be sent, or nothing is to be sent any more."""
        if self._state is _State.HALF_OPEN:
            return self._probed_by(kind)
        if self._state in {_State.CLOSED, _State.GIVEN_UP}:
            return Permit(kind)
        turn: asyncio.Future[Permit] = asyncio.get_running_loop().create_future()
        place = kind, turn
        self._waiting.append(place)
        try:
            return await turn
        except asyncio.CancelledError:
            if place in self._waiting:
                self._waiting.remove(place)
            elif turn.done() and not turn.cancelled():
                self.unused(turn.result())
            raise

    def admits(self, permit: Permit) -> bool:
        """Whether a permit still holds: others may have failed since it was given."""
        return permit is self._probe or self._state is _State.CLOSED

    def verdict(self, kind: str) -> Problem | None:
        """Why requests of a kind are not sent any more; None while they are."""
        if self._state is _State.GIVEN_UP:
            what = "the org stopped answering"
        elif self._opened_by[kind] >= self._bounds.most_probes:
            what = "the org keeps failing at requests of this kind"
        else:
            return None
        return Problem(
            ProblemKind.FAILED, f"{what} ({self._reason}); see {STATUS_PAGE}", unreachable=True
        )

    def succeeded(self, permit: Permit) -> None:
        """The org answered, if only to refuse: it is alive."""
        self._opened_by.pop(permit.kind, None)
        if self._state is _State.GIVEN_UP:
            return
        self._failures = self._failed_probes = 0
        self._failing.clear()
        if self._state is not _State.CLOSED:
            self._state, self._probe = _State.CLOSED, None
            _LOGGER.debug("circuit breaker: closed by an answer for %s", permit.kind)
            if self._timer is not None:
                self._timer.cancel()
            self._release()

    def failed(self, permit: Permit, reason: str) -> None:
        """No answer came, or nonsense, or the org says that it is broken."""
        self._failing.add(permit.kind)
        if self._state is _State.CLOSED:
            self._failures += 1
            if self._failures >= self._bounds.trip_after:
                self._reason = reason
                if self._failing == {permit.kind}:
                    self._opened_by[permit.kind] += 1
                self._open()
        elif permit is self._probe:
            self._probe = None
            self._reason = reason
            self._failed_probes += 1
            if self._failed_probes < self._bounds.most_probes:
                self._open()
            else:
                self._state = _State.GIVEN_UP
                _LOGGER.debug("circuit breaker: the org is given up")
                self._release()

    def unused(self, permit: Permit) -> None:
        """The request was not sent after all."""
        if permit is self._probe:
            self._probe = None
            self._half_open()

    def _open(self) -> None:
        self._state = _State.OPEN
        pause = self._bounds.open_s(self._failed_probes)
        _LOGGER.debug("circuit breaker: open for %.1f s; failing: %s", pause, sorted(self._failing))
        self._timer = asyncio.get_running_loop().call_later(pause, self._half_open)

    def _half_open(self) -> None:
        self._state = _State.HALF_OPEN
        waiting = [place for place in self._waiting if not place[1].done()]
        if not waiting:
            return
        chosen = next((place for place in waiting if place[0] not in self._failing), waiting[0])
        self._waiting.remove(chosen)
        chosen[1].set_result(self._probed_by(chosen[0]))

    def _probed_by(self, kind: str) -> Permit:
        self._state = _State.PROBING
        self._probe = Permit(kind, probe=True)
        return self._probe

    def _release(self) -> None:
        waiting, self._waiting = self._waiting, []
        for kind, future in waiting:
            if not future.done():
                future.set_result(Permit(kind))
