"""What is new since the last time, and what is fixed, in the words that formats share."""

from __future__ import annotations

from collections.abc import Iterator

from auditor import AuditResult, ReportedFinding, counted, listed
from auditor.results import EarlierKind, Fixed

_CODES_NAMED = 10


def earlier(result: AuditResult) -> str:
    """What was compared with: `the run of 2026-11-27 03:00 UTC`; empty if nothing was."""
    since = result.since
    if since is None:
        return ""
    moment = f"{since.captured_at:%Y-%m-%d %H:%M %Z}" if since.captured_at else ""
    if since.kind is EarlierKind.RUN:
        return f"the run of {moment}"
    if since.kind is EarlierKind.SNAPSHOT:
        return f"the snapshot of {moment} ({since.where})"
    return f"the baseline ({since.where})"


def new_heading(result: AuditResult) -> str:
    """How many findings are new since when; empty if nothing was compared."""
    if result.since is None:
        return ""
    if not result.new:
        return f"No finding is known to be new since {earlier(result)}"
    return f"{counted(len(result.new), 'finding')} new since {earlier(result)}"


def fixed(result: AuditResult) -> tuple[Fixed, ...]:
    """What is fixed since then; nothing for a baseline, whose fixed ones have a place already."""
    since = result.since
    return since.fixed if since and since.kind is not EarlierKind.BASELINE else ()


def fixed_heading(result: AuditResult) -> str:
    """How many findings are fixed since when; empty if none is."""
    gone = fixed(result)
    return f"{counted(len(gone), 'finding')} fixed since {earlier(result)}" if gone else ""


def not_known(result: AuditResult) -> str:
    """Of how many findings it is not known whether they are new, and why; empty if of none."""
    unknown = [item for item in result.findings if item.new is None] if result.since else []
    if not unknown:
        return ""
    codes = listed(sorted({item.rule.code for item in unknown}), most=_CODES_NAMED)
    return (
        f"Whether {counted(len(unknown), 'finding')} of {codes} {_are(unknown)} new is not known: "
        "the rules did not run then."
    )


def since_sentences(result: AuditResult) -> Iterator[str]:
    """What is new and fixed, in numbers, a sentence each; nothing if nothing was compared."""
    for words in (new_heading(result), fixed_heading(result)):
        if words:
            yield f"{words}."
    if unknown := not_known(result):
        yield unknown


def mark(finding: ReportedFinding) -> str:
    """What stands before a new finding; nothing before others."""
    return "New: " if finding.new else ""


def _are(items: list[ReportedFinding]) -> str:
    return "is" if len(items) == 1 else "are"
