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


def line_document(value: dict[str, Any]) -> str:
    """A value as JSON, safe to print, with a line for each member and each item of its lists.

    For documents that may be large: without indentation they take two thirds of the bytes and a
    fifth of the time, and a finding can still be found by its line, in a `diff` too.
    """
    members = (f"{_compact(key)}: {_in_lines(item)}" for key, item in value.items())
    return escaped("{\n" + ",\n".join(members) + "\n}") + "\n"


def _in_lines(value: Any) -> str:
    if not isinstance(value, list) or not value:
        return _compact(value)
    return "[\n" + ",\n".join(map(_compact, value)) + "\n]"


_compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


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
