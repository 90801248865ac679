"""Makes the files of a bundle of evidence from a snapshot."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic_core import to_jsonable_python

from auditor.cli.audit.prepared_audit import PreparedAudit, prepare_audit
from auditor.cli.framework_files import choose_frameworks
from auditor.cli.garbage_collection import without_garbage_collection
from auditor.cli.merged_settings import read_settings
from auditor.cli.options import AuditOptions
from auditor.config import EffectiveSettings
from auditor.config.origin import Layer, Origin
from auditor.config.toml import plain
from auditor.errors import UsageError
from auditor.evidence.bundle_contents import REPORTS, BundleContents, bundle_files, predecessor
from auditor.evidence.manifest import MANIFEST, Predicate, Previous, digest_of
from auditor.evidence.redaction import Redactor, check_key
from auditor.lint.engine import audit
from auditor.lint.result import AuditResult
from auditor.plugins import load_reports
from auditor.snapshot.document import Snapshot, Source, dump_snapshot, parse_snapshot, read_document

_ELSEWHERE = frozenset({"output", "history", "source_root", "tenants", "statistics", "local_rules"})
"""Settings that change nothing in a bundle, or that the export sets itself."""


@dataclass(frozen=True)
class BundleRequest:
    """What `evidence export` is asked for besides the audit."""

    snapshot: Path
    previous: Path | None
    key: Ed25519PrivateKey | None
    redaction_key: bytes | None
    """Replaces people where there is one."""
    frameworks: tuple[str, ...] = ()
    """Ids and files; those of the configuration and of the package if there are none."""


@dataclass(frozen=True)
class ExportedBundle:
    """A bundle in memory."""

    files: dict[str, bytes]
    digest: str
    """The SHA-256 of its manifest."""
    incomplete: bool


def export_bundle(request: BundleRequest, options: AuditOptions) -> ExportedBundle:
    """Audit a snapshot and put the evidence together.

    Raises:
        UsageError: something cannot be used as it stands, or the bundle before is no predecessor.
    """
    before = predecessor(request.previous) if request.previous else None
    settings = read_settings(options)
    document = read_document(request.snapshot)
    with without_garbage_collection():
        snapshot = parse_snapshot(document, request.snapshot)
        prepared = prepare_audit(options, effective=_judged_by_capture(settings, snapshot))
        codes = {rule.code for rule in prepared.rules.every}
        frameworks = choose_frameworks(request.frameworks, prepared.effective, codes)
        redactor = None
        if request.redaction_key:
            key = check_key(request.redaction_key, "The key for redaction")
            redactor = Redactor(snapshot, key)
            document = dump_snapshot(redactor.snapshot(snapshot))
            del snapshot  # a large tenant need not be in memory twice
            snapshot = parse_snapshot(document, request.snapshot)
        result = _result(prepared, snapshot, document)
    if redactor:
        result = redactor.result(result)
    redacted: tuple[Literal["people"], ...] = ("people",) if redactor else ()
    previous = _previous(before[0].predicate, before[1], result, redacted) if before else None
    in_force = _in_force(prepared)
    reports = load_reports()
    contents = BundleContents(
        snapshot=snapshot,
        document=document,
        result=result,
        reports={name: reports[name] for name in REPORTS},
        frameworks=frameworks,
        settings=_settings(prepared.effective, in_force),
        # Their free text may name people, which cannot be redacted: only their digests are given.
        accepting={} if redactor else in_force,
        redacted=redacted,
    )
    files = bundle_files(contents, previous, request.key)
    return ExportedBundle(files, digest_of(files[MANIFEST]), result.incomplete)


def _judged_by_capture(settings: EffectiveSettings, snapshot: Snapshot) -> EffectiveSettings:
    """The settings without the clock: expiry is judged by the day of the capture."""
    changed: dict[str, Any] = {"output": (), "history": None, "show_suppressed": True}
    origins = dict(settings.origins)
    if origins["as_of"].layer is Layer.DEFAULT:
        changed["as_of"] = snapshot.capture.finished_at.date()
        origins["as_of"] = Origin(Layer.DEFAULT, "(the day of the capture)")
    return replace(settings, settings=settings.settings.model_copy(update=changed), origins=origins)


def _result(prepared: PreparedAudit, snapshot: Snapshot, document: bytes) -> AuditResult:
    # Locations point into the bundle's own snapshot, wherever the bundle will lie.
    source = Source("snapshot.json", document)
    result = prepared.acceptance.apply(audit(snapshot, prepared.rules.selected, source))
    return replace(result, as_of=prepared.effective.as_of, show_accepted=True)


def _previous(
    before: Predicate, previous: Previous, result: AuditResult, redacted: tuple[str, ...]
) -> Previous:
    """The previous bundle, if it can come before this one.

    Raises:
        UsageError: it cannot, and `verify` would say so for ever.
    """
    problem = ""
    if before.tenant != result.tenant.id:
        problem = f"it is of the org {before.tenant}, not of {result.tenant.id}"
    elif before.captured_at >= result.capture.finished_at:
        problem = f"it was captured no earlier, at {before.captured_at.isoformat()}"
    elif before.redacted != redacted:
        problem = "one of the two is redacted and the other is not, so that they cannot be compared"
    if problem:
        raise UsageError(
            f"The bundle for --previous cannot come before this one: {problem}.",
            remedy="Name the bundle of the night before, or begin a series without --previous.",
        )
    return previous


def _in_force(prepared: PreparedAudit) -> dict[str, bytes]:
    """The files that accept findings, by their name in the bundle."""
    acceptance, baseline = prepared.acceptance, prepared.settings.baseline
    files = {"suppressions.toml": acceptance.path} if acceptance.suppressions.entries else {}
    if baseline and acceptance.baseline:
        files["baseline.json"] = baseline
    try:
        return {name: path.read_bytes() for name, path in files.items()}
    except OSError as error:
        raise UsageError(
            f"{error.filename} cannot be read: {error.strerror}.", remedy="Run the export again."
        ) from error


def _settings(effective: EffectiveSettings, in_force: dict[str, bytes]) -> dict[str, Any]:
    """Each setting and the layer that it comes from; paths by their last name only.

    Where a machine keeps its files is private, and would change the bytes.
    """
    keys = [key for key in type(effective.settings).model_fields if key not in _ELSEWHERE]
    return {
        "settings": {
            key: {
                "value": to_jsonable_python(
                    plain(_without_folders(getattr(effective.settings, key)))
                ),
                "from": effective.origins[key].layer.value,
            }
            for key in keys
        },
        "files": {name: {"sha256": digest_of(in_force[name])} for name in sorted(in_force)},
    }


def _without_folders(value: Any) -> Any:
    if isinstance(value, Path):
        return value.name
    return [_without_folders(item) for item in value] if isinstance(value, tuple) else value
