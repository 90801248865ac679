"""What `logs` prints: a log, analysed against a snapshot."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import BinaryIO

from auditor.cli.audited_snapshot import read_audited
from auditor.cli.log_document import log_document
from auditor.cli.log_text import log_lines
from auditor.cli.options import AuditOptions
from auditor.cli.printing import print_document, print_line
from auditor.cli.reader import columns
from auditor.lint.reported_finding import ReportedFinding
from auditor.snapshot.org import Org
from auditor.system_log.analysis import analysed
from auditor.text import escaped


class LogPrinter:
    """Prints logs.

    Args:
        snapshot: of the same org; None if there is none.
        form: "text" or "json".
        options: of the audit whose findings explain.

    Raises:
        UsageError: the snapshot or the settings cannot be read.
    """

    def __init__(self, snapshot: Path | None, form: str, options: AuditOptions) -> None:
        self._form = form
        self._name = str(snapshot) if snapshot else ""
        self._org: Org | None = None
        self._findings: tuple[ReportedFinding, ...] = ()
        if snapshot:
            self._org, self._findings = read_audited(snapshot, options)

    def print(self, file: Path) -> bool:
        """Read a log, and print what failed in it and why.

        Args:
            file: the log; `-` for standard input.

        Returns:
            Whether all of it could be read. Of a file of Okta's, what is not in it is not known.

        Raises:
            UsageError: the log cannot be read, or is another org's.
        """
        source: Path | BinaryIO = sys.stdin.buffer if str(file) == "-" else file
        analysis = analysed(source, self._org, self._findings)
        if self._form == "json":
            print_document(escaped(json.dumps(log_document(analysis, self._name), indent=2)))
        else:
            for line in log_lines(analysis, self._name, width=columns()):
                print_line(line)
        return analysis.reading.complete is not False
