"""`okta-auditor controls`: which controls of compliance frameworks the rules bear on."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click

from auditor.cli.audit.acceptance_files import read_acceptance
from auditor.cli.audit.rule_choice import RuleChoice, choose_rules
from auditor.cli.audit.saved_results import looks_like_results, read_saved_results
from auditor.cli.framework_files import choose_frameworks
from auditor.cli.garbage_collection import without_garbage_collection
from auditor.cli.merged_settings import read_settings
from auditor.cli.options import (
    FILE,
    AuditOptions,
    acceptance_options,
    format_option,
    framework_option,
)
from auditor.cli.printing import print_document
from auditor.cli.reader import columns
from auditor.config import EffectiveSettings
from auditor.controls import Control, Framework
from auditor.controls.assessment import Assessment, ControlStatus, assess
from auditor.controls.coverage_report import Assessments, as_csv, as_json, unmapped
from auditor.controls.wording import status_reasons
from auditor.errors import ExitCode, UsageError
from auditor.lint.engine import audit
from auditor.lint.result import AuditResult
from auditor.lint.rule import Rule
from auditor.lint.rule_outcomes import RuleOutcomes
from auditor.lint.shown_gaps import shown_gaps
from auditor.log_commands import without_commands
from auditor.snapshot.document import Source, parse_snapshot, read_document
from auditor.text import counted


@click.command("controls")
@click.argument("path", metavar="[SNAPSHOT|RESULTS]", required=False, type=FILE)
@framework_option
@format_option("text", "json", "csv")
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
    frameworks: tuple[str, ...],
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
    with without_garbage_collection():  # packs are many modules, which stay
        rules = choose_rules(settings)
    names = {rule.code: rule.name for rule in rules.every}
    chosen = choose_frameworks(frameworks, settings, names)
    assessments: Assessments = {}
    result = None
    if path:
        if looks_like_results(path):
            result = _saved(path, rules.every, options)
        else:
            result = _audited(path, settings, rules)
        outcomes = RuleOutcomes(result)
        assessments = {item.id: assess(item, outcomes) for item in chosen}
    if form == "json":
        print_document(
            as_json(chosen, names, assessments, gaps=result.accepted_gaps if result else ())
        )
    elif form == "csv":
        print_document(as_csv(chosen, names, assessments))
    else:
        lines = _lines(chosen, names, assessments, reasons=bool(frameworks))
        print_document("\n".join([*_gaps(result), *lines]))
    if result:
        ctx.exit(_exit_code(result, assessments))


def _audited(path: Path, settings: EffectiveSettings, rules: RuleChoice) -> AuditResult:
    acceptance = read_acceptance(settings, rules.every)
    document = read_document(path)
    with without_garbage_collection():
        snapshot = parse_snapshot(document, path)
        result = audit(snapshot, rules.selected, Source(path.as_posix(), document))
    return replace(acceptance.apply(result), deselected=rules.deselected)


def _saved(path: Path, rules: tuple[Rule, ...], options: AuditOptions) -> AuditResult:
    """The result as the audit saved it.

    Raises:
        UsageError: the file is damaged, or an option would need another audit.
    """
    if options.suppressions or options.as_of:
        raise UsageError(
            f"{path} holds results; --suppressions and --as-of would need another audit.",
            remedy="Name the snapshot instead.",
        )
    return read_saved_results(path, rules)


def _exit_code(result: AuditResult, assessments: Assessments) -> ExitCode:
    if result.unaccepted:
        return ExitCode.INCOMPLETE
    statuses = {each.status for items in assessments.values() for each in items}
    return ExitCode.FINDINGS if ControlStatus.NOT_SATISFIED in statuses else ExitCode.CLEAN


def _lines(
    frameworks: Sequence[Framework],
    names: Mapping[str, str],
    assessments: Assessments,
    *,
    reasons: bool,
) -> Iterator[str]:
    for framework in frameworks:
        yield from _wrapped(f"{framework.title}, {framework.version} ({framework.id})", "", "  ")
        yield _coverage(framework, len(names))
        by_control = {each.control.id: each for each in assessments.get(framework.id, ())}
        if by_control:
            yield from _wrapped(_summary(tuple(by_control.values())), "  ", "    ")
        yield f"  {framework.source}"
        for control in framework.controls:
            yield ""
            yield from _control(control, by_control.get(control.id), names, reasons=reasons)
        yield ""
        yield "  Configuration cannot show"
        for sentence in framework.beyond:
            yield from _wrapped(sentence, "    - ", "      ")
        yield ""
    reasons_by_code = unmapped(frameworks, names)
    yield f"{counted(len(reasons_by_code), 'rule')} of {len(names)} in none of these"
    by_reason: dict[str, list[str]] = {}
    for code, reason in reasons_by_code.items():
        by_reason.setdefault(reason, []).append(code)
    for reason, codes in by_reason.items():
        yield from _wrapped(f"{reason} {' '.join(codes)}", "  ", "    ")


def _gaps(result: AuditResult | None) -> Iterator[str]:
    """The accepted gaps, each as a paragraph; nothing where there is none."""
    for gap in shown_gaps(result) if result else ():
        yield from _wrapped(gap.sentence, "", "  ")
        yield ""


def _coverage(framework: Framework, rules: int) -> str:
    mapped = [each for control in framework.controls for each in control.rules]
    direct = sum(each.strength == "direct" for each in mapped)
    return (
        f"  {counted(len(framework.controls), 'control')}, "
        f"{len(framework.rules)} of {rules} rules, "
        f"{direct} direct and {len(mapped) - direct} related mappings"
    )


def _summary(assessments: Sequence[Assessment]) -> str:
    counts = [f"{sum(each.status is s for each in assessments)} {s.value}" for s in ControlStatus]
    return ", ".join(counts)


def _control(
    control: Control, assessment: Assessment | None, names: Mapping[str, str], *, reasons: bool
) -> Iterator[str]:
    head = f"{control.id}  {control.title}"
    verdict = f": {_verdict(assessment)}" if assessment else ""
    yield from _wrapped(f"{head}{verdict}", "  ", "      ")
    if reasons:
        for mapped in control.rules:
            yield f"    {mapped.strength:8} {mapped.rule} {names.get(mapped.rule, '')}".rstrip()
            yield from _wrapped(mapped.rationale, "             ", "             ")
        return
    for strength in ("direct", "related"):
        codes = [mapped.rule for mapped in control.rules if mapped.strength == strength]
        if codes:
            yield from _wrapped(" ".join(codes), f"    {strength:8} ", " " * 13)


def _verdict(assessment: Assessment) -> str:
    """The status in capitals, as in a report, and what it rests on."""
    reasons = status_reasons(assessment)
    return f"{assessment.status.value.upper()}{f' ({reasons})' if reasons else ''}"


def _wrapped(text: str, first: str, rest: str) -> list[str]:
    return textwrap.wrap(
        without_commands(text),
        columns(),
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
