"""The table of the Okta APIs' endpoints, with the rights that each takes.

`endpoints.tsv` is written by `docs/api_rights.py`; its first lines say what its columns are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One method of one path."""

    method: str
    path: str
    """With names in braces, as `/api/v1/users/{id}`."""
    credentials: frozenset[str]
    """`ssws` and `oauth`; `client` where a client authenticates itself; empty for nobody."""
    scopes: tuple[frozenset[str], ...]
    """Alternatives; of one, all are needed. Empty where no scope is named."""
    admin_roles: frozenset[str]
    """Standard roles that Okta suggests for it, as `SUPER_ADMIN`; empty if none is published."""
    permissions: frozenset[str]
    """Permissions of custom roles that it suggests; empty if none is published."""

    @property
    def title(self) -> str:
        """How sentences call it."""
        return f"{self.method} {self.path}"

    @property
    def reads(self) -> bool:
        """Whether it changes nothing."""
        return self.method in {"GET", "HEAD"}


@dataclass(frozen=True, slots=True)
class OpenApiDocument:
    """A document of Okta's that the table was made of."""

    title: str
    version: str


@cache
def documents() -> tuple[OpenApiDocument, ...]:
    """The documents."""
    return tuple(
        OpenApiDocument(*cells[1:]) for cells in _cells() if cells[0].endswith("# document")
    )


@cache
def endpoints() -> tuple[Endpoint, ...]:
    """All endpoints, in the order of their paths."""
    return tuple(_endpoint(cells) for cells in _cells() if not cells[0].startswith("#"))


@cache
def first_segments() -> frozenset[str]:
    """What paths of the APIs begin with, as `api` and `oauth2`."""
    return frozenset(endpoint.path.split("/")[1] for endpoint in endpoints())


@lru_cache(maxsize=1_000)
def endpoints_of(path: str) -> tuple[Endpoint, ...]:
    """The methods of a path.

    Args:
        path: of a call, without a query; of paths that fit, the one that is spelt out furthest.

    >>> [endpoint.title for endpoint in endpoints_of("/api/v1/users/me/clients")]
    ['GET /api/v1/users/{userId}/clients']
    """
    segments = tuple(path.rstrip("/").split("/"))
    fitting = [row for row in _by_length().get(len(segments), ()) if _fits(row[0], segments)]
    if not fitting:
        return ()
    best = min(fitting, key=lambda row: [name.startswith("{") for name in row[0]])
    return best[1]


def endpoint_of(method: str, path: str) -> Endpoint | None:
    """The endpoint of a call; None if the documents have none of the kind.

    Args:
        method: in capitals; empty for one that is not known, which several may do for.
        path: without a query.
    """
    known = endpoints_of(path)
    if not method:
        return known[0] if len(known) == 1 else None
    return next((row for row in known if row.method == method), None)


_Segments = tuple[str, ...]


@cache
def _by_length() -> dict[int, list[tuple[_Segments, tuple[Endpoint, ...]]]]:
    by_path: dict[str, list[Endpoint]] = {}
    for endpoint in endpoints():
        by_path.setdefault(endpoint.path, []).append(endpoint)
    rows: dict[int, list[tuple[_Segments, tuple[Endpoint, ...]]]] = {}
    for path, methods in by_path.items():
        segments = tuple(path.split("/"))
        rows.setdefault(len(segments), []).append((segments, tuple(methods)))
    return rows


def _fits(template: _Segments, segments: _Segments) -> bool:
    return all(
        name == segment or (name.startswith("{") and bool(segment))
        for name, segment in zip(template, segments, strict=True)
    )


def _cells() -> Iterator[list[str]]:
    table = (
        files("auditor.diagnosis.api_rights").joinpath("endpoints.tsv").read_text(encoding="utf-8")
    )
    return (line.split("\t") for line in table.splitlines())


def _endpoint(cells: list[str]) -> Endpoint:
    method, path, credentials, scopes, roles, permissions = cells
    return Endpoint(
        method=method,
        path=path,
        credentials=_words(credentials),
        scopes=tuple(_words(each) for each in scopes.split("|")) if scopes != "-" else (),
        admin_roles=_words(roles),
        permissions=_words(permissions),
    )


def _words(cell: str) -> frozenset[str]:
    return frozenset(cell.split()) - {"-"}
