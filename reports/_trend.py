"""What the history says: a comparison with the run before, and how the numbers developed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from auditor import AuditResult, counted, listed
from auditor.results import Run


@dataclass(frozen=True, slots=True)
class RunComparison:
    """How the findings differ from those of the run before, accepted ones included."""

    since: date
    new: int
    fixed: int
    compared: int
    """The rules that both runs evaluated; a rule that only one did proves nothing."""
    left_aside: int
    """Rules of this run that the one before did not evaluate."""


def compare_last_runs(result: AuditResult) -> RunComparison | None:
    """The change since the run before; None if there is none, or it kept no fingerprints."""
    if len(result.history) < 2:  # noqa: PLR2004 - two make a comparison
        return None
    before, now = result.history[-2:]
    if before.fingerprints is None or now.fingerprints is None:
        return None
    both = before.by_rule.keys() & now.by_rule.keys()
    old, new = ({(code, item) for code in both for item in of.get(code, ())}
                for of in (before.fingerprints, now.fingerprints))  # fmt: skip
    return RunComparison(
        since=before.captured_at.date(),
        new=len(new - old),
        fixed=len(old - new),
        compared=len(both),
        left_aside=len(now.by_rule.keys() - both),
    )


def trend(result: AuditResult) -> str:
    """The history in a line or two; empty without any."""
    runs = result.history
    if not runs:
        return ""
    if len(runs) == 1:
        return "This is the first run in the history."
    parts = [_since(result, runs), _development(runs)]
    gaps = sum(not run.complete for run in runs)
    parts += [f"{gaps:,} of these runs could not check everything."] if gaps else []
    return " ".join(parts)


def _since(result: AuditResult, runs: tuple[Run, ...]) -> str:
    then, today = runs[-2].captured_at.date(), runs[-1].captured_at.date()
    days = (today - then).days
    since = {0: "Since the run before", 1: "Since yesterday"}.get(days, f"Since {then}")
    comparison = compare_last_runs(result)
    if comparison is None:
        return f"{since}: {runs[-2].findings:,} → {runs[-1].findings:,} findings."
    if comparison.compared == 0:
        return f"{since}: nothing to compare, because no rule ran in both runs."
    rules = counted(comparison.compared, "rule")
    both = f" by the {rules} that ran in both" if comparison.left_aside else ""
    return f"{since}: {comparison.new:,} new, {comparison.fixed:,} fixed{both}."


def _development(runs: tuple[Run, ...]) -> str:
    first, last = runs[0], runs[-1]
    since = first.captured_at.date()
    numbers = f"{first.findings:,} → {counted(last.findings, 'finding')}"
    return f"{numbers} over {counted(len(runs), 'run')} since {since}."


def run_severities(run: Run) -> str:
    """The findings of a run by severity, as a list in a sentence."""
    return listed(
        (f"{number:,} {name}" for name, number in run.by_severity.items() if number), most=5
    )
