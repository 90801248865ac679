"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from auditor.cli.durations import Duration, shown_duration
from auditor.cli.output_option import OldSpelling
from auditor.cli.printing import print_remark
from auditor.collect.fetch.bounds import LARGEST_EXPORT_MIB, LONGEST_EXPORT_S
from auditor.collect.options import ExportOptions

F = TypeVar("F", bound=Callable[..., Any])

FILE = click.Path(path_type=Path)
SEVERITIES = ("critical", "high", "medium", "low", "info")
CONFIDENCES = ("high", "medium", "low")
PROFILES = ("pr", "nightly", "audit")


@dataclass(frozen=True, kw_only=True)
class AuditOptions:
    """The options of a command line that are about the audit; None or empty if not given.

    A field with the name of a key of the settings is the command line's value of that key:
    `cli/merged_settings.py` merges them.
    """

    output: tuple[str, ...] = ()
    template: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    profile: str | None = None
    fail_on: str | None = None
    min_confidence: str | None = None
    strict: bool | None = None
    exit_zero: bool | None = None
    statistics: bool | None = None
    show_suppressed: bool | None = None
    as_of: datetime | None = None
    rules: tuple[Path, ...] = ()
    local_rules: bool | None = None
    config: Path | None = None
    no_config: bool = False
    suppressions: Path | None = None
    baseline: Path | None = None
    since: Path | None = None
    logs: Path | None = None
    home_page: str | None = None
    rule_page: str | None = None
    ocsf_version: str | None = None
    source_root: Path | None = None
    history: Path | None = None
    policy_from: str | None = None
    verbose: bool = False


def policy_option(function: F) -> F:
    """The option `--policy-from`, which the function gets as `policy_from`."""
    return click.option(
        "--policy-from",
        metavar="REF",
        help="Take settings, suppressions, baseline, expectations and local rules from this commit "
        "of the repository, not from the checkout, and say what the checkout changes of them.",
    )(function)


def _as_one(function: Callable[..., Any], kind: type[Any], name: str) -> Callable[..., Any]:
    """Pass the options that are fields of a dataclass to the function as one instance of it."""

    @wraps(function)
    def call(*args: Any, **options: Any) -> Any:
        names = {item.name for item in fields(kind)} & options.keys()
        value = kind(**{item: options.pop(item) for item in sorted(names)})
        return function(*args, **options, **{name: value})

    return call


def _split(ctx: click.Context, option: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """Values of a repeatable option that may also be separated by commas."""
    del ctx, option
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())


def _all(*options: Callable[[F], F]) -> Callable[[F], F]:
    def decorate(function: F) -> F:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


def baseline_option(function: F) -> F:
    """The option `--baseline`."""
    return click.option(
        "--baseline",
        type=FILE,
        metavar="FILE",
        help="Findings that this file accepts do not count; `okta-auditor baseline` writes it. "
        "[default: okta-auditor-baseline.json beside the configuration or here, if there]",
    )(function)


def acceptance_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Options of commands that set accepted findings apart, all but the baseline."""
    return _all(
        click.option(
            "--suppressions",
            type=FILE,
            metavar="FILE",
            help="The suppressions. [default: okta-auditor-suppressions.toml beside the "
            "configuration or here, if it is there]",
        ),
        click.option(
            "--as-of",
            type=click.DateTime(["%Y-%m-%d"]),
            metavar="DATE",
            help="The day by which expiry is judged. [default: SOURCE_DATE_EPOCH, or today in UTC]",
        ),
    )(function)


def framework_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """The option `--framework`; the function gets its values as `frameworks`."""
    return click.option(
        "--framework",
        "frameworks",
        multiple=True,
        metavar="ID|FILE",
        help="Only this framework: an id such as nist-800-53-r5, or a YAML file of your own. "
        "Repeatable. [default: all that come with okta-auditor, and those that the configuration "
        "names]",
    )(function)


class _Format(click.Choice[str]):
    """A format by its name, or by one that it had before."""

    def __init__(self, formats: Sequence[str], renamed: Mapping[str, str]) -> None:
        super().__init__(formats)
        self._renamed = renamed

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Take an old name too, with a note."""
        if value in self._renamed:
            print_remark(f"note: the format {value} is called {self._renamed[value]} now.")
            value = self._renamed[value]
        return super().convert(value, param, ctx)


def format_option(
    *formats: str,
    about: str = "How to print it.",
    renamed: Mapping[str, str] | None = None,
    makes_file: bool = False,
) -> Callable[[F], F]:
    """The option for how a command prints what it has to say; the function gets it as `form`.

    Args:
        formats: their names, the default first.
        about: its help.
        renamed: names that formats had before, and those that they have now.
        makes_file: whether `--output` is the file that the command makes, and not this option.
    """
    return click.option(
        "--format",
        *(() if makes_file else ("--output",)),
        "-O",
        "form",
        cls=OldSpelling,
        type=_Format(formats, renamed or {}),
        default=formats[0],
        show_default=True,
        help=about,
    )


def output_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Options of commands that make reports."""
    return _output_options("--output", "-O", "--format")(function)


def output_beside_file_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """As `output_options`, of a command whose `--output` is the file that it makes."""
    return _output_options("-O", "--format")(function)


def output_setting_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """As `output_options`, of a command whose own `--format` is for what it prints."""
    return _output_options("--output", "-O")(function)


def _output_options(*names: str) -> Callable[[F], F]:
    return _all(
        click.option(
            *names,
            "output",
            cls=OldSpelling if "--format" in names else click.Option,
            multiple=True,
            metavar="FORMAT[=PATH]",
            help="Make a report: text, json, sarif, html, controls, markdown, github, gitlab, "
            "junit, csv. Repeatable. Without a path it goes to standard output. [default: text]",
        ),
        click.option(
            "--template",
            multiple=True,
            metavar="FILE[=PATH]",
            help="Make a report by a Jinja2 template of your own. Repeatable.",
        ),
    )


def verbose_option(function: F) -> F:
    """The option `--verbose` of commands that print findings."""
    return click.option(
        "--verbose",
        "-v",
        is_flag=True,
        help="In text, name each finding by its object's id and its fingerprint, by which "
        "`okta-auditor suppress` takes it.",
    )(function)


def accepting_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Options of commands that accept findings; the folders of rules come as `folders`."""
    return _all(
        acceptance_options,
        click.option(
            "--rules",
            "folders",
            multiple=True,
            type=FILE,
            metavar="DIR",
            help="Load local rules from a folder. Repeatable.",
        ),
        click.option("--config", type=FILE, metavar="FILE", help="Read settings from a TOML file."),
    )(function)


def audit_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Options of commands that evaluate rules, but for those of reports.

    The function gets them all as `audit`.
    """
    return _all(
        click.option(
            "--select",
            multiple=True,
            callback=_split,
            metavar="CODE",
            help="Run only these rules: codes, prefixes, names or ALL. Repeatable, or with commas.",
        ),
        click.option(
            "--ignore",
            multiple=True,
            callback=_split,
            metavar="CODE",
            help="Skip these rules. The longest match of --select and --ignore wins.",
        ),
        click.option(
            "--profile",
            type=click.Choice(PROFILES),
            help="Settings for an occasion: pr, what must stop a change; nightly, what to work on; "
            "audit, everything. Other options change them.",
        ),
        click.option(
            "--fail-on",
            type=click.Choice(SEVERITIES),
            help="Exit with 1 for findings of this severity or worse. [default: high]",
        ),
        click.option(
            "--min-confidence",
            type=click.Choice(CONFIDENCES),
            help="Run only rules whose findings are at least so sure. [default: low]",
        ),
        click.option(
            "--strict/--no-strict",
            default=None,
            help="Exit with 3 if any rule was not evaluated, even if the org lacks what it reads.",
        ),
        click.option(
            "--exit-zero/--no-exit-zero",
            default=None,
            help="Exit with 0 in spite of findings; still with 3 if something was not checked.",
        ),
        click.option(
            "--statistics/--no-statistics",
            default=None,
            help="Print how many findings each rule has.",
        ),
        click.option(
            "--show-suppressed/--no-show-suppressed",
            default=None,
            help="List findings that are accepted, instead of counting them.",
        ),
        click.option(
            "--rules",
            multiple=True,
            type=FILE,
            metavar="DIR",
            help="Load local rules (Python code) from a folder. Repeatable.",
        ),
        click.option(
            "--local-rules/--no-local-rules",
            default=None,
            help="Whether to load folders of rules that a configuration file names. [default: "
            "only if --config names the file]",
        ),
        click.option(
            "--config",
            type=FILE,
            metavar="FILE",
            help="Read settings from this TOML file. [default: the nearest okta-auditor.toml or "
            "pyproject.toml, upward to the root of the repository]",
        ),
        click.option("--no-config", is_flag=True, help="Read no configuration file."),
        acceptance_options,
        baseline_option,
        click.option(
            "--since",
            type=FILE,
            metavar="SNAPSHOT",
            help="Mark findings that this earlier snapshot did not have, and name those that are "
            "fixed. [default: the run before, with --history; the baseline]",
        ),
        click.option(
            "--logs",
            type=FILE,
            metavar="FILE",
            help="Say how often findings hurt, and what was not used, by these events of the "
            "System Log: a file of `okta-auditor logs`, or Okta's JSON or CSV.",
        ),
        click.option(
            "--home-page",
            metavar="URL",
            help="The home page that SARIF names for the tool. [default: none]",
        ),
        click.option(
            "--rule-page",
            metavar="URL",
            help="Where rules have their pages, with {code} in it, for SARIF. [default: nowhere]",
        ),
        click.option(
            "--source-root",
            type=FILE,
            metavar="DIR",
            help="Name files in reports relative to this folder, for example the root of the "
            "repository. [default: the working folder]",
        ),
        click.option(
            "--history",
            type=FILE,
            metavar="DIR",
            help="Keep a small record of this run in a folder, and show the trend in reports.",
        ),
    )(_as_one(function, AuditOptions, "audit"))


def collect_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Options of commands that read a tenant; the function gets them as `export`."""
    return _all(
        click.option(
            "--concurrency",
            type=click.IntRange(1, 75),
            default=15,
            show_default=True,
            help="Requests in flight at most.",
        ),
        *_REQUEST_OPTIONS,
        click.option(
            "--max-memory",
            type=click.IntRange(64),
            default=LARGEST_EXPORT_MIB,
            show_default=True,
            metavar="MIB",
            help="MiB that the process may take while it reads. More ends the run (exit code 3); "
            "what was read is kept for --resume.",
        ),
        click.option(
            "--all-members",
            is_flag=True,
            help="Read the members of every group, not only of those that a policy rule or an "
            "app names.",
        ),
        click.option(
            "--all-lists",
            is_flag=True,
            help="Read what belongs to an app also where no decision and no rule needs it, such "
            "as the grants of inactive apps.",
        ),
    )(_as_one(function, ExportOptions, "export"))


def request_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Those of a command that asks Okta for one thing after another."""
    return _all(*_REQUEST_OPTIONS)(_as_one(function, ExportOptions, "export"))


_REQUEST_OPTIONS: tuple[Callable[[Callable[..., Any]], Callable[..., Any]], ...] = (
    click.option(
        "--attempts",
        type=click.IntRange(1, 10),
        default=5,
        show_default=True,
        help="How often a failing request is sent before its list is given up.",
    ),
    click.option(
        "--share",
        type=click.FloatRange(0, 1, min_open=True),
        help="The part of each rate limit to spend at most. "
        "[default: all that other clients do not need]",
    ),
    click.option(
        "--max-requests-per-minute",
        type=click.IntRange(1),
        help="Requests a minute over all rate-limit buckets. [default: what they allow]",
    ),
    click.option(
        "--max-time",
        type=Duration(),
        default=shown_duration(LONGEST_EXPORT_S),
        show_default=True,
        metavar="DURATION",
        help="How long reading may take, such as 90m, 2h or 3600 (seconds). What is not read "
        "by then is named as missing (exit code 3); --resume goes on.",
    ),
)


def completion_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Options that say what to do about an export that is not complete."""
    return _all(
        click.option(
            "--resume",
            is_flag=True,
            help="Go on where the last run with the same output was interrupted or found no "
            "answer, without asking again for what it has read.",
        ),
        click.option(
            "--require-complete",
            is_flag=True,
            help="Exit with 3 also if the org lacks a licensed feature, so that its objects do "
            "not exist, and for parts that could not be read although a gap is accepted.",
        ),
        click.option(
            "--verbose",
            "-v",
            is_flag=True,
            help="Show each request: path, status, milliseconds, and what the rate limit leaves. "
            "With an audit, also name each finding by its object's id and its fingerprint.",
        ),
    )(function)
