"""What several formats share."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from auditor import AuditResult, Impact
from auditor.lint.accept import SOON_DAYS
from auditor.text import counted, escaped, listed

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
    ends = [item.acceptance.expires for item in result.suppressed if item.acceptance]
    today = result.as_of
    return sum(bool(end and today and (end - today).days < SOON_DAYS) for end in ends)


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
