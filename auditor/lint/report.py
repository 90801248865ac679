"""How a report is declared: a pure function from the result of an audit to bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from auditor.lint.result import AuditResult
from auditor.lint.rule import Rule

Render = Callable[[AuditResult], str]
Schema = Callable[[], dict[str, Any]]


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
    """What `--output` calls it."""

    filename: str
    """What a file of it is called where nobody says otherwise."""

    render: Render
    module: str

    schema: Schema | None = None
    """Makes the JSON Schema of the format, where it has one of its own."""

    read: Read | None = None
    """Makes a result of what `render` has written, where nothing is lost by it."""


def report(
    name: str, *, filename: str, schema: Schema | None = None, read: Read | None = None
) -> Callable[[Render], Report]:
    """Make a report of a module's render function.

    Args:
        name: what `--output` calls it, for example `sarif`.
        filename: what a file of it is usually called.
        schema: makes the format's JSON Schema, for `okta-auditor schema`.
        read: makes a result of a document, for `okta-auditor report`.
    """

    def declare(render: Render) -> Report:
        return Report(
            name=name,
            filename=filename,
            render=render,
            module=render.__module__,
            schema=schema,
            read=read,
        )

    return declare
