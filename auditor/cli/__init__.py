"""The command line: one module per command, loaded when the command is used.

Only this package prints and sets exit codes. Nothing here may import what a command does
not use: `--help`, `--version` and `rules` never load the okta SDK.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from auditor.cli.color_option import with_color_option
from auditor.cli.commands import COMMANDS
from auditor.cli.completion import VARIABLE, with_completion
from auditor.cli.debug_option import debug_log_of, log_error, with_debug_option
from auditor.cli.examples import with_examples
from auditor.cli.interrupts import INTERRUPTED, Stopped
from auditor.cli.printing import checked_output, print_document, print_problems, print_remark
from auditor.errors import AuditorError, ExitCode
from auditor.text import closest, did_you_mean, one_line, printable
from auditor.version import __version__


class Program(click.Group):
    """The top command; it knows its subcommands by name and loads them one at a time."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run, with all that is printed checked."""
        with checked_output():
            return super().main(*args, **{"complete_var": VARIABLE, **extra})

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read the options of the top command."""
        with _errors_of_one_line():
            return super().make_context(*args, **extra)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order in which a newcomer needs them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command's module."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"auditor.cli.commands.{cmd_name}").command
        command = with_examples(with_color_option(with_debug_option(command)), cmd_name)
        return with_completion(command)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Commands, without loading any, and the options of the top command."""
        named = COMMANDS.items()
        found = [CompletionItem(n, help=words) for n, words in named if n.startswith(incomplete)]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without loading any."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which one was probably meant."""
        if ctx.resilient_parsing:  # a shell asks what a word could be, and gets no error
            return super().resolve_command(ctx, args)
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            hint = did_you_mean(closest(args[0], COMMANDS)) or "."
            ctx.fail(f"There is no command {args[0]!r}{hint}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; turn what ends it into a message and an exit code."""
        try:
            with _errors_of_one_line():
                return super().invoke(ctx)
        except AuditorError as error:
            log_error(ctx, error)
            print_problems(error)
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
        except Exception as error:  # noqa: BLE001 - the user gets a line, whatever it is
            log_error(ctx, error)
            _print_traceback()
            _print_error(
                f"error: okta-auditor failed ({type(error).__name__}); this is a bug in it.",
                _what_to_report(debug_log_of(ctx)),
            )
            ctx.exit(ExitCode.INCOMPLETE)


def _what_to_report(log: Path | None) -> str:
    if log is None:
        return "Please report it. Run the command again with --debug FILE, and send that file."
    return f"Please report it, and send {log}, which holds no secrets."


def _print_traceback() -> None:
    """Print where it happened, if a developer wants that."""
    if "OKTA_AUDITOR_DEBUG" in os.environ:
        import traceback  # noqa: PLC0415 - only on this path

        print_document(printable(traceback.format_exc()), err=True)


def _print_error(message: str, remedy: str) -> None:
    print_remark(message)
    for line in remedy.splitlines():
        print_remark(line, "  ")


@contextmanager
def _errors_of_one_line() -> Iterator[None]:
    """Errors that click prints quote the command line, which may hold anything."""
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise  # its message is the help
    except click.NoSuchOption as error:
        wrong = _WrongUsage(one_line(error.format_message()), error.ctx)
        wrong.hint = _of_reports(error)
        raise wrong from None
    except click.UsageError as error:
        raise _WrongUsage(one_line(error.format_message()), error.ctx) from None
    except click.ClickException as error:
        raise _WrongUsage(one_line(error.format_message())) from None


def _of_reports(error: click.NoSuchOption) -> str:
    """How a command that makes reports writes one into a file, for whoever gave it -o."""
    if error.option_name != "-o" or error.ctx is None:
        return ""
    makes_reports = any(
        "--format" in option.opts and option.metavar == "FORMAT[=PATH]"
        for option in error.ctx.command.params
    )
    return "-O writes a report into a file: -O html=report.html" if makes_reports else ""


class _WrongUsage(click.UsageError):
    """A command line that cannot be used, said as every other error is."""

    hint = ""
    """A line that says what was probably meant."""

    def show(self, file: Any = None) -> None:
        """Print what is wrong, how the command is called, and where its help is."""
        del file
        remedy = ""
        if self.ctx is not None:
            usage = " ".join(self.ctx.get_usage().split())
            remedy = f"{usage}\n{self.ctx.command_path} --help says more."
            remedy = f"{self.hint}\n{remedy}" if self.hint else remedy
        _print_error(f"error: {self.message}", remedy)


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


with_color_option(with_debug_option(main))
