"""What an older snapshot shows of failed requests, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.cli.log_words import change_words, day_and_time
from auditor.system_log.analysis import LogAnalysis
from auditor.system_log.base_comparison import Comparison, Verdict
from auditor.system_log.explanations import ExplainedGroup


def base_lines(analysis: LogAnalysis, explained: ExplainedGroup) -> Iterator[str]:
    """The sentences of a group; none without an older snapshot."""
    compared, base = explained.base, analysis.base
    if compared is None or base is None:
        return
    older = f"The snapshot of {day_and_time(base.captured_at)} UTC"
    count = explained.group.count
    match compared.verdict:
        case Verdict.CHANGED:
            yield f"{older} gives them the token: what was changed since then is the cause."
            yield from _changes(analysis, explained, compared)
        case Verdict.ALREADY:
            yield (
                f"{older} already rejects them for this reason: no change since then is needed to "
                "explain it."
            )
        case Verdict.GIVEN:
            yield (
                f"{older} gives them the token; that a change since then is the cause is not "
                "shown, because the newer one does not reject all of them for the log's reason."
            )
        case Verdict.DIFFERENT:
            yield (
                f"{older} gives {compared.given:,} of {count:,} the token and rejects "
                f"{compared.rejected:,} for the log's reason: whether a change is the cause is "
                "not shown."
            )
        case Verdict.NOT_TOLD:
            yield f"{older} does not tell of all of them: whether a change is the cause is open."
        case Verdict.TIMES:
            yield (
                f"{older} shows nothing of a change: it has to be read before the first rejection, "
                "and the newer one after it."
            )


def _changes(
    analysis: LogAnalysis, explained: ExplainedGroup, compared: Comparison
) -> Iterator[str]:
    org = analysis.org
    if compared.cause is not None:
        words = change_words(org, compared.cause)
        yield f"The one change that the log has in between, so the cause: {words}."
        return
    if not compared.candidates:
        yield "The log has no change between that snapshot and the first rejection for them."
    for number, change in enumerate(compared.candidates):
        words = "Changed in between" if number == 0 else "And"
        yield f"{words}: {change_words(org, change)}."
    if compared.more_candidates:
        yield "And more changes before."
    if not compared.log_covers:
        yield "The log is not known to hold all changes between the two snapshots."
    if any(outcome.steps and outcome.steps.request.user for outcome in explained.outcomes):
        yield "Who joined or left groups and apps is not pulled with a log; it can be the cause."
