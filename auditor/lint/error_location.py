"""Where in an author's files an error comes from, rather than where in ours."""

from __future__ import annotations

import ast
import linecache
import re
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from auditor.lint.finding import Confidence, Impact, Severity
from auditor.lint.rule_page import DeclarationError, PageError
from auditor.snapshot.org import Org
from auditor.text import closest, did_you_mean, listed


@dataclass(frozen=True, slots=True, order=True)
class SourceLine:
    """A line of a source file."""

    file: Path
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"

    def within(self, folder: Path) -> SourceLine:
        """The same line; a file of the folder is named as the folder is, relative or not."""
        home, file = folder.resolve(), self.file.resolve()
        if not file.is_relative_to(home):
            return self
        return SourceLine(folder / file.relative_to(home), self.line)


def author_line(error: BaseException, folder: Path) -> SourceLine | None:
    """The innermost line of a folder that an error passed through; None if there is none.

    A syntax error is located where the syntax is wrong, and a page where its docstring is.
    """
    home = folder.resolve()
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        return SourceLine(Path(error.filename), error.lineno)
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        file = Path(frame.filename)
        if frame.lineno is not None and file.resolve().is_relative_to(home):
            if isinstance(error, PageError):
                return docstring_line(file, error.line)
            return SourceLine(file, frame.lineno)
    return None


def docstring_line(file: Path, line: int) -> SourceLine:
    """A line of a module's docstring, as a line of the file.

    Args:
        file: the module.
        line: the line in the docstring, from 1.
    """
    try:
        body = ast.parse(file.read_bytes()).body
    except (OSError, SyntaxError, ValueError):
        return SourceLine(file, line)
    first = body[0].lineno if body else 1
    return SourceLine(file, first + line - 1)


def describe_error(error: BaseException, where: SourceLine | None = None) -> str:
    """What an error says, with its kind if it is none of ours, and without the place.

    Args:
        error: the error.
        where: the author's line; its text shows which of our words it gets wrong.
    """
    if isinstance(error, DeclarationError):
        return str(error)
    if isinstance(error, AttributeError) and where:
        advice = _unknown_accessor(error) or _unknown_member(where)
        if advice:
            return advice
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _unknown_accessor(error: AttributeError) -> str | None:
    """A sentence about something that `Org` does not have."""
    if not isinstance(error.obj, Org):
        return None
    members = [name for name in dir(Org) if not name.startswith("_")]
    hint = did_you_mean(_accessor(error.name or "", members)) or "."
    return f"Org has no {error.name!r}{hint} It has {listed(members, most=len(members))}"


def _accessor(name: str, members: Sequence[str]) -> str | None:
    """The member that was probably meant: `servers` where `authorization_servers` is written."""
    words = set(name.split("_"))
    within = [member for member in members if words.issuperset(member.split("_"))]
    return max(within, key=len) if within else closest(name, members)


def _unknown_member(where: SourceLine) -> str | None:
    """A sentence about a member that one of the enums of a finding does not have."""
    line = linecache.getline(str(where.file), where.line)
    for kind in (Severity, Impact, Confidence):
        for name in re.findall(rf"\b{kind.__name__}\.([A-Za-z_]+)", line):
            if not hasattr(kind, name):
                hint = did_you_mean(closest(name, kind.__members__)) or "."
                members = listed(kind.__members__, most=len(kind))
                return f"{kind.__name__} has no member {name}{hint} It has {members}"
    return None
