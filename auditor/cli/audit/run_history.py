"""The folder in which a record of each run is kept, if a run asks for it."""

from __future__ import annotations

from pathlib import Path

from auditor.cli.printing import print_line
from auditor.lint.result import AuditResult


def check_history_folder(folder: Path | None) -> None:
    """Check that a record can be kept, before anything is read.

    Raises:
        UsageError: it cannot.
    """
    if folder is not None:
        from auditor.history import check_history  # noqa: PLC0415 - only where it is kept

        check_history(folder)


def with_history(result: AuditResult, folder: Path | None) -> AuditResult:
    """The result with the records of earlier runs; this run's record is added to the folder.

    What a plan would make is no run over the org: nothing is recorded, nor compared.

    Raises:
        OutputError: the record could not be written.
    """
    if folder is None:
        return result
    if result.capture.plan is not None:
        print_line(f"{folder}: no record is kept of what is only planned.", err=True)
        return result
    from auditor.history import remember  # noqa: PLC0415 - only where it is kept

    remembered = remember(result, folder)
    for notice in remembered.notices[len(result.notices) :]:
        warning = f"warning: {notice.where}: {notice.message} {notice.remedy}"
        print_line(warning, err=True)
    return remembered
