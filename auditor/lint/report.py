"""How a report is declared: a pure function from the result of an audit to bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from auditor.lint.result import AuditResult
from auditor.lint.rule import Rule
from auditor.log_commands import (
    json_without_commands,
    keeping_commands,
    markup_without_commands,
    without_commands,
)

Render = Callable[[AuditResult], str]
Schema = Callable[[], dict[str, Any]]

_WITHOUT_COMMANDS = {
    ".json": json_without_commands,
    ".sarif": json_without_commands,
    ".html": markup_without_commands,
    ".htm": markup_without_commands,
    ".xhtml": markup_without_commands,
    ".svg": markup_without_commands,
}
"""How CI commands are broken, by the ending of a format's file; in any other, by a space."""


@dataclass(frozen=True, slots=True)
class Saved:
    """The result of an audit, read back from a report of it."""

    result: AuditResult
    remarks: tuple[str, ...] = ()
    """What differs here from where it was made, in sentences: rules that are not installed."""


Read = Callable[[bytes, Sequence[Rule]], Saved]
"""Takes the document and the installed rules. Raises `ValueError` with a clause that says why
it cannot be read."""


@dataclass(frozen=True, slots=True)
class Report:
    """A report format."""

    name: str
    """What `--format` calls it."""

    filename: str
    """What a file of it is called where nobody says otherwise."""

    make: Render
    """Makes the document; `render` is what others call."""

    module: str

    schema: Schema | None = None
    """Makes the JSON Schema of the format, where it has one of its own."""

    read: Read | None = None
    """Makes a result of what `render` has written, where nothing is lost by it."""

    annotates: bool = False
    """Whether it consists of GitHub's commands, which are meant."""

    def render(self, result: AuditResult) -> str:
        """The document, in which a CI system finds no command of anybody else's."""
        suffix = PurePath(self.filename).suffix.lower()
        checked = keeping_commands if self.annotates else _WITHOUT_COMMANDS.get(suffix)
        return (checked or without_commands)(self.make(result))


def report(
    name: str,
    *,
    filename: str,
    schema: Schema | None = None,
    read: Read | None = None,
    annotates: bool = False,
) -> Callable[[Render], Report]:
    """Make a report of a module's render function.

    Args:
        name: what `--format` calls it, for example `sarif`.
        filename: what a file of it is usually called.
        schema: makes the format's JSON Schema, for `okta-auditor schema`.
        read: makes a result of a document, for `okta-auditor report`.
        annotates: whether it consists of GitHub's workflow commands, so that they stay.
    """

    def declare(render: Render) -> Report:
        return Report(
            name=name,
            filename=filename,
            make=render,
            module=render.__module__,
            schema=schema,
            read=read,
            annotates=annotates,
        )

    return declare
