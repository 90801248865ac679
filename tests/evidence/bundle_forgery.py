"""Bundles changed by a forger who has no key: files with a manifest that fits, folders and zips."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from zip_forgery import Archive, deflated, new_part

from auditor.evidence.manifest import Statement, digest_of, dump_manifest

MANIFEST, ENVELOPE = "manifest.json", "manifest.dsse.json"

Json = Any
Change = Callable[[Json], object]


def unpacked(archive: Path, folder: Path) -> Path:
    """The files of a zip file in a folder."""
    with zipfile.ZipFile(archive) as source:
        source.extractall(folder)
    return folder


def packed(folder: Path, archive: Path) -> Path:
    """The files of a folder in a zip file that is laid out as ours are."""
    parts = []
    for path in sorted(folder.iterdir()):
        part = new_part(path.name.encode(), path.read_bytes())
        if path.name in {MANIFEST, ENVELOPE}:
            part.both(method=0)
            part.put(path.read_bytes())
        parts.append(part)
    archive.write_bytes(Archive(parts).written())
    return archive


def edit(folder: Path, name: str, change: Change) -> None:
    """Change a JSON file."""
    value = json.loads((folder / name).read_bytes())
    change(value)
    (folder / name).write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def fit(folder: Path, change: Change | None = None) -> None:
    """Write the manifest anew, unsigned, so that it fits the files.

    Args:
        folder: the bundle.
        change: of the manifest, if any.
    """
    (folder / ENVELOPE).unlink(missing_ok=True)
    value = json.loads((folder / MANIFEST).read_bytes())
    files = {
        path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.name != MANIFEST
    }
    value["subject"] = [
        {"name": name, "digest": {"sha256": digest_of(data)}} for name, data in files.items()
    ]
    predicate = value["predicate"]
    predicate["sizes"] = {name: len(data) for name, data in files.items()}
    predicate["signer"] = None
    if predicate["packed"] is not None:
        predicate["packed"] = {name: digest_of(deflated(data)) for name, data in files.items()}
    if change:
        change(value)
    (folder / MANIFEST).write_bytes(dump_manifest(Statement.model_validate(value)))
