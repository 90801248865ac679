"""How long and how often the collector tries before it says that something cannot be read."""

from __future__ import annotations

import random
from dataclasses import dataclass

LONGEST_ID = 256
"""Characters of an id. Okta's have 20; a client id that somebody chose has 100 at most."""

LONGEST_EXPORT_S = 12 * 60 * 60
"""How long an export may take unless --max-time says otherwise. The largest tenants that were
tried take two hours with half of Okta's rate limits; a nightly run has to end before the next."""

LARGEST_EXPORT_MIB = 4096
"""How much memory the process may take while it reads, unless --max-memory says otherwise. Five
million members take less than 700 MiB; a server whose lists never end takes all there is."""

DEEPEST_VALUE = 200
"""Levels of arrays and objects in a record. Okta's have about ten; Python's JSON reads 900."""

LONGEST_NUMBER = 4000
"""Digits of an integer. Python reads 4,300, because the time grows with the square of them."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Bounds of retries, of page chains and of outages. Times are in seconds."""

    first_pause_s: float = 0.5
    """The bound of the pause after a first failure is twice this; it doubles from there."""

    longest_pause_s: float = 20.0
    """No pause after a failure is longer."""

    longest_retry_after_s: float = 60.0
    """A `Retry-After` header is honoured up to here."""

    most_windows: int = 10
    """How many closed rate-limit windows one page is waited for."""

    longest_throttling_s: float = 900.0
    """A bucket that lets hardly anything through for so long is given up: answers are 429, or say
    that hardly anything remains, window after window."""

    hardly_left: float = 0.01
    """The part of a limit below which hardly anything remains of it."""

    slowest_answers_s: float = 15.0
    """One answer in so many seconds is hardly anything: four in a window of Okta's."""

    most_pages: int = 20_000
    """Pages of one list."""

    most_idle_pages: int = 50
    """Pages in a row that hold nothing new: Okta may send some, but not so many."""

    trip_after: int = 10
    """Failures in a row that open the circuit breaker: of a kind of requests, that of the kind;
    whatever was asked for, that of the org, if it does not answer a simple question either."""

    cool_down_s: float = 5.0
    """How long the breaker stays open at first; each failing probe doubles it."""

    longest_cool_down_s: float = 60.0
    """Where that doubling ends."""

    few_gone: int = 5
    """So many objects of a collection may be deleted while it is read, however few it has: more
    are believed only of a large one, because an error deletes much and people little."""

    most_gone: float = 0.01
    """The part of a collection of which more than `few_gone` may be."""

    most_of_all: float = 0.5
    """The part of a collection, however small, of which no more may be."""

    most_parents_again: int = 50
    """Lists of a collection that are read once more to see what was deleted: those of policies
    are many, one for each server, and in more of them at once people delete nothing."""

    most_probes: int = 5
    """Failing probes in a row after which the org is given up for the rest of the run."""

    kind_cool_down_s: float = 2.0
    """As `cool_down_s`, for one kind of requests that fails while the org answers others."""

    most_kind_probes: int = 3
    """Failing probes in a row after which one kind is given up."""

    longest_fault_s: float = 15.0
    """How long requests of one kind, which the org leaves without an answer while it answers
    others, may take to fail in a row; the second of them ends it: 10 s of silence twice."""

    def believable(self, gone: int, of: int) -> bool:
        """Whether so many objects of a collection may have been deleted while it was read."""
        few = gone <= max(self.few_gone, self.most_gone * of)
        return few and gone <= self.most_of_all * of

    def pause_s(self, failures: int) -> float:
        """A pause with full jitter: anything up to a bound that doubles with each failure."""
        bound = min(self.longest_pause_s, self.first_pause_s * 2.0**failures)
        return random.uniform(0, bound)  # noqa: S311 - not cryptography

    def open_s(self, failed_probes: int) -> float:
        """How long the breaker stays open after so many failing probes."""
        return min(self.longest_cool_down_s, self.cool_down_s * 2.0**failed_probes)

    def kind_open_s(self, failed_probes: int) -> float:
        """How long requests of one kind pause after so many failing probes."""
        return self.kind_cool_down_s * 2.0**failed_probes

    def longest_outage_s(self, answer_s: float) -> float:
        """How long an org that stops answering is waited for at most, rate limits apart.

        It is reached when requests fail one at a time; those in flight together fail together.
        With the usual bounds an org that says nothing (10 s a request) is given up after at
        most 8 1/2 minutes, usually 4, and one that drips (60 s a request) after at most 22.

        Args:
            answer_s: the longest that one request can take to fail.
        """
        tripping = self.trip_after * (answer_s + self.longest_pause_s) + answer_s
        probing = sum(self.open_s(probe) + answer_s for probe in range(self.most_probes))
        return tripping + probing


DEFAULT_BOUNDS = Bounds()
