"""What earlier runs have read, as a journal that is resumed tells it line by line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from auditor.collect.journal.lines import plausible
from auditor.snapshot.other_sides import row_of


@dataclass(slots=True)
class ListPages:
    """The pages of one list, by where their lines stand in the file."""

    lines: list[tuple[int, int]] = field(default_factory=list)
    """Offset and length of each line, in bytes."""
    next_url: str | None = None
    duplicates: int = 0
    read_again: bool = False


@dataclass(slots=True)
class EarlierRuns:
    """What is known of earlier runs. Learns the lines of a journal in their order.

    Args:
        org_url: the org; a next page must lie there.
    """

    org_url: str
    lists: dict[str, ListPages] = field(default_factory=dict)
    nothing: set[str] = field(default_factory=set)
    """Paths of settings that the org does not have."""
    side: str | None = None
    """The side from which group assignments were read."""

    @property
    def pages(self) -> int:
        """How many pages they have left."""
        return sum(len(pages.lines) for pages in self.lists.values())

    def is_read(self, path: str) -> bool:
        """Whether they have read a list to its end."""
        pages = self.lists.get(path)
        return path in self.nothing or (
            pages is not None and bool(pages.lines) and pages.next_url is None
        )

    def learn(self, entry: dict[str, Any], offset: int, length: int) -> bool:
        """Learn from a line.

        Args:
            entry: what it says.
            offset: where it stands in the file, in bytes.
            length: how long it is, in bytes.

        Returns:
            Whether it makes sense.
        """
        match entry:
            case {"list": str(path), "next": None | str(), "values": list()}:
                return self._learn_page(path, entry, offset, length)
            case {"anew": str(path), "duplicates": None | int() as duplicates}:
                self.lists[path] = ListPages(
                    duplicates=duplicates or 0, read_again=duplicates is not None
                )
            case {"nothing": str(path)}:
                self.nothing.add(path)
            case {"side": "apps" | "groups" as side}:
                self.side = side
            case _:
                return False
        return True

    def _learn_page(self, path: str, entry: dict[str, Any], offset: int, length: int) -> bool:
        row = row_of(path)
        if row is None or not plausible(row, entry):
            return False
        pages = self.lists.setdefault(path, ListPages())
        if pages.lines and pages.next_url is None:
            return False  # a page after the last
        pages.next_url = entry["next"]
        pages.lines.append((offset, length))
        if pages.next_url is not None and not self._of_the_org(pages.next_url):
            # The token goes nowhere but to the org, whatever a file says.
            del self.lists[path]
        return True

    def _of_the_org(self, url: str) -> bool:
        try:
            page, org = urlsplit(url), urlsplit(self.org_url)
        except ValueError:
            return False
        return (page.scheme, page.netloc.lower()) == (org.scheme, org.netloc.lower())
