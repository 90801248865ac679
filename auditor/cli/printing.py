"""The one place where text leaves the program for a terminal or a log.

While a command runs, standard output and standard error go through `_CheckedStream`: whoever
writes there (click, rich, `warnings`, an error that nobody caught), no CI system finds a command
in it. Which characters a line may hold is decided where it is made of words, by `print_line`.
"""

from __future__ import annotations

import codecs
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, cast

import click

from auditor.cli.reader import columns
from auditor.errors import AuditorError
from auditor.log_commands import without_commands
from auditor.text import counted, one_line

_LONGEST_CONTEXT = 4096
_PROBLEMS = 20
"""Problems of a file that are shown beside the first."""


def print_line(line: str, *, err: bool = False) -> None:
    """Print one line, whatever is in it: a line break is as visible as other controls."""
    click.echo(one_line(line), err=err)


def print_remark(line: str, indent: str = "") -> None:
    """Print a line on standard error; on a terminal in as many as its width makes of it.

    A log gets it whole, so that a search finds it.

    Args:
        line: the words.
        indent: what each line begins with.
    """
    whole = indent + one_line(line)
    if sys.stderr.isatty():
        whole = textwrap.fill(
            whole,
            columns(sys.stderr),
            subsequent_indent=indent or "  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
    click.echo(whole, err=True)


def print_problems(error: AuditorError) -> None:
    """Print an error on standard error: each problem on a line, then what to do."""
    print_remark(f"error: {error.message}")
    for other in error.others[:_PROBLEMS]:
        print_remark(f"error: {other}")
    if (more := len(error.others) - _PROBLEMS) > 0:
        print_remark(f"error: {counted(more, 'more problem')} in the same file.")
    for line in error.remedy.splitlines():
        print_remark(line, "  ")


def print_document(text: str, *, err: bool = False) -> None:
    """Print lines that are made of clean parts, such as a table, and end the last one."""
    click.echo(text, nl=not text.endswith("\n"), err=err)


def print_report(text: str) -> None:
    """Print what `Report.render` has made: checked already, and commands of ours stay."""
    stream = sys.stdout
    if isinstance(stream, _CheckedStream):
        whole = text if text.endswith("\n") else f"{text}\n"
        stream.pass_on(whole if _in_colour(stream) else click.unstyle(whole))
        stream.flush()
    else:
        print_document(text)


def _in_colour(stream: Any) -> bool:
    """As click decides it: by `--color`, or by whether the stream is a terminal."""
    ctx = click.get_current_context(silent=True)
    chosen = ctx.color if ctx else None
    return bool(stream.isatty()) if chosen is None else chosen


@contextmanager
def checked_output() -> Iterator[None]:
    """Check all that is printed while the block runs."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (cast("Any", _checked(stream)) for stream in before)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def _checked(stream: Any) -> Any:
    if stream is None or isinstance(stream, _CheckedStream):
        return stream
    if codecs.lookup(stream.encoding or "ascii").name == "ascii":
        stream.reconfigure(encoding="utf-8")  # or click goes round it, to what is beneath
    return _CheckedStream(stream)


class _CheckedStream:
    """A text stream that breaks CI commands in what is written to it.

    Args:
        stream: where it goes on.
    """

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._line = ""  # what stands on the last line so far

    def write(self, text: str) -> int:
        """Write text, as a reader of whole lines will see it."""
        whole = without_commands(self._line + text)
        if whole.startswith(self._line):
            added = whole[len(self._line) :]
        else:  # the words began in what is printed already
            added = f" {without_commands(text)}"
        self.pass_on(added)
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Write each of the texts."""
        for line in lines:
            self.write(line)

    def pass_on(self, text: str) -> None:
        """Write text as it is."""
        self._stream.write(text)
        _, ended, last = text.rpartition("\n")
        self._line = (last if ended else self._line + text)[-_LONGEST_CONTEXT:]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
