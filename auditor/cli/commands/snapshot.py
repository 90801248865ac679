"""`okta-auditor snapshot`: read a tenant into a file."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import click
from click.core import ParameterSource

from auditor.cli.durations import Duration, shown_duration
from auditor.cli.export.accepted_gaps import not_accepted
from auditor.cli.export.import_files import check_import_folder, write_import_blocks
from auditor.cli.export.one_tenant import (
    export_to_file,
    extent_words,
    missing_collections,
    resume_command,
)
from auditor.cli.export.request_plan import print_plan, print_plan_like
from auditor.cli.export.several_tenants import (
    TenantExports,
    choose_tenants,
    export_tenants,
    print_plan_of_one,
)
from auditor.cli.options import FILE, collect_options, completion_options, format_option
from auditor.cli.output_option import path_or_format_option
from auditor.collect.auth.credentials import read_credentials
from auditor.collect.options import ExportOptions
from auditor.collect.since.older_snapshot import FULL_EVERY_S, OlderSnapshot
from auditor.errors import ExitCode, UsageError
from auditor.files import check_writable
from auditor.report_marks import SNAPSHOT, check_replaceable
from auditor.snapshot.document import read_snapshot

_FORMATS = ("text", "json")


@click.command("snapshot")
@path_or_format_option(
    "path",
    lambda: _FORMATS,
    "form",
    type=FILE,
    default="snapshot.json",
    show_default=True,
    metavar="FILE",
    help="Where to write the snapshot; gzip if the name ends in .gz.",
)
@collect_options
@completion_options
@click.option(
    "--plan",
    "planning",
    is_flag=True,
    help="Print how many requests it takes and how long the rate limits make it, and do not "
    "go on. Reads the org's own lists and each server's policies and scopes, which --resume "
    "does not ask for again.",
)
@click.option(
    "--like",
    type=FILE,
    metavar="SNAPSHOT",
    help="With --plan: go by an older snapshot, and ask for nothing.",
)
@click.option(
    "--since",
    type=FILE,
    metavar="SNAPSHOT",
    help="Do not read again what this older snapshot of the org has and nothing says has changed: "
    "what belongs to apps (keys, grants, assignments) and members of groups. What is carried "
    "over is marked, with its age.",
)
@click.option(
    "--full-every",
    type=Duration(),
    default=shown_duration(FULL_EVERY_S),
    show_default=True,
    metavar="DURATION",
    help="With --since: how old what is carried over may be at most, such as 1d or 12h.",
)
@format_option(*_FORMATS, about="How to print the plan.", makes_file=True)
@click.option("--config", type=FILE, metavar="FILE", help="Where --tenant finds tenants.")
@click.option(
    "--tenant",
    "names",
    multiple=True,
    metavar="NAME",
    help="Read a tenant of the configuration file. Repeatable: they are read at the same time.",
)
@click.option(
    "--import-blocks",
    "imports",
    type=FILE,
    metavar="DIR",
    help="Write HCL there as well, for an org that is not in Terraform yet: import blocks with "
    "resources that fit them.",
)
@click.option("--all-tenants", is_flag=True, help="Read all tenants of the configuration file.")
@click.pass_context
def command(
    ctx: click.Context,
    path: Path,
    export: ExportOptions,
    *,
    resume: bool,
    require_complete: bool,
    verbose: bool,
    planning: bool,
    like: Path | None,
    since: Path | None,
    full_every: int,
    form: str,
    config: Path | None,
    names: tuple[str, ...],
    all_tenants: bool,
    imports: Path | None,
) -> None:
    """Read a tenant's configuration into a file.

    Reads OKTA_CLIENT_ORGURL and OKTA_CLIENT_TOKEN, or, for a service app,
    OKTA_CLIENT_CLIENTID and OKTA_CLIENT_PRIVATEKEY. Writes nothing to Okta, and never asks
    for client secrets. Exits with 3 if a part could not be read that no accepted gap covers;
    what was read is kept.

    While it reads, FILE.partial holds what was read so far. It stays when the run is
    interrupted, dies or finds no answer to a part; --resume goes on from there.

    A large org takes hours, mostly for what belongs to its apps. Read it once; from then on
    --since reads what has changed, and everything again once in 7 days.

    With --tenant or --all-tenants, the configuration file says where the tenants are, where
    their secrets are and where their snapshots go. The exit code is the worst of theirs.
    """
    if (like or ctx.get_parameter_source("form") is ParameterSource.COMMANDLINE) and not planning:
        raise UsageError("--like and --format need --plan.", remedy="Add --plan.")
    given = ctx.get_parameter_source("full_every") is ParameterSource.COMMANDLINE
    _check_since(since, full_every=given, like=like, names=names, all_tenants=all_tenants)
    if like is not None:
        print_plan_like(like, export, form)
        return
    check_import_folder(imports, one_tenant=not (names or all_tenants))
    if names or all_tenants:
        if ctx.get_parameter_source("path") is ParameterSource.COMMANDLINE:
            raise UsageError(
                "-o is for one tenant; those of the configuration file have their own outputs.",
                remedy='Set "snapshot" in [tenants.NAME].',
            )
        exports = TenantExports(
            export, resume, require_complete, verbose, _again(config, export), config
        )
        tenants = choose_tenants(config, names, everyone=all_tenants)
        ctx.exit(
            print_plan_of_one(tenants, exports, form)
            if planning
            else export_tenants(tenants, exports)
        )
    if config is not None:
        raise UsageError("--config needs --tenant or --all-tenants here.")
    credentials = read_credentials(os.environ)
    check_writable(path)
    check_replaceable(path, SNAPSHOT)
    words = ["snapshot"]
    if since is not None:
        words += ["--since", str(since), "--full-every", shown_duration(full_every)]
    again = resume_command(words, path, export)
    older = _older(since, full_every) if since else None
    if planning:
        ctx.exit(
            print_plan(
                path, credentials, export, again,
                resume=resume, verbose=verbose, form=form, older=older,
            )
        )  # fmt: skip
    snapshot = export_to_file(
        path, credentials, export, resume=resume, verbose=verbose, again=again, older=older
    )
    write_import_blocks(snapshot, imports)
    unread = missing_collections(snapshot.ledger, require_complete=require_complete)
    if not require_complete:
        unread = not_accepted(unread, None)
    ctx.exit(ExitCode.INCOMPLETE if unread else ExitCode.CLEAN)


def _check_since(
    since: Path | None,
    *,
    full_every: bool,
    like: Path | None,
    names: tuple[str, ...],
    all_tenants: bool,
) -> None:
    """Insist that the options fit together that are about an older snapshot.

    Raises:
        UsageError: they do not.
    """
    if since is None and full_every:
        raise UsageError("--full-every needs --since.", remedy="Name an older snapshot.")
    if since is not None and (like or names or all_tenants):
        other = "--like" if like else "--tenant" if names else "--all-tenants"
        why = f"--since and {other} do not go together."
        raise UsageError(why, remedy="Leave one of them out.")


def _older(path: Path, full_every_s: int) -> OlderSnapshot:
    """The older snapshot that a file holds.

    Raises:
        SnapshotError: it holds none.
    """
    return OlderSnapshot(read_snapshot(path), full_every_s)


def _again(config: Path | None, options: ExportOptions) -> Callable[[Sequence[str]], list[str]]:
    """Makes the command that goes on with some tenants."""

    def words(names: Sequence[str]) -> list[str]:
        begin = ["okta-auditor", "snapshot", *(["--config", str(config)] if config else [])]
        tenants = [word for name in names for word in ("--tenant", name)]
        return [*begin, *tenants, "--resume", *extent_words(options)]

    return words
