"""The layout of a zip file of evidence: every byte but the files' own follows from a few numbers.

`evidence export` writes this layout and `verify` accepts no other, so that nothing can be hidden
between the files, before or after them, or in a header. No date, no mode and no option of a
compressor is free. Numbers and names of fields are those of PKWARE's APPNOTE.TXT.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from auditor.evidence.manifest import ENVELOPE, MANIFEST
from auditor.files import PRIVATE

STORED = 0
DEFLATED = 8
LARGEST = (1 << 32) - 2
"""The most that a field of 32 bits can say; one more means that ZIP64 has the number."""

END_LENGTH = 22
LOCAL_LENGTH = 30
DIRECTORY_LENGTH = 46

_LOCAL = struct.Struct("<4s5H3I2H")
_ENTRY = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")

_LOCAL_SIGNATURE = b"PK\3\4"
_ENTRY_SIGNATURE = b"PK\1\2"
_END_SIGNATURE = b"PK\5\6"
_VERSION = 20
_UNIX = 3 << 8
_MIDNIGHT = 0
_FIRST_OF_1980 = 1 << 5 | 1
"""The earliest day that a zip file can hold; the real one would change the bytes."""
_MODE = (0o100000 | PRIVATE) << 16

_LOCAL_FIELDS = (
    "signature",
    "version needed",
    "flags",
    "compression method",
    "time",
    "date",
    "checksum",
    "compressed size",
    "size",
    "length of the name",
    "extra field",
)
_ENTRY_FIELDS = (
    "signature",
    "version made by",
    *_LOCAL_FIELDS[1:],
    "comment",
    "disk number",
    "internal attributes",
    "mode",
    "offset",
)


@dataclass(frozen=True, slots=True)
class Member:
    """A file of the archive, as its headers name it."""

    name: str
    crc: int
    packed: int
    """Bytes that it takes in the archive."""
    size: int
    """Bytes that it unpacks to."""

    @property
    def method(self) -> int:
        """How it is compressed. The manifest is not: it has the digests of what is."""
        return STORED if self.name in {MANIFEST, ENVELOPE} else DEFLATED


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of an archive's directory, whoever wrote it."""

    raw: bytes
    name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    attributes: int
    offset: int


@dataclass(frozen=True, slots=True)
class End:
    """What the last bytes of an archive say."""

    raw: bytes
    count: int
    length: int
    offset: int


class LayoutError(Exception):
    """Why bytes are no part of a zip file, in a clause."""


def local_header(member: Member) -> bytes:
    """What stands before a file."""
    name = member.name.encode()
    fixed = _LOCAL.pack(_LOCAL_SIGNATURE, *_common(member), len(name), 0)
    return fixed + name


def directory_entry(member: Member, offset: int) -> bytes:
    """What the directory says of a file whose local header stands at the offset."""
    name = member.name.encode()
    fixed = _ENTRY.pack(
        _ENTRY_SIGNATURE,
        _UNIX | _VERSION,
        *_common(member),
        *(len(name), 0, 0, 0, 0, _MODE, offset),
    )
    return fixed + name


def end_of_directory(count: int, length: int, offset: int) -> bytes:
    """The archive's last bytes."""
    return _END.pack(_END_SIGNATURE, 0, 0, count, count, length, offset, 0)


def offsets(members: Iterable[Member]) -> Iterator[int]:
    """Where each file's local header stands, and at last where the directory does."""
    offset = 0
    for member in members:
        yield offset
        offset += LOCAL_LENGTH + len(member.name.encode()) + member.packed
    yield offset


def directory(members: Sequence[Member]) -> bytes:
    """The directory and the end of an archive of these files."""
    *starts, start = offsets(members)
    entries = b"".join(map(directory_entry, members, starts))
    return entries + end_of_directory(len(members), len(entries), start)


def read_end(raw: bytes) -> End:
    """The end of an archive.

    Raises:
        LayoutError: it is none, or a comment follows.
    """
    if len(raw) != END_LENGTH or not raw.startswith(_END_SIGNATURE):
        raise LayoutError("it does not end as one; it was cut off, or something follows its end")
    _, _, _, _, count, length, offset, _ = _END.unpack(raw)
    return End(raw, count, length, offset)


def read_directory(raw: bytes) -> Iterator[Entry]:
    """The entries of a directory.

    Raises:
        LayoutError: something else stands among them.
    """
    position = 0
    while position < len(raw):
        fixed = raw[position : position + DIRECTORY_LENGTH]
        if len(fixed) < DIRECTORY_LENGTH or not fixed.startswith(_ENTRY_SIGNATURE):
            raise LayoutError("something else stands in its directory")
        values = dict(zip(_ENTRY_FIELDS, _ENTRY.unpack(fixed), strict=True))
        lengths = [values[key] for key in ("length of the name", "extra field", "comment")]
        end = position + DIRECTORY_LENGTH + sum(lengths)
        yield Entry(
            raw=raw[position:end],
            name=raw[position + DIRECTORY_LENGTH :][: lengths[0]],
            flags=values["flags"],
            method=values["compression method"],
            crc=values["checksum"],
            packed=values["compressed size"],
            size=values["size"],
            attributes=values["mode"],
            offset=values["offset"],
        )
        position = end


def data_offset(header: bytes, offset: int) -> int:
    """Where a file's bytes begin, whoever wrote the local header at the offset.

    Raises:
        LayoutError: it is no local header.
    """
    if len(header) < LOCAL_LENGTH or not header.startswith(_LOCAL_SIGNATURE):
        raise LayoutError("no header of a file stands where the directory says")
    *_, name, extra = _LOCAL.unpack(header[:LOCAL_LENGTH])
    return int(offset + LOCAL_LENGTH + name + extra)


def differing_entry_fields(raw: bytes, expected: bytes) -> list[str]:
    """The names of the fields in which an entry of the directory is another than expected."""
    return _differing(_ENTRY, _ENTRY_FIELDS, raw, expected)


def differing_local_fields(raw: bytes, expected: bytes) -> list[str]:
    """The names of the fields in which a local header is another than expected."""
    return _differing(_LOCAL, _LOCAL_FIELDS, raw, expected)


def _differing(
    layout: struct.Struct, fields: tuple[str, ...], raw: bytes, expected: bytes
) -> list[str]:
    if len(raw) < layout.size:
        return list(fields)
    pairs = zip(fields, layout.unpack_from(raw), layout.unpack_from(expected), strict=True)
    names = [name for name, value, other in pairs if value != other]
    if not names and raw[layout.size :] != expected[layout.size :]:
        names = ["name"]
    return names


def _common(member: Member) -> tuple[int, ...]:
    """The fields that both headers have, from the version to the size."""
    times = (_MIDNIGHT, _FIRST_OF_1980)
    return (_VERSION, 0, member.method, *times, member.crc, member.packed, member.size)
