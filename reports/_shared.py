"""What several formats share."""

from __future__ import annotations

import json
import posixpath
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from auditor import AuditResult, Impact, ReportedFinding
from auditor.lint.acceptance.expiry import SOON_DAYS, ends_soon
from auditor.lint.result import Acceptance, NotEvaluated
from auditor.text import counted, escaped, listed, one_line

_IMPACTS = {
    Impact.BROKEN: "broken, so that requests fail",
    Impact.RISKY: "risky",
    Impact.DEAD: "dead, that is, without effect",
}


def json_document(value: Any) -> str:
    """A value as indented JSON that is safe to print: invisible characters are escapes."""
    return escaped(json.dumps(value, ensure_ascii=False, indent=2)) + "\n"


def impacts(result: AuditResult) -> str:
    """The findings by impact, as a list in a sentence."""
    counts = Counter(finding.rule.impact for finding in result.findings)
    return listed(f"{counts[key]:,} {words}" for key, words in _IMPACTS.items() if counts[key])


def expiring(result: AuditResult) -> int:
    """How many of the suppressed findings come back within 14 days."""
    as_of = result.as_of
    ends = [item.acceptance.expires for item in result.suppressed if item.acceptance]
    return sum(ends_soon(end, as_of) for end in ends if end and as_of)


def acceptance_counts(result: AuditResult) -> str:
    """What was accepted and what the baseline knew; empty where nobody accepts anything."""
    parts = []
    if result.suppressed:
        soon = expiring(result)
        ends = "expires" if soon == 1 else "expire"
        within = f" ({soon:,} {ends} within {SOON_DAYS} days)" if soon else ""
        parts.append(f"{len(result.suppressed):,} suppressed{within}")
    if result.baseline:
        new = counted(len(result.findings), "new finding")
        parts.append(f"since the baseline {new}, {len(result.unchanged):,} unchanged, ")
        parts[-1] += f"{len(result.fixed):,} fixed"
    text = "; ".join(parts)
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """The text with a full stop, unless it ends like a sentence already."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def place(file: str) -> str:
    """A file's name with slashes and without `./`, as services want it that show files."""
    return posixpath.normpath(file.replace("\\", "/")) if file else file


def because(acceptance: Acceptance) -> str:
    """Why a finding does not count, who says so and until when, on one line."""
    parts = [acceptance.reason or f"in the {acceptance.by}"]
    parts += [f"owner {acceptance.owner}"] if acceptance.owner else []
    parts += [f"ticket {acceptance.ticket}"] if acceptance.ticket else []
    parts += [f"until {acceptance.expires}"] if acceptance.expires else []
    return one_line(f"{'; '.join(parts)} ({acceptance.where})")


def unread(result: AuditResult) -> list[NotEvaluated]:
    """The rules that could not be evaluated although the org has what they read."""
    return [item for item in result.not_evaluated if not item.absent]


def incompleteness(result: AuditResult) -> str:
    """Why no finding is no proof, in a sentence; empty where it is one."""
    if not result.rules:
        return "No rule was selected, so nothing was checked."
    missed, crashed = len(unread(result)), len(result.crashed)
    parts = [f"{missed:,} could not be evaluated"] if missed else []
    parts += [f"{crashed:,} crashed"] if crashed else []
    if not parts:
        return ""
    return f"Not everything was checked: of {counted(len(result.rules), 'rule')}, {listed(parts)}."


def numbered(findings: Iterable[ReportedFinding]) -> Iterator[tuple[ReportedFinding, str]]:
    """Each finding with an identity that no other has, even if fingerprints are equal."""
    seen: Counter[str] = Counter()
    for finding in findings:
        seen[finding.fingerprint] += 1
        again = seen[finding.fingerprint]
        yield finding, finding.fingerprint + (f"-{again}" if again > 1 else "")
