"""What is wrong with one bundle: its files, its manifest and its signature."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from auditor.evidence.agreement import disagreements
from auditor.evidence.bundle_limits import MOST_BYTES, BundleError
from auditor.evidence.bundle_reading import Bundle, chunks, opened, read_all
from auditor.evidence.manifest import (
    ENVELOPE,
    FACTS,
    MANIFEST,
    OPTIONAL,
    REQUIRED,
    TOOL,
    ManifestError,
    Statement,
    digest_of,
    dump_manifest,
    parse_manifest,
)
from auditor.evidence.signing import EnvelopeError, unsealed
from auditor.evidence.trusted_keys import TrustedKeys
from auditor.text import quoted

_LARGEST_MANIFEST = 1 << 20
_LARGEST_TOOL = 16 << 20


@dataclass(frozen=True)
class CheckedBundle:
    """A bundle after a check."""

    path: Path
    problems: tuple[str, ...]
    """A sentence each, without its full stop."""
    statement: Statement | None = None
    """What the manifest says; None if it could not be read."""
    digest: str = ""
    """The SHA-256 of the manifest's bytes."""


def check_bundle(path: Path, keys: TrustedKeys | None) -> CheckedBundle:
    """Check a bundle, without unpacking it.

    Args:
        path: a folder or a zip file.
        keys: those of which one must have signed it; None to demand no signature.
    """
    try:
        with opened(path) as bundle:
            return _check(path, bundle, keys)
    except BundleError as error:
        return CheckedBundle(path, (str(error),))


def _check(path: Path, bundle: Bundle, keys: TrustedKeys | None) -> CheckedBundle:
    problems = list(bundle.complaints())
    if MANIFEST not in bundle.names():
        return CheckedBundle(path, (*problems, f"{MANIFEST} is missing"))
    manifest = read_all(bundle, MANIFEST, _LARGEST_MANIFEST)
    if keys and ENVELOPE not in bundle.names():
        problems.append(f"it is not signed: {ENVELOPE} is missing")
    try:
        statement = parse_manifest(manifest)
    except ManifestError as error:
        return CheckedBundle(path, (*problems, f"{MANIFEST} is unusable: {error}"))
    if manifest != dump_manifest(statement):
        problems.append(f"{MANIFEST} was changed: it is not laid out as it was written")
    wrong = _files(bundle, statement)
    problems += wrong or _contradictions(bundle, statement)
    problems += _signature(bundle, manifest, statement, keys)
    return CheckedBundle(path, tuple(problems), statement, digest_of(manifest))


def _files(bundle: Bundle, statement: Statement) -> list[str]:
    listed = {item.name: item.digest.sha256 for item in statement.subject}
    problems = []
    if len(listed) != len(statement.subject) or listed.keys() != statement.predicate.sizes.keys():
        problems.append(f"{MANIFEST} contradicts itself about which files there are")
    problems += [f"{name} is not listed in {MANIFEST}" for name in sorted(REQUIRED - listed.keys())]
    allowed = REQUIRED | OPTIONAL
    problems += [
        f"{MANIFEST} lists {quoted(name)}, which no bundle has"
        for name in sorted(listed.keys() - allowed)
    ]
    if sum(statement.predicate.sizes.values()) > MOST_BYTES:
        return [*problems, f"{MANIFEST} lists more than {MOST_BYTES >> 30} GiB; refused"]
    packed = statement.predicate.packed
    if packed is not None and packed.keys() != listed.keys():
        problems.append(f"{MANIFEST} contradicts itself about which files are compressed")
    present = set(bundle.names()) - {MANIFEST, ENVELOPE}
    problems += [
        f"{quoted(name)} was added: {MANIFEST} does not list it"
        for name in sorted(present - listed.keys())
    ]
    for name in sorted(listed.keys() & allowed):
        if name not in present:
            problems.append(f"{name} was removed, or could not be read: {MANIFEST} lists it")
            continue
        try:
            complaint = _file(bundle, name, listed, statement.predicate.sizes.get(name, 0))
            complaint = complaint or _stream(bundle, name, statement.predicate.packed)
        except BundleError as error:
            complaint = str(error)
        if complaint:
            problems.append(complaint)
    return problems


def _stream(bundle: Bundle, name: str, packed: dict[str, str] | None) -> str:
    """What is wrong with how a file is compressed; empty if nothing is, or if it is not."""
    digest = bundle.stream_digest(name)
    if digest is None or (packed and packed.get(name) == digest):
        return ""
    if packed is None:
        return f"{name} was compressed by another program: {MANIFEST} is that of a folder"
    return f"{name} was compressed again: {MANIFEST} has another SHA-256 of its compressed bytes"


def _contradictions(bundle: Bundle, statement: Statement) -> list[str]:
    """What the manifest says of the audit otherwise than the files, which are as listed."""
    manifest_facts = statement.predicate.model_dump(mode="json", include=set(FACTS))
    try:
        facts = json.loads(read_all(bundle, TOOL, _LARGEST_TOOL))["audit"]
        said = statement.predicate.model_fields_set
        # What a bundle of an earlier version says nothing of is empty.
        unsaid: dict[str, object] = {name: None if name in said else [] for name in FACTS}
        names = [name for name in FACTS if manifest_facts[name] != (unsaid | facts)[name]]
    except (ValueError, KeyError, TypeError, RecursionError):
        names = list(FACTS)
    if names:
        return [f"{MANIFEST} was changed: its {name} is not what tool.json says" for name in names]
    return disagreements(
        {name: read_all(bundle, name) for name in sorted(REQUIRED)}, statement.predicate
    )


def _file(bundle: Bundle, name: str, listed: dict[str, str], size: int) -> str:
    """What is wrong with a file; empty if nothing is."""
    length, sha256 = 0, hashlib.sha256()
    for piece in chunks(bundle, name, size):
        length += len(piece)
        sha256.update(piece)
    if length > size:
        return f"{name} was changed: it is longer than the {size:,} bytes that {MANIFEST} says"
    digest = sha256.hexdigest()
    if digest == listed[name]:
        return "" if length == size else f"{name}: {MANIFEST} contradicts itself about its size"
    twin = next((other for other, value in sorted(listed.items()) if value == digest), None)
    if twin:
        return f"{name} was swapped: it holds what {twin} held, says {MANIFEST}"
    return f"{name} was changed: its SHA-256 is {digest}, and {MANIFEST} says {listed[name]}"


def _signature(
    bundle: Bundle, manifest: bytes, statement: Statement, keys: TrustedKeys | None
) -> list[str]:
    signer = statement.predicate.signer
    if ENVELOPE not in bundle.names():
        # With a key, the missing signature is among the problems already.
        removed = signer and not keys
        text = f"{ENVELOPE} was removed: the manifest says key {signer} signed it"
        return [text] if removed else []
    if signer is None:
        return [f"{ENVELOPE} was added: the manifest says that nobody signs it"]
    trusted = [key.raw for key in keys.keys] if keys else []
    try:
        payload, by = unsealed(read_all(bundle, ENVELOPE, _LARGEST_MANIFEST * 2), trusted)
    except (EnvelopeError, BundleError) as error:
        return [f"{ENVELOPE} is unusable: {error}"]
    problems = []
    if payload != manifest:
        problems.append(f"{MANIFEST} is not what {ENVELOPE} signs; one of them was changed")
    if signer != by:
        problems.append(f"{ENVELOPE} was swapped: key {by} signed it, the manifest says {signer}")
    refusal = keys.refusal(by, statement.predicate.captured_at) if keys else None
    if refusal:
        problems.append(refusal)
    return problems
