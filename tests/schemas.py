"""Holds whatever the tests make to the JSON Schema of its kind.

`okta-auditor schema` describes eight kinds of files, and what commands print as JSON. What the tool
writes, and what its readers accept, has to satisfy the schema of its kind. `conftest.py` checks the
files of all tests, `helpers.py` what commands print and what the sandbox serves.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml
from auditor.reports._results_model import Results  # noqa: TID251 - its reader checks sums, too
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from pydantic import BaseModel, TypeAdapter

from auditor import Org
from auditor.cli.commands.schema import _schemas
from auditor.cli.json_documents.by_command import SCHEMA_OF
from auditor.comparison.json_report import DiffDocument
from auditor.config.model import Config
from auditor.controls.framework_file import parse_framework
from auditor.errors import AuditorError
from auditor.lint.acceptance.suppression import SuppressionPolicy
from auditor.lint.acceptance.suppressions_file import parse_suppressions
from auditor.plugins import load_rules
from auditor.sandbox.tenant import TenantFile
from auditor.snapshot.document import FORMAT, parse_snapshot
from auditor.tokens.expectations.model import Expectation
from auditor.toml_lines import parse as parse_toml

_SUFFIXES = frozenset({".json", ".gz", ".toml", ".yaml", ".yml"})
_LARGEST = 10_000_000
_LARGEST_YAML = 500_000
_HERE = Path("here")
_DAMAGED = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    OverflowError,
    RecursionError,
    yaml.YAMLError,
)
"""What readers raise; PyYAML has no error of its own for a value that is not what its tag says."""


def check_files(folder: Path) -> Counter[str]:
    """Check all files beneath a folder, and count them by kind.

    Raises:
        AssertionError: the tool accepts a file that its schema refuses.
    """
    counts: Counter[str] = Counter()
    seen: set[tuple[str, bytes]] = set()
    for path in sorted(folder.rglob("*")):
        for name, data in _contents(path):
            identity = (Path(name).suffix, hashlib.sha256(data).digest())
            if identity in seen:
                continue
            seen.add(identity)
            kind, document = recognise(name, data)
            if kind and accepts(kind, document):
                check(kind, document, str(path))
                counts[kind] += 1
    return counts


def check_text(text: str) -> None:
    """Check what a command printed, if it is a document.

    Raises:
        AssertionError: the schema of its kind refuses it.
    """
    kind, document = recognise("output.json", text.encode()) if text[:1] == "{" else (None, None)
    if kind:
        check(kind, document, "standard output")


def check_printed(words: Sequence[str], text: str) -> str | None:
    """Check what a command printed, if it was asked for JSON and ended with a document.

    Returns the name of the schema by which it was checked.

    Raises:
        AssertionError: the schema of what the command prints refuses it, or lacks a key of it.
    """
    kind = SCHEMA_OF.get(words[0] if words else "") or SCHEMA_OF.get(" ".join(words[:2]))
    asked = any(
        word in {"--format", "--output", "-O"} and value == "json"
        for word, value in pairwise(words)
    )
    if kind is None or not asked or text[:1] not in {"{", "["}:
        return None
    document = json.loads(text)
    check(kind, document, " ".join(words))
    if error := best_match(_closed_validator(kind).iter_errors(document)):
        raise AssertionError(f"schema {kind} lacks a key: {error.json_path}: {error.message}")
    return kind


@cache
def _closed_validator(kind: str) -> Draft202012Validator:
    return Draft202012Validator(_closed(schemas()[kind]()))


def _closed(schema: Any) -> Any:
    """A schema that takes no key but those that it names."""
    if isinstance(schema, list):
        return [_closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(item) for key, item in schema.items()}
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
        closed.setdefault("additionalProperties", False)
    return closed


def check(kind: str, document: Any, source: str) -> None:
    """Check a document of a kind.

    Raises:
        AssertionError: the schema refuses it.
    """
    document = _plain(document)
    if not validator(kind).is_valid(document):
        error = best_match(validator(kind).iter_errors(document))
        raise AssertionError(f"{source}: schema {kind}, {error.json_path}: {error.message}")


@cache
def validator(kind: str) -> Draft202012Validator:
    """What checks documents of a kind."""
    return Draft202012Validator(schemas()[kind]())


def schemas() -> Mapping[str, Callable[[], dict[str, Any]]]:
    """What makes each of the schemas that `okta-auditor schema` prints."""
    return _schemas()


def recognise(name: str, data: bytes) -> tuple[str | None, Any]:
    """The kind that a file looks like, and its content as a JSON value."""
    try:
        if name.endswith(".toml"):
            return _kind_of_toml(_plain(parse_toml(data.decode())))
        value = json.loads(data) if name.endswith(".json") else _read_yaml(data)
        return _kind(value), _plain(value)
    except _DAMAGED:
        return None, None  # damaged on purpose, or a file of another kind


def _read_yaml(data: bytes) -> Any:
    """A YAML file without aliases: those of hostile files would fill the memory as JSON."""
    if len(data) > _LARGEST_YAML or (b"*" in data and _has_alias(data)):
        return None
    return yaml.safe_load(data)


def _has_alias(data: bytes) -> bool:
    return any(isinstance(token, yaml.AliasToken) for token in yaml.scan(data))


def accepts(kind: str, document: Any) -> bool:
    """Whether the tool takes a document for one of that kind."""
    try:
        _READERS[kind](document)
    except (AuditorError, ValueError, RecursionError):
        return False
    return True


def _contents(path: Path) -> Iterator[tuple[str, bytes]]:
    """The documents that a file may be or hold, as names and bytes."""
    if not path.is_file() or path.is_symlink():
        return
    try:
        if path.suffix in _SUFFIXES:
            with path.open("rb") as file:
                packed = file.read(2) == b"\x1f\x8b"
            with gzip.open(path) if packed else path.open("rb") as document:
                data = document.read(_LARGEST + 1)
            if len(data) <= _LARGEST:
                yield path.name.removesuffix(".gz"), data
        elif path.suffix == ".zip":
            yield from _members(path)
    except (
        OSError,
        EOFError,
        zlib.error,
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
        UnicodeError,
    ):
        return  # damaged on purpose


def _members(path: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            if Path(member.filename).suffix in _SUFFIXES and member.file_size < _LARGEST:
                yield member.filename, archive.read(member)


def _kind(value: Any) -> str | None:
    if isinstance(value, list):
        mappings = value and all(isinstance(item, dict) for item in value)
        return "expectations" if mappings and "expect" in value[0] else None
    if not isinstance(value, dict) or not value:
        return None
    if value.get("format") == FORMAT:
        return "snapshot"
    for kind in ("results", "diff"):
        if str(value.get("schema")).startswith(f"okta-auditor/{kind}/"):
            return kind
    if all(str(key).startswith(("/", "@")) for key in value):
        return "tenant"
    return "framework" if {"beyond", "controls"} <= value.keys() else None


def _kind_of_toml(value: dict[str, Any]) -> tuple[str | None, Any]:
    if "suppression" in value:
        return "suppressions", value
    own = value.get("tool", {}).get("okta-auditor")
    return "config", value if own is None else own


def _plain(value: Any) -> Any:
    """The value as JSON has it: dates are text, tuples are lists."""
    return json.loads(json.dumps(value, default=date.isoformat))


def _read_snapshot(document: Any) -> None:
    snapshot = parse_snapshot(json.dumps(document).encode(), _HERE)
    odd = [item for entry in Org.of(snapshot).ledger.entries for item in entry.quarantined]
    # A schema knows shapes; whether the ledger is true is for `auditor.snapshot.proof`.
    odd += [
        item
        for entry in snapshot.ledger.entries
        for item in entry.contradictions
        if "cannot be understood" in item.reason
        or "is no collection" in item.reason
        or item.reason.startswith("it is not a")
    ]
    if odd:
        raise ValueError(odd[0].reason)


def _read_suppressions(document: Any) -> None:
    entries = document.get("suppression", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ValueError("not tables")
    others = [f"{json.dumps(key)} = 1" for key in document.keys() - {"suppression"}]
    text = "\n".join([*others, *map(_toml, entries)])
    # Any end will do, because the horizon depends on the configuration.
    parse_suppressions(text, _HERE, load_rules(), SuppressionPolicy(max_days=3650), date.max)


def _toml(entry: dict[str, Any]) -> str:
    lines = [f"{json.dumps(key)} = {_toml_value(key, value)}" for key, value in entry.items()]
    return "\n".join(["[[suppression]]", *lines])


def _toml_value(key: str, value: Any) -> str:
    return str(value) if key == "expires" and isinstance(value, str) else json.dumps(value)


def _model(model: type[BaseModel] | TypeAdapter[Any]) -> Callable[[Any], object]:
    adapter = model if isinstance(model, TypeAdapter) else TypeAdapter(model)

    def read(document: Any) -> object:
        return adapter.validate_json(json.dumps(document), strict=True)

    return read


_READERS: dict[str, Callable[[Any], object]] = {
    "snapshot": _read_snapshot,
    "results": _model(Results),
    "diff": _model(DiffDocument),
    "config": _model(Config),
    "expectations": _model(TypeAdapter(list[Expectation])),
    "suppressions": _read_suppressions,
    "framework": lambda document: parse_framework(json.dumps(document), _HERE),
    "tenant": TenantFile.from_document,
}
"""Raise ValueError or an error of ours for what is not of the kind."""
