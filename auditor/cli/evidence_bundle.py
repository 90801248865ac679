"""Makes the files of a bundle of evidence from a snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic_core import to_jsonable_python

from auditor.cli.audit.acceptance_files import AcceptanceInputs
from auditor.cli.audit.prepared_audit import PreparedAudit, prepare_audit
from auditor.cli.audit.rule_choice import RuleChoice
from auditor.cli.framework_files import choose_frameworks, unless_built_in
from auditor.cli.garbage_collection import without_garbage_collection
from auditor.cli.merged_settings import read_settings
from auditor.cli.options import AuditOptions
from auditor.config import EffectiveSettings
from auditor.config.origin import Layer, Origin
from auditor.config.toml import plain
from auditor.errors import UsageError
from auditor.evidence.bundle_contents import (
    REPORTS,
    BundleContents,
    BundleFiles,
    make_bundle,
    predecessor,
)
from auditor.evidence.manifest import (
    BASELINE,
    SNAPSHOT,
    SUPPRESSIONS,
    Predicate,
    Previous,
    digest_of,
)
from auditor.evidence.redaction import Redactor
from auditor.lint.acceptance.baseline_file import parse_baseline
from auditor.lint.acceptance.suppression import Suppressions
from auditor.lint.acceptance.suppressions_file import parse_suppressions
from auditor.lint.engine import audit
from auditor.lint.report import Report
from auditor.lint.result import AuditResult
from auditor.lint.rule import Rule
from auditor.plugins import load_reports
from auditor.snapshot.document import Snapshot, Source, parse_snapshot, read_document
from auditor.text import quoted

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
    zipped: bool = False
    frameworks: tuple[str, ...] = ()
    """Ids and files; those of the configuration and of the package if there are none."""


@dataclass(frozen=True)
class ExportedBundle:
    """A bundle in memory."""

    files: BundleFiles
    incomplete: bool
    """Whether something could not be checked."""
    unaccepted: bool
    """Whether nobody accepts that."""


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
        _check_actual(snapshot, request.snapshot)
        prepared = prepare_audit(options, effective=_judged_by_capture(settings, snapshot))
        codes = {rule.code for rule in prepared.rules.every}
        frameworks = choose_frameworks(request.frameworks, prepared.effective, codes)
        redactor = None
        if request.redaction_key:
            redactor = Redactor(snapshot, request.redaction_key)
            document = redactor.snapshot(snapshot)
            del snapshot  # a large tenant need not be in memory twice
            snapshot = parse_snapshot(document, request.snapshot)
    in_force = _in_force(prepared)
    # By the bytes that go into the bundle, and by the names that they have there.
    acceptance = acceptance_of(in_force, prepared.rules.every, prepared.effective)
    result = evidence_result(prepared.rules, acceptance, prepared.effective, snapshot, document)
    result = replace(result, frameworks=unless_built_in(frameworks))
    if redactor:
        result = redactor.result(result)
    redacted: tuple[Literal["people"], ...] = ("people",) if redactor else ()
    previous = _previous(before[0].predicate, before[1], result, redacted) if before else None
    contents = BundleContents(
        document=document,
        result=result,
        reports=evidence_reports(),
        frameworks=frameworks,
        settings=settings_document(prepared.effective, in_force),
        # Their free text may name people, which cannot be redacted: only their digests are given.
        accepting={} if redactor else in_force,
        ocsf_version=prepared.settings.ocsf_version,
        redacted=redacted,
    )
    files = make_bundle(contents, previous, request.key, zipped=request.zipped)
    return ExportedBundle(files, result.incomplete, result.unaccepted)


def _check_actual(snapshot: Snapshot, path: Path) -> None:
    """Refuse what is not of an org: whoever reads evidence takes it for what the org was.

    Raises:
        UsageError: it is a planned snapshot.
    """
    plan = snapshot.capture.plan
    if plan is not None:
        raise UsageError(
            f"{path} is of what {quoted(plan.made_by)} plans, and evidence is of what an org is.",
            remedy="Apply the plan and export a new snapshot; for a record of what was checked "
            "before, keep the reports of: okta-auditor run --plan",
        )


def _judged_by_capture(settings: EffectiveSettings, snapshot: Snapshot) -> EffectiveSettings:
    """The settings without the clock: expiry is judged by the day of the capture."""
    changed: dict[str, Any] = {
        "output": (),
        "history": None,
        "since": None,
        "logs": None,
        "show_suppressed": True,
    }
    origins = dict(settings.origins)
    if origins["as_of"].layer is Layer.DEFAULT:
        changed["as_of"] = snapshot.capture.finished_at.date()
        origins["as_of"] = Origin(Layer.DEFAULT, "(the day of the capture)")
    return replace(settings, settings=settings.settings.model_copy(update=changed), origins=origins)


def evidence_result(
    rules: RuleChoice,
    acceptance: AcceptanceInputs,
    effective: EffectiveSettings,
    snapshot: Snapshot,
    document: bytes,
) -> AuditResult:
    """The result of an audit as evidence has it.

    Locations point into the bundle's own snapshot, wherever the bundle will lie.

    Args:
        rules: those that run.
        acceptance: what is accepted, by files that are named as in a bundle.
        effective: the settings.
        snapshot: what is audited.
        document: its bytes.
    """
    with without_garbage_collection():
        result = audit(snapshot, rules.selected, Source(SNAPSHOT, document))
        result = acceptance.apply(result)
    return replace(
        result,
        as_of=effective.as_of,
        show_accepted=True,
        deselected=rules.deselected,
        home_page=effective.settings.home_page or "",
        rule_page=effective.settings.rule_page or "",
    )


def evidence_reports() -> dict[str, Report]:
    """The reports that a bundle holds, by name."""
    reports = load_reports()
    return {name: reports[name] for name in REPORTS}


def acceptance_of(
    files: Mapping[str, bytes], rules: tuple[Rule, ...], effective: EffectiveSettings
) -> AcceptanceInputs:
    """What is accepted by the files of a bundle.

    Args:
        files: those of the bundle that accept findings, by name.
        rules: all there are, selected or not.
        effective: the settings.

    Raises:
        UsageError: one of the files cannot be used.
    """
    policy, path = effective.settings.suppression_policy, Path(SUPPRESSIONS)
    texts = {name: _decoded(name, data) for name, data in files.items()}
    suppressions, baseline = texts.get(SUPPRESSIONS), texts.get(BASELINE)
    return AcceptanceInputs(
        rules=rules,
        policy=policy,
        suppressions=Suppressions()
        if suppressions is None
        else parse_suppressions(suppressions, path, rules, policy, effective.as_of),
        baseline=None if baseline is None else parse_baseline(baseline, Path(BASELINE)),
        as_of=effective.as_of,
        path=path,
    )


def _decoded(name: str, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{name} is not UTF-8 text.", remedy="Restore it.") from None


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
    acceptance = prepared.acceptance
    entries = (*acceptance.suppressions.entries, *acceptance.suppressions.gaps)
    files = {SUPPRESSIONS: acceptance.path} if entries else {}
    if acceptance.baseline:
        files[BASELINE] = acceptance.baseline_path
    try:
        return {name: path.read_bytes() for name, path in files.items()}
    except OSError as error:
        raise UsageError(
            f"{error.filename} cannot be read: {error.strerror}.", remedy="Run the export again."
        ) from error


def settings_document(effective: EffectiveSettings, in_force: dict[str, bytes]) -> dict[str, Any]:
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
