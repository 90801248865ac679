"""Writing a bundle as a folder or a zip file, whole or not at all."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from auditor.errors import OutputError
from auditor.evidence.bundle_limits import MOST_BYTES, MOST_EXPANSION, SMALL
from auditor.evidence.manifest import digest_of
from auditor.evidence.zip_layout import LARGEST, Member, directory, local_header
from auditor.files import PRIVATE, check_writable, write_file
from auditor.scratch_files import scratch_folder


def check_target(path: Path, *, zipped: bool) -> None:
    """Fail now rather than after the audit, if the bundle cannot be written there.

    Raises:
        OutputError: something is there already, or the folder around it is missing.
    """
    if path.is_symlink() or path.exists():
        raise OutputError(
            f"{path} is there already, and evidence is not replaced.", remedy="Name another: -o."
        )
    check_writable(path)
    if not zipped and path.suffix == ".zip":
        raise OutputError(f"{path} would be a folder.", remedy="Add --zip, or name it otherwise.")


def write_folder(files: Mapping[str, bytes], folder: Path) -> None:
    """Write the files into a new folder, readable by its owner only.

    Raises:
        OutputError: the file system refused; then nothing is left of it.
    """
    try:
        with scratch_folder(folder.parent) as scratch:
            for name in sorted(files):
                write_file(scratch / name, files[name], PRIVATE)
            scratch.rename(folder)
    except OSError as error:
        raise OutputError(
            f"{folder} could not be written: {error.strerror}.",
            remedy="Check the folder's permission and the free space.",
        ) from error


@dataclass(frozen=True)
class PackedFiles:
    """The files of a bundle as they go into a zip file, the manifest not among them."""

    streams: Mapping[str, bytes]

    @classmethod
    def of(cls, files: Mapping[str, bytes]) -> PackedFiles:
        """Compress the files.

        Raises:
            OutputError: they are more than a zip file is allowed to hold.
        """
        streams = {name: _deflated(files[name]) for name in sorted(files)}
        for name, stream in streams.items():
            size = len(files[name])
            if size > SMALL and size > MOST_EXPANSION * len(stream):
                times = f"{size // len(stream):,}"
                raise OutputError(
                    f"{name} would be taken for a zip bomb: it is {times} times its packed size.",
                    remedy="Leave out --zip.",
                )
        if sum(map(len, files.values())) > min(MOST_BYTES, LARGEST):
            raise OutputError(
                "The evidence is too large for a zip file.", remedy="Leave out --zip."
            )
        return cls(streams)

    @property
    def digests(self) -> dict[str, str]:
        """The SHA-256 of each file's compressed bytes. Compressors differ, so it is recorded."""
        return {name: digest_of(stream) for name, stream in self.streams.items()}

    def archive(self, files: Mapping[str, bytes]) -> Iterator[bytes]:
        """The zip file in pieces: in order of names, with fixed time stamps and permissions."""
        members = []
        for name in sorted(files):
            data = files[name]
            stream = self.streams.get(name, data)
            members.append(Member(name, zlib.crc32(data), len(stream), len(data)))
            yield local_header(members[-1])
            yield stream
        yield directory(members)


def write_zip(files: Mapping[str, bytes], packed: PackedFiles, path: Path) -> None:
    """Write the files into a zip file, readable by its owner only.

    Raises:
        OutputError: the file system refused.
    """
    write_file(path, packed.archive(files), PRIVATE)


def _deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()
