"""`okta-auditor logs`: pull the System Log, or read it from a file, and say what failed and why."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection, Mapping
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

import click
from click.core import ParameterSource

from auditor.cli.export.log_pull import PullRequest, pull_to_file
from auditor.cli.export.several_tenants import choose_tenants, credentials_of
from auditor.cli.log_analysis import LogPrinter
from auditor.cli.log_copy import write_redacted
from auditor.cli.log_times import Moment
from auditor.cli.options import FILE, AuditOptions, format_option, request_options
from auditor.cli.output_option import path_or_format_option
from auditor.cli.printing import print_remark
from auditor.cli.redaction_option import redaction_key_of, redaction_options
from auditor.collect.auth.credentials import Credentials, read_credentials
from auditor.collect.options import ExportOptions
from auditor.errors import ExitCode, UsageError
from auditor.files import check_writable
from auditor.scratch_files import scratch_folder

_FORMATS = ("text", "json")
_OF_PULLING = {
    *("since", "until", "output", "append", "resume", "grants", "redact", "redaction_key"),
    *("attempts", "share", "max_requests_per_minute", "max_time", "tenant", "verbose"),
}
"""Parameters that say how to pull."""


@click.command("logs")
@click.argument("file", metavar="[FILE]", type=FILE, required=False)
@click.option(
    "--snapshot",
    type=FILE,
    metavar="SNAPSHOT",
    help="The org's configuration, which explains what failed.",
)
@click.option(
    "--base",
    type=FILE,
    metavar="SNAPSHOT",
    help="With --snapshot: the org's configuration from before it failed. Shows whether a change "
    "is the cause.",
)
@click.option(
    "--since",
    type=Moment(),
    default="24h",
    show_default=True,
    metavar="TIME",
    help="Pull events from then on: an age such as 24h or 7d, or 2026-11-28T14:05:00Z. Okta "
    "keeps 90 days.",
)
@click.option(
    "--until", type=Moment(), metavar="TIME", help="Pull events up to then. [default: now]"
)
@path_or_format_option(
    "output",
    lambda: _FORMATS,
    "form",
    type=FILE,
    metavar="FILE",
    help="Keep the events in this file, for its owner only. [default: nothing is kept]",
)
@format_option(*_FORMATS, about="How to print what failed.", makes_file=True)
@click.option(
    "--append",
    is_flag=True,
    help="Add to the file what came since, and what came late: from an hour before its end on. "
    "If it is not there, it is begun with --since.",
)
@click.option(
    "--resume",
    is_flag=True,
    help="Go on where the last pull into the same file was interrupted or found no answer.",
)
@click.option(
    "--with-grants",
    "grants",
    is_flag=True,
    help="Pull OAuth events that did not fail, too; they are many. Only with them it can be "
    "said that a scope, client or rule was not used.",
)
@redaction_options(
    "Replace ids and logins of people by keyed hashes before anything is written. With FILE, "
    "write a copy like that (-o)."
)
@request_options
@click.option("--config", type=FILE, metavar="FILE", help="Where --tenant finds the tenant.")
@click.option("--tenant", metavar="NAME", help="Pull from a tenant of the configuration file.")
@click.option(
    "--verbose",
    "-v",
    is_flag=True,
    help="Show each request: path, status, milliseconds, and what the rate limit leaves.",
)
@click.pass_context
def command(
    ctx: click.Context,
    *,
    file: Path | None,
    snapshot: Path | None,
    base: Path | None,
    form: str,
    since: datetime,
    until: datetime | None,
    output: Path | None,
    append: bool,
    resume: bool,
    grants: bool,
    redact: str | None,
    redaction_key: Path | None,
    export: ExportOptions,
    config: Path | None,
    tenant: str | None,
    verbose: bool,
) -> None:
    """Pull failing OAuth requests from Okta's System Log, and say why they failed.

    Reads the same OKTA_CLIENT_* variables as `snapshot`; a service app needs the scope
    okta.logs.read for it, and asks for no other. With FILE nothing is pulled: it is a file that
    -o wrote, or an export of Okta's (JSON, JSON lines, CSV); - is standard input.

    Rejections are grouped. With --snapshot, each group is explained by the rule that rejects it,
    by findings and by changes in the log; what configuration does not explain is said so. With
    --base, an older snapshot, it is said whether a change since then is the cause, where two
    snapshots prove it.

    Logs hold people. Of an event only those fields are kept that say which request failed, or who
    changed what: no addresses of the network, places, devices or sessions. docs/system-log.md
    names each.

    Okta may add events late. A pull that goes on with a file asks for its last hour again and
    adds what was not there.

    Exit codes: 0 all that was asked for was read; 2 wrong usage; 3 a part is missing.
    """
    if file is not None:
        key = redaction_key_of(redact, redaction_key)
        _refuse_pulling(ctx, () if key is None else ("output", "redact", "redaction_key"))
        if key:
            if output is None:
                raise UsageError("--redact needs a file for what is redacted: -o FILE.")
            check_writable(output)
            write_redacted(file, output, key)
            print_remark(f"{output} written")
            file = output
        complete = LogPrinter(snapshot, form, AuditOptions(config=config), base).print(file)
        ctx.exit(ExitCode.CLEAN if complete else ExitCode.INCOMPLETE)
    if output is None and (append or resume):
        raise UsageError("--append and --resume need the file: -o FILE.")
    if append and resume:
        raise UsageError(
            "--append and --resume do not go together: --append goes on as well.",
            remedy="Leave one of them out.",
        )
    credentials = _credentials(config, tenant)
    now = datetime.now(UTC)
    request = PullRequest(
        credentials=credentials,
        options=export,
        since=since,
        until=min(until or now, now),
        grants=grants,
        redaction_key=redaction_key_of(redact, redaction_key),
        resume=resume,
        append=append,
        verbose=verbose,
        again=_again(
            {
                "--config": config,
                "--tenant": tenant,
                "--redact": redact,
                "--redaction-key": redaction_key,
                "--snapshot": snapshot,
                "--base": base,
            }
        ),
    )
    if output:
        check_writable(output)
    # Before minutes of pulling, so that nothing is wrong with it afterwards.
    printer = LogPrinter(snapshot, form, AuditOptions(config=config), base)
    printer.check_org(credentials.org_url)
    place = nullcontext() if output else scratch_folder(Path(tempfile.gettempdir()))
    with place as folder:
        path = output or Path(str(folder)) / "log.jsonl"
        complete = pull_to_file(path, request, kept=output is not None)
        if output:
            print_remark(f"{output} written{'' if complete else ', incomplete'}")
        printer.print(path)
    ctx.exit(ExitCode.CLEAN if complete else ExitCode.INCOMPLETE)


def _credentials(config: Path | None, tenant: str | None) -> Credentials:
    if tenant is not None:
        return credentials_of(tenant, choose_tenants(config, [tenant], everyone=False)[tenant])
    return read_credentials(os.environ)


def _again(options: Mapping[str, object]) -> list[str]:
    """The words of the command that goes on, without those about the file."""
    given = [(name, str(value)) for name, value in options.items() if value is not None]
    return ["okta-auditor", "logs", *(word for pair in given for word in pair)]


def _refuse_pulling(ctx: click.Context, but: Collection[str]) -> None:
    """Refuse options that say how to pull where a file is read, but for some."""
    for parameter in ctx.command.params:
        given = ctx.get_parameter_source(parameter.name or "") is ParameterSource.COMMANDLINE
        if given and parameter.name in _OF_PULLING.difference(but):
            raise UsageError(
                f"{parameter.opts[-1]} says how to pull, and with FILE nothing is pulled.",
                remedy="Leave one of them out.",
            )
