"""A policy-as-code linter for Okta API Access Management.

These are the names that authors of rule packs and report packs may use; everything else
may change in any release. They load on first use, so that `okta-auditor --help` stays fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from auditor.lint.finding import Confidence as Confidence
    from auditor.lint.finding import Finding as Finding
    from auditor.lint.finding import Impact as Impact
    from auditor.lint.finding import Related as Related
    from auditor.lint.finding import Severity as Severity
    from auditor.lint.options import RuleOptions as RuleOptions
    from auditor.lint.report import Report as Report
    from auditor.lint.report import report as report
    from auditor.lint.result import AuditResult as AuditResult
    from auditor.lint.result import Location as Location
    from auditor.lint.result import ObjectRef as ObjectRef
    from auditor.lint.result import ReportedFinding as ReportedFinding
    from auditor.lint.rule import Rule as Rule
    from auditor.lint.rule import rule as rule
    from auditor.snapshot.org import Org as Org

__version__ = "0.1.0"

_HOMES = {
    "Confidence": "auditor.lint.finding",
    "Finding": "auditor.lint.finding",
    "Impact": "auditor.lint.finding",
    "Related": "auditor.lint.finding",
    "Severity": "auditor.lint.finding",
    "RuleOptions": "auditor.lint.options",
    "Report": "auditor.lint.report",
    "report": "auditor.lint.report",
    "AuditResult": "auditor.lint.result",
    "Location": "auditor.lint.result",
    "ObjectRef": "auditor.lint.result",
    "ReportedFinding": "auditor.lint.result",
    "Rule": "auditor.lint.rule",
    "rule": "auditor.lint.rule",
    "Org": "auditor.snapshot.org",
}

__all__ = [
    "AuditResult",
    "Confidence",
    "Finding",
    "Impact",
    "Location",
    "ObjectRef",
    "Org",
    "Related",
    "Report",
    "ReportedFinding",
    "Rule",
    "RuleOptions",
    "Severity",
    "__version__",
    "report",
    "rule",
]


def __getattr__(name: str) -> Any:
    """Load a public name from where it is defined."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
