"""The text of a file: compressed, in UTF-16 as PowerShell writes it, or with broken characters."""

from __future__ import annotations

import zlib

from auditor.errors import UsageError

_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_HEAD = 4_096
"""Bytes by which UTF-16 without a mark is recognised."""
_MB = 1_000_000


def input_text(data: bytes, name: str, largest: int) -> str:
    """The text of a file, whatever its encoding; what is none of its characters is U+FFFD.

    Args:
        data: its bytes.
        name: what messages call it.
        largest: how many bytes it may have, unpacked.

    Raises:
        UsageError: it is a ZIP archive, or compressed and damaged, or larger when unpacked.
    """
    if data.startswith(_GZIP):
        data = _unpacked(data, name, largest)
    if data.startswith(_ZIP):
        raise UsageError(f"{name} is a ZIP archive.", remedy="Unpack it, and name a file of it.")
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace")
    return data.decode(_encoding(data[:_HEAD]), errors="replace")


def _encoding(head: bytes) -> str:
    """UTF-16 if every other byte of Latin text is 0, or else UTF-8."""
    for encoding, high in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
        low = head[::2] if encoding == "utf-16-le" else head[1::2]
        if high and high.count(0) * 10 >= len(high) * 7 and low.count(0) * 10 < len(low):
            return encoding
    return "utf-8"


def _unpacked(data: bytes, name: str, largest: int) -> bytes:
    decompressor = zlib.decompressobj(wbits=31)
    try:
        unpacked = decompressor.decompress(data, largest + 1)
    except zlib.error:
        raise UsageError(f"{name} is compressed (gzip), and damaged.") from None
    if len(unpacked) > largest:
        raise UsageError(f"{name} is larger than {largest // _MB:,} MB when unpacked.")
    if not decompressor.eof:
        raise UsageError(f"{name} is compressed (gzip), and cut off.")
    return unpacked
