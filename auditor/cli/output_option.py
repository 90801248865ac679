"""`-o`, `--output`: the file or folder that a command makes, in every command that makes one.

`--output` was another spelling of `--format` before. Where a command has both, what names a format
goes on meaning that; a file of such a name is `./json`, or follows `-o`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import wraps
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from auditor.cli.printing import print_remark


class OldSpelling(click.Option):
    """An option that `--output` goes on naming, and whose help does not say so."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The line of the help."""
        record = super().get_help_record(ctx)
        return record and (record[0].replace(", --output", ""), record[1])


class _WithLongSpelling(click.Option):
    """The option `-o`, which `--output` names, too."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The line of the help."""
        record = super().get_help_record(ctx)
        return record and (record[0].replace("-o ", "-o, --output ", 1), record[1])


def path_or_format_option(
    name: str, formats: Callable[[], Collection[str]], form: str, **attributes: Any
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The option `-o`, `--output` of a command that has formats as well.

    Args:
        name: what the function gets the path as.
        formats: makes the names of the formats.
        form: what the function gets the format as: one, or a tuple of those with their paths.
        attributes: of the option.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def call(*args: Any, long_output: tuple[str, ...], **options: Any) -> Any:
            for value in long_output:
                if value.partition("=")[0] in formats():
                    print_remark(f"note: --output {value} is called --format {value} now.")
                    several = isinstance(options[form], tuple)
                    options[form] = (*options[form], value) if several else value
                else:
                    _refuse_second(name)
                    options[name] = Path(value)
            return function(*args, **options)

        # `--output` apart, because only its value says which of the two it means.
        apart = click.option("--output", "long_output", multiple=True, hidden=True)
        return apart(click.option("-o", name, cls=_WithLongSpelling, **attributes)(call))

    return decorate


def _refuse_second(name: str) -> None:
    """Note that the command line names the path, unless it did so before."""
    context = click.get_current_context()
    if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
        raise click.UsageError("-o and --output name the same; give one of them, once.")
    context.set_parameter_source(name, ParameterSource.COMMANDLINE)
