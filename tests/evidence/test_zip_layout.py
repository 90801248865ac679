"""A zip file of evidence is what `evidence export` writes, byte for byte, or `verify` says so.

Every variant here has the files of a signed bundle, whose digests hold: what differs is the
archive around them, or how they are compressed.
"""

from __future__ import annotations

import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import night
from helpers import Outcome, okta_auditor
from zip_forgery import Archive, Forgery, Part, deflated, new_part, read

_TIMESTAMP = struct.pack("<HHBI", 0x5455, 5, 1, 1_700_000_000)
_ZIP64 = struct.pack("<HHQQ", 1, 16, 1, 1)
_ZIP64_END = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, 46, 0)
_LOCATOR = struct.pack("<4sIQI", b"PK\6\7", 0, 0, 1)


def _first(archive: Archive) -> Part:
    return archive.parts[0]


def _set(**values: int) -> Forgery:
    return lambda archive: _first(archive).both(**values)


def _local(**values: int) -> Forgery:
    return lambda archive: _first(archive).local.update(values)


def _central(**values: int) -> Forgery:
    return lambda archive: _first(archive).central.update(values)


def _put(attribute: str, value: object) -> Forgery:
    return lambda archive: setattr(archive, attribute, value)


def _put_first(attribute: str, value: object, place: int = 0) -> Forgery:
    return lambda archive: setattr(archive.parts[place], attribute, value)


def _end(**values: int) -> Forgery:
    return lambda archive: archive.end.update(values)


def _packed(level: int, strategy: int = zlib.Z_DEFAULT_STRATEGY) -> Forgery:
    def change(archive: Archive) -> None:
        part = _first(archive)
        part.put(part.data, deflated(part.data, level, strategy))

    return change


def _stream(change: object) -> Forgery:
    """Another stream of the same content."""

    def forge(archive: Archive) -> None:
        part = _first(archive)
        part.put(part.data, change(part))  # type: ignore[operator]

    return forge


def _flushed(part: Part) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    halves = part.data[:100], part.data[100:]
    return b"".join(
        [
            packer.compress(halves[0]),
            packer.flush(zlib.Z_FULL_FLUSH),
            packer.compress(halves[1]),
            packer.flush(),
        ]
    )


def _stored(archive: Archive) -> None:
    part = _first(archive)
    data = part.data
    part.both(method=0)
    part.put(data, data)


def _bzip2(archive: Archive) -> None:
    import bz2  # noqa: PLC0415 - for one variant

    part = _first(archive)
    data = part.data
    part.put(data, bz2.compress(data))
    part.both(method=12)


def _deflated_manifest(archive: Archive) -> None:
    part = archive.part("manifest.json")
    data = part.data
    part.both(method=8)
    part.put(data, deflated(data))


def _descriptor(*, signature: bool) -> Forgery:
    def change(archive: Archive) -> None:
        part = _first(archive)
        numbers = struct.pack("<3I", part.local["crc"], part.local["packed"], part.local["size"])
        part.after = (b"PK\7\x08" if signature else b"") + numbers
        part.both(flags=8)
        part.local.update(crc=0, packed=0, size=0)

    return change


def _moved(archive: Archive) -> None:
    archive.parts.reverse()


def _moved_directory(archive: Archive) -> None:
    archive.order = list(reversed(range(len(archive.parts))))


def _swapped(archive: Archive) -> None:
    archive.parts[0], archive.parts[1] = archive.parts[1], archive.parts[0]


def _added(name: bytes, data: bytes = b"x", *, sort: bool = True, **central: int) -> Forgery:
    def change(archive: Archive) -> None:
        archive.parts.append(new_part(name, data, **central))
        if sort:
            archive.parts.sort(key=lambda part: part.name)

    return change


def _twice(archive: Archive) -> None:
    archive.parts.insert(1, _first(archive))


def _twice_with_another_content(archive: Archive) -> None:
    name = _first(archive).name
    archive.parts.insert(0, new_part(name, b"forged"))


def _hidden(archive: Archive) -> None:
    """A file that only its local header names."""
    forged = new_part(b"hidden.txt", b"hidden")
    archive.before_directory = Archive([forged]).written()[: -46 - len(forged.name) - 22]


def _hidden_first(archive: Archive) -> None:
    forged = new_part(_first(archive).name, b"forged")
    archive.prefix = Archive([forged]).written()[: -46 - len(forged.name) - 22]


def _second_archive(archive: Archive) -> None:
    archive.prefix = Archive([new_part(b"tool.json", b"{}")]).written()


def _second_archive_after(archive: Archive) -> None:
    archive.tail = Archive([new_part(b"tool.json", b"{}")]).written()


def _second_end(archive: Archive) -> None:
    archive.after_directory = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 0, 0, 0, 0, 0)


def _shared(archive: Archive) -> None:
    """Two entries of one stream."""
    name = b"zzz.json"
    twin = Part(name, b"", dict(_first(archive).local), dict(_first(archive).central))
    twin.central["offset"] = 0
    archive.parts.append(twin)


def _inside(archive: Archive) -> None:
    """An entry whose header stands within another file's bytes."""
    archive.parts[1].central["offset"] = 40


def _local_name(archive: Archive) -> None:
    part = _first(archive)
    part.local_name = part.name[:-1] + b"x"


def _longer_local_name(archive: Archive) -> None:
    _first(archive).local_name = b"../" + _first(archive).name


def _nul_in_name(archive: Archive) -> None:
    _first(archive).name += b"\0.txt"


def _fewer_entries(archive: Archive) -> None:
    archive.order = list(range(len(archive.parts) - 1))
    archive.end.update(here=len(archive.parts) - 1, count=len(archive.parts) - 1)


def _slack(archive: Archive) -> None:
    """Bytes after the end of a compressed stream that its entry counts."""
    part = _first(archive)
    data = part.data
    part.put(data, part.stream + b"slack")


def _slack_after_stored(archive: Archive) -> None:
    part = archive.part("manifest.json")
    part.stream += b"  "
    part.both(packed=len(part.stream))


VARIANTS: dict[str, Forgery] = {
    "prefix": _put("prefix", b"x"),
    "a script as prefix": _put("prefix", b"#!/bin/sh\nexit 0\n"),
    "another archive as prefix": _second_archive,
    "a hidden file first": _hidden_first,
    "gap before a file": _put_first("gap", b"\0" * 16, 1),
    "gap of one byte": _put_first("gap", b"\0", 3),
    "gap before the directory": _put("before_directory", b"x"),
    "a hidden file before the directory": _hidden,
    "bytes in the directory": _put("in_directory", b"x"),
    "a digital signature in the directory": _put("in_directory", b"PK\5\5\0\0"),
    "bytes after the directory": _put("after_directory", b"x"),
    "two ends": _second_end,
    "zip64 end": _put("after_directory", _ZIP64_END),
    "zip64 locator": _put("after_directory", _LOCATOR),
    "zip64 end and locator": _put("after_directory", _ZIP64_END + _LOCATOR),
    "tail": _put("tail", b"x"),
    "a newline as tail": _put("tail", b"\n"),
    "zeroes as tail": _put("tail", bytes(512)),
    "another archive as tail": _second_archive_after,
    "comment": _put("comment", b"hello"),
    "a comment that looks like an end": _put("comment", b"PK\5\6" + bytes(18)),
    "comment of an entry": _put_first("comment", b"hello"),
    "extra field in the directory": _put_first("extra", _TIMESTAMP),
    "extra field in a local header": _put_first("local_extra", _TIMESTAMP),
    "extra field in both": lambda archive: (
        setattr(_first(archive), "extra", _TIMESTAMP),
        setattr(_first(archive), "local_extra", _TIMESTAMP),
    ),
    "zip64 extra field": _put_first("extra", _ZIP64),
    "unicode path extra field": _put_first("extra", struct.pack("<HHBI", 0x7075, 6, 1, 0) + b"x"),
    "padding in a local header": _put_first("local_extra", bytes(64)),
    "time": _set(time=1),
    "time of the local header": _local(time=1),
    "time of the directory": _central(time=1),
    "date": _set(date=34),
    "date of zero": _set(date=0),
    "mode 0644": _central(mode=0o100644 << 16),
    "mode 0755": _central(mode=0o100755 << 16),
    "setuid": _central(mode=0o104600 << 16),
    "no mode": _central(mode=0),
    "read-only attribute of DOS": _central(mode=(0o100600 << 16) | 1),
    "attribute of a folder": _central(mode=(0o100600 << 16) | 0x10),
    "link": _central(mode=0o120777 << 16),
    "folder": _central(mode=0o040700 << 16),
    "device": _central(mode=0o020600 << 16),
    "pipe": _central(mode=0o010600 << 16),
    "made by DOS": _central(made_by=20),
    "made by a later version": _central(made_by=3 << 8 | 63),
    "version needed": _set(version=45),
    "version needed of the local header": _local(version=10),
    "encrypted": _set(flags=1),
    "encrypted in the directory": _central(flags=1),
    "strongly encrypted": _set(flags=0x41),
    "flag of UTF-8 names": _set(flags=0x800),
    "flags of the compression level": _set(flags=2),
    "flags of the local header": _local(flags=2),
    "masked local header": _set(flags=0x2000),
    "data descriptor": _descriptor(signature=True),
    "data descriptor without a signature": _descriptor(signature=False),
    "flag of a data descriptor alone": _set(flags=8),
    "internal attributes": _central(internal=1),
    "disk": _central(disk=1),
    "checksum of the local header": _local(crc=1),
    "checksum of the directory": _central(crc=1),
    "checksum of both": _set(crc=1),
    "size of the local header": _local(size=1),
    "size of the directory": _central(size=1),
    "size of both": _set(size=1),
    "larger size of both": lambda archive: _first(archive).both(
        size=_first(archive).central["size"] + 1
    ),
    "packed size of the local header": _local(packed=1),
    "packed size of zero in the local header": _local(packed=0),
    "method of the local header": _local(method=0),
    "unknown method": _set(method=99),
    "another offset": _central(offset=1),
    "an offset outside": _central(offset=0xFFFFFFF0),
    "a zip64 offset": _central(offset=0xFFFFFFFF),
    "an entry within another file": _inside,
    "two entries of one file": _shared,
    "stored": _stored,
    "bzip2": _bzip2,
    "a compressed manifest": _deflated_manifest,
    "level 0": _packed(0),
    "level 1": _packed(1),
    "level 6 with Huffman only": _packed(6, zlib.Z_HUFFMAN_ONLY),
    "run lengths": _packed(9, zlib.Z_RLE),
    "fixed codes": _packed(9, zlib.Z_FIXED),
    "an empty block first": _stream(lambda part: b"\0\0\0\xff\xff" + part.stream),
    "many empty blocks": _stream(lambda part: b"\0\0\0\xff\xff" * 1000 + part.stream),
    "flushed in between": _stream(_flushed),
    "slack after a compressed file": _slack,
    "slack after a stored file": _slack_after_stored,
    "the other order": _moved,
    "two files swapped": _swapped,
    "the other order in the directory": _moved_directory,
    "a file more": _added(b"notes.txt"),
    "a file more at the end": _added(b"zzz.txt", sort=False),
    "an empty file more": _added(b"empty", b""),
    "another case of a name": _added(b"Tool.json"),
    "a name with a blank": _added(b"tool.json "),
    "a name that ends with a dot": _added(b"tool.json."),
    "a file of Windows": _added(b"NUL"),
    "a stream of NTFS": _added(b"tool.json:stream"),
    "a folder of its own": _added(b"folder/", b"", mode=0o040700 << 16),
    "a file in a folder": _added(b"folder/tool.json"),
    "a path upwards": _added(b"../tool.json"),
    "an absolute path": _added(b"/tool.json"),
    "a path of Windows": _added(b"..\\tool.json"),
    "an empty name": _added(b""),
    "a long name": _added(b"x" * 60_000),
    "a name that is not UTF-8": _added(b"\xff\xfe"),
    "a name of another alphabet": _added("tооl.json".encode()),  # noqa: RUF001 - that is the point
    "a name with a line break": _added(b"x\n1 bundle signed and unaltered"),
    "a name with a terminal escape": _added(b"x\x1b[2J"),
    "a link more": _added(b"link", mode=0o120777 << 16),
    "the same entry twice": _twice,
    "the same name twice": _twice_with_another_content,
    "another name in the local header": _local_name,
    "a longer name in the local header": _longer_local_name,
    "a NUL in a name": _nul_in_name,
    "an entry less": _fewer_entries,
    "count": _end(count=1),
    "count here": _end(here=1),
    "more than there are": _end(here=60, count=60),
    "count of zip64": _end(here=0xFFFF, count=0xFFFF),
    "disk of the end": _end(disk=1),
    "disk of the directory": _end(start_disk=1),
    "offset of the directory": _end(offset=1),
    "offset of the directory of zip64": _end(offset=0xFFFFFFFF),
    "length of the directory": _end(length=46),
    "length of zip64": _end(length=0xFFFFFFFF),
}


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A signed bundle as a zip file; `key.pub` lies beside it."""
    folder = tmp_path_factory.mktemp("signed")
    okta_auditor("evidence", "keygen", "-o", folder / "key")
    done = okta_auditor(
        *("evidence", "export", night(folder / "snapshots", 0), "-o", folder / "night.zip"),
        *("--zip", "--no-config", "--key", folder / "key"),
    )
    assert done.exit_code in {0, 3}, done.shown
    return folder / "night.zip"


@pytest.fixture
def forged(tmp_path: Path) -> Iterator[Path]:
    """Where a test may write a forgery, which is removed before others look at what tests made."""
    yield tmp_path / "x.zip"
    (tmp_path / "x.zip").unlink(missing_ok=True)


def verify(path: Path, signed: Path) -> Outcome:
    return okta_auditor("evidence", "verify", path, "--public-key", signed.parent / "key.pub")


def test_what_is_taken_apart_and_put_together_is_the_same(signed: Path) -> None:
    assert read(signed).written() == signed.read_bytes()
    assert verify(signed, signed).exit_code == 0


@pytest.mark.parametrize("variant", VARIANTS)
def test_no_other_layout_is_accepted(
    signed: Path, tmp_path: Path, forged: Path, variant: str
) -> None:
    archive = read(signed)
    VARIANTS[variant](archive)
    forged.write_bytes(archive.written())

    done = verify(forged, signed)

    assert done.exit_code == 1, done.shown
    *problems, total = done.stdout.splitlines()
    assert problems
    assert all(line.startswith(f"{forged}: ") for line in problems), done.stdout
    assert total.endswith(" in 1 bundle")
    assert not done.stderr
    assert sorted(item.name for item in tmp_path.iterdir()) == ["x.zip"]


def test_no_bit_of_an_archive_may_change(signed: Path, forged: Path) -> None:
    whole = signed.read_bytes()
    start = len(whole) - 22 - int.from_bytes(whole[-10:-6], "little")
    places = [*range(60), *range(1000, start, start // 40), *range(start, len(whole), 29)]
    for place in places:
        changed = bytearray(whole)
        changed[place] ^= 1 << place % 8
        forged.write_bytes(changed)
        assert verify(forged, signed).exit_code == 1, place


@pytest.mark.parametrize("size", [0, 1, 21, 22, 100])
def test_what_is_left_of_an_archive_is_none(signed: Path, forged: Path, size: int) -> None:
    forged.write_bytes(signed.read_bytes()[-size:] if size else b"")

    done = verify(forged, signed)

    assert done.exit_code == 1
    assert "neither a folder nor an intact zip file" in done.stdout


def test_a_folder_that_another_program_zips_is_no_archive_of_ours(
    signed: Path, forged: Path
) -> None:
    with zipfile.ZipFile(signed) as ours, zipfile.ZipFile(forged, "w") as theirs:
        for name in ours.namelist():
            theirs.writestr(name, ours.read(name))

    done = verify(forged, signed)

    assert done.exit_code == 1
    assert 'the header of "controls.csv" is not as `evidence export` writes it' in done.stdout


def test_an_unpacked_archive_is_the_same_bundle(signed: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(signed) as archive:
        archive.extractall(tmp_path / "night")

    assert verify(tmp_path / "night", signed).exit_code == 0


def test_programs_that_are_not_ours_can_unpack_it(signed: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "zipfile", "-t", str(signed)], capture_output=True, check=False
    )

    assert done.returncode == 0, done.stderr


def test_a_million_entries_are_refused_at_once(forged: Path, signed: Path) -> None:
    entry = struct.pack("<4s6H3I5H2I", b"PK\1\2", *[0] * 9, 1, *[0] * 6) + b"x"
    directory = entry * 1_000_000
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, len(directory), 0, 0)
    forged.write_bytes(directory + end)

    done = verify(forged, signed)

    assert done.exit_code == 1
    assert "it holds 65,535 files or very long names; refused" in done.stdout


def test_a_bomb_that_lies_about_its_size_is_not_unpacked(forged: Path, signed: Path) -> None:
    archive = read(signed)
    part = archive.part("snapshot.json")
    part.stream = deflated(bytes(64 << 20))
    part.both(packed=len(part.stream))
    forged.write_bytes(archive.written())

    done = verify(forged, signed)

    assert done.exit_code == 1
    assert "snapshot.json was changed: it is longer than" in done.stdout
