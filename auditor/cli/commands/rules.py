"""`okta-auditor rules`: list rules, show the page of one, write all pages, or check a folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from textwrap import wrap

import click

from auditor import exact_json
from auditor.cli.options import FILE, format_option
from auditor.cli.printing import print_document, print_line
from auditor.cli.reader import columns
from auditor.controls import bearing_on, builtin_frameworks, unmapped_rules
from auditor.errors import ExitCode, UsageError
from auditor.files import make_folder, write_file
from auditor.lint.rule import Rule
from auditor.lint.selection import find_rule
from auditor.pack_check import check_pack
from auditor.plugins import load_rules
from auditor.report_marks import RULE_PAGE, check_replaceable
from auditor.text import counted, escaped, one_line, printable


@click.command("rules")
@click.argument("code", required=False)
@click.option(
    "--rules", "folders", multiple=True, type=FILE, metavar="DIR", help="Local rules too."
)
@click.option(
    "--write", type=FILE, metavar="DIR", help="Write all pages and an index, as Markdown."
)
@click.option(
    "--check",
    type=FILE,
    metavar="DIR",
    help="Load the rules of a folder, run their examples, and say what is wrong where.",
)
@format_option("text", "json")
@click.pass_context
def command(
    ctx: click.Context,
    *,
    code: str | None,
    folders: tuple[Path, ...],
    write: Path | None,
    check: Path | None,
    form: str,
) -> None:
    """List the rules, or show the page of one, given its code or name.

    Exit codes: 0 done; 1 --check found a problem; 2 wrong usage.
    """
    if form == "json" and (check or write):
        raise UsageError("--check and --write print no JSON.", remedy="Leave out: --format json")
    if check:
        ctx.exit(_check(check))
    rules = load_rules(folders)
    if form == "json":
        print_document(_json([find_rule(rules, code)] if code else rules))
    elif code:
        print_document(printable(_page(find_rule(rules, code))))
    elif write:
        _write(rules, write)
    else:
        print_document("\n".join(_listing(rules, columns())))


def _json(rules: Sequence[Rule]) -> str:
    from auditor.cli.json_documents.rule_list import listed_rule  # noqa: PLC0415 - only here

    frameworks = builtin_frameworks()
    values = [listed_rule(rule, frameworks).model_dump(mode="json") for rule in rules]
    return escaped(exact_json.indented(values))


def _listing(rules: Sequence[Rule], width: int) -> Iterator[str]:
    """A line for each rule; where they are too narrow, its title beneath it."""
    heads = [f"{rule.code}  {rule.severity:8}  {rule.name}" for rule in rules]
    most = max(map(len, heads))
    titles = [one_line(rule.page.title) for rule in rules]
    wide = most + 2 + max(map(len, titles)) <= width
    for head, title in zip(heads, titles, strict=True):
        if wide:
            yield f"{head:{most}}  {title}"
        else:
            yield head
            indent = " " * 9
            yield from wrap(title, width, initial_indent=indent, subsequent_indent=indent)


def _check(folder: Path) -> ExitCode:
    """Print every problem of a folder of rules on a line of its own."""
    outcome = check_pack(folder)
    for problem in outcome.problems:
        print_line(str(problem))
    rules, problems = len(outcome.rules), len(outcome.problems)
    print_line(f"{counted(rules, 'rule')} checked, {counted(problems, 'problem')}", err=True)
    return ExitCode.FINDINGS if problems else ExitCode.CLEAN


def _write(rules: Sequence[Rule], folder: Path) -> None:
    """One file a rule, named so that it can be linked to for ever, and an index."""
    pages = {folder / f"{rule.code}.md": _page(rule) for rule in rules}
    pages[folder / "README.md"] = _index(rules)
    make_folder(folder)
    for path in pages:
        check_replaceable(path, RULE_PAGE)
    for path, page in pages.items():
        write_file(path, page.encode())
    print_line(f"{len(rules)} pages written to {folder}", err=True)


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


def _cell(text: str) -> str:
    """A text in a table of Markdown."""
    return text.translate({ord("|"): "\\|"})


def _index(rules: Sequence[Rule]) -> str:
    rows = "\n".join(
        f"| [{rule.code}]({rule.code}.md) | {rule.name} | {rule.severity} | {rule.impact} | "
        f"{_cell(rule.page.title)} |"
        for rule in rules
    )
    return (
        "# Rules\n\nMade from the rules themselves by `make docs`.\n\n"
        f"| code | name | severity | impact | what it finds |\n|---|---|---|---|---|\n{rows}\n"
    )
