"""What is wrong with a series of bundles, in whatever order they are named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from auditor.evidence.manifest import Statement
from auditor.evidence.verify import CheckedBundle
from auditor.text import quoted

NIGHTLY = timedelta(hours=36)
"""How far apart two nightly captures may be: a night and half of one."""


@dataclass(frozen=True)
class ChainProblem:
    """Something that is wrong."""

    path: Path
    """The bundle that shows it."""
    what: str


@dataclass(frozen=True)
class _Link:
    path: Path
    digest: str
    statement: Statement

    @property
    def time(self) -> datetime:
        return self.statement.predicate.captured_at


def chain_problems(
    bundles: Sequence[CheckedBundle], *, after: str | None = None, apart: timedelta | None = NIGHTLY
) -> list[ChainProblem]:
    """What is wrong between the bundles.

    Args:
        bundles: those that were looked at. One without a readable manifest is no link.
        after: the digest of the manifest before the oldest; None if that is the first ever.
        apart: how far apart captures may be; None for any distance.
    """
    links = sorted(
        (_Link(item.path, item.digest, item.statement) for item in bundles if item.statement),
        key=lambda link: (link.time, link.digest, str(link.path)),
    )
    return [
        *_other_orgs(links),
        *_duplicates_and_forks(links),
        *_broken(links, after),
        *_gaps(links, apart),
        *_rotated(links),
    ]


def _other_orgs(links: list[_Link]) -> Iterator[ChainProblem]:
    for link in links:
        tenant, first = link.statement.predicate.tenant, links[0].statement.predicate.tenant
        if tenant != first:
            yield ChainProblem(
                link.path,
                f"it is of the org {quoted(tenant)}, and {links[0].path} of {quoted(first)}",
            )
            return


def _duplicates_and_forks(links: list[_Link]) -> Iterator[ChainProblem]:
    first_paths: dict[str, Path] = {}
    for link in links:
        if link.digest in first_paths:
            yield ChainProblem(link.path, f"it is the same bundle as {first_paths[link.digest]}")
        first_paths.setdefault(link.digest, link.path)
    distinct = {link.digest: link for link in links}.values()
    before = Counter(_previous(link) for link in distinct)
    for link in distinct:
        name = _previous(link)
        if before[name] > 1 and name is not None:
            yield ChainProblem(
                link.path, f"the chain forks: {before[name]} bundles name {name} before them"
            )


def _broken(links: list[_Link], after: str | None) -> Iterator[ChainProblem]:
    """Links whose predecessor is missing, is not the one before in time, or is later."""
    by_digest = {link.digest: link for link in links}
    for position, link in enumerate(links):
        name = _previous(link)
        if name == after and (position == 0 or links[0].digest == link.digest):
            continue
        if name is None:
            what = "it begins a chain of its own: it names no bundle before it"
        elif name not in by_digest:
            previous = link.statement.predicate.previous
            when = f", captured {previous.captured_at.isoformat()}" if previous else ""
            what = f"the bundle before it is missing or was changed: manifest SHA-256 {name}{when}"
        elif by_digest[name].time >= link.time:
            path = by_digest[name].path
            what = f"it names {path} as its predecessor, but {path} was not captured earlier"
        elif (previous := link.statement.predicate.previous) and previous.captured_at != by_digest[
            name
        ].time:
            path = by_digest[name].path
            what = f"it gives another capture time for {path} than {path} itself"
        else:
            continue
        yield ChainProblem(link.path, what)


def _gaps(links: list[_Link], apart: timedelta | None) -> Iterator[ChainProblem]:
    for earlier, later in pairwise(links):
        between = later.time - earlier.time
        if apart is not None and between > apart:
            hours = between / timedelta(hours=1)
            yield ChainProblem(
                later.path,
                f"nights are missing: {hours:.0f} hours between the captures of "
                f"{earlier.time.isoformat()} and {later.time.isoformat()}, "
                f"{apart / timedelta(hours=1):.0f} allowed",
            )


def _rotated(links: list[_Link]) -> Iterator[ChainProblem]:
    """Links that are signed by a key that another had replaced, or by none after signed ones."""
    retired: dict[str, _Link] = {}
    for earlier, later in pairwise(links):
        before, now = (link.statement.predicate.signer for link in (earlier, later))
        if before and before != now:
            retired[before] = later
        if now is None and before:
            yield ChainProblem(later.path, f"it is not signed, and {earlier.path} before it is")
        elif now in retired:
            first = retired[now]
            yield ChainProblem(
                later.path,
                f"it is signed by key {now}, which key {first.statement.predicate.signer} "
                f"replaced on {first.time.isoformat()}",
            )


def _previous(link: _Link) -> str | None:
    previous = link.statement.predicate.previous
    return previous.sha256 if previous else None
