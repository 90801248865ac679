"""Writing a bundle as a folder or a zip file, whole or not at all."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from auditor.errors import OutputError
from auditor.files import PRIVATE, check_writable, write_file
from auditor.scratch_files import scratch_folder

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time stamp that a zip file can hold; the real one would change the bytes."""
_UNIX = 3
_REGULAR = 0o100000


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


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The files as a zip file: in order of names, with fixed time stamps and permissions."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = _UNIX  # or it would tell Windows from the rest
            info.external_attr = (_REGULAR | PRIVATE) << 16
            archive.writestr(info, files[name], compresslevel=9)
    return buffer.getvalue()


def write_zip(files: Mapping[str, bytes], path: Path) -> None:
    """Write the files into a zip file, readable by its owner only.

    Raises:
        OutputError: the file system refused.
    """
    write_file(path, zipped(files), PRIVATE)
