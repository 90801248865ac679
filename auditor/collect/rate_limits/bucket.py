"""One rate-limit bucket: what is left of its window, for us and for others, and how to pace.

Pure arithmetic: every method is told the time, in seconds of one steady clock.

Until an answer told how a window stands, one request is sent alone, a probe. From then on the
budget is the smaller of two: what is left of our share, and what is left of the limit after
what others will still spend at the speed seen. Work that fits is sent at once; work that does
not is spread over the rest of the window.

Without a fixed share, ours is all that others do not need: what they spent in the windows
before, as a whole, is left to them to the end of this one, whether they spend it evenly or at once.
That is known only if somebody looks when a window ends, even where nothing is left for us. Until
a window was seen, half is left to others, less as it passes; later a tenth to some who may come,
unless all the work that there is fits in or would take noticeably longer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from auditor.collect.rate_limits.allowance import USUAL_WINDOW_S, Allowance, share_of
from auditor.collect.rate_limits.headers import RateLimitHeaders
from auditor.collect.rate_limits.server_clock import ServerClock
from auditor.collect.rate_limits.window import LATE_S, OwnRequests, Window, Windows

_SPREAD = 0.95
"""The part of a window over which its budget is spread."""

_SOME = 0.1
"""The part of a limit that has to be left for a look at whether others still spend."""

_FIRST_LOOK_S = 0.5
"""When to look for the first time whether others still spend; later looks are farther apart."""

_LAST_LOOK_S = 1.5
"""How long before the end of a window to look for the last time, if nothing else is sent."""

_UNSEEN = 0.1
"""The part of a limit that is left to others who were not seen so far."""

_AT_FIRST = 0.5
"""The same in the first window, in which nobody can have been seen yet: as beside a fixed half."""

_WORTH = 1.15
"""How much longer the work may take for their sake."""

_NOT_SENT_S = 0.05
"""A turn that was over sooner, without an answer, is taken for one that sent nothing."""

_REFUSED_S, _LONGEST_REFUSED_S = 1.0, 16.0
"""The first and the longest pause after a 429 that names no limit; it doubles in between."""


@dataclass(frozen=True, slots=True)
class SentRequest:
    """One request that went out."""

    at: float
    before: float
    """When the one before it went out."""
    probe: bool


class Bucket:
    """What is known about one bucket.

    Args:
        share: the part of the limit to spend, above 0 and at most 1; None for what others
            do not need.
        clock: the server's clock, the same for all buckets.
    """

    def __init__(self, share: float | None, clock: ServerClock) -> None:
        self._share = share
        self._own = OwnRequests()
        self._windows = Windows(clock, self._own)
        self._unlimited = False
        self._probing = False
        self._refused_until = -math.inf
        self._refused_pause_s = 0.0

    @property
    def allowance(self) -> Allowance | None:
        """What it lets through; None as long as no answer told."""
        if self._unlimited:
            return Allowance(None)
        window = self._windows.current
        return None if window is None else Allowance(window.limit, self._length)

    @property
    def _length(self) -> float:
        return self._windows.length or USUAL_WINDOW_S

    # When the next request may be sent

    def ready_at(self, now: float, work: int) -> float:
        """The earliest time to send the next request; infinite while a probe is under way.

        Args:
            now: the time.
            work: requests that are known to come, this one included.
        """
        window = self._windows.open(now)
        if self._refused_pause_s or (window is None and not self._unlimited):
            return math.inf if self._probing else max(now, self._refused_until)
        if self._unlimited or window is None:
            return now
        budget = self._budget(window, now, work)
        if budget >= work:
            return now
        since = max(self._own.last_sent, window.begun)
        rest = max(self._spread_until(window, now) - since, 0.0)
        if budget >= 1:
            return max(now, since + rest / budget)
        if budget + self._kept_for_unseen(window, now, work) < 1:
            return self._next_look(window, now, since, rest)
        less_is_kept_at = self._spread_until(window, now)
        return less_is_kept_at if less_is_kept_at > now else self._windows.over_at(window)

    def excess_s(self, now: float, work: int) -> float:
        """How long the work that does not fit into this window will take; infinite if unknown."""
        window = self._windows.open(now)
        if window is None:
            return 0.0 if self._unlimited else math.inf
        left = window.limit - self._windows.others.per_s * self._length
        ours = min(self._share_of(window), left)
        return max(0.0, work - self._budget(window, now, work)) * self._length / max(1.0, ours)

    # What happens

    def sent(self, now: float) -> SentRequest:
        """A request goes out."""
        probe = bool(self._refused_pause_s) or (
            not self._unlimited and self._windows.open(now) is None
        )
        request = SentRequest(now, self._own.last_sent, probe)
        self._probing = self._probing or probe
        self._own.in_flight += 1
        self._own.last_sent = now
        return request

    def ended(self, request: SentRequest, now: float, *, answered: bool) -> None:
        """A request is over. Without an answer, it may have been counted all the same."""
        own = self._own
        own.in_flight -= 1
        if request.probe:
            self._probing = False
        if answered:
            own.round_trip_s += (now - request.at - own.round_trip_s) / 4
            return
        if now - request.at < _NOT_SENT_S:
            # Whoever waits next goes in its place, not an interval later.
            own.last_sent = request.before if own.last_sent == request.at else own.last_sent
        elif self._windows.current is not None:
            self._windows.current.ours += 1

    def observe(self, headers: RateLimitHeaders | None, now: float) -> None:
        """Learn from an answer; None if it had no usable headers."""
        self._refused_pause_s = 0.0
        if headers is None:
            # Only a server that never sends them has no limits; a gateway's error has none either.
            self._unlimited = self._windows.current is None
            self._windows.observe_nothing(now)
        elif not headers.of_concurrency:
            self._unlimited = False
            self._windows.observe(headers, now)

    def refused_without_a_word(self, now: float) -> None:
        """A 429 came that names no limit: one request at a time asks whether it is over."""
        if now < self._refused_until:
            return  # it was under way
        pause = min(_LONGEST_REFUSED_S, max(_REFUSED_S, 2 * self._refused_pause_s))
        self._refused_pause_s, self._refused_until = pause, now + pause

    # What is left of a window

    def _budget(self, window: Window, now: float, work: int) -> float:
        """Requests that may still go out in the window."""
        left = min(self._left_of_share(window), self._left_by_others(window, now))
        return left - self._kept_for_unseen(window, now, work)

    def _share_of(self, window: Window) -> int:
        """The requests of a window that are ours."""
        ceiling = self._windows.ceiling.of(window.limit)
        if self._share is not None:
            return min(ceiling, share_of(window.limit, self._share))
        return max(1, min(ceiling, window.limit - math.ceil(window.expected_of_others)))

    def _left_of_share(self, window: Window) -> int:
        return self._share_of(window) - window.ours - self._own.in_flight

    def _kept_for_unseen(self, window: Window, now: float, work: int) -> int:
        """What is left to others who were not seen, and may come."""
        left = self._left_of_share(window)
        if self._share is not None or work <= left:
            return 0
        ours = self._share_of(window)
        waits = math.ceil((work - left) / ours)
        later = int(_UNSEEN * ours)
        kept = later if window.usual_is_known else max(later, int(_AT_FIRST * ours) - window.others)
        if math.ceil((work - left + kept) / (ours - later)) <= _WORTH * waits:
            return kept
        # They would cost a window of its own: what nobody takes is ours in the end.
        rest = self._spread_until(window, now) - now
        return int(kept * max(0.0, min(1.0, rest / self._length)))

    def _left_by_others(self, window: Window, now: float) -> float:
        """What others will leave of the window."""
        # The number is half a round trip old when it comes, a request as long on its way.
        trip = self._own.round_trip_s
        until = max(window.likely_end + trip / 2, now + trip)
        return self._left_at(window, until)

    def _left_at(self, window: Window, when: float) -> float:
        """What will be left of the limit at a time, if others go on and we send nothing more."""
        theirs = self._windows.others.most_in(when - window.last_answer)
        if self._share is None:
            theirs = self._less_by_history(window, theirs)
        return window.remaining - self._own.under_way - theirs

    def _less_by_history(self, window: Window, theirs: float) -> float:
        """What others will still spend, where what they spent so far says less than their speed."""
        missing = window.expected_of_others - window.others
        if window.usual_is_known and missing >= 0:
            return missing
        # A burst is no speed: as much again, or what is missing of what they usually spend.
        again = max(window.others, missing)
        return min(theirs, again + math.sqrt(again))

    def _spread_until(self, window: Window, now: float) -> float:
        """The end of the time over which to spread the budget."""
        if self._left_by_others(window, now) < self._left_of_share(window):
            # Requests near the end find out soonest when the next window really begins.
            return window.likely_end
        length = window.end - window.begun
        late = min(1.5, length / 5) if self._windows.length else min(LATE_S, length / 4)
        return window.likely_end - max((1 - _SPREAD) * length, late)

    def _next_look(self, window: Window, now: float, since: float, rest: float) -> float:
        """When to see what others do who leave nothing at their speed."""
        if not self._worth_a_look(window, now):
            return self._last_look(window, now) or self._windows.over_at(window)
        # What they have spent may have been one burst, which the first looks show.
        look = _FIRST_LOOK_S + 2 * (window.last_answer - window.begun)
        return max(now, since + min(look, rest / 2))

    def _last_look(self, window: Window, now: float) -> float | None:
        """When to see, once, what others spend of a window while nothing is left for us."""
        at = window.next_begins - _LAST_LOOK_S
        room = window.remaining - self._own.under_way >= 2  # noqa: PLR2004 - one and one more
        if self._share is not None or not room or self._own.last_sent >= at:
            return None
        return max(now, at)

    def _worth_a_look(self, window: Window, now: float) -> bool:
        """Whether others were so fast that nothing is left, but might have slowed since."""
        left = self._left_at(window, now)
        return self._left_of_share(window) >= 1 and left >= max(2.0, _SOME * window.limit)
