"""Files with keys made for a run: only their owner can read them, and they go at its end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import gettempdir

from auditor.errors import UsageError
from auditor.scratch_files import scratch_folder


@contextmanager
def secret_folder(files: dict[str, bytes]) -> Iterator[Path]:
    """A new folder with some files in it.

    Args:
        files: their names and contents.

    Raises:
        UsageError: the folder for temporary files cannot be written.
    """
    parent = Path(gettempdir())
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(scratch_folder(parent))
            for name, content in files.items():
                (folder / name).touch(0o600)
                (folder / name).write_bytes(content)
        except OSError as error:
            raise UsageError(
                f"No keys can be kept in {parent}: {error.strerror or error}.",
                remedy="Set TMPDIR to a folder that can be written.",
            ) from error
        yield folder
