"""`okta-auditor rules`: list the rules, show the page of one, or write all pages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from auditor.cli.options import FILE
from auditor.controls import bearing_on, builtin_frameworks, unmapped_rules
from auditor.errors import OutputError
from auditor.files import write_file
from auditor.lint.rule import Rule
from auditor.lint.selection import find_rule
from auditor.plugins import load_rules


@click.command("rules")
@click.argument("code", required=False)
@click.option(
    "--rules", "folders", multiple=True, type=FILE, metavar="DIR", help="Local rules too."
)
@click.option(
    "--write", type=FILE, metavar="DIR", help="Write all pages and an index, as Markdown."
)
def command(code: str | None, folders: tuple[Path, ...], write: Path | None) -> None:
    """List the rules, or show the page of one, given its code or name."""
    rules = load_rules(folders)
    if code:
        click.echo(_page(find_rule(rules, code)), nl=False)
    elif write:
        _write(rules, write)
    else:
        width = max(len(rule.name) for rule in rules)
        for rule in rules:
            click.echo(f"{rule.code}  {rule.severity:8}  {rule.name:{width}}  {rule.page.title}")


def _write(rules: Sequence[Rule], folder: Path) -> None:
    """One file a rule, named so that it can be linked to for ever, and an index."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"The folder {folder} cannot be made: {error.strerror}.") from error
    for rule in rules:
        write_file(folder / f"{rule.code}.md", _page(rule).encode())
    write_file(folder / "README.md", _index(rules).encode())
    click.echo(f"{len(rules)} pages written to {folder}", err=True)


def _page(rule: Rule) -> str:
    """The rule's page, with the controls that it bears on."""
    by_framework: dict[str, list[str]] = {}
    for framework, control, mapped in bearing_on(builtin_frameworks(), rule.code):
        title = f"{framework.title}, {framework.version}"
        by_framework.setdefault(title, []).append(f"{control.id} ({mapped.strength})")
    lines = [f"- {title}: {', '.join(ids)}" for title, ids in by_framework.items()]
    if reason := unmapped_rules().get(rule.code):
        lines = [f"None. {reason}"]
    section = "\n## Controls\n\n" + "\n".join(lines) + "\n" if lines else ""
    return rule.markdown() + section


def _index(rules: Sequence[Rule]) -> str:
    rows = "\n".join(
        f"| [{rule.code}]({rule.code}.md) | {rule.name} | {rule.severity} | {rule.impact} | "
        f"{rule.page.title.replace('|', chr(92) + '|')} |"
        for rule in rules
    )
    return (
        "# Rules\n\nMade from the rules themselves by `make docs`.\n\n"
        f"| code | name | severity | impact | what it finds |\n|---|---|---|---|---|\n{rows}\n"
    )
