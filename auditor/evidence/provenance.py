"""What made the evidence: the tool, the rules and the settings, with their hashes."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import auditor
from auditor.controls import Framework
from auditor.evidence.manifest import digest_of
from auditor.lint.result import AuditResult, Deselection
from auditor.lint.rule import Rule
from auditor.text import escaped, listed, one_line
from auditor.version import __version__

_GROUPS = ("auditor.rules", "auditor.reports")


def json_bytes(value: Any) -> bytes:
    """A value as indented JSON that is safe to print."""
    return (escaped(json.dumps(value, ensure_ascii=False, indent=2)) + "\n").encode()


def tool_document(
    rules: Sequence[Rule],
    frameworks: Sequence[Framework],
    facts: Mapping[str, Any],
    deselected: Sequence[Deselection] = (),
) -> dict[str, Any]:
    """The versions and the SHA-256 of the code of the tool, of its packs and of every rule.

    Args:
        rules: the selected ones, by code.
        frameworks: those that the audit was judged by.
        facts: what the manifest says of the audit.
        deselected: the rules that were left out, of which the evidence says nothing.
    """
    described = [
        {
            "code": rule.code,
            "name": rule.name,
            "severity": rule.severity.value,
            "options": rule.options.model_dump(mode="json") if rule.options else {},
            "module": rule.module,
            "sha256": _module_digest(rule),
        }
        for rule in rules
    ]
    return {
        "audit": facts,
        "tool": {
            "name": "okta-auditor",
            "version": __version__,
            "sha256": _code_digest(Path(auditor.__file__).parent),
        },
        "packs": [_pack(entry) for group in _GROUPS for entry in _entries(group)],
        "rules": described,
        "rules_sha256": digest_of(json_bytes(described)),
        "not_selected": [{"by": item.by, "rules": list(item.codes)} for item in deselected],
        "frameworks": [
            {
                "id": item.id,
                "version": item.version,
                "source": item.source,
                "sha256": digest_of(repr(item).encode()),
            }
            for item in frameworks
        ],
    }


def ledger_document(result: AuditResult) -> Mapping[str, Any]:
    """What was read, from where, as whom, and how completely: the proof of the population."""
    return {
        "capture": result.capture.model_dump(mode="json"),
        "snapshot_digest": result.snapshot_digest,
        "complete": result.complete,
        "accepted_gaps": [gap.as_json() for gap in result.accepted_gaps],
        "objects": result.objects,
        "ledger": [entry.model_dump(mode="json") for entry in result.coverage],
    }


def _entries(group: str) -> list[EntryPoint]:
    return sorted(entry_points(group=group), key=lambda item: (item.name, item.value))


def _pack(entry: EntryPoint) -> dict[str, str]:
    """An installed pack of rules or reports, with the digest of its files, templates included."""
    spec = find_spec(entry.module)
    path = Path(spec.origin) if spec and spec.origin else None
    if path and path.name == "__init__.py":
        digest = _folder_digest(path.parent)
    else:
        digest = digest_of(path.read_bytes()) if path and path.is_file() else ""
    return {
        "group": entry.group,
        "entry_point": entry.name,
        "distribution": entry.dist.name if entry.dist else "",
        "version": entry.dist.version if entry.dist else "",
        "sha256": digest,
    }


def _module_digest(rule: Rule) -> str:
    """Of the file that defines a rule; of a pack without files, of nothing."""
    file = getattr(sys.modules.get(rule.module), "__file__", None)
    return digest_of(Path(file).read_bytes()) if file and Path(file).is_file() else ""


def _code_digest(folder: Path) -> str:
    """Of the core's Python files.

    A wheel has the packs in the same folder, and a checkout has not: they are hashed each.
    """
    return _folder_digest(folder, only="*.py", without=("rules/", "reports/"))


def _folder_digest(folder: Path, *, only: str = "*", without: tuple[str, ...] = ()) -> str:
    """Of the files below a folder, with their paths, in order; of no compiled ones."""
    sha256 = hashlib.sha256()
    for path in sorted(folder.rglob(only), key=lambda item: item.relative_to(folder).as_posix()):
        name = path.relative_to(folder).as_posix()
        if name.startswith(without) or "__pycache__" in path.parts or not path.is_file():
            continue
        sha256.update(f"{name}\0{digest_of(path.read_bytes())}\n".encode())
    return sha256.hexdigest()


def tool_differences(stated: Mapping[str, Any], installed: Mapping[str, Any]) -> list[str]:
    """How the tool that made a bundle differs from the installed one, a clause each.

    Args:
        stated: a bundle's tool.json, which may be anything.
        installed: what `tool_document` says here.
    """
    differences = []
    tool, here = stated.get("tool"), installed["tool"]
    if tool != here:
        theirs = one_line(_version(tool))
        differences.append(f"okta-auditor was {theirs}, here it is {_version(here)}")
    for part, keys in _PARTS.items():
        names = _differing(_by_key(stated.get(part), keys), _by_key(installed[part], keys))
        if names:
            differences.append(f"{part} differ: {one_line(listed(names, most=5))}")
    return differences


_PARTS = {
    "packs": ("group", "entry_point"),
    "rules": ("code",),
    "frameworks": ("id",),
}
"""The lists of tool.json, and what tells their items apart."""


def _differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    names = sorted({**one, **other})
    return [name for name in names if one.get(name) != other.get(name)]


def _by_key(items: Any, keys: tuple[str, ...]) -> dict[str, Any]:
    rows = items if isinstance(items, list) else [items]
    return {
        " ".join(str(row.get(key)) for key in keys) if isinstance(row, dict) else str(row): row
        for row in rows
    }


def _version(tool: Any) -> str:
    values = tool if isinstance(tool, dict) else {}
    return f"{values.get('version')} (code SHA-256 {values.get('sha256')})"
