"""A snapshot with what an audit finds in it, for commands that explain by it."""

from __future__ import annotations

from pathlib import Path

from auditor.cli.audit.rule_choice import choose_rules
from auditor.cli.garbage_collection import without_garbage_collection
from auditor.cli.merged_settings import read_settings
from auditor.cli.options import AuditOptions
from auditor.lint.engine import audit_org
from auditor.lint.reported_finding import ReportedFinding
from auditor.snapshot.document import Source, parse_snapshot, read_document
from auditor.snapshot.org import Org


def read_audited(
    path: Path, options: AuditOptions | None = None
) -> tuple[Org, tuple[ReportedFinding, ...]]:
    """The org, and all that the selected rules find in it.

    Args:
        path: of the snapshot.
        options: those of the command line that are about the audit.

    Raises:
        SnapshotError: it is not a snapshot.
        UsageError: the settings are wrong.
    """
    document = read_document(path)
    rules = choose_rules(read_settings(options or AuditOptions()))
    with without_garbage_collection():
        snapshot = parse_snapshot(document, path)
        org = Org.of(snapshot, Source(path.as_posix(), document))
        return org, audit_org(org, rules.selected).findings
