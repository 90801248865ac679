"""The option `--debug FILE` of every command. The log itself is in `debug_log.py`."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from auditor.errors import OutputError

_LOG = "auditor.cli.debug_log"
"""The key of the outermost context under which the path of the log is kept."""


def with_debug_option(command: click.Command) -> click.Command:
    """Give a command, and the commands below it, the option `--debug`."""
    if any(parameter.name == "debug" for parameter in command.params):
        return command
    command.params.append(
        click.Option(
            ["--debug"],
            type=click.Path(path_type=Path),
            metavar="FILE",
            expose_value=False,
            is_eager=True,
            callback=_start,
            help="Log what happens into FILE, without secrets, to send it with a bug report.",
        )
    )
    if command.callback is not None and not isinstance(command, click.Group):
        command.callback = _logging_its_options(command.callback)
    for subcommand in getattr(command, "commands", {}).values():
        with_debug_option(subcommand)
    return command


def debug_log_of(ctx: click.Context) -> Path | None:
    """Where the log of a run is; None without one."""
    path: Path | None = ctx.find_root().meta.get(_LOG)
    return path


def log_error(ctx: click.Context, error: Exception) -> None:
    """Log what ended a command and where in the code that was, if there is a log."""
    if debug_log_of(ctx) is not None:
        from auditor.cli.debug_log import log_exception  # noqa: PLC0415

        log_exception(error)


def _start(ctx: click.Context, parameter: click.Parameter, path: Path | None) -> None:
    del parameter
    if path is None or ctx.resilient_parsing:
        return
    # `logging` and what it takes to describe this machine cost every other call some time.
    from auditor.cli.debug_log import debug_log  # noqa: PLC0415

    root = ctx.find_root()
    try:
        root.with_resource(debug_log(path))
    except OutputError as error:  # options are read before errors of ours are met
        raise click.BadParameter(f"{error.message} {error.remedy}") from None
    root.meta[_LOG] = path


def _logging_its_options(callback: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(callback)
    def run(*args: Any, **values: Any) -> Any:
        ctx = click.get_current_context()
        if debug_log_of(ctx) is not None:
            from auditor.cli.debug_log import log_call  # noqa: PLC0415

            log_call(ctx)
        return callback(*args, **values)

    return run
