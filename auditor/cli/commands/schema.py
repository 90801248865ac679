"""`okta-auditor schema`: print a JSON Schema."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import click

from auditor.cli.printing import print_document
from auditor.errors import UsageError
from auditor.text import closest, did_you_mean, escaped


@click.command("schema")
@click.argument("name")
def command(name: str) -> None:
    """Print the JSON Schema of a file, or of what a command prints with --format json.

    NAME of a file: snapshot, results, diff, config, expectations, suppressions, framework or
    tenant. Of a command: explain, diagnose, logs, test, access, diff, plan, controls,
    doctor, rules, evidence-verify, results (of audit, run and report), export-plan (of
    snapshot --plan) or settings (of config).
    """
    schemas = _schemas()
    if name not in schemas:
        raise UsageError(
            f"There is no schema {name!r}{did_you_mean(closest(name, schemas)) or '.'}",
            remedy=f"Schemas: {', '.join(schemas)}.",
        )
    print_document(escaped(json.dumps(schemas[name](), indent=2)))


def _schemas() -> dict[str, Callable[[], dict[str, Any]]]:
    from auditor.cli.json_documents.by_command import document_schemas  # noqa: PLC0415
    from auditor.comparison.json_report import diff_schema  # noqa: PLC0415
    from auditor.config import config_schema  # noqa: PLC0415 - the command's own work
    from auditor.controls.framework_schema import framework_schema  # noqa: PLC0415
    from auditor.lint.acceptance.suppressions_file import suppressions_schema  # noqa: PLC0415
    from auditor.plugins import load_reports  # noqa: PLC0415
    from auditor.sandbox.schema import tenant_schema  # noqa: PLC0415
    from auditor.snapshot.schema import snapshot_schema  # noqa: PLC0415
    from auditor.tokens.expectations.model import expectations_schema  # noqa: PLC0415

    # A report pack publishes the schema of its format, if it has one, under its file's name.
    published = {
        report.filename.partition(".")[0]: report.schema
        for report in load_reports().values()
        if report.schema
    }
    return {
        "snapshot": snapshot_schema,
        "diff": diff_schema,
        "config": config_schema,
        "expectations": expectations_schema,
        "suppressions": suppressions_schema,
        "framework": framework_schema,
        "tenant": tenant_schema,
        **document_schemas(),
        **published,
    }
