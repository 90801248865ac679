"""The snapshot: one JSON document that holds a tenant's configuration as it was read.

`resources` maps an API path to what it answered, pages joined, records sorted by id.
A path that is not there was not read; an empty list was read and is empty.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from auditor.errors import SnapshotError
from auditor.files import PRIVATE, write_file
from auditor.snapshot.ledger import Ledger
from auditor.text import escaped

FORMAT = "okta-auditor-snapshot"
VERSION = 1

Json = dict[str, Any]

_WIDTH = 100
_NESTED = frozenset({dict, list})
_line = json.JSONEncoder(ensure_ascii=False).encode
_FIRST = ("id", "name", "label", "status", "type", "priority")


class Effort(BaseModel):
    """What it took to read one collection."""

    model_config = ConfigDict(frozen=True)

    requests: int = 0
    retries: int = 0
    seconds: float = 0.0
    """From its first request to its last answer."""


class Capture(BaseModel):
    """The header: the one part that differs between two snapshots of an unchanged tenant."""

    model_config = ConfigDict(frozen=True)

    org_url: str
    tool_version: str
    authentication: str = ""
    """How the exporter proved who it is: `SSWS`, or `private_key_jwt` with the client id."""
    started_at: AwareDatetime
    finished_at: AwareDatetime
    requests: int = 0
    retries: int = 0
    waited_s: float = 0.0
    """Seconds spent waiting for rate limits."""
    rate_limits: dict[str, int] = Field(default_factory=dict)
    """Requests in a window, by rate-limit bucket, as the answers' headers said."""
    resumed_pages: int = 0
    """Pages that were not asked for, because a run before had read them."""
    efforts: dict[str, Effort] = Field(default_factory=dict)
    """By collection. As the counts above, of the run that wrote the snapshot."""


class Snapshot(BaseModel):
    """A tenant's configuration, with the ledger of what was read."""

    model_config = ConfigDict(frozen=True)

    format: str = FORMAT
    version: int = VERSION
    capture: Capture
    ledger: Ledger
    resources: dict[str, Any] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """The file that a snapshot came from."""

    name: str
    """As reports show it."""
    document: bytes
    """Its content, decompressed."""


def dump_snapshot(snapshot: Snapshot) -> bytes:
    """The document as UTF-8 JSON, laid out to be read in a git diff."""
    return b"".join(_document(snapshot))


def write_snapshot(snapshot: Snapshot, path: Path) -> None:
    """Write a snapshot atomically, readable by its owner only; gzip if the name ends in .gz.

    The document is made and written in pieces, so that a large tenant's is never in memory.
    """
    pieces = _document(snapshot)
    write_file(path, _compressed(pieces) if path.suffix == ".gz" else pieces, PRIVATE)


def read_document(path: Path) -> bytes:
    """The bytes of a snapshot file, decompressed if it is gzip, whatever its name.

    Raises:
        SnapshotError: the file is missing, unreadable or damaged.
    """
    try:
        data = path.read_bytes()
        return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    except FileNotFoundError:
        raise SnapshotError(
            f"There is no file {path}.", remedy="Make one with: okta-auditor snapshot -o FILE"
        ) from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise _unusable(path, f"its compression is damaged ({error})") from error
    except OSError as error:
        raise SnapshotError(f"{path} cannot be read: {error.strerror}.") from error


def parse_snapshot(document: bytes, path: Path) -> Snapshot:
    """Read a snapshot.

    Args:
        document: the decompressed bytes.
        path: where they come from, for messages.

    Raises:
        SnapshotError: it is not a snapshot, is cut off, or is of a newer version.
    """
    if not document or document.isspace():
        raise _unusable(path, "it is empty")
    try:
        value = orjson.loads(document)
    except orjson.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise _unusable(path, f"it is not valid JSON, or cut off ({where}: {error.msg})") from None
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise _unusable(path, f'it does not say "format": "{FORMAT}"')
    version = value.get("version")
    if isinstance(version, int) and version > VERSION:
        raise SnapshotError(
            f"{path} has snapshot version {version}; this okta-auditor reads up to {VERSION}.",
            remedy="Upgrade okta-auditor, or make the snapshot again with this version.",
        )
    value["ledger"] = {"entries": value.get("ledger")}
    try:
        return Snapshot.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise _unusable(path, f"{field}: {first['msg']}") from None


def _unusable(path: Path, why: str) -> SnapshotError:
    return SnapshotError(
        f"{path} is not a usable snapshot: {why}.",
        remedy="Make it again with: okta-auditor snapshot -o FILE",
    )


def _ordered(value: Any) -> Any:
    """The same value with what identifies an object first and links last."""
    if isinstance(value, list):
        return value if _flat(value) else [_ordered(item) for item in value]
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in sorted(value, key=_rank)}
    return value


def _rank(key: str) -> tuple[int, str]:
    if key in _FIRST:
        return _FIRST.index(key), ""
    return (len(_FIRST) + 1 if key.startswith("_") else len(_FIRST)), key


def _document(snapshot: Snapshot) -> Iterator[bytes]:
    """The document in pieces of a record, or of a list of ids."""
    head = snapshot.model_dump(mode="json", exclude={"resources"}, exclude_defaults=True)
    body = {
        "format": snapshot.format,
        "version": snapshot.version,
        "capture": head["capture"],
        "ledger": head["ledger"]["entries"],
    }
    for piece in _pieces(body, snapshot.resources):
        # Single characters are escaped, so a piece is as good as the whole.
        yield escaped(piece).encode()


def _pieces(body: Json, resources: Json) -> Iterator[str]:
    yield "{\n" + "".join(f"  {_line(key)}: {_laid_out(body[key], 1)},\n" for key in body)
    yield '  "resources": {'
    start = "\n"
    for path in sorted(resources):
        yield f"{start}    {_line(path)}: "
        yield from _resource(resources[path])
        start = ",\n"
    yield "\n  }\n}\n" if resources else "}\n}\n"


def _resource(value: Any) -> Iterator[str]:
    if not isinstance(value, list) or len(value) <= _WIDTH or _flat(value):
        yield _laid_out(_ordered(value), 2)
        return
    start = "[\n"
    for item in value:
        yield f"{start}      {_laid_out(_ordered(item), 3)}"
        start = ",\n"
    yield "\n    ]"


def _compressed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    # As a gzip file without a time stamp.
    packer = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    for piece in pieces:
        if packed := packer.compress(piece):
            yield packed
    yield packer.flush()


def _laid_out(value: Any, depth: int) -> str:
    """JSON in which a value stands on one line if it fits, and one member a line if not."""
    if not value or not isinstance(value, (dict, list)):
        return _line(value)
    room = _WIDTH - 2 * depth
    # Each member takes three characters or more, and lines are made to be thrown away.
    if depth > 1 and 3 * len(value) <= room and len(line := _line(value)) <= room:
        return line
    inner, outer = "  " * (depth + 1), "  " * depth
    if isinstance(value, dict):
        members = (
            f"{inner}{_line(key)}: {_laid_out(item, depth + 1)}" for key, item in value.items()
        )
        return "{\n" + ",\n".join(members) + f"\n{outer}}}"
    if _flat(value):
        # In one call, because a large tenant's snapshot has millions of ids.
        rows = json.dumps(value, ensure_ascii=False, separators=(f",\n{inner}", ": "))[1:-1]
        return f"[\n{inner}{rows}\n{outer}]"
    items = (f"{inner}{_laid_out(item, depth + 1)}" for item in value)
    return "[\n" + ",\n".join(items) + f"\n{outer}]"


def _flat(value: list[Any]) -> bool:
    """Whether no item of a list has members of its own."""
    return _NESTED.isdisjoint(map(type, value))
