"""The option `--color` of every command, and the variables that say the same.

`NO_COLOR` (no-color.org) and `FORCE_COLOR` (force-color.org) count if they hold anything. The
option beats both, and `NO_COLOR` beats `FORCE_COLOR`.
"""

from __future__ import annotations

import os

import click

_COLOURS = {"auto": None, "always": True, "never": False}


def with_color_option(command: click.Command) -> click.Command:
    """Give a command, and the commands below it, the option `--color`."""
    if any(parameter.name == "color" for parameter in command.params):
        return command
    command.params.append(
        click.Option(
            ["--color"],
            type=click.Choice(list(_COLOURS)),
            expose_value=False,
            is_eager=True,
            callback=_choose,
            help="Whether to use colour. [default: NO_COLOR, FORCE_COLOR, or auto: on a terminal]",
        )
    )
    for subcommand in getattr(command, "commands", {}).values():
        with_color_option(subcommand)
    return command


def colour_is_refused() -> bool:
    """Whether the command that runs was told to use none, for what click does not print."""
    ctx = click.get_current_context(silent=True)
    return ctx is not None and ctx.color is False


def _choose(ctx: click.Context, parameter: click.Parameter, word: str | None) -> None:
    """Tell click, which takes colour out of what it prints by `Context.color`."""
    del parameter
    if word is not None:
        ctx.color = _COLOURS[word]
    elif ctx.parent is None:
        ctx.color = _by_environment()


def _by_environment() -> bool | None:
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return True if os.environ.get("FORCE_COLOR") else None
