"""What several formats share."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from auditor import AuditResult, Impact
from auditor.text import escaped, listed

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


def sentence(text: str) -> str:
    """The text with a full stop, unless it ends like a sentence already."""
    return text if text.endswith((".", "!", "?")) else f"{text}."
