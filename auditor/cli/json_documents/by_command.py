"""Which schema describes what a command prints with `--format json`.

A new command that prints JSON gets a line in `SCHEMA_OF`; `tests/cli/test_json_documents.py`
insists on it, and runs every command.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from auditor.cli.json_documents.access_rows import AccessRowInfo
from auditor.cli.json_documents.controls_coverage import ControlsCoverage
from auditor.cli.json_documents.diagnosis import DiagnosisDocument
from auditor.cli.json_documents.doctor_checks import DoctorChecks
from auditor.cli.json_documents.expectation_results import ExpectationResult
from auditor.cli.json_documents.explanation import Explanation
from auditor.cli.json_documents.export_plan import ExportPlan
from auditor.cli.json_documents.log_report import LogReport
from auditor.cli.json_documents.part import document_schema
from auditor.cli.json_documents.rule_list import ListedRule
from auditor.cli.json_documents.settings_in_force import SettingsInForce
from auditor.cli.json_documents.terraform_plan import TerraformPlan
from auditor.cli.json_documents.verification import Verification

SCHEMA_OF = {
    "doctor": "doctor",
    "snapshot": "export-plan",
    "plan": "plan",
    "audit": "results",
    "run": "results",
    "report": "results",
    "explain": "explain",
    "diagnose": "diagnose",
    "test": "test",
    "access": "access",
    "diff": "diff",
    "logs": "logs",
    "controls": "controls",
    "evidence verify": "evidence-verify",
    "rules": "rules",
    "config": "settings",
}
"""The name of the schema, by command. `results` is the JSON report's, `diff` the comparison's."""


_KINDS: dict[str, Any] = {
    "explain": Explanation,
    "diagnose": DiagnosisDocument,
    "logs": LogReport,
    "test": list[ExpectationResult],
    "access": list[AccessRowInfo],
    "controls": ControlsCoverage,
    "doctor": DoctorChecks,
    "export-plan": ExportPlan,
    "plan": TerraformPlan,
    "rules": list[ListedRule],
    "settings": SettingsInForce,
    "evidence-verify": Verification,
}


def document_schemas() -> dict[str, Callable[[], dict[str, Any]]]:
    """What makes the schema of each document that only commands print, by its name."""
    return {name: partial(document_schema, kind, name) for name, kind in _KINDS.items()}
