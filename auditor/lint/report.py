"""How a report is declared: a pure function from the result of an audit to bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from auditor.lint.result import AuditResult

Render = Callable[[AuditResult], str]
Schema = Callable[[], dict[str, Any]]


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


def report(name: str, *, filename: str, schema: Schema | None = None) -> Callable[[Render], Report]:
    """Make a report of a module's render function.

    Args:
        name: what `--output` calls it, for example `sarif`.
        filename: what a file of it is usually called.
        schema: makes the format's JSON Schema, for `okta-auditor schema`.
    """

    def declare(render: Render) -> Report:
        return Report(
            name=name, filename=filename, render=render, module=render.__module__, schema=schema
        )

    return declare
