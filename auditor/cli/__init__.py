"""The command line: one module per command, loaded when the command is used.

Only this package prints and sets exit codes. Nothing here may import what a command does
not use: `--help`, `--version` and `rules` never load the okta SDK.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path

import click

from auditor.cli.debug_option import debug_log_of, log_error, with_debug_option
from auditor.cli.interrupts import INTERRUPTED, Stopped
from auditor.errors import AuditorError, ExitCode
from auditor.version import __version__

_COMMANDS = {
    "doctor": "Check the way to the org, the token and its rights before an export.",
    "snapshot": "Read a tenant's configuration into a file.",
    "audit": "Check a snapshot against the rules.",
    "run": "Read a tenant and check it: snapshot and audit in one.",
    "demo": "See it work on a tenant that comes with it; needs no Okta org.",
    "sandbox": "Serve a tenant file as if it were Okta, on this machine only.",
    "explain": "Say what becomes of one token request, why, and what would make it pass.",
    "test": "Check that token requests are minted or rejected as a file expects.",
    "access": "List who can obtain which scopes, through which client and rule.",
    "report": "Render saved results again, in any format or by a template.",
    "diff": "Say what changed between two snapshots: who gained or lost which tokens.",
    "suppress": "Accept findings of a rule on an object, with a reason, an owner and an end.",
    "baseline": "Accept today's findings, so that only new ones count.",
    "controls": "Show which controls of compliance frameworks the rules bear on.",
    "evidence": "Write evidence of an audit for auditors, and verify that it is unaltered.",
    "rules": "List the rules, or show the page of one.",
    "config": "Show each setting that holds, and where it comes from.",
    "init": "Write a commented configuration file to start from.",
    "schema": "Print the JSON Schema of a file that okta-auditor reads or writes.",
}


class Program(click.Group):
    """The top command; it knows its subcommands by name and loads them one at a time."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order in which a newcomer needs them."""
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command's module."""
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"auditor.cli.commands.{cmd_name}").command
        return with_debug_option(command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without loading any."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which one was probably meant."""
        if args and args[0] not in _COMMANDS and not args[0].startswith("-"):
            from auditor.text import closest, did_you_mean  # noqa: PLC0415 - only on this path

            hint = did_you_mean(closest(args[0], _COMMANDS))
            ctx.fail(f"There is no command {args[0]!r}{hint}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; turn what ends it into a message and an exit code."""
        try:
            return super().invoke(ctx)
        except AuditorError as error:
            log_error(ctx, error)
            _print_error(f"error: {error.message}", error.remedy)
            ctx.exit(error.exit_code)
        except Stopped as stopped:
            _print_error(stopped.line, "")
            ctx.exit(stopped.code)
        except KeyboardInterrupt:
            _print_error("interrupted", "Nothing more was written.")
            ctx.exit(INTERRUPTED)
        except BrokenPipeError:
            # The reader of our output has gone; there is nobody to tell.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(ExitCode.INCOMPLETE)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            log_error(ctx, error)
            if "OKTA_AUDITOR_DEBUG" in os.environ:
                raise
            _print_error(
                f"error: okta-auditor failed ({type(error).__name__}); this is a bug in it.",
                _what_to_report(debug_log_of(ctx)),
            )
            ctx.exit(ExitCode.INCOMPLETE)


def _what_to_report(log: Path | None) -> str:
    if log is None:
        return "Please report it. Run the command again with --debug FILE, and send that file."
    return f"Please report it, and send {log}, which holds no secrets."


def _print_error(message: str, remedy: str) -> None:
    from auditor.text import printable  # noqa: PLC0415 - only on this path

    click.echo(printable(message), err=True)
    if remedy:
        click.echo(f"  {printable(remedy)}", err=True)


@click.command(
    cls=Program,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="First time? Run: okta-auditor demo",
)
@click.version_option(__version__, prog_name="okta-auditor")
def main() -> None:
    """Check Okta API Access Management for what is broken, risky or dead.

    Exit codes: 0 clean, 1 findings at or above --fail-on, 2 wrong usage or configuration,
    3 something could not be read or checked.
    """


with_debug_option(main)
