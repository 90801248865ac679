"""`okta-auditor doctor`: check what an export needs before one is tried."""

from __future__ import annotations

import json
import os
import textwrap
from dataclasses import replace
from pathlib import Path

import click

from auditor.cli.export.several_tenants import choose_tenants, credentials_of
from auditor.cli.options import FILE, format_option
from auditor.cli.printing import print_document
from auditor.cli.reader import columns
from auditor.collect.auth.credentials import Credentials, read_credentials
from auditor.collect.doctor.checks import Check, CheckState
from auditor.errors import ExitCode, UsageError
from auditor.log_commands import without_commands
from auditor.plugins import load_rules
from auditor.snapshot.collections import BY_NAME, lineage
from auditor.text import counted, escaped, listed, printable

_NAME = 14
_MARGIN = " " * (9 + _NAME)
_CODES = 10


@click.command("doctor")
@click.option(
    "--share",
    type=click.FloatRange(0, 1, min_open=True),
    help="The part of each rate limit that an export would spend. "
    "[default: all that other clients do not need]",
)
@format_option("text", "json")
@click.option("--config", type=FILE, metavar="FILE", help="Where --tenant finds the tenant.")
@click.option("--tenant", "name", metavar="NAME", help="Check a tenant of the configuration file.")
@click.pass_context
def command(
    ctx: click.Context, share: float | None, form: str, config: Path | None, name: str | None
) -> None:
    """Check what an export needs: the way to the org, the token, its rights.

    Reads the same OKTA_CLIENT_* variables as `snapshot` and sends about 25 small requests.
    Each line says ok, warning or problem, and what to do. Exits with 3 if something that an
    export needs cannot be reached or read.
    """
    if name is not None:
        credentials = credentials_of(name, choose_tenants(config, [name], everyone=False)[name])
    elif config is not None:
        raise UsageError("--config needs --tenant here.")
    else:
        credentials = read_credentials(os.environ)
    # The okta SDK takes a second to import.
    from auditor.collect.doctor.examination import examine  # noqa: PLC0415

    checks = [_with_costs(check) for check in examine(credentials, share=share)]
    print_document(_json(credentials, checks) if form == "json" else _text(credentials, checks))
    failed = any(check.state is CheckState.PROBLEM for check in checks)
    ctx.exit(ExitCode.INCOMPLETE if failed else ExitCode.CLEAN)


def _with_costs(check: Check) -> Check:
    """The check with what it costs an audit that something cannot be read."""
    if check.state is not CheckState.PROBLEM or not check.collections:
        return check
    rules = load_rules()
    lost = [rule.code for rule in rules if not lineage(rule.reads).isdisjoint(check.collections)]
    if not lost:
        return check
    cost = (
        f"{check.message}; without them {len(lost):,} of {counted(len(rules), 'rule')} are not "
        f"evaluated: {listed(sorted(lost), most=_CODES)}"
    )
    if len(check.collections) > 1:
        each = (
            f"{BY_NAME[name].label} {sum(name in lineage(rule.reads) for rule in rules):,}"
            for name in check.collections
        )
        cost += f" (by kind: {', '.join(each)})"
    return replace(check, message=cost)


def _json(credentials: Credentials, checks: list[Check]) -> str:
    document = {
        "org_url": credentials.org_url,
        "authentication": credentials.description,
        "checks": [check.as_json() for check in checks],
    }
    return escaped(json.dumps(document, indent=2))


def _text(credentials: Credentials, checks: list[Check]) -> str:
    lines = [f"{credentials.org_url}  {credentials.description}", ""]
    for check in checks:
        lines += _wrapped(f"{check.state:9}{check.name:{_NAME}}", f"{check.message}.")
        if check.remedy:
            lines += _wrapped(_MARGIN, f"Next: {check.remedy}")
    states = [check.state for check in checks]
    problems, warnings = states.count(CheckState.PROBLEM), states.count(CheckState.WARNING)
    lines += ["", f"{counted(problems, 'problem')}, {counted(warnings, 'warning')}"]
    return printable("\n".join(lines))


def _wrapped(start: str, text: str) -> list[str]:
    return textwrap.wrap(
        without_commands(text),
        columns(),
        initial_indent=start,
        subsequent_indent=_MARGIN,
        break_long_words=False,
        break_on_hyphens=False,
    )
