"""The one record that a word names, and the error where it names none or several."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from auditor.errors import AuditorError
from auditor.snapshot.credentials_in_text import without_credentials
from auditor.snapshot.models.base import Record
from auditor.snapshot.org import Org
from auditor.text import closest, did_you_mean, listed, one_line, quoted
from auditor.tokens.lookup.errors import NotFoundError, not_in_snapshot

R = TypeVar("R", bound=Record)

_MOST_NAMES = 8


@dataclass(frozen=True, kw_only=True)
class Directory(Generic[R]):
    """Records of one kind, and how people refer to them."""

    org: Org
    collection: str
    key: str
    """Which part of a request names such a record."""

    noun: str
    heading: str
    """What stands before a list of their names."""

    records: Sequence[R]
    ids: Callable[[R], tuple[str, ...]]
    """By what ids a record is called, the one that wins first."""

    short_name: Callable[[R], str] | None = None
    keyword: str | None = None
    """A word that stands for something that has no record."""

    def find(self, word: str) -> R:
        """The record that a word names.

        Raises:
            NotFoundError: it names none, or several.
            UnreadError: it names none, but not all records were read.
        """
        for matches in self._tests(word):
            matching = [record for record in self.records if matches(record)]
            if len(matching) == 1:
                return matching[0]
            if matching:
                raise self._ambiguous(word, matching)
        raise self._unknown(word)

    def _tests(self, word: str) -> list[Callable[[R], bool]]:
        """How a word can name a record, the way that wins first."""
        folded = word.casefold()
        tests: list[Callable[[R], bool]] = [
            lambda record: word == self.ids(record)[0],
            lambda record: word == self.ids(record)[-1],
            lambda record: word == record.title,
            lambda record: folded == record.title.casefold(),
        ]
        if (short_name := self.short_name) is not None:
            tests.append(lambda record: folded == short_name(record).casefold())
        return tests

    def _ambiguous(self, word: str, matching: Sequence[R]) -> NotFoundError:
        names = [f"{quoted(record.title)} ({self.ids(record)[0]})" for record in matching]
        return NotFoundError(
            f"{quoted(word)} names {len(matching)} {self.noun}s: "
            f"{listed(names, most=_MOST_NAMES)}.",
            remedy="Give the id of the one that is meant.",
            key=self.key,
        )

    def _unknown(self, word: str) -> AuditorError:
        clause = f"There is no {self.noun} {quoted(without_credentials(word))}"
        titles = [one_line(record.title) for record in self.records]
        ids = [record_id for record in self.records for record_id in self.ids(record)]
        keywords = [] if self.keyword is None else [self.keyword]
        suggestion = closest(word, [*titles, *ids, *keywords])
        if suggestion is not None:
            return NotFoundError(f"{clause}{did_you_mean(suggestion)}", key=self.key)
        if not self.org.known(self.collection):
            clause = f"{clause} in the snapshot"
            return not_in_snapshot(self.org, self.collection, self.key, clause)
        if not self.records:
            only = f"Only {self.keyword!r} can be named: the org's own server."
            return NotFoundError(
                f"{clause}: the snapshot has no {self.noun} at all.",
                remedy=only if self.keyword else "",
                key=self.key,
            )
        names = sorted({*titles, *keywords}, key=str.casefold)
        return NotFoundError(
            f"{clause}.", remedy=f"{self.heading}: {name_list(names)}.", key=self.key
        )


def name_list(names: Sequence[str]) -> str:
    """Names in quotes, of which the first few are shown."""
    return listed(map(quoted, names), most=_MOST_NAMES)
