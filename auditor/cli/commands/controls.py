"""`okta-auditor controls`: which controls of compliance frameworks the rules bear on."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import click

from auditor.cli.audit.accepted_findings import accepting
from auditor.cli.audit.preparation import chosen_rules, without_collector
from auditor.cli.audit.saved_results import are_results, read_saved
from auditor.cli.framework_files import chosen_frameworks
from auditor.cli.merged_settings import read_settings
from auditor.cli.options import FILE, AuditOptions, acceptance_options, framework_option
from auditor.config import Effective
from auditor.controls import Control, Framework
from auditor.controls.assessment import Assessment, ControlStatus, assess
from auditor.controls.coverage_report import Assessments, as_csv, as_json, unmapped
from auditor.errors import ExitCode, UsageError
from auditor.lint.engine import audit
from auditor.lint.result import AuditResult
from auditor.lint.rule import Rule
from auditor.lint.rule_outcomes import RuleOutcomes
from auditor.snapshot.document import Source, parse_snapshot, read_document
from auditor.text import counted

_WIDTH = 100


@click.command("controls")
@click.argument("path", metavar="[SNAPSHOT|RESULTS]", required=False, type=FILE)
@framework_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "csv"]),
    default="text",
    show_default=True,
)
@click.option(
    "--rules", "folders", multiple=True, type=FILE, metavar="DIR", help="Local rules too."
)
@click.option("--config", type=FILE, metavar="FILE", help="Settings of the audit.")
@acceptance_options
@click.pass_context
def command(
    ctx: click.Context,
    *,
    path: Path | None,
    wanted: tuple[str, ...],
    form: str,
    folders: tuple[Path, ...],
    config: Path | None,
    suppressions: Path | None,
    as_of: datetime | None,
) -> None:
    """Show which controls of compliance frameworks the rules bear on, how strongly, and why.

    With a snapshot, or the JSON results of an audit, also what that says about each control. An
    accepted finding leaves a control not satisfied. What was not evaluated is never satisfied,
    and no control is more than configuration can show; each framework ends with what it cannot.

    Exit codes: 0 no control is known not to be satisfied; 1 one is not; 2 wrong usage; 3 something
    could not be read or checked.
    """
    options = AuditOptions(rules=folders, config=config, suppressions=suppressions, as_of=as_of)
    settings = read_settings(options)
    with without_collector():  # packs are many modules, which stay
        rules, selected = chosen_rules(settings)
    names = {rule.code: rule.name for rule in rules}
    frameworks = chosen_frameworks(wanted, settings, names)
    assessments: Assessments = {}
    result = None
    if path:
        if are_results(path):
            result = _saved(path, rules, options)
        else:
            result = _audited(path, settings, rules, selected)
        outcomes = RuleOutcomes(result)
        assessments = {item.id: assess(item, outcomes) for item in frameworks}
    if form == "json":
        click.echo(as_json(frameworks, names, assessments), nl=False)
    elif form == "csv":
        click.echo(as_csv(frameworks, names, assessments), nl=False)
    else:
        lines = _lines(frameworks, names, assessments, reasons=bool(wanted))
        click.echo("\n".join(lines))
    if result:
        ctx.exit(_exit_code(result, assessments))


def _audited(
    path: Path, settings: Effective, known: tuple[Rule, ...], selected: tuple[Rule, ...]
) -> AuditResult:
    accepted = accepting(settings, known, "")
    document = read_document(path)
    with without_collector():
        snapshot = parse_snapshot(document, path)
        result = audit(snapshot, selected, Source(path.as_posix(), document))
    return accepted.apply(result)


def _saved(path: Path, known: tuple[Rule, ...], options: AuditOptions) -> AuditResult:
    """The result as the audit saved it.

    Raises:
        UsageError: the file is damaged, or the call says what would have to be audited anew.
    """
    if options.suppressions or options.as_of:
        raise UsageError(
            f"{path} holds results; --suppressions and --as-of would need another audit.",
            remedy="Name the snapshot instead.",
        )
    return read_saved(path, known)


def _exit_code(result: AuditResult, assessments: Assessments) -> ExitCode:
    if result.incomplete:
        return ExitCode.INCOMPLETE
    found = (each.status for items in assessments.values() for each in items)
    return ExitCode.FINDINGS if ControlStatus.NOT_SATISFIED in found else ExitCode.CLEAN


def _lines(
    frameworks: Sequence[Framework],
    names: Mapping[str, str],
    assessments: Assessments,
    *,
    reasons: bool,
) -> Iterator[str]:
    for item in frameworks:
        yield f"{item.title}, {item.version} ({item.id})"
        yield _coverage(item, len(names))
        found = {each.control.id: each for each in assessments.get(item.id, ())}
        if found:
            yield _summary(tuple(found.values()))
        yield f"  {item.source}"
        for control in item.controls:
            yield ""
            yield from _control(control, found.get(control.id), names, reasons=reasons)
        yield ""
        yield "  Configuration cannot show"
        for sentence in item.beyond:
            yield from _wrapped(sentence, "    - ", "      ")
        yield ""
    left = unmapped(frameworks, names)
    yield f"{counted(len(left), 'rule')} of {len(names)} in none of these"
    by_reason: dict[str, list[str]] = {}
    for code, reason in left.items():
        by_reason.setdefault(reason, []).append(code)
    for reason, codes in by_reason.items():
        yield from _wrapped(f"{reason} {' '.join(codes)}", "  ", "    ")


def _coverage(item: Framework, rules: int) -> str:
    mapped = [each for control in item.controls for each in control.rules]
    direct = sum(each.strength == "direct" for each in mapped)
    return (
        f"  {counted(len(item.controls), 'control')}, {len(item.rules)} of {rules} rules, "
        f"{direct} direct and {len(mapped) - direct} related mappings"
    )


def _summary(found: Sequence[Assessment]) -> str:
    counts = [f"{sum(each.status is s for each in found)} {s.value}" for s in ControlStatus]
    return f"  {', '.join(counts)}"


def _control(
    control: Control, found: Assessment | None, names: Mapping[str, str], *, reasons: bool
) -> Iterator[str]:
    head = f"  {control.id}  {control.title}"
    yield f"{head}: {_verdict(found)}" if found else head
    if reasons:
        for mapped in control.rules:
            yield f"    {mapped.strength:8} {mapped.rule} {names.get(mapped.rule, '')}".rstrip()
            yield from _wrapped(mapped.rationale, "             ", "             ")
        return
    for strength in ("direct", "related"):
        codes = [mapped.rule for mapped in control.rules if mapped.strength == strength]
        if codes:
            yield from _wrapped(" ".join(codes), f"    {strength:8} ", " " * 13)


def _verdict(found: Assessment) -> str:
    """The status in capitals, as in a report, and what it rests on."""
    parts = []
    if found.findings:
        parts.append(counted(found.findings, "finding"))
    if found.accepted:
        parts.append(f"{counted(found.accepted, 'finding')} accepted")
    if found.related:
        parts.append(counted(found.related, "related finding"))
    if found.not_evaluated:
        parts.append(f"not evaluated: {', '.join(found.not_evaluated)}")
    if found.status is ControlStatus.NOT_CLAIMED:
        parts.insert(0, "only related rules bear on it")
    shown = f" ({'; '.join(parts)})" if parts else ""
    return f"{found.status.value.upper()}{shown}"


def _wrapped(text: str, first: str, rest: str) -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
