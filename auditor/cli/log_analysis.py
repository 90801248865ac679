"""Analyses a log for a command, and prints what came of it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from auditor.cli.audit.rule_choice import choose_rules
from auditor.cli.garbage_collection import without_garbage_collection
from auditor.cli.log_document import log_document
from auditor.cli.log_text import log_lines
from auditor.cli.merged_settings import read_settings
from auditor.cli.options import AuditOptions
from auditor.cli.printing import print_document, print_line
from auditor.cli.reader import columns
from auditor.lint.engine import audit
from auditor.snapshot.document import Source, parse_snapshot, read_document
from auditor.snapshot.org import Org
from auditor.system_log.analysis import LogAnalysis, analysed
from auditor.text import escaped
from auditor.tokens.decide import OidcScopes

STANDARD_INPUT = Path("-")


def print_log(log: Path, snapshot: Path | None, form: str, oidc_scopes: OidcScopes) -> bool:
    """Say what failed by a log, and what explains it.

    Args:
        log: the file; `-` for standard input.
        snapshot: the org's configuration; None if there is none.
        form: `text` or `json`.
        oidc_scopes: which reading of Okta's texts on OpenID scopes to go by.

    Returns:
        Whether nothing is known to be missing from the log.

    Raises:
        UsageError: a file cannot be read, is none of its kind, or the log is another org's.
    """
    with without_garbage_collection():
        analysis = _analysis(log, snapshot, oidc_scopes)
    file = "" if snapshot is None else str(snapshot)
    if form == "json":
        print_document(escaped(json.dumps(log_document(analysis, file), indent=2)))
    else:
        for line in log_lines(analysis, file, width=columns()):
            print_line(line)
    return analysis.reading.complete is not False


def _analysis(log: Path, snapshot: Path | None, oidc_scopes: OidcScopes) -> LogAnalysis:
    source = sys.stdin.buffer if log == STANDARD_INPUT else log
    if snapshot is None:
        return analysed(source, None)
    document = read_document(snapshot)
    parsed = parse_snapshot(document, snapshot)
    file = Source(snapshot.as_posix(), document)
    findings = audit(parsed, choose_rules(read_settings(AuditOptions())).selected, file).findings
    return analysed(source, Org.of(parsed, file), findings, oidc_scopes=oidc_scopes)
