"""What made the evidence: the tool, the rules and the settings, with their hashes."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import auditor
from auditor.controls import Framework
from auditor.evidence.manifest import digest_of
from auditor.lint.result import AuditResult
from auditor.lint.rule import Rule
from auditor.text import escaped


def json_bytes(value: Any) -> bytes:
    """A value as indented JSON that is safe to print."""
    return (escaped(json.dumps(value, ensure_ascii=False, indent=2)) + "\n").encode()


def tool_document(
    result: AuditResult, frameworks: tuple[Framework, ...], facts: Mapping[str, Any]
) -> Mapping[str, Any]:
    """The versions and the SHA-256 of the code of the tool and of every selected rule.

    Args:
        result: the audit's.
        frameworks: those that it was judged by.
        facts: what the manifest says of the audit.
    """
    rules = [
        {
            "code": rule.code,
            "name": rule.name,
            "severity": rule.severity.value,
            "options": rule.options.model_dump(mode="json") if rule.options else {},
            "sha256": _module_digest(rule),
        }
        for rule in result.rules
    ]
    return {
        "audit": facts,
        "tool": {
            "name": "okta-auditor",
            "version": result.tool_version,
            "sha256": _code_digest(Path(auditor.__file__).parent),
        },
        "packs": [
            {
                "entry_point": entry.name,
                "distribution": entry.dist.name if entry.dist else "",
                "version": entry.dist.version if entry.dist else "",
            }
            for entry in sorted(entry_points(group="auditor.rules"), key=lambda item: item.name)
        ],
        "rules": rules,
        "rules_sha256": digest_of(json_bytes(rules)),
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
        "objects": result.objects,
        "ledger": [entry.model_dump(mode="json") for entry in result.coverage],
    }


def _module_digest(rule: Rule) -> str:
    """Of the file that defines a rule; of a pack without files, of nothing."""
    file = getattr(sys.modules.get(rule.module), "__file__", None)
    return digest_of(Path(file).read_bytes()) if file and Path(file).is_file() else ""


def _code_digest(folder: Path) -> str:
    """Of all Python files below a folder, with their paths, in order."""
    sha256 = hashlib.sha256()
    for path in sorted(folder.rglob("*.py"), key=lambda item: item.relative_to(folder).as_posix()):
        name = path.relative_to(folder).as_posix()
        if name.startswith(("rules/", "reports/")):
            continue  # a wheel has the packs here and a checkout has not; rules are hashed each
        sha256.update(f"{name}\0{digest_of(path.read_bytes())}\n".encode())
    return sha256.hexdigest()
