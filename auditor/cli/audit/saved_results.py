"""Results that an audit saved with `--format json`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from auditor.cli.printing import print_line
from auditor.errors import UsageError
from auditor.input_files import LARGEST_RESULTS, InputProblem, read_head, read_input
from auditor.lint.result import AuditResult
from auditor.lint.rule import Rule
from auditor.plugins import load_reports

_SCHEMA = b'"okta-auditor/results/'
_HEAD = 200
_MISSING = "Name the file of: okta-auditor audit SNAPSHOT --format json=FILE"
_AGAIN = "Make them again with: okta-auditor audit SNAPSHOT --format json=FILE"


def looks_like_results(path: Path) -> bool:
    """Whether a file looks like saved results, and not like a snapshot."""
    try:
        return _SCHEMA in read_head(path, _HEAD)
    except InputProblem:
        return False  # the error is reported where the file is read


def read_saved_results(path: Path, rules: Sequence[Rule]) -> AuditResult:
    """Read saved results; print on standard error what differs from where they were made.

    Args:
        path: the file.
        rules: all rules there are.

    Raises:
        UsageError: the file cannot be read, or holds something else.
    """
    read = load_reports()["json"].read
    if read is None:
        raise UsageError(
            "The installed JSON report cannot be read back.",
            remedy="Remove the report pack that replaces it.",
        )
    document = read_input(path, LARGEST_RESULTS, remedy=_MISSING)
    try:
        saved = read(document, rules)
    except RecursionError:
        raise UsageError(
            f"{path} does not hold usable results: it is nested too deeply.", remedy=_AGAIN
        ) from None
    except ValueError as error:
        raise UsageError(
            f"{path} does not hold usable results: {error}.",
            remedy=_AGAIN,
        ) from None
    for remark in saved.remarks:
        print_line(f"note: {remark}", err=True)
    return saved.result
