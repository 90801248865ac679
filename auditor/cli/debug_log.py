"""`--debug FILE`: a log of what happened, fit to be sent to somebody else.

Everything is logged by standard `logging`, by loggers below `auditor`, which are silent unless
this module gives them a file. Whoever logs leaves out headers, bodies, values of queries, tokens,
keys and logins. Of an exception only its type and the places in the code are written, because
its message may hold anything.
"""

from __future__ import annotations

import logging
import os
import platform
import stat
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import Enum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import click

from auditor.errors import OutputError
from auditor.files import PRIVATE
from auditor.log_commands import without_commands
from auditor.text import one_line
from auditor.version import __version__

_FIRST_WORDS = "okta-auditor debug log"
_FLAGS = os.O_RDWR | os.O_CREAT
for _name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC"):  # not every system has each
    _FLAGS |= getattr(os, _name, 0)

_LIBRARIES = ("okta", "aiohttp", "pydantic", "orjson", "click", "jinja2", "cryptography", "pyjwt")
_VARIABLES = ("OKTA_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_", "REQUESTS_CA_BUNDLE")


def log_call(ctx: click.Context) -> None:
    """Log which command runs, and its options as far as their values can hold no secret."""
    logger = logging.getLogger(__name__)
    logger.info("command: %s", ctx.command_path)
    for parameter in ctx.command.params:
        source = ctx.get_parameter_source(parameter.name or "")
        if source is None or parameter.name not in ctx.params:
            continue
        value = ctx.params[parameter.name]
        logger.debug("option %s = %s (%s)", parameter.name, _shown(value), source.name.lower())


def log_exception(error: Exception) -> None:
    """Log what ended a command: its type and the places in the code."""
    logging.getLogger(__name__).error("the command failed", exc_info=error)


def _shown(value: object) -> str:
    """A number, a choice of ours or a path as it is; of anything else only its type."""
    if value is None or isinstance(value, int | float | Path | Enum):
        return str(value)
    return f"<{type(value).__name__}>"


@contextmanager
def debug_log(path: Path) -> Iterator[None]:
    """Log into a file while the block runs.

    Raises:
        OutputError: the file cannot be written, is a symbolic link, or holds something else.
    """
    logger = logging.getLogger("auditor")
    level = logger.level
    with os.fdopen(_opened(path), "w", encoding="utf-8", errors="backslashreplace") as file:
        handler = logging.StreamHandler(file)
        handler.setFormatter(_Formatter())
        file.write(f"{_FIRST_WORDS}: holds no secrets, but addresses and ids of the org\n")
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
        try:
            _log_environment(logger)
            yield
        finally:
            logger.setLevel(level)
            logger.removeHandler(handler)


def _opened(path: Path) -> int:
    try:
        descriptor = os.open(path, _FLAGS, PRIVATE)
    except OSError as error:
        raise OutputError(
            f"The debug log {path} cannot be opened: {error.strerror}.",
            remedy="Name a new file in a folder of yours; symbolic links are not followed.",
        ) from error
    try:
        _check(path, descriptor)
        os.ftruncate(descriptor, 0)
        if hasattr(os, "fchmod"):
            os.fchmod(descriptor, PRIVATE)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _check(path: Path, descriptor: int) -> None:
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        raise OutputError(f"{path} is not a file.", remedy="Name a new file after --debug.")
    first_words = os.read(descriptor, len(_FIRST_WORDS))
    os.lseek(descriptor, 0, os.SEEK_SET)
    if first_words not in {b"", _FIRST_WORDS.encode()}:
        raise OutputError(
            f"{path} holds something else than a debug log, and is left as it is.",
            remedy="Name a new file after --debug.",
        )


def _log_environment(logger: logging.Logger) -> None:
    logger.info("okta-auditor %s", __version__)
    logger.info("Python %s on %s", sys.version.partition(" ")[0], platform.platform())
    logger.info("libraries: %s", ", ".join(f"{name} {_version(name)}" for name in _LIBRARIES))
    names = sorted(name for name in os.environ if name.upper().startswith(_VARIABLES))
    logger.info("variables that are set: %s", ", ".join(names) or "none")


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "not installed"


class _Formatter(logging.Formatter):
    """One line for each record, and the places in the code where an exception came from."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - logging's name
        """The time in UTC, to the millisecond."""
        del datefmt
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """The record on one line, whatever a tenant put into it."""
        return without_commands(one_line(super().formatMessage(record)))

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's name
        """The types and places of an exception and of those that led to it."""
        return "\n".join(_traceback(ei[1]))


def _traceback(error: BaseException | None) -> Iterator[str]:
    while error is not None:
        yield f"  {type(error).__module__}.{type(error).__qualname__}"
        for frame in traceback.extract_tb(error.__traceback__):
            place = f"{frame.filename}:{frame.lineno} in {frame.name}"
            yield without_commands(one_line(f"    {place}"))
        if isinstance(error, BaseExceptionGroup):
            for inner in error.exceptions:
                yield from _traceback(inner)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
