"""Puts a bundle together: from the result of an audit to files, and their manifest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic_core import to_jsonable_python

from auditor.controls import Framework
from auditor.controls.assessment import assess
from auditor.controls.coverage_report import as_csv
from auditor.errors import UsageError
from auditor.evidence.bundle_writing import PackedFiles
from auditor.evidence.manifest import (
    CONTROLS_PAGE,
    ENVELOPE,
    MANIFEST,
    README,
    Predicate,
    Previous,
    Statement,
    digest_of,
    dump_manifest,
    subjects,
)
from auditor.evidence.ocsf import compliance_findings
from auditor.evidence.oscal import assessment_results
from auditor.evidence.provenance import json_bytes, ledger_document, tool_document
from auditor.evidence.readme import readme
from auditor.evidence.signing import raw, sealed
from auditor.evidence.verify import check_bundle
from auditor.lint.report import Report
from auditor.lint.result import AuditResult
from auditor.lint.rule_outcomes import RuleOutcomes
from auditor.snapshot.ledger import Ledger

REPORTS = {
    "json": "results.json",
    "sarif": "results.sarif",
    "html": "report.html",
    "controls": CONTROLS_PAGE,
}
"""The reports of a bundle, and what their files are called."""


@dataclass(frozen=True, kw_only=True)
class BundleContents:
    """What goes into a bundle."""

    document: bytes
    """The snapshot's bytes; those that the audit's locations point into."""
    result: AuditResult
    reports: Mapping[str, Report]
    frameworks: tuple[Framework, ...]
    settings: Mapping[str, Any]
    """Those that were in force, as JSON."""
    accepting: Mapping[str, bytes]
    """The files of suppressions and the baseline that were in force, by name in the bundle."""
    ocsf_version: str
    redacted: tuple[Literal["people"], ...] = ()


@dataclass(frozen=True)
class BundleFiles:
    """A bundle in memory."""

    files: Mapping[str, bytes]
    packed: PackedFiles | None
    """The files as they go into a zip file; None for a folder."""

    @property
    def digest(self) -> str:
        """The SHA-256 of its manifest."""
        return digest_of(self.files[MANIFEST])


def make_bundle(
    contents: BundleContents,
    previous: Previous | None,
    key: Ed25519PrivateKey | None,
    *,
    zipped: bool = False,
) -> BundleFiles:
    """Make a bundle; the same for the same inputs, byte for byte.

    Raises:
        OutputError: it is too large for a zip file.
    """
    files = derived_files(contents)
    packed = PackedFiles.of(files) if zipped else None
    predicate = Predicate(
        **audit_facts(contents),
        signer=raw(key.public_key()) if key else None,
        previous=previous,
        oldest_reading=Ledger(entries=contents.result.coverage).oldest_reading,
        sizes={name: len(files[name]) for name in sorted(files)},
        packed=packed.digests if packed else None,
    )
    manifest = dump_manifest(Statement(subject=subjects(files), predicate=predicate))
    signature = {ENVELOPE: sealed(manifest, key)} if key else {}
    return BundleFiles({**files, MANIFEST: manifest, **signature}, packed)


def derived_files(contents: BundleContents) -> dict[str, bytes]:
    """All files but the manifest and its signature, by name.

    They follow from the contents alone, so that anybody can derive them again.
    """
    result = contents.result
    facts = to_jsonable_python(audit_facts(contents))
    files = {
        "snapshot.json": contents.document,
        "controls.csv": _matrix(result, contents.frameworks).encode(),
        "assessment-results.json": json_bytes(assessment_results(result, contents.frameworks)),
        "findings.ocsf.jsonl": compliance_findings(
            result, contents.frameworks, contents.ocsf_version
        ),
        "ledger.json": json_bytes(ledger_document(result)),
        "settings.json": json_bytes(contents.settings),
        "tool.json": json_bytes(
            tool_document(result.rules, contents.frameworks, facts, result.deselected)
        ),
        **contents.accepting,
    }
    for name, file in REPORTS.items():
        files[file] = contents.reports[name].render(result).encode()
    files[README] = readme(result, files, facts)
    return files


def audit_facts(contents: BundleContents) -> dict[str, Any]:
    """What the manifest and tool.json both say of the audit; by name, as in `FACTS`."""
    result = contents.result
    return {
        "tenant": result.tenant.id,
        "captured_at": result.capture.finished_at,
        "as_of": str(result.as_of),
        "complete": result.complete,
        "accepted_gaps": [gap.collection for gap in result.accepted_gaps],
        "snapshot_digest": result.snapshot_digest,
        "tool_version": result.tool_version,
        "redacted": contents.redacted,
    }


def _matrix(result: AuditResult, frameworks: tuple[Framework, ...]) -> str:
    outcomes = RuleOutcomes(result)
    names = {rule.code: rule.name for rule in result.rules}
    return as_csv(frameworks, names, {item.id: assess(item, outcomes) for item in frameworks})


def predecessor(path: Path) -> tuple[Statement, Previous]:
    """The bundle that comes before, as the next manifest names it.

    Raises:
        UsageError: it is no intact bundle; a chain upon it would prove nothing.
    """
    checked = check_bundle(path, None)
    if checked.statement is None or checked.problems:
        what = checked.problems[0] if checked.problems else "it has no manifest"
        raise UsageError(
            f"{path} is no intact evidence: {what}.",
            remedy="Name the bundle of the night before for --previous.",
        )
    captured = checked.statement.predicate.captured_at
    return checked.statement, Previous(sha256=checked.digest, captured_at=captured)
