"""`okta-auditor snapshot`: read a tenant into a file."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import click
from click.core import ParameterSource

from auditor.cli.export.accepted_gaps import not_accepted
from auditor.cli.export.import_files import check_import_folder, write_import_blocks
from auditor.cli.export.older_snapshot import older_options, older_words, read_older
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
from auditor.errors import ExitCode, UsageError
from auditor.files import check_writable
from auditor.report_marks import SNAPSHOT, check_replaceable

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
@older_options("--since", "--read-since")
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
    older: Path | None,
    full_every: int | None,
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
    if (older or full_every) and (like or names or all_tenants):
        other = "--like" if like else "--tenant" if names else "--all-tenants"
        why = f"--since and {other} do not go together."
        raise UsageError(why, remedy="Leave one of them out.")
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
    again = resume_command(["snapshot", *older_words(older, full_every)], path, export)
    since = read_older(older, full_every, credentials.org_url)
    if planning:
        ctx.exit(
            print_plan(
                path, credentials, export, again,
                resume=resume, verbose=verbose, form=form, older=since,
            )
        )  # fmt: skip
    snapshot = export_to_file(
        path, credentials, export, resume=resume, verbose=verbose, again=again, older=since
    )
    write_import_blocks(snapshot, imports)
    unread = missing_collections(snapshot.ledger, require_complete=require_complete)
    if not require_complete:
        unread = not_accepted(unread, None)
    ctx.exit(ExitCode.INCOMPLETE if unread else ExitCode.CLEAN)


def _again(config: Path | None, options: ExportOptions) -> Callable[[Sequence[str]], list[str]]:
    """Makes the command that goes on with some tenants."""

    def words(names: Sequence[str]) -> list[str]:
        begin = ["okta-auditor", "snapshot", *(["--config", str(config)] if config else [])]
        tenants = [word for name in names for word in ("--tenant", name)]
        return [*begin, *tenants, "--resume", *extent_words(options)]

    return words
