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
from auditor.cli.token_requests import read_org
from auditor.errors import UsageError
from auditor.lint.reported_finding import ReportedFinding
from auditor.snapshot.org import Org
from auditor.system_log.analysis import analysed
from auditor.system_log.same_org import check_base, check_log_org
from auditor.text import escaped


class LogPrinter:
    """Prints logs.

    Args:
        snapshot: of the same org; None if there is none.
        form: "text" or "json".
        options: of the audit whose findings explain.
        base: an older snapshot of it; None if there is none.

    Raises:
        UsageError: a snapshot or the settings cannot be read; the older one does not go with the
            newer one.
    """

    def __init__(
        self,
        snapshot: Path | None,
        form: str,
        options: AuditOptions,
        base: Path | None = None,
    ) -> None:
        if base and not snapshot:
            raise UsageError(
                "--base needs the newer snapshot, which has what was changed: --snapshot SNAPSHOT."
            )
        self._form = form
        self._name = str(snapshot) if snapshot else ""
        self._org: Org | None = None
        self._findings: tuple[ReportedFinding, ...] = ()
        if snapshot:
            self._org, self._findings = read_audited(snapshot, options)
        self._base = read_org(base) if base else None
        if self._base and self._org:
            check_base(self._base, self._org)

    def check_org(self, url: str) -> None:
        """Refuse to go on with the log of an org of which the snapshot is not.

        Raises:
            UsageError: it is of another org.
        """
        if self._org is not None:
            check_log_org(url, self._org)

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
        analysis = analysed(source, self._org, self._findings, base=self._base)
        if self._form == "json":
            print_document(escaped(json.dumps(log_document(analysis, self._name), indent=2)))
        else:
            for line in log_lines(analysis, self._name, width=columns()):
                print_line(line)
        return analysis.reading.complete is not False
