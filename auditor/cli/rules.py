"""`okta-auditor rules`: list the rules, or show the page of one."""

from __future__ import annotations

from pathlib import Path

import click

from auditor.cli.options import FILE
from auditor.lint.selection import find_rule
from auditor.plugins import load_rules


@click.command("rules")
@click.argument("code", required=False)
@click.option(
    "--rules", "folders", multiple=True, type=FILE, metavar="DIR", help="Local rules too."
)
def command(code: str | None, folders: tuple[Path, ...]) -> None:
    """List the rules, or show the page of one, given its code or name."""
    rules = load_rules(folders)
    if code:
        click.echo(find_rule(rules, code).markdown(), nl=False)
        return
    width = max(len(rule.name) for rule in rules)
    for rule in rules:
        click.echo(f"{rule.code}  {rule.severity:8}  {rule.name:{width}}  {rule.page.title}")
