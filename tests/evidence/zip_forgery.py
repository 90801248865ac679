"""Zip files written field by field, so that a forger's hand can be anywhere in them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

LOCAL = ("version", "flags", "method", "time", "date", "crc", "packed", "size")
CENTRAL = ("made_by", *LOCAL, "disk", "internal", "mode", "offset")


@dataclass
class Part:
    """One file of an archive: its bytes, and what its two headers say."""

    name: bytes
    stream: bytes
    local: dict[str, int]
    central: dict[str, int]
    local_name: bytes = b""
    gap: bytes = b""
    """What stands before it."""
    after: bytes = b""
    """What stands after it, such as a data descriptor."""
    local_extra: bytes = b""
    extra: bytes = b""
    comment: bytes = b""

    @property
    def data(self) -> bytes:
        """The file's content."""
        stored = self.central["method"] == 0
        return self.stream if stored else zlib.decompress(self.stream, -zlib.MAX_WBITS)

    def both(self, **values: int) -> None:
        """Let both headers say the same."""
        for header in (self.local, self.central):
            header.update({key: value for key, value in values.items() if key in header})

    def put(self, data: bytes, stream: bytes | None = None) -> None:
        """Another content, or the same one compressed otherwise, with headers that fit."""
        if stream is None:
            stream = data if self.central["method"] == 0 else deflated(data)
        self.stream = stream
        self.both(crc=zlib.crc32(data), packed=len(stream), size=len(data))


@dataclass
class Archive:
    """A zip file before it is written."""

    parts: list[Part]
    prefix: bytes = b""
    before_directory: bytes = b""
    in_directory: bytes = b""
    after_directory: bytes = b""
    tail: bytes = b""
    comment: bytes = b""
    end: dict[str, int] = field(default_factory=dict)
    order: list[int] | None = None
    """Of the directory, if it is not that of the files."""

    def part(self, name: str) -> Part:
        """The file of this name."""
        return next(part for part in self.parts if part.name == name.encode())

    def written(self) -> bytes:
        """The archive's bytes; offsets fit unless they are set."""
        body = bytearray(self.prefix)
        entries = []
        for part in self.parts:
            body += part.gap
            offset = part.central.get("offset")
            entries.append(_central(part, len(body) if offset is None else offset))
            body += _local(part) + part.stream + part.after
        body += self.before_directory
        start = len(body)
        order = self.order if self.order is not None else range(len(entries))
        body += b"".join(entries[place] for place in order) + self.in_directory
        length = len(body) - start
        body += self.after_directory
        end = {
            "disk": 0,
            "start_disk": 0,
            "here": len(entries),
            "count": len(entries),
            "length": length,
            "offset": start,
            **self.end,
        }
        body += struct.pack("<4s4H2IH", b"PK\5\6", *end.values(), len(self.comment))
        return bytes(body + self.comment + self.tail)


Forgery = Callable[[Archive], Any]


def read(path: Path) -> Archive:
    """An archive without extra fields and comments, taken apart."""
    data = path.read_bytes()
    *_, count, _, offset, _ = struct.unpack("<4s4H2IH", data[-22:])
    parts = []
    for _ in range(count):
        values = struct.unpack_from("<4s6H3I5H2I", data, offset)
        name_length = values[10]
        name = data[offset + 46 :][:name_length]
        central = dict(zip(CENTRAL, (*values[1:10], *values[13:]), strict=True))
        at = central.pop("offset")
        local = dict(zip(LOCAL, struct.unpack_from("<5H3I", data, at + 4), strict=True))
        begin = at + 30 + name_length
        parts.append(Part(name, data[begin : begin + central["packed"]], local, central))
        offset += 46 + name_length
    return Archive(parts)


@lru_cache(maxsize=256)
def deflated(data: bytes, level: int = 9, strategy: int = zlib.Z_DEFAULT_STRATEGY) -> bytes:
    """A raw stream. Tests pack the same files hundreds of times."""
    packer = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS, 8, strategy)
    return packer.compress(data) + packer.flush()


def new_part(name: bytes, data: bytes, **central: int) -> Part:
    """A further file, laid out as ours are."""
    stream = deflated(data)
    shared = {
        "version": 20,
        "flags": 0,
        "method": 8,
        "time": 0,
        "date": 33,
        "crc": zlib.crc32(data),
        "packed": len(stream),
        "size": len(data),
    }
    head = {"made_by": 3 << 8 | 20}
    rest = {"disk": 0, "internal": 0, "mode": 0o100600 << 16}
    return Part(name, stream, dict(shared), {**head, **shared, **rest, **central})


def _local(part: Part) -> bytes:
    values = (part.local[key] for key in LOCAL)
    name = part.local_name or part.name
    fixed = struct.pack("<4s5H3I2H", b"PK\3\4", *values, len(name), len(part.local_extra))
    return fixed + name + part.local_extra


def _central(part: Part, offset: int) -> bytes:
    values = [part.central[key] for key in CENTRAL[:9]]
    lengths = (len(part.name), len(part.extra), len(part.comment))
    rest = (part.central["disk"], part.central["internal"], part.central["mode"], offset)
    fixed = struct.pack("<4s6H3I5H2I", b"PK\1\2", *values, *lengths, *rest)
    return fixed + part.name + part.extra + part.comment
