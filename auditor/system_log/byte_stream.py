"""A file of log events as a stream of bytes, decompressed if it is gzip."""

from __future__ import annotations

import gzip
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from auditor.errors import UsageError
from auditor.input_files import read_input_pieces

_GZIP = b"\x1f\x8b"
_REMEDY = "Name a file that `okta-auditor logs -o FILE` wrote, or an export of Okta's System Log."


class _Pieces(io.RawIOBase):
    """Pieces of a file, of any size, as a stream."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        target = memoryview(cast("bytearray", buffer)).cast("B")
        if not self._rest:
            self._rest = memoryview(next(self._pieces, b""))
        size = min(len(target), len(self._rest))
        target[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


def file_stream(path: Path) -> BinaryIO:
    """The content of a regular file of any size.

    Raises:
        UsageError: while it is read: the file is missing, unreadable, or no regular file.
    """
    pieces = read_input_pieces(path, sys.maxsize - 1, remedy=_REMEDY)
    return decompressed(io.BufferedReader(_Pieces(pieces), 1 << 20))


def decompressed(stream: BinaryIO) -> BinaryIO:
    """A stream, or what it holds if that is gzip.

    Args:
        stream: of bytes, at its beginning; it need not be seekable.
    """
    buffered = stream if isinstance(stream, io.BufferedReader) else _buffered(stream)
    if buffered.peek(2)[:2] != _GZIP:
        return cast("BinaryIO", buffered)
    unpacked = gzip.GzipFile(fileobj=buffered)
    return cast("BinaryIO", io.BufferedReader(_Unpacked(unpacked), 1 << 20))


class _Unpacked(io.RawIOBase):
    """What is in a gzip file; a broken one ends with an error of ours."""

    def __init__(self, source: gzip.GzipFile) -> None:
        self._source = source

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        target = memoryview(cast("bytearray", buffer)).cast("B")
        try:
            return self._source.readinto(target)
        except (EOFError, OSError, ValueError) as error:
            raise UsageError(
                "The log file is compressed and its end is missing or damaged.",
                remedy="Copy it again.",
            ) from error


def _buffered(stream: BinaryIO) -> io.BufferedReader:
    return io.BufferedReader(_Pieces(iter(lambda: stream.read(1 << 20), b"")), 1 << 20)
