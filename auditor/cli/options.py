"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from auditor.collect.options import ExportOptions

F = TypeVar("F", bound=Callable[..., Any])

FILE = click.Path(path_type=Path)
SEVERITIES = ("critical", "high", "medium", "low", "info")


@dataclass(frozen=True)
class AuditOptions:
    """What a command line says about the audit."""

    output: tuple[str, ...]
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    fail_on: str | None
    folders: tuple[Path, ...]
    config: Path | None
    source_root: Path | None = None
    history: Path | None = None


def _gathered(function: Callable[..., Any], kind: type[Any], name: str) -> Callable[..., Any]:
    """Hand the options that a dataclass names to the function as one value of it."""

    @wraps(function)
    def call(*args: Any, **options: Any) -> Any:
        value = kind(**{item.name: options.pop(item.name) for item in fields(kind)})
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


def audit_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Options of commands that evaluate rules; the function gets them as `audit`."""
    return _all(
        click.option(
            "--output",
            "-O",
            multiple=True,
            metavar="FORMAT[=PATH]",
            help="Make a report: text, json, sarif, html, markdown, github, gitlab, junit, csv. "
            "Repeatable. Without a path it goes to standard output. [default: text]",
        ),
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
            "--fail-on",
            type=click.Choice(SEVERITIES),
            help="Exit with 1 for findings of this severity or worse. [default: high]",
        ),
        click.option(
            "--rules",
            "folders",
            multiple=True,
            type=FILE,
            metavar="DIR",
            help="Load local rules from a folder. Repeatable.",
        ),
        click.option("--config", type=FILE, metavar="FILE", help="Read settings from a TOML file."),
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
    )(_gathered(function, AuditOptions, "audit"))


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
            default=0.5,
            show_default=True,
            help="The part of each rate limit to spend; the rest is left to other clients.",
        ),
        click.option(
            "--max-requests-per-minute",
            type=click.IntRange(1),
            help="Requests a minute over all rate-limit buckets. [default: what they allow]",
        ),
        click.option(
            "--all-members",
            is_flag=True,
            help="Read the members of every group, not only of those that a policy rule or an "
            "app names.",
        ),
    )(_gathered(function, ExportOptions, "export"))


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
            "not exist. Parts that could not be read always do that.",
        ),
    )(function)
