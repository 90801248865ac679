"""`okta-auditor audit`: check a snapshot against the rules, once or whenever a file changes."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

import click

from auditor.cli.audit.prepared_audit import prepare_audit
from auditor.cli.interrupts import Stopped, termination
from auditor.cli.options import (
    FILE,
    AuditOptions,
    audit_options,
    output_options,
    policy_option,
    verbose_option,
)
from auditor.cli.printing import print_line, print_problems
from auditor.errors import AuditorError, ExitCode
from auditor.snapshot.document import read_document

_WAITING = "waiting for changes (Ctrl-C ends)"


@click.command("audit")
@click.argument("path", metavar="SNAPSHOT", type=FILE)
@click.option(
    "--watch",
    is_flag=True,
    help="Audit again whenever the snapshot, the configuration, a local rule or a file that the "
    "settings name changes, until Ctrl-C.",
)
@verbose_option
@policy_option
@output_options
@audit_options
@click.pass_context
def command(ctx: click.Context, path: Path, audit: AuditOptions, *, watch: bool) -> None:
    """Check a snapshot against the rules. Needs no network and no credentials."""
    if watch:
        _watch(path, audit)
    else:
        ctx.exit(_once(path, audit, []))


def _once(path: Path, options: AuditOptions, watched: list[Path]) -> ExitCode:
    """Audit; replace `watched` by what the outcome depends on, as soon as that is known."""
    prepared = prepare_audit(options)
    watched[:] = [path, *prepared.depends_on]
    result = prepared.evaluate(read_document(path), path)
    prepared.publish(result)
    return prepared.exit_code(result)


def _watch(path: Path, options: AuditOptions) -> None:
    """Audit for ever.

    Raises:
        Stopped: at Ctrl-C or SIGTERM, which is how it ends.
    """
    from auditor.cli.audit.file_changes import file_states, wait_for_change  # noqa: PLC0415 - if watched
    from auditor.config.discovery import candidates  # noqa: PLC0415

    # What Python compiles of a rule is known by the second only; two saves may fall into one.
    sys.dont_write_bytecode = True
    configs = [options.config] if options.config else candidates(Path.cwd())
    watched = [path, *configs, *options.rules]
    with termination() as signals:
        try:
            while True:
                states = file_states(watched)
                watched_before = set(watched)
                try:
                    code = _once(path, options, watched)
                    outcome = f"exit code {int(code)}; {_WAITING}"
                except AuditorError as error:
                    print_problems(error)
                    outcome = _WAITING
                if watched_before != (watched_now := set(watched)):
                    # States from before the audit count: a file may have changed since.
                    states = file_states(watched) | {
                        file: state
                        for file, state in states.items()
                        if not watched_now.isdisjoint((file, *file.parents))
                    }
                # An audit leaves its objects uncollected, since most processes end after it.
                # Ctrl-C is offered only afterwards: a generator that is collected could swallow it.
                gc.unfreeze()
                gc.collect()
                print_line(outcome, err=True)
                wait_for_change(watched, states)
                _clear()
        except KeyboardInterrupt:
            raise Stopped("watching ended", signals.code) from None


def _clear() -> None:
    """Begin with an empty screen where there is one; elsewhere with a line."""
    capable = os.environ.get("TERM", "dumb") not in {"", "dumb"} and "CI" not in os.environ
    if capable and sys.stdout.isatty():
        click.clear()
    else:
        print_line("--- changed ---", err=True)
