"""A policy-as-code linter for Okta API Access Management.

These names, and those of `auditor.models`, `auditor.oauth`, `auditor.results` and `auditor.api`,
are what rules, reports and programs may use; docs/api.md describes them. Everything else may
change in any release. The names of this module load on first use, so that `okta-auditor --help`
stays fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from auditor.version import __version__ as __version__

if TYPE_CHECKING:
    from auditor.api import access as access
    from auditor.api import audit as audit
    from auditor.api import decide as decide
    from auditor.api import diff as diff
    from auditor.api import explain as explain
    from auditor.api import load as load
    from auditor.lint.finding import Confidence as Confidence
    from auditor.lint.finding import Finding as Finding
    from auditor.lint.finding import Impact as Impact
    from auditor.lint.finding import Related as Related
    from auditor.lint.finding import Severity as Severity
    from auditor.lint.options import RuleOptions as RuleOptions
    from auditor.lint.report import Report as Report
    from auditor.lint.report import report as report
    from auditor.lint.reported_finding import Location as Location
    from auditor.lint.reported_finding import ObjectRef as ObjectRef
    from auditor.lint.reported_finding import ReportedFinding as ReportedFinding
    from auditor.lint.result import AuditResult as AuditResult
    from auditor.lint.rule import Rule as Rule
    from auditor.lint.rule import rule as rule
    from auditor.lint.sensitive_scopes import PrivilegedScopeOptions as PrivilegedScopeOptions
    from auditor.log_commands import without_commands as without_commands
    from auditor.snapshot.org import Org as Org
    from auditor.text import command_lines as command_lines
    from auditor.text import counted as counted
    from auditor.text import csv_cell as csv_cell
    from auditor.text import duration as duration
    from auditor.text import escaped as escaped
    from auditor.text import listed as listed
    from auditor.text import one_line as one_line
    from auditor.text import printable as printable
    from auditor.text import quoted as quoted

_NAMES = {
    "auditor.api": ("access", "audit", "decide", "diff", "explain", "load"),
    "auditor.lint.finding": ("Confidence", "Finding", "Impact", "Related", "Severity"),
    "auditor.lint.options": ("RuleOptions",),
    "auditor.lint.report": ("Report", "report"),
    "auditor.lint.reported_finding": ("Location", "ObjectRef", "ReportedFinding"),
    "auditor.lint.result": ("AuditResult",),
    "auditor.lint.rule": ("Rule", "rule"),
    "auditor.lint.sensitive_scopes": ("PrivilegedScopeOptions",),
    "auditor.log_commands": ("without_commands",),
    "auditor.snapshot.org": ("Org",),
    "auditor.text": (
        "command_lines",
        "counted",
        "csv_cell",
        "duration",
        "escaped",
        "listed",
        "one_line",
        "printable",
        "quoted",
    ),
}
"""By module, the names that it defines for all. A test compares them with the imports above."""

_HOMES = {name: module for module, names in _NAMES.items() for name in names}


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])


# Type checkers must not see it, or they would take any name for one of ours.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Load a public name from the module that defines it."""
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(_HOMES[name]), name)
        return value
