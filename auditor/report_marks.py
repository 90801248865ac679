"""How a file that okta-auditor wrote is told from any other, so that no other is overwritten."""

from __future__ import annotations

import gzip
import os
import re
import zlib
from pathlib import Path

from auditor.errors import OutputError
from auditor.files import is_stream
from auditor.input_files import InputProblem, read_head, read_tail

MARK = "Written by okta-auditor"
"""What a file of any other format has in its beginning or its end: a text report, and what a
template makes, if the template says so."""

SNAPSHOT = "snapshot"
RULE_PAGE = "rule-page"

_HEAD = 65_536
_JSON = r'\s*\{\s*"schema": "okta-auditor/results/'
_STARTS: dict[str, re.Pattern[bytes]] = {
    name: re.compile(pattern.encode())
    for name, pattern in {
        "json": _JSON,
        "sarif": r'\s*\{\s*"\$schema": "[^"]*",\s*"version": "2\.1\.0",\s*"runs": \[\s*\{\s*'
        r'"tool": \{\s*"driver": \{\s*"name": "okta-auditor"',
        "html": r'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        r'<meta name="generator" content="okta-auditor">',
        "controls": r'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        r'<meta name="generator" content="okta-auditor">',
        "junit": r'<\?xml [^>]*>\s*<testsuites name="okta-auditor"',
        "markdown": "<!-- okta-auditor:",
        "csv": "(?:\ufeff)?status,severity,code,rule,impact,confidence,message,fix,object_type,",
        "gitlab": r'\[\s*(?:\]\s*$|\{\s*"description": "(?:[^"\\]|\\.)*",\s*'
        r'"check_name": "(?:audit|[A-Z]+[0-9]+ [a-z0-9-]+)",\s*"fingerprint": "[0-9a-f]{32}")',
        SNAPSHOT: r'\s*\{\s*"format":\s*"okta-auditor-snapshot"',
        RULE_PAGE: r"# (?:Rules\n\nMade from the rules themselves|[A-Z]+[0-9]+ [a-z0-9-]+\n)",
    }.items()
}
"""How the formats begin whose form leaves room for a mark. Quotes of a tenant's words come later,
so no tenant can make a file look like one."""


def check_replaceable(path: Path, name: str) -> None:
    """Refuse to write over a file that okta-auditor did not write.

    Args:
        path: where to write.
        name: of the report's format, `SNAPSHOT` or `RULE_PAGE`.

    Raises:
        OutputError: such a file is there.
    """
    if is_stream(path) or is_step_summary(path) or not os.path.lexists(path):
        return
    if _written.get((path.absolute(), name)) == _identity(path) or _is_ours(path, name):
        return
    what = {SNAPSHOT: "a snapshot", RULE_PAGE: "a page of rules"}.get(name, f"a {name} report")
    raise OutputError(
        f"{path} is there already, and is not {what} of okta-auditor.",
        remedy="Name another file. If it may go, remove it first.",
    )


def remember(path: Path, name: str) -> None:
    """Note that this process wrote a report, so that it may write it again when it watches."""
    if not is_stream(path):
        _written[path.absolute(), name] = _identity(path)


def is_step_summary(path: Path) -> bool:
    """Whether it is the file of a GitHub step, to which every command of the step adds."""
    summary = os.environ.get("GITHUB_STEP_SUMMARY", "")
    return bool(summary) and path == Path(summary)


_written: dict[tuple[Path, str], tuple[int, int, int, int]] = {}
"""The reports of this process, by path and format, each as it was left."""


def _identity(path: Path) -> tuple[int, int, int, int]:
    status = path.lstat()
    return (status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size)


def _is_ours(path: Path, name: str) -> bool:
    try:
        head = read_head(path, _HEAD)
        if name == SNAPSHOT and head[:2] == b"\x1f\x8b":
            with gzip.open(path) as file:
                head = file.read(200)
        if not head or (pattern := _STARTS.get(name)) is None:
            return not head or MARK.encode() in head[:4096] + b"\n" + read_tail(path, 4096)
        return pattern.match(head) is not None
    except (InputProblem, OSError, EOFError, zlib.error):
        return False
