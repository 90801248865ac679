"""Derives the files of a bundle from its own snapshot again, and compares them byte for byte.

Nothing of the bundle is run: the rules, reports and frameworks are those that are installed, or
that the call names. They must be the ones that the bundle was made with; with others a difference
would mean nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from auditor.cli.audit.rule_choice import RuleChoice, choose_rules
from auditor.cli.evidence_bundle import (
    acceptance_of,
    evidence_reports,
    evidence_result,
    settings_document,
)
from auditor.cli.framework_files import unless_built_in
from auditor.config import EffectiveSettings, Settings
from auditor.config.model import typed
from auditor.config.origin import Layer, Origin
from auditor.controls import Framework, builtin_frameworks, read_framework
from auditor.errors import AuditorError
from auditor.evidence.bundle_contents import BundleContents, derived_files
from auditor.evidence.bundle_limits import BundleError
from auditor.evidence.bundle_reading import opened, read_all
from auditor.evidence.finding_differences import finding_differences
from auditor.evidence.manifest import (
    ACCEPTING,
    ENVELOPE,
    MANIFEST,
    RESULTS,
    SETTINGS,
    SNAPSHOT,
    TOOL,
    Predicate,
    digest_of,
    parse_manifest,
)
from auditor.evidence.provenance import tool_differences, tool_document
from auditor.snapshot.document import parse_snapshot
from auditor.text import listed, one_line

Json = dict[str, Any]


@dataclass(frozen=True)
class ReplayInputs:
    """What a call names for a replay, because no bundle holds it."""

    frameworks: tuple[Path, ...] = ()
    folders: tuple[Path, ...] = ()
    """Of local rules."""


@dataclass(frozen=True)
class Replayed:
    """What came out of a replay."""

    differences: tuple[str, ...] = ()
    """How the bundle differs from what follows from its snapshot, a sentence each."""
    obstacles: tuple[str, ...] = ()
    """Why it cannot be replayed, a sentence each."""


class _ObstacleError(Exception):
    """Why a bundle cannot be replayed, in a clause."""


def replay(path: Path, inputs: ReplayInputs) -> Replayed:
    """Replay a bundle whose manifest fits its files.

    Args:
        path: a folder or a zip file.
        inputs: what the bundle does not hold.
    """
    try:
        with opened(path) as bundle:
            names = [name for name in bundle.names() if name != ENVELOPE]
            files = {name: read_all(bundle, name) for name in names}
        return Replayed(differences=tuple(_differences(files, inputs)))
    except (BundleError, _ObstacleError) as error:
        return Replayed(obstacles=(f"replay is not possible: {error}",))
    except AuditorError as error:
        # Of the snapshot, the settings, the rules or what accepts findings, as the bundle has them.
        return Replayed(obstacles=(f"replay is not possible: {one_line(error.message)}",))


def _differences(files: Mapping[str, bytes], inputs: ReplayInputs) -> Iterator[str]:
    predicate = parse_manifest(files[MANIFEST]).predicate
    made_with, settings = _object(files, TOOL), _object(files, SETTINGS)
    effective = _effective(settings)
    accepting = {name: files[name] for name in ACCEPTING & files.keys()}
    _check_accepting(settings, accepting, predicate)
    local = effective.settings.model_copy(update={"rules": inputs.folders})
    rules = choose_rules(replace(effective, settings=local))
    frameworks = _frameworks(made_with, inputs, rules)
    _check_tool(made_with, rules, frameworks)
    snapshot = parse_snapshot(files[SNAPSHOT], Path(SNAPSHOT))
    acceptance = acceptance_of(accepting, rules.every, effective)
    result = evidence_result(rules, acceptance, effective, snapshot, files[SNAPSHOT])
    contents = BundleContents(
        document=files[SNAPSHOT],
        result=replace(result, frameworks=unless_built_in(frameworks)),
        reports=evidence_reports(),
        frameworks=frameworks,
        settings=settings_document(effective, accepting),
        accepting=accepting,
        ocsf_version=effective.settings.ocsf_version,
        redacted=predicate.redacted,
    )
    for name, derived in sorted(derived_files(contents).items()):
        if files.get(name) != derived:
            yield f"{name} is not what follows from {SNAPSHOT}"
            if name == RESULTS:
                yield from finding_differences(files[name], derived)


def _check_accepting(settings: Json, accepting: Mapping[str, bytes], predicate: Predicate) -> None:
    """Insist that what accepted findings is in the bundle, as it was."""
    stated = settings.get("files")
    if not isinstance(stated, dict):
        raise _ObstacleError(f"{SETTINGS} does not say which files accept findings")
    missing = sorted(str(name) for name in stated.keys() - accepting.keys())
    if missing and predicate.redacted:
        names = one_line(listed(missing))
        raise _ObstacleError(
            f"{names} accepted findings and was left out, because people are redacted"
        )
    if stated != {name: {"sha256": digest_of(data)} for name, data in accepting.items()}:
        raise _ObstacleError(
            f"{SETTINGS} names other files that accept findings than the bundle holds"
        )


def _check_tool(made_with: Json, rules: RuleChoice, frameworks: tuple[Framework, ...]) -> None:
    installed = tool_document(rules.selected, frameworks, {})
    if differences := tool_differences(made_with, installed):
        raise _ObstacleError(f"it was made with another version; {'; '.join(differences)}")


def _frameworks(made_with: Json, inputs: ReplayInputs, rules: RuleChoice) -> tuple[Framework, ...]:
    """The frameworks that the bundle names, of the package and of the call."""
    codes = {rule.code for rule in rules.every}
    by_id = {item.id: item for item in builtin_frameworks()}
    by_id |= {item.id: item for item in (read_framework(path, codes) for path in inputs.frameworks)}
    try:
        ids = [str(item["id"]) for item in made_with["frameworks"]]
    except (KeyError, TypeError):
        raise _ObstacleError(f"{TOOL} does not say which frameworks there were") from None
    missing = [one_line(name) for name in ids if name not in by_id]
    if missing:
        raise _ObstacleError(
            f"the evidence names frameworks that are not installed, {listed(missing)}; name their "
            "files: --framework FILE"
        )
    return tuple(by_id[name] for name in ids)


def _effective(document: Json) -> EffectiveSettings:
    """The settings that a bundle says were in force."""
    values = document.get("settings")
    if not isinstance(values, dict):
        raise _ObstacleError(f"{SETTINGS} holds no settings")
    defaults: Json = {
        key: info.get_default(call_default_factory=True)
        for key, info in Settings.model_fields.items()
    }
    origins = dict.fromkeys(Settings.model_fields, Origin(Layer.DEFAULT))
    for key, item in values.items():
        try:
            defaults[key] = typed(key, item["value"])
            origins[key] = Origin(Layer(item["from"]), SETTINGS)
        except (KeyError, TypeError, ValueError, ValidationError):
            name = one_line(str(key))
            raise _ObstacleError(
                f"{SETTINGS} has a setting that is not understood: {name}"
            ) from None
    if defaults["as_of"] is None:
        raise _ObstacleError(f"{SETTINGS} does not say by which day expiry was judged")
    return EffectiveSettings(
        settings=Settings.model_construct(**defaults),
        origins=origins,
        file=None,
        notes=(),
        isolated=True,
        candidates=(),
    )


def _object(files: Mapping[str, bytes], name: str) -> Json:
    try:
        value = json.loads(files[name])
    except (ValueError, RecursionError):
        raise _ObstacleError(f"{name} is not valid JSON") from None
    if not isinstance(value, dict):
        raise _ObstacleError(f"{name} is no JSON object")
    return value
