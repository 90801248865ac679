"""Words that several formats share: made of numbers and names, and put together last."""

from __future__ import annotations

from collections import Counter

from auditor import AuditResult, Impact, counted, listed, one_line
from auditor.oauth import Answer, answer_words
from auditor.results import SOON_DAYS, Acceptance, Cause, causes, ends_soon

_IMPACTS = {
    Impact.BROKEN: "broken, so that requests fail",
    Impact.RISKY: "risky",
    Impact.DEAD: "dead, that is, without effect",
}

_FEW = 3
_HARMS = {
    Impact.BROKEN: "requests fail",
    Impact.RISKY: "risky",
    Impact.DEAD: "without effect",
}


def impacts(result: AuditResult) -> str:
    """The findings by impact, as a list in a sentence."""
    counts = Counter(finding.rule.impact for finding in result.findings)
    return listed(f"{counts[key]:,} {words}" for key, words in _IMPACTS.items() if counts[key])


def shown_causes(result: AuditResult) -> list[Cause]:
    """The causes, the most harmful first; none where the list of findings is as short."""
    return causes(result.findings) if len(result.findings) > _FEW else []


def causes_heading(result: AuditResult) -> str:
    """How many causes make how many findings, without a full stop."""
    number, findings = len(causes(result.findings)), len(result.findings)
    make = "makes" if number == 1 else "make"
    return f"{counted(number, 'cause')} {make} {counted(findings, 'finding')}"


def harm(cause: Cause) -> str:
    """What becomes of requests, or of the configuration, as a clause; with a log, what became."""
    errors = {item.answer.error if item.answer else None for item in cause.findings}
    error = errors.pop() if len(errors) == 1 else None
    failing = cause.rule.impact is Impact.BROKEN and error
    words = f"requests fail with {error}" if failing else _HARMS[cause.rule.impact]
    hits = [item.rejections.count for item in cause.findings if item.rejections]
    # Two findings may bear on one request, so that only one finding's number is a sum.
    logged = f"{counted(hits[0], 'time')} in the log" if len(hits) == 1 else "also in the log"
    return f"{words}, {logged}" if hits else words


def severities(result: AuditResult) -> list[str]:
    """The findings by severity, `2 critical` and so on, the most severe first."""
    return [f"{count:,} {severity}" for severity, count in result.by_severity.items() if count]


def expiring(result: AuditResult) -> int:
    """How many of the suppressed findings come back within 14 days."""
    as_of = result.as_of
    ends = [item.acceptance.expires for item in result.suppressed if item.acceptance]
    return sum(ends_soon(end, as_of) for end in ends if end and as_of)


def acceptance_counts(result: AuditResult) -> str:
    """How many findings are accepted, without a full stop; empty where nobody accepts any."""
    suppressed = ""
    if result.suppressed:
        soon = expiring(result)
        ends = "expires" if soon == 1 else "expire"
        within = f" ({soon:,} {ends} within {SOON_DAYS} days)" if soon else ""
        suppressed = f"{len(result.suppressed):,} suppressed{within}"
    if not result.baseline:
        return suppressed
    compared = (
        f"{counted(len(result.findings), 'new finding')}, "
        f"{len(result.unchanged):,} unchanged, {len(result.fixed):,} fixed"
    )
    if suppressed:
        return f"{suppressed}; since the baseline {compared}"
    return f"Since the baseline {compared}"


def sentence(text: str) -> str:
    """A rule's or a ledger's words as a sentence.

    Rule authors may or may not end messages with a full stop; a report always does, once: what
    is quoted may bring its own.
    """
    ended = text.removesuffix('"').endswith((".", "!", "?"))
    return text if ended else f"{text}."


def answer_lines(answer: Answer | None) -> list[str]:
    """What Okta answers and how to find it in the System Log, a line each with its label."""
    if answer is None:
        return []
    words, log_filter = answer_words(answer), answer.log_filter
    return [
        *([f"Okta answers: {words}"] if words else []),
        *([f"System Log: {log_filter}"] if log_filter else []),
    ]


def acceptance_reason(acceptance: Acceptance) -> str:
    """Why a finding does not count, who says so and until when, on one line."""
    parts = [acceptance.reason or f"in the {acceptance.by}"]
    parts += [f"owner {acceptance.owner}"] if acceptance.owner else []
    parts += [f"ticket {acceptance.ticket}"] if acceptance.ticket else []
    parts += [f"until {acceptance.expires}"] if acceptance.expires else []
    return one_line(f"{'; '.join(parts)} ({acceptance.where})")


def crash_notice(error: str) -> str:
    """What to say of a rule that crashed, in two sentences."""
    return f"The rule crashed, and nothing that it found is reported: {sentence(error)}"
