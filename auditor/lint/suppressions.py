"""Suppressions: findings that somebody answers for until a day, in a TOML file.

The file is reviewed as code is; docs/suppressions.md describes it. Anything in it that is not
understood ends the run, and every complaint names the line and the key.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from auditor.errors import UsageError
from auditor.lint.result import ReportedFinding
from auditor.lint.reviewed import read_reviewed, unusable
from auditor.lint.rule import Rule
from auditor.lint.selection import Selector
from auditor.lint.toml_lines import Table, find_lines
from auditor.text import closest, counted, did_you_mean, one_line, quoted

DEFAULT_NAME = "okta-auditor-suppressions.toml"

_TABLE = "suppression"
_REMEDY = "`okta-auditor schema suppressions` describes every key."
_MISSING = "Write one with: okta-auditor suppress SNAPSHOT --rule CODE --target ID …"

Words = Annotated[str, StringConstraints(pattern=r"\S")]
"""Text that says something."""


class SuppressionPolicy(BaseModel):
    """What may be accepted at all."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_days: int = Field(
        default=365, ge=1, le=3650, description="How far away the end of a suppression may be."
    )
    never: tuple[str, ...] = Field(
        default=(),
        description="Codes, prefixes or names of rules whose findings nobody may accept, neither "
        "by a suppression nor by the baseline.",
    )
    require_ticket: bool = Field(
        default=False, description="Whether each suppression must name a ticket."
    )

    def forbidden(self, rules: Sequence[Rule]) -> frozenset[str]:
        """The codes of the rules whose findings nobody may accept.

        Raises:
            UsageError: an entry of `never` means no rule.
        """
        codes: set[str] = set()
        for text in self.never:
            try:
                codes.update(rule.code for rule in Selector(text).among(rules))
            except UsageError as error:
                raise UsageError(
                    f"suppression_policy.never: {error.message}", remedy=error.remedy
                ) from None
        return frozenset(codes)


class Suppression(BaseModel):
    """One entry: the findings of a rule on an object, or a part of them."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    rule: Words = Field(description="The rule's code.")
    target: Words = Field(description="The id of the finding's object; it never changes.")
    name: str | None = Field(default=None, description="The object's name, for readers.")
    field: Words | None = Field(default=None, description="Only the finding on this field.")
    key: Words | None = Field(
        default=None, description="Only the finding with this key, such as a scope's name."
    )
    fingerprint: str | None = Field(
        default=None, pattern=r"^[0-9a-f]{32}$", description="Only the finding with this one."
    )
    reason: Words = Field(description="Why it is accepted.")
    owner: Words = Field(description="Who answers for it.")
    ticket: Words | None = Field(default=None, description="Where it was decided.")
    expires: date = Field(description="The last day on which it holds.")

    def matches(self, finding: ReportedFinding) -> bool:
        """Whether the finding is one that the entry is about."""
        return (
            self.rule == finding.rule.code
            and self.target == finding.object.id
            and self.field in {None, finding.field}
            and self.key in {None, finding.key}
            and self.fingerprint in {None, finding.fingerprint}
        )

    def may_meet(self, other: Suppression) -> bool:
        """Whether one finding could match both entries, as far as they themselves tell."""
        pairs = (
            (self.field, other.field),
            (self.key, other.key),
            (self.fingerprint, other.fingerprint),
        )
        apart = any(None not in pair and pair[0] != pair[1] for pair in pairs)
        return (self.rule, self.target) == (other.rule, other.target) and not apart


class _File(BaseModel):
    """A file of suppressions."""

    model_config = ConfigDict(title="okta-auditor suppressions", extra="forbid")

    suppression: tuple[Suppression, ...] = ()


@dataclass(frozen=True)
class Entry:
    """A suppression and where it stands."""

    suppression: Suppression
    where: str
    """File and line."""


@dataclass(frozen=True)
class Suppressions:
    """A file of suppressions. No two of its entries are about the same finding."""

    entries: tuple[Entry, ...] = ()


def suppressions_schema() -> dict[str, Any]:
    """The JSON Schema of a file of suppressions."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_File.model_json_schema(),
    }


def read_suppressions(
    path: Path, rules: Sequence[Rule], policy: SuppressionPolicy, as_of: date
) -> Suppressions:
    """Read a file of suppressions.

    Args:
        path: the file.
        rules: all rules there are, selected or not.
        policy: what may be suppressed, and for how long.
        as_of: the day from which the policy's horizon counts.

    Raises:
        UsageError: the file cannot be used as it stands.
    """
    text = read_reviewed(path, missing=_MISSING, damaged=_REMEDY)
    return parse_suppressions(text, path, rules, policy, as_of)


def parse_suppressions(
    text: str, path: Path, rules: Sequence[Rule], policy: SuppressionPolicy, as_of: date
) -> Suppressions:
    """As `read_suppressions`, of text that is not in the file yet.

    Raises:
        UsageError: the text cannot be used as it stands.
    """
    checks = _Checks(path, rules, policy, policy.forbidden(rules), as_of)
    read: list[tuple[Suppression, Table]] = []
    for value, table in _tables(text, path):
        read.append((checks.suppression(value, table), table))
    _check_apart(path, read)
    return Suppressions(
        tuple(Entry(item, f"{path.as_posix()}:{table.line}") for item, table in read)
    )


def _tables(text: str, path: Path) -> Iterable[tuple[dict[str, Any], Table]]:
    """The entries as values, each with its lines."""
    document = _parsed(text, path)
    lines = find_lines(text, _TABLE)
    if unknown := [key for key in document if key != _TABLE]:
        places = {**lines.headers, **lines.top.keys}
        line = min(places.get(key, 1) for key in unknown)
        key = min(unknown, key=lambda each: places.get(each, 1))
        hint = did_you_mean(closest(key, [_TABLE]))
        raise unusable(path, line, f"unknown key {quoted(key)}{hint}", _REMEDY)
    values = document.get(_TABLE, [])
    plain = isinstance(values, list) and all(isinstance(item, dict) for item in values)
    if not plain or len(values) != len(lines.tables):
        line = lines.top.keys.get(_TABLE) or lines.headers.get(_TABLE) or 1
        raise unusable(
            path, line, f"{_TABLE}: each entry must be a table of its own", f"Write [[{_TABLE}]]."
        )
    return zip(values, lines.tables, strict=True)


def _parsed(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        what, _, where = str(error).partition(" (at ")
        found = re.search(r"line (\d+)", where)
        line = int(found[1]) if found else max(1, len(text.splitlines()))
        raise unusable(path, line, f"not valid TOML: {one_line(what)}", _REMEDY) from None
    except (ValueError, RecursionError, OverflowError):
        raise unusable(path, 1, "not usable TOML: too long or too deep a value", _REMEDY) from None


@dataclass(frozen=True)
class _Checks:
    """What an entry must hold to."""

    path: Path
    rules: Sequence[Rule]
    policy: SuppressionPolicy
    forbidden: frozenset[str]
    as_of: date

    def suppression(self, value: dict[str, Any], table: Table) -> Suppression:
        try:
            item = Suppression.model_validate(value)
        except ValidationError as error:
            raise self._invalid(error, table) from None
        self._check_rule(item, table)
        self._check_terms(item, table)
        return item

    def _check_rule(self, item: Suppression, table: Table) -> None:
        codes = {rule.code for rule in self.rules}
        if item.rule not in codes:
            named = {rule.name: rule.code for rule in self.rules}
            near = did_you_mean(closest(item.rule, sorted(codes)))
            hint = f"; its code is {named[item.rule]}" if item.rule in named else near
            raise self._error(
                table,
                "rule",
                f"no rule has the code {quoted(item.rule)}{hint}",
                "`okta-auditor rules` lists them all.",
            )
        if item.rule in self.forbidden:
            raise self._error(
                table,
                "rule",
                f"findings of {item.rule} may not be suppressed",
                "Fix what it finds, or change `never` under `suppression_policy` in the "
                "configuration.",
            )

    def _check_terms(self, item: Suppression, table: Table) -> None:
        if item.fingerprint and (item.field or item.key):
            raise self._error(
                table,
                "fingerprint",
                "a fingerprint says it all; `field` and `key` cannot stand beside it",
                "Remove one or the other.",
            )
        if self.policy.require_ticket and not item.ticket:
            raise self._error(
                table,
                "ticket",
                "the key is missing, and `require_ticket` under `suppression_policy` in the "
                "configuration asks for it",
                "Name the ticket.",
            )
        last = _days_after(self.as_of, self.policy.max_days)
        if item.expires > last:
            raise self._error(
                table,
                "expires",
                f"{item.expires} is more than {counted(self.policy.max_days, 'day')} after "
                f"{self.as_of}",
                f"Choose a day up to {last}; `max_days` under `suppression_policy` in the "
                "configuration sets the limit.",
            )

    def _invalid(self, error: ValidationError, table: Table) -> UsageError:
        """The first thing that is wrong with an entry, and how much more there is."""
        problems = error.errors(include_url=False, include_input=False)
        first = min(problems, key=lambda item: self._line(table, item["loc"]))
        key = one_line(str(first["loc"][0]))
        known = list(Suppression.model_fields)
        if first["type"] == "extra_forbidden":
            hint = did_you_mean(closest(key, known))
            text, key = f"unknown key {quoted(key)}{hint}", ""
        elif first["type"] == "missing":
            text = "the key is missing"
        else:
            text = _MUST.get(key, "must be text that is not empty, in quotes")
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        line = self._line(table, first["loc"])
        return unusable(self.path, line, f"{key}: {text}{more}".removeprefix(": "), _REMEDY)

    def _error(self, table: Table, key: str, what: str, remedy: str) -> UsageError:
        return unusable(self.path, self._line(table, (key,)), f"{key}: {what}", remedy)

    def _line(self, table: Table, loc: tuple[Any, ...]) -> int:
        return table.keys.get(str(loc[0]), table.line)


_MUST = {
    "name": "must be text, in quotes",
    "fingerprint": "must be the 32 hexadecimal digits that a report shows, in quotes",
    "expires": "must be a date such as 2027-01-31, without quotes and without a time",
}


def _days_after(day: date, days: int) -> date:
    return day + timedelta(days=min(days, (date.max - day).days))


def _check_apart(path: Path, read: Sequence[tuple[Suppression, Table]]) -> None:
    """Refuse entries that could disagree on one finding."""
    groups: dict[tuple[str, str], list[tuple[Suppression, Table]]] = {}
    for item, table in read:
        group = groups.setdefault((item.rule, item.target), [])
        for other, earlier in group:
            if item.may_meet(other):
                raise unusable(
                    path,
                    table.line,
                    f"{item.rule} on {quoted(item.target)} is suppressed already on line "
                    f"{earlier.line}, and both entries can mean the same finding",
                    "Keep one, or set them apart with `field`, `key` or `fingerprint` in each.",
                )
        group.append((item, table))
