"""Which rules an audit leaves out, and by which setting: of them nothing may be claimed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from auditor.lint.finding import Confidence
from auditor.lint.result import AuditResult, Deselection
from auditor.lint.rule import Rule
from auditor.lint.selection import Selector
from auditor.text import counted

_NAMED = 5
"""Selectors that are named; of more there is an ellipsis."""


def deselections(
    rules: Iterable[Rule],
    chosen: Iterable[Rule],
    select: Sequence[str],
    ignore: Sequence[str],
    min_confidence: Confidence,
) -> tuple[Deselection, ...]:
    """The rules that do not run, by the setting that leaves them out.

    The setting is named as the option that says the same, wherever it was set: evidence that is
    made again elsewhere says it in the same words.

    Args:
        rules: all rules there are.
        chosen: those that `select` and `ignore` choose, however sure they are.
        select: what the settings select; nothing is everything.
        ignore: what they ignore.
        min_confidence: how sure a rule has to be to run.
    """
    codes = {rule.code for rule in chosen}
    by: dict[str, list[str]] = {}
    for rule in rules:
        if rule.code not in codes:
            selected = not select or any(Selector(text).matches(rule) for text in select)
            option = f"--ignore {_words(ignore)}" if selected else f"--select {_words(select)}"
        elif not rule.confidence.at_least(min_confidence):
            option = f"--min-confidence {min_confidence.value}"
        else:
            continue
        by.setdefault(option, []).append(rule.code)
    return tuple(Deselection(option, tuple(sorted(by[option]))) for option in sorted(by))


def deselected_words(result: AuditResult) -> str:
    """How many rules are not selected, and by what, as a clause; empty if all are."""
    return "; ".join(_clauses(result))


def evaluated_words(result: AuditResult) -> str:
    """How many of all rules were evaluated, and what left the others out, as a clause.

    `37 of 97 rules evaluated; 60 not selected by --ignore OAM1`, of the rules that there are,
    and not of the selected ones.
    """
    selected = "rule" if result.selection_known else "selected rule"
    rules = counted(len(result.rules) + result.not_selected, selected)
    return "; ".join([f"{result.evaluated:,} of {rules} evaluated", *_clauses(result)])


def _clauses(result: AuditResult) -> Iterator[str]:
    if not result.selection_known:
        yield "whether rules were not selected is not known"
    for at, item in enumerate(result.deselected):
        yield f"{len(item.codes):,} {'' if at else 'not selected '}by {item.by}"


def _words(selectors: Sequence[str]) -> str:
    more = ",…" if len(selectors) > _NAMED else ""
    return ",".join(selectors[:_NAMED]) + more
