"""What rules report in a tenant of a few lines."""

from typing import Any

from auditor.lint.examples import example_snapshot
from auditor.plugins import load_rules
from auditor.snapshot.org import Org

RULES = {rule.code: rule for rule in load_rules()}


def reported(document: dict[str, Any], *codes: str) -> list[str]:
    """The code of each finding of some rules."""
    org = Org.of(example_snapshot(document))
    return [code for code in codes for _ in RULES[code].findings(org)]


def messages(code: str, document: dict[str, Any]) -> list[str]:
    """What the findings of a rule say."""
    org = Org.of(example_snapshot(document))
    return [finding.message for finding in RULES[code].findings(org)]
