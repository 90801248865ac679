"""The snapshot: one JSON document that holds a tenant's configuration as it was read.

`resources` maps an API path to what it answered, pages joined, records sorted by id.
A path that is not there was not read; an empty list was read and is empty.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    SkipValidation,
    ValidationError,
)

from auditor.errors import SnapshotError
from auditor.files import PRIVATE, write_file
from auditor.input_files import LARGEST_SNAPSHOT, read_input_pieces
from auditor.snapshot.content_digest import (
    RunningDigest,
    arranged,
    content_digest,
    document_pieces,
)
from auditor.snapshot.document_parts import PIECE, DocumentParts, Undivided, Users
from auditor.snapshot.json_reader import RepeatedMember, read_large_json, repeated_members
from auditor.snapshot.ledger import (
    CarriedOver,
    Contradiction,
    Gap,
    Ledger,
    LedgerEntry,
    NotAsked,
    Quarantined,
)
from auditor.snapshot.proof import Examination, prove
from auditor.text import quoted

FORMAT = "okta-auditor-snapshot"
VERSION = 2
MOST_TIMES_COMPRESSED = 100
"""How much larger than its gzip file a snapshot may be. Real ones are 5 to 40 times as large."""

_ANY_RATIO = 50_000_000
"""Bytes up to which the ratio does not matter."""

Json = dict[str, Any]


class Effort(BaseModel):
    """What it took to read one collection."""

    model_config = ConfigDict(frozen=True)

    requests: int = 0
    retries: int = 0
    seconds: float = 0.0
    """From its first request to its last answer."""


class OlderReading(BaseModel):
    """The older snapshot of an export with `--since`, and what became of it."""

    model_config = ConfigDict(frozen=True)

    digest: str
    captured_at: AwareDatetime
    """When reading it began."""
    refusal: str | None = None
    """Why nothing was carried over from it."""
    read_again: dict[str, int] = Field(default_factory=dict)
    """Why lists were read again although it was there, and how many."""


class PlanOrigin(BaseModel):
    """Which plan a planned snapshot is of."""

    model_config = ConfigDict(frozen=True)

    made_by: str
    """`Terraform 1.11.4`."""
    digest: str
    """Of the plan's file, as `sha256:…`."""
    base: str = ""
    """The digest of the snapshot that it is laid over; empty if it stands alone."""
    assumed: tuple[str, ...] = ()
    """Attributes that were read off their references, beside which a literal would not show."""
    notes: tuple[str, ...] = ()
    """What else was taken for granted, in sentences."""


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
    table: str = ""
    """Tells versions of what is read and kept apart: `snapshot/table_digest.py`."""
    since: OlderReading | None = None
    """The older snapshot from which lists were to be carried over."""
    plan: PlanOrigin | None = None
    """Of a snapshot that is not of what an org is, but of what a plan would make of it."""


class Snapshot(BaseModel):
    """A tenant's configuration, with the ledger of what was read."""

    model_config = ConfigDict(frozen=True)

    format: str = FORMAT
    version: int = VERSION
    capture: Capture
    ledger: Ledger
    resources: SkipValidation[MutableMapping[str, Any]] = Field(default_factory=dict)
    digest: str = ""
    """Of its content, as `sha256:…`; empty for one that was never a document."""


_HEAD = ("format", "version", "capture", "ledger")
_HEADER_FIELDS = tuple(
    dict.fromkeys(
        name
        for model in (
            *(Capture, OlderReading, Effort, PlanOrigin, LedgerEntry),
            *(Gap, NotAsked, Quarantined, Contradiction, CarriedOver),
        )
        for name in model.model_fields
    )
)


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
        SnapshotError: the file is missing, unreadable, damaged, no regular file, or too large.
    """
    return b"".join(_file_pieces(path, LARGEST_SNAPSHOT + 1))


def _file_pieces(path: Path, size: int) -> Iterator[bytes]:
    """The bytes of a snapshot file, decompressed if it is gzip.

    Args:
        path: the file.
        size: the largest piece, in bytes, of a file that is not compressed.
    """
    pieces = read_input_pieces(
        path,
        LARGEST_SNAPSHOT,
        size,
        remedy="Make one with: okta-auditor snapshot -o FILE",
        error=SnapshotError,
    )
    first = next(pieces, b"")
    if first[:2] == b"\x1f\x8b":
        yield from _decompressed(b"".join([first, *pieces]), path)
    else:
        yield first
        yield from pieces


def _decompressed(data: bytes, path: Path) -> Iterator[bytes]:
    """The content of a gzip file, given up as soon as it is more than a snapshot can be."""
    largest = min(LARGEST_SNAPSHOT, max(_ANY_RATIO, len(data) * MOST_TIMES_COMPRESSED))
    size = 0
    try:
        with gzip.GzipFile(fileobj=BytesIO(data)) as file:
            while piece := file.read(PIECE):
                size += len(piece)
                if size > largest:
                    raise _unusable(
                        path,
                        f"decompressed, it is larger than {largest // 1_000_000:,} MB, which no "
                        f"snapshot of {len(data):,} compressed bytes is",
                    )
                yield piece
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise _unusable(path, f"its compression is damaged ({error})") from error


def read_snapshot(path: Path) -> Snapshot:
    """Read a snapshot file as `parse_snapshot` does, without its document ever being in memory.

    Raises:
        SnapshotError: the file cannot be read, or what `parse_snapshot` says.
    """
    try:
        read = _read_parts(_file_pieces(path, PIECE))
    except Undivided:
        return parse_snapshot(read_document(path), path)
    return _proven(read, path)


def parse_snapshot(document: bytes, path: Path) -> Snapshot:
    """Read a snapshot, and hold its ledger against its resources.

    Args:
        document: the decompressed bytes.
        path: where they come from, for messages.

    Returns:
        The snapshot. What its ledger says of it holds: entries that did not are partial, and
        have `contradictions`.

    Raises:
        SnapshotError: it is not a snapshot, is cut off, or is of a newer version.
    """
    if not document or document.isspace():
        raise _unusable(path, "it is empty")
    try:
        read = _read_parts(_pieces(document))
    except Undivided:
        read = _read_whole(document, path)
    return _proven(read, path)


class _Read(NamedTuple):
    """What a document says."""

    head: Json
    """All of it but the resources."""
    examination: Examination
    """Of the resources."""
    digest: str | None
    """The digest that it states, if that is of its bytes."""


def _read_parts(pieces: Iterable[bytes]) -> _Read:
    """What a document says, read a part at a time.

    Raises:
        Undivided: it cannot be read so.
    """
    examination = Examination()
    with ThreadPoolExecutor(1) as hashing:  # hashing lets other threads run
        digest = RunningDigest(hashing)
        parts = DocumentParts(digest.passing(pieces))
        for part in parts.resources():
            if isinstance(part, Users):
                _refuse_known(examination, (part.path,))
                examination.take_users(part.path, part.stretches)
                continue
            _refuse_known(examination, part.value)
            for path, value in part.value.items():
                examination.take(path, value, may_repeat=part.may_repeat)
        return _Read(parts.head, examination, digest.proven())


def _refuse_known(examination: Examination, paths: Iterable[str]) -> None:
    """Let a document with a resource that stands in it twice be read as a whole."""
    if any(path in examination.resources for path in paths):
        raise Undivided


def _read_whole(document: bytes, path: Path) -> _Read:
    """What a document says, whatever its layout; takes several times its size.

    Raises:
        SnapshotError: it is no snapshot.
    """
    with ThreadPoolExecutor(1) as hashing:
        digest = RunningDigest(hashing)
        for _ in digest.passing(_pieces(document)):
            pass
        proven = digest.proven()
    try:
        value, may_repeat = read_large_json(document)
    except orjson.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        why = f"it is not valid JSON, or cut off ({where}: {error.msg})"
        raise _unusable(path, why) from None
    _check_head(value, path)
    examination = Examination()
    for resource, content in value["resources"].items():
        examination.take(resource, content, may_repeat=may_repeat)
    return _Read(value, examination, proven)


def _pieces(document: bytes) -> Iterator[bytes]:
    return (document[at : at + PIECE] for at in range(0, len(document), PIECE))


def _proven(read: _Read, path: Path) -> Snapshot:
    """The snapshot that a document says, as far as it holds."""
    value, examination = read.head, read.examination
    _check_head(value, path)
    content = read.digest or content_digest(document_head(value), examination.resources)
    proven = prove(value["ledger"], examination, _doubts(value, content))
    try:
        capture = Capture.model_validate(value["capture"])
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        field = ".".join(str(part) for part in ("capture", *first["loc"]))
        raise _unusable(path, f"{field}: {first['msg']}") from None
    return Snapshot(
        version=value["version"],
        capture=capture,
        ledger=proven.ledger,
        resources=proven.resources,
        digest=content,
    )


def _check_head(value: Any, path: Path) -> None:
    """Insist that a JSON value is a snapshot that this version reads."""
    if isinstance(value, dict) and ("resource_changes" in value or "planned_values" in value):
        raise SnapshotError(
            f"{path} is a Terraform plan, not a snapshot.",
            remedy=f"Make a planned snapshot of it: okta-auditor plan {path} --base SNAPSHOT",
        )
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise _unusable(path, f'it does not say "format": "{FORMAT}"')
    version = value.get("version")
    if type(version) is not int or version < 1:
        raise _unusable(path, "its version is not a number of one")
    if version > VERSION:
        raise SnapshotError(
            f"{path} has snapshot version {version}; this okta-auditor reads up to {VERSION}.",
            remedy="Upgrade okta-auditor, or make the snapshot again with this version.",
        )
    for name, kind, what in (
        ("capture", dict, "an object"),
        ("ledger", list, "a list"),
        ("resources", dict, "an object"),
    ):
        if not isinstance(value.get(name), kind):
            raise _unusable(path, f"{name}: it is not {what}")


def _doubts(value: Json, content: str) -> Iterator[str]:
    """Why nothing of a snapshot can be believed, a clause each."""
    if value["version"] < VERSION:
        yield f"the snapshot is of version {value['version']}, which has no digest of its content"
    elif "digest" not in value:
        yield "the snapshot has no digest of its content"
    elif value["digest"] != content:
        yield (
            "the snapshot was changed after it was exported: its content does not match its digest"
        )
    for name in sorted(value.keys() - {*_HEAD, "resources", "digest"}):
        yield f"the snapshot has a member {quoted(name)}, which is none of a snapshot's"
    repeated = [part for part in (value, value["resources"]) if isinstance(part, RepeatedMember)]
    names = [part.name for part in repeated]
    for name in (*names, *repeated_members(value["capture"])):
        yield f"the snapshot has the member {quoted(name)} twice"


def _unusable(path: Path, why: str) -> SnapshotError:
    return SnapshotError(
        f"{path} is not a usable snapshot: {why}.",
        remedy="Make it again with: okta-auditor snapshot -o FILE",
    )


def document_head(value: Json) -> Json:
    """All of a document but the resources and the digest, in the order in which it is written."""
    return {name: arranged(value[name], _HEADER_FIELDS) for name in _HEAD}


def _document(snapshot: Snapshot) -> Iterator[bytes]:
    """The document in pieces of a record, or of a list of ids."""
    dumped = snapshot.model_dump(mode="json", include={"capture", "ledger"}, exclude_defaults=True)
    head = {
        "format": FORMAT,
        "version": VERSION,
        "capture": dumped["capture"],
        "ledger": dumped["ledger"]["entries"],
    }
    return document_pieces(document_head(head), snapshot.resources)


def _compressed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    # As a gzip file without a time stamp.
    packer = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    for piece in pieces:
        if packed := packer.compress(piece):
            yield packed
    yield packer.flush()
