"""How several formats write JSON, file names and identities of findings."""

from __future__ import annotations

import json
import posixpath
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from auditor import ReportedFinding, escaped


def json_document(value: Any) -> str:
    """A value as indented JSON that is safe to print: invisible characters are escapes."""
    return escaped(json.dumps(value, ensure_ascii=False, indent=2)) + "\n"


def file_name(file: str) -> str:
    """A file's name with slashes and without `./`, as services want it that show files."""
    return posixpath.normpath(file.replace("\\", "/")) if file else file


def with_identity(
    findings: Iterable[ReportedFinding],
) -> Iterator[tuple[ReportedFinding, str]]:
    """Each finding with an identity that no other has, even if fingerprints are equal."""
    occurrences: Counter[str] = Counter()
    for finding in findings:
        occurrences[finding.fingerprint] += 1
        number = occurrences[finding.fingerprint]
        yield finding, finding.fingerprint + (f"-{number}" if number > 1 else "")
