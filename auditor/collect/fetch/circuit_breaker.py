"""A circuit breaker: an org that keeps failing is left alone, asked again, then given up."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto

from auditor.collect.fetch.bounds import Bounds
from auditor.collect.fetch.kind_circuit import KindCircuit
from auditor.collect.fetch.problems import Problem, ProblemKind

_LOGGER = logging.getLogger(__name__)

STATUS_PAGE = "https://status.okta.com"
QUESTION = "a question whether the org answers"
"""The kind of the one request that is no list's."""


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


@dataclass(frozen=True, slots=True, eq=False)
class Permit:
    """The permission to send one request. Hand it back, whatever became of it."""

    kind: str
    probe: bool = False
    """Whether it decides about the org."""
    kind_probe: bool = False
    """Whether it decides about its kind."""


class CircuitBreaker:
    """Watches the requests of one org, all lists together.

    Requests come in kinds, one for each collection. Failures in a row of one kind open the
    circuit of that kind, and no other; what its probes come to is in `kind_circuit`. It is
    given up as soon as that is over and the org has answered anything else since it began.

    Failures in a row, whatever was asked for, and nothing good in between, raise the question
    whether the org answers at all. It is asked at once: an answer clears the org, and silence
    opens the breaker. Then one request at a time probes, of a kind that does not fail if one
    waits: a good answer closes the breaker, and a failing one makes the next cool-down longer.
    After `Bounds.most_probes` of these the org is given up. An org that stops answering costs
    at most `Bounds.longest_outage_s`, however many lists are left.

    It keeps no time of its own but the event loop's.

    Args:
        bounds: the bounds.
        ask: sends a request that every org answers, with the permit that it gets, and tells
            the breaker what became of it. None where there is nothing to ask.
        on_pause: told why and for how many seconds nothing is asked for.
    """

    def __init__(
        self,
        bounds: Bounds,
        ask: Callable[[Permit], None] | None = None,
        on_pause: Callable[[str, float], None] = lambda *_: None,
    ) -> None:
        self._bounds = bounds
        self._on_pause = on_pause
        self._ask = ask
        self._state = _State.CLOSED
        self._failures = 0
        self._failed_probes = 0
        self._doubted = False
        """Whether the probe under way is the first question, before any cool-down."""
        self._reason = ""
        self._failing: set[str] = set()
        self._kinds: dict[str, KindCircuit] = {}
        self._answered: dict[str, float] = {}
        """When the last good answer came, by kind."""
        self._waiting: list[tuple[str, asyncio.Future[Permit]]] = []
        self._probe: Permit | None = None
        self._timer: asyncio.TimerHandle | None = None

    async def admit(self, kind: str) -> Permit:
        """Wait until a request of a kind may be sent, or nothing is to be sent any more."""
        permit = self._permit(kind)
        if permit is not None:
            return permit
        turn: asyncio.Future[Permit] = asyncio.get_running_loop().create_future()
        place = kind, turn
        self._waiting.append(place)
        self._set_timer()
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
        if permit is self._probe:
            return True
        circuit = self._circuit(permit.kind)
        return self._state is _State.CLOSED and (permit.kind_probe or not circuit.is_open)

    def verdict(self, kind: str) -> Problem | None:
        """Why requests of a kind are not sent any more; None while they are."""
        circuit = self._kinds.get(kind)
        if self._state is _State.GIVEN_UP:
            reason = f"the org stopped answering ({self._reason}); see {STATUS_PAGE}"
            return Problem(ProblemKind.FAILED, reason, unreachable=True)
        if circuit is not None and circuit.given_up:
            what = "the org keeps failing at requests of this kind"
            return Problem(ProblemKind.FAILED, f"{what} ({circuit.reason}); see {STATUS_PAGE}")
        return None

    async def pause(self, kind: str, seconds: float) -> None:
        """Wait before another request of a kind, no longer than the kind is asked for at all."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._circuit(kind).over.wait()

    def succeeded(self, permit: Permit) -> None:
        """The org answered, if only to refuse: it is alive."""
        now = asyncio.get_running_loop().time()
        self._answered[permit.kind] = now
        self._kinds.pop(permit.kind, None)
        if self._state is _State.GIVEN_UP:
            return
        self._failures = self._failed_probes = 0
        self._failing.clear()
        if self._state is not _State.CLOSED:
            if not self._doubted:
                # What failed in an outage is no fault of its kind.
                self._kinds = {name: c for name, c in self._kinds.items() if c.given_up}
            self._state, self._probe, self._doubted = _State.CLOSED, None, False
            _LOGGER.debug("circuit breaker: closed by an answer for %s", permit.kind)
        for kind in self._kinds:
            self._judge(kind)
        self._serve()

    def failed(self, permit: Permit, reason: str, *, sent_at: float | None = None) -> None:
        """No answer came, or nonsense, or the org says that it is broken.

        Args:
            permit: of the request.
            reason: a clause.
            sent_at: when it was sent, in seconds of the loop's clock; None for now.
        """
        now = asyncio.get_running_loop().time()
        began = now if sent_at is None else sent_at
        self._failing.add(permit.kind)
        if permit.kind != QUESTION:
            circuit = self._circuit(permit.kind)
            circuit.failed(reason, sent_at=began, now=now, probe=permit.kind_probe)
            self._judge(permit.kind)
        if self._state is _State.CLOSED:
            self._failures += 1
            if self._failures >= self._bounds.trip_after:
                self._reason = reason
                self._doubt()
        elif permit is self._probe:
            self._probe_failed(reason)
        self._serve()

    def unused(self, permit: Permit) -> None:
        """The request was not sent after all."""
        circuit = self._kinds.get(permit.kind)
        if permit.kind_probe and circuit is not None:
            circuit.probing = False
        if permit is self._probe:
            self._probe = None
            self._half_open()
        elif permit.kind_probe:
            self._serve()

    # One kind

    def _circuit(self, kind: str) -> KindCircuit:
        circuit = self._kinds.get(kind)
        if circuit is None:
            circuit = self._kinds[kind] = KindCircuit(self._bounds)
        return circuit

    def _judge(self, kind: str) -> None:
        """Give a kind up if it had its chances while the org answered something else."""
        circuit = self._kinds[kind]
        others = (at for other, at in self._answered.items() if other != kind)
        if circuit.given_up or not circuit.spent:
            return
        if max(others, default=-math.inf) >= circuit.since:
            _LOGGER.debug("circuit breaker: %s are given up", kind)
            circuit.give_up()
        elif self._state is _State.CLOSED:
            self._doubt()

    # The org

    def _doubt(self) -> None:
        """Ask whether the org answers at all."""
        if self._ask is None:
            self._open()
            return
        self._doubted = True
        self._ask_now(self._ask)

    def _ask_now(self, ask: Callable[[Permit], None]) -> None:
        self._state = _State.PROBING
        self._probe = Permit(QUESTION, probe=True)
        ask(self._probe)

    def _probe_failed(self, reason: str) -> None:
        self._probe = None
        self._reason = reason
        self._failed_probes += not self._doubted
        self._doubted = False
        if self._failed_probes < self._bounds.most_probes:
            self._open()
            return
        self._state = _State.GIVEN_UP
        _LOGGER.debug("circuit breaker: the org is given up")
        for circuit in self._kinds.values():
            circuit.over.set()

    def _open(self) -> None:
        self._state = _State.OPEN
        pause = self._bounds.open_s(self._failed_probes)
        _LOGGER.debug("circuit breaker: open for %.1f s; failing: %s", pause, sorted(self._failing))
        self._on_pause(f"the org does not answer: {self._reason}", pause)
        asyncio.get_running_loop().call_later(pause, self._half_open)

    def _half_open(self) -> None:
        self._state = _State.HALF_OPEN
        waiting = [place for place in self._waiting if not place[1].done()]
        if waiting:
            sound = (place for place in waiting if place[0] not in self._failing)
            self._grant(next(sound, waiting[0]))

    # Who waits

    def _permit(self, kind: str) -> Permit | None:
        """A permit, if a request of a kind may be sent now."""
        if self._state is _State.HALF_OPEN:
            return self._half_open_permit(kind)
        if self._state in {_State.OPEN, _State.PROBING}:
            return None
        circuit = self._circuit(kind)
        if self._state is _State.GIVEN_UP or circuit.given_up or not circuit.is_open:
            return Permit(kind)
        if asyncio.get_running_loop().time() < circuit.ready_at():
            return None
        circuit.probing = True
        return Permit(kind, kind_probe=True)

    def _half_open_permit(self, kind: str) -> Permit | None:
        """The probe of the org, unless the kind fails and there is another question to ask."""
        if self._ask is not None and kind in self._failing:
            self._ask_now(self._ask)
            return None
        self._state = _State.PROBING
        self._probe = Permit(kind, probe=True)
        return self._probe

    def _grant(self, place: tuple[str, asyncio.Future[Permit]]) -> None:
        kind, turn = place
        permit = None if turn.done() else self._permit(kind)
        if permit is not None:
            self._waiting.remove(place)
            turn.set_result(permit)

    def _serve(self) -> None:
        """Let through whoever may go, and see to it that the next may."""
        for place in tuple(self._waiting):
            self._grant(place)
        self._set_timer()

    def _set_timer(self) -> None:
        """Come back when the next kind may be probed."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._state is not _State.CLOSED:
            return
        soonest = min(
            (self._circuit(kind).ready_at() for kind, _ in self._waiting), default=math.inf
        )
        if -math.inf < soonest < math.inf:
            self._timer = asyncio.get_running_loop().call_at(soonest, self._serve)
