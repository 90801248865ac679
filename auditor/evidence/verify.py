"""What is wrong with one bundle: its files, its manifest and its signature."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from auditor.evidence.agreement import disagreements
from auditor.evidence.bundle_reading import Bundle, BundleError, chunks, opened
from auditor.evidence.manifest import (
    ENVELOPE,
    FACTS,
    MANIFEST,
    OPTIONAL,
    REQUIRED,
    ManifestError,
    Statement,
    digest_of,
    dump_manifest,
    parse_manifest,
)
from auditor.evidence.signing import EnvelopeError, raw, unsealed
from auditor.text import quoted

_LARGEST_MANIFEST = 1 << 20


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


def check_bundle(path: Path, key: Ed25519PublicKey | None) -> CheckedBundle:
    """Check a bundle, without unpacking it.

    Args:
        path: a folder or a zip file.
        key: whose signature is demanded; None to demand none.
    """
    try:
        with opened(path) as bundle:
            return _check(path, bundle, key)
    except BundleError as error:
        return CheckedBundle(path, (str(error),))


def _check(path: Path, bundle: Bundle, key: Ed25519PublicKey | None) -> CheckedBundle:
    problems = list(bundle.complaints())
    if MANIFEST not in bundle.names():
        return CheckedBundle(path, (*problems, f"{MANIFEST} is missing"))
    manifest = _small(bundle, MANIFEST)
    if key and not any(name == ENVELOPE for name in bundle.names()):
        problems.append(f"it is not signed: {ENVELOPE} is missing")
    try:
        statement = parse_manifest(manifest)
    except ManifestError as error:
        return CheckedBundle(path, (*problems, f"{MANIFEST} is unusable: {error}"))
    if manifest != dump_manifest(statement):
        problems.append(f"{MANIFEST} was changed: it is not laid out as it was written")
    wrong = _files(bundle, statement)
    problems += wrong or [
        *_contradictions(bundle, statement),
        *disagreements(bundle, statement.predicate),
    ]
    problems += _signature(bundle, manifest, statement, key)
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
        except BundleError as error:
            complaint = str(error)
        if complaint:
            problems.append(complaint)
    return problems


def _contradictions(bundle: Bundle, statement: Statement) -> list[str]:
    """What the manifest says of the audit otherwise than the files, which are as listed."""
    manifest_facts = statement.predicate.model_dump(mode="json", include=set(FACTS))
    try:
        facts = json.loads(_small(bundle, "tool.json"))["audit"]
        names = [name for name in FACTS if manifest_facts[name] != facts[name]]
    except (ValueError, KeyError, TypeError, RecursionError):
        names = list(FACTS)
    return [f"{MANIFEST} was changed: its {name} is not what tool.json says" for name in names]


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
    bundle: Bundle, manifest: bytes, statement: Statement, key: Ed25519PublicKey | None
) -> list[str]:
    signer = statement.predicate.signer
    if ENVELOPE not in bundle.names():
        # With a key, the missing signature is among the problems already.
        removed = signer and not key
        text = f"{ENVELOPE} was removed: the manifest says key {signer} signed it"
        return [text] if removed else []
    try:
        payload, by = unsealed(_small(bundle, ENVELOPE))
    except (EnvelopeError, BundleError) as error:
        return [f"{ENVELOPE} is unusable: {error}"]
    problems = []
    if payload != manifest:
        problems.append(f"{MANIFEST} is not what {ENVELOPE} signs; one of them was changed")
    if signer is None:
        problems.append(f"{ENVELOPE} was added: the manifest says that nobody signs it")
    elif signer != by:
        problems.append(f"{ENVELOPE} was swapped: key {by} signed it, the manifest says {signer}")
    if key and raw(key) != by:
        problems.append(f"the signature is not that of the given key {raw(key)}, but of {by}")
    return problems


def _small(bundle: Bundle, name: str) -> bytes:
    """A whole file of which no more than a mebibyte is expected."""
    data = b"".join(chunks(bundle, name, _LARGEST_MANIFEST * 2))
    if len(data) > _LARGEST_MANIFEST * 2:
        raise BundleError(f"{name} is far too long")
    return data
