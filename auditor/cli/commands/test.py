"""`okta-auditor test`: hold a snapshot against expectations, as unit tests of its policies."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from auditor import exact_json
from auditor.cli.expectations_file import committed_expectations
from auditor.cli.options import FILE, format_option, policy_option
from auditor.cli.printing import print_document, print_line
from auditor.cli.reader import columns, program
from auditor.cli.token_requests import explain_command, oidc_scopes_option, read_org, unread
from auditor.errors import ExitCode
from auditor.text import command_lines, counted, escaped, fitted, listed, one_line
from auditor.tokens.decide import Decider, OidcScopes
from auditor.tokens.decision import Decision
from auditor.tokens.expectations.cases import Result, read_cases


@click.command("test")
@click.argument("path", metavar="SNAPSHOT", type=FILE)
@click.argument("expectations", metavar="EXPECTATIONS", type=FILE)
@policy_option
@oidc_scopes_option
@format_option("text", "json", "junit")
@click.pass_context
def command(
    ctx: click.Context,
    *,
    path: Path,
    expectations: Path,
    policy_from: str | None,
    oidc_scopes: str,
    form: str,
) -> None:
    """Check that token requests are minted or rejected as a file expects.

    EXPECTATIONS is a YAML list; `okta-auditor schema expectations` describes its keys.

    Exit codes: 0 all are as expected; 1 some are not; 2 the file cannot be used; 3 something
    that was expected to be minted or rejected is indeterminate. 3 beats 1.
    """
    org = read_org(path)
    committed = committed_expectations(expectations, policy_from)
    for note in committed.notes:
        print_line(note, err=form != "text")
    expectations = committed.shown
    cases = read_cases(expectations, org, committed.data)
    decider = Decider(org, OidcScopes(oidc_scopes))
    results = [case.run(decider) for case in cases]
    if form == "text":
        for line in _text(results, path, expectations):
            print_line(line)
        for line in unread(org) if any(result.undecided for result in results) else ():
            for part in fitted(one_line(line), columns()):
                print_line(part)
    else:
        render: Callable[..., str] = {"json": _json, "junit": _junit}[form]
        print_document(render(results, expectations))
    ctx.exit(_exit_code(results))


def _exit_code(results: list[Result]) -> ExitCode:
    if any(result.undecided for result in results):
        return ExitCode.INCOMPLETE
    passed = all(result.passed for result in results)
    return ExitCode.CLEAN if passed else ExitCode.FINDINGS


def _text(results: list[Result], snapshot: Path, path: Path) -> list[str]:
    lines: list[str] = []
    for result in results:
        if result.passed:
            continue
        case = result.case
        word = "UNDECIDED" if result.undecided else "FAILED"
        first = f"{word}  {case.expectation.title}  ({path}:{case.line})"
        told = [first, *(f"    {line}" for line in _compared(result))]
        lines += [part for line in told for part in fitted(one_line(line), columns())]
        lines += [*_try(explain_command(snapshot, case.expectation.named_request)), ""]
    undecided = sum(result.undecided for result in results)
    failed = sum(not result.passed for result in results) - undecided
    counts = [f"{len(results) - failed - undecided:,} as expected", f"{failed:,} not"]
    counts += [f"{undecided:,} undecided"] if undecided else []
    return [*lines, f"{counted(len(results), 'expectation')}: {', '.join(counts)}"]


def _try(command: str) -> Iterator[str]:
    """The command to copy, on as many lines as it takes."""
    head = "    Try: "
    first, *others = command_lines(command, columns() - len(head), program())
    yield f"{head}{first}"
    yield from (f"{' ' * len(head)}{line}" for line in others)


def _compared(result: Result) -> list[str]:
    expected, actual = result.case.expectation.expected, result.actual
    lines = [
        f"{key}: expected {_shown(expected[key])}, got {_shown(_got(actual, key))}"
        for key in result.differences
    ]
    if "expect" in result.differences:
        words = ": ".join(filter(None, [actual.error, actual.error_description]))
        why = (actual.missing.text if actual.missing else None) or words or actual.failed
        lines += [f"because: {why}"] if why else []
    return lines


def _got(decision: Decision, key: str) -> Any:
    value = decision.as_json()["outcome" if key == "expect" else key]
    return value["name"] if key in {"policy", "rule"} and value else value


def _shown(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return listed(sorted(map(str, value)), most=20)
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _json(results: list[Result], path: Path) -> str:
    del path
    return escaped(exact_json.indented([result.as_json() for result in results]))


def _junit(results: list[Result], path: Path) -> str:
    undecided = sum(result.undecided for result in results)
    failed = sum(not result.passed for result in results) - undecided
    suite = f'name={_attribute(path.as_posix())} tests="{len(results)}" failures="{failed}" '
    suite += f'errors="{undecided}" skipped="0" time="0"'
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<testsuites {suite}>"]
    lines += [f"  <testsuite {suite}>"]
    for result in results:
        words = result.case.expectation
        head = f"name={_attribute(words.title)} classname={_attribute(words.server)} "
        head += f'file={_attribute(path.as_posix())} line="{result.case.line}" time="0"'
        if result.passed:
            lines.append(f"    <testcase {head}/>")
            continue
        kind = "error" if result.undecided else "failure"
        compared = _compared(result)
        message, details = _attribute(compared[0]), _escaped(" / ".join(compared))
        lines += [
            f"    <testcase {head}>",
            f"      <{kind} message={message}>{details}</{kind}>",
            "    </testcase>",
        ]
    return "\n".join([*lines, "  </testsuite>", "</testsuites>", ""])


def _escaped(text: str) -> str:
    """Text for XML 1.0, which cannot hold most control characters even if escaped."""
    clean = one_line(text).replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd")
    return html.escape(clean)


def _attribute(text: str) -> str:
    return f'"{_escaped(text)}"'
