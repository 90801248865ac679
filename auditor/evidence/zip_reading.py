"""Reading a zip file of evidence that may be hostile, and holding its layout to that of ours."""

from __future__ import annotations

import hashlib
import os
import stat
import zlib
from collections.abc import Iterator
from itertools import pairwise
from typing import BinaryIO

from auditor.evidence.bundle_limits import (
    CHUNK,
    MOST_BYTES,
    MOST_EXPANSION,
    MOST_FILES,
    SMALL,
    BundleError,
)
from auditor.evidence.zip_layout import (
    DEFLATED,
    END_LENGTH,
    LARGEST,
    LOCAL_LENGTH,
    STORED,
    Entry,
    LayoutError,
    Member,
    data_offset,
    differing_entry_fields,
    differing_local_fields,
    directory_entry,
    end_of_directory,
    local_header,
    offsets,
    read_directory,
    read_end,
)
from auditor.text import listed, quoted

_LARGEST_DIRECTORY = 1 << 16
_ENCRYPTED = 1
_MOST_FIELDS = 4


class ZipBundle:
    """A bundle as a zip file."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._size = os.fstat(file.fileno()).st_size
        self._entries: dict[str, Entry] = {}
        self._complaints: list[str] = []
        self._stream_digests: dict[str, str] = {}
        try:
            self._check_layout()
        except LayoutError as error:
            raise BundleError(f"it is neither a folder nor an intact zip file: {error}") from None

    def names(self) -> list[str]:
        """The files that may be read, by name."""
        return sorted(self._entries)

    def complaints(self) -> list[str]:
        """What it holds and must not hold, a clause each."""
        return self._complaints

    def stream_digest(self, name: str) -> str | None:
        """The SHA-256 of a file's compressed bytes, once all of it was read."""
        return self._stream_digests.get(name)

    def pieces(self, name: str) -> Iterator[bytes]:
        """A file's content, piece by piece.

        Raises:
            BundleError: its compression is damaged, or it is not what its entry says.
        """
        entry, crc, size, sha256 = self._entries[name], 0, 0, hashlib.sha256()
        try:
            for piece in _unpacked(self._stream(entry, sha256), entry.method):
                crc, size = zlib.crc32(piece, crc), size + len(piece)
                yield piece
        except (LayoutError, zlib.error) as error:
            raise BundleError(f"{name} is damaged: it cannot be unpacked ({error})") from None
        if (crc, size) != (entry.crc, entry.size):
            raise BundleError(f"{name} is damaged: its size or checksum is not what the zip says")
        self._stream_digests[name] = sha256.hexdigest()

    def _check_layout(self) -> None:
        if self._size > LARGEST - _LARGEST_DIRECTORY:
            raise BundleError("it is larger than a zip file of evidence can be; refused")
        self._file.seek(max(0, self._size - END_LENGTH))
        end = read_end(self._file.read(END_LENGTH))
        if end.count > MOST_FILES or end.length > _LARGEST_DIRECTORY:
            raise BundleError(f"it holds {end.count:,} files or very long names; refused")
        start = self._size - END_LENGTH - end.length
        if start < 0:
            raise LayoutError("it was cut off")
        if end.raw != end_of_directory(end.count, end.length, start):
            raise LayoutError("its end is not as `evidence export` writes it")
        self._file.seek(start)
        entries = list(read_directory(self._file.read(end.length)))
        if len(entries) != end.count:
            raise LayoutError("its end says another number of files than there are")
        if sum(entry.size for entry in entries) > MOST_BYTES:
            limit = MOST_BYTES >> 30
            raise BundleError(f"a zip bomb: it unpacks to more than {limit} GiB; refused")
        if sum(entry.packed for entry in entries) > self._size:
            raise BundleError("a zip bomb: its files overlap; refused")
        for entry in entries:
            self._check_entry(entry)
        self._compare(entries, start)

    def _check_entry(self, entry: Entry) -> None:
        name = _name(entry)
        if complaint := _complaint(entry, name):
            self._complaints.append(complaint)
        elif name in self._entries:
            self._complaints.append(f"{quoted(name)} is there twice")
        else:
            self._entries[name] = entry

    def _compare(self, entries: list[Entry], start: int) -> None:
        """Hold all that is not a file's content to what we would write."""
        members = [Member(_name(item), item.crc, item.packed, item.size) for item in entries]
        *places, end = offsets(members)
        if any(later.name <= earlier.name for earlier, later in pairwise(entries)):
            self._complaints.append("its files are not in the order of their names")
        if end != start:
            self._complaints.append(
                "other bytes stand before, between or after its files, or they overlap"
            )
        for entry, member, place in zip(entries, members, places, strict=True):
            self._compare_headers(entry, member, place)

    def _compare_headers(self, entry: Entry, member: Member, place: int) -> None:
        expected = directory_entry(member, place)
        shown = quoted(member.name)
        if entry.raw != expected:
            fields = differing_entry_fields(entry.raw, expected)
            self._complaints.append(
                f"the directory has {shown} otherwise than `evidence export` writes it: "
                f"{listed(fields, most=_MOST_FIELDS)}"
            )
        expected = local_header(member)
        self._file.seek(place)
        header = self._file.read(len(expected))
        if header != expected:
            fields = differing_local_fields(header, expected)
            self._complaints.append(
                f"the header of {shown} is not as `evidence export` writes it: "
                f"{listed(fields, most=_MOST_FIELDS)}"
            )

    def _stream(self, entry: Entry, sha256: hashlib._Hash) -> Iterator[bytes]:
        self._file.seek(entry.offset)
        position = data_offset(self._file.read(LOCAL_LENGTH), entry.offset)
        left = entry.packed
        while left:
            self._file.seek(position)  # whoever reads one file may begin another
            piece = self._file.read(min(left, CHUNK))
            if not piece:
                raise LayoutError("it is cut off")
            sha256.update(piece)
            left -= len(piece)
            position += len(piece)
            yield piece


def _unpacked(stream: Iterator[bytes], method: int) -> Iterator[bytes]:
    if method == STORED:
        yield from stream
        return
    if method != DEFLATED:
        raise LayoutError(f"compression method {method} is not supported")
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    for packed in stream:
        rest = packed
        while rest and not unpacker.eof:
            if piece := unpacker.decompress(rest, CHUNK):
                yield piece
            rest = unpacker.unconsumed_tail
        if unpacker.unused_data or (unpacker.eof and rest):
            raise LayoutError("bytes follow its compressed content")
    while not unpacker.eof:
        piece = unpacker.decompress(b"", CHUNK)
        if not piece:
            raise LayoutError("it is cut off")
        yield piece


def _name(entry: Entry) -> str:
    return entry.name.decode("utf-8", "surrogateescape")


def _complaint(entry: Entry, name: str) -> str:
    """Why a file is not even looked into; empty if it may be."""
    if set(name) & set("/\\:\0") or name in {"", ".", ".."}:
        return f"{quoted(name)} is a path outside the bundle or in a folder; bundles have neither"
    mode = entry.attributes >> 16
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG}:
        what = "a symbolic link" if stat.S_ISLNK(mode) else "not a regular file"
        return f"{quoted(name)} is {what}; it was not followed"
    if entry.flags & _ENCRYPTED:
        return f"{quoted(name)} is encrypted; bundles are not"
    if entry.size > SMALL and entry.size > MOST_EXPANSION * max(entry.packed, 1):
        return f"{quoted(name)} is a zip bomb: it says to unpack to {entry.size:,} bytes; refused"
    return ""
