"""The manifest: an in-toto Statement v1 that lists the files and names the bundle before.

Its predicate type is a URN and not an address, because nothing can be fetched from it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from auditor.evidence.bundle_limits import MOST_BYTES
from auditor.text import escaped, one_line

MANIFEST = "manifest.json"
ENVELOPE = "manifest.dsse.json"
SNAPSHOT = "snapshot.json"
RESULTS = "results.json"
TOOL = "tool.json"
SETTINGS = "settings.json"
LEDGER = "ledger.json"
SUPPRESSIONS = "suppressions.toml"
BASELINE = "baseline.json"
README = "README.txt"
CONTROLS_PAGE = "controls.html"
STATEMENT: Final = "https://in-toto.io/Statement/v1"
PREDICATE: Final = "urn:okta-auditor:evidence:1"

REQUIRED = frozenset(
    {
        "snapshot.json",
        "results.json",
        "results.sarif",
        "report.html",
        "controls.csv",
        "assessment-results.json",
        "findings.ocsf.jsonl",
        "ledger.json",
        "settings.json",
        "tool.json",
    }
)
"""What every bundle holds."""

ACCEPTING = frozenset({SUPPRESSIONS, BASELINE})
"""What a bundle holds where it was in force."""

OPTIONAL = ACCEPTING | {README, CONTROLS_PAGE}
"""What not every bundle holds: those of earlier versions have no pages for auditors."""

FACTS = (
    "tenant",
    "captured_at",
    "as_of",
    "complete",
    "accepted_gaps",
    "snapshot_digest",
    "tool_version",
    "redacted",
)
"""What the manifest says of the audit; tool.json says it too, so that neither can be changed."""

_LONGEST_FIELD = 80

Digest = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Digests(_Part):
    """The digests of a file."""

    sha256: Digest


class Subject(_Part):
    """A file of the bundle."""

    name: str
    digest: Digests


class Previous(_Part):
    """The bundle before this one."""

    sha256: Digest
    """Of its manifest's bytes."""
    captured_at: AwareDatetime


class Predicate(_Part):
    """What the manifest says beside the files' digests."""

    tenant: str
    """The org's id."""
    captured_at: AwareDatetime
    """When reading the tenant was finished."""
    as_of: str
    """The day by which expiry was judged."""
    complete: bool
    """False where something could not be checked."""
    accepted_gaps: tuple[str, ...] = ()
    """Collections that were not read completely for want of a right, which somebody accepts."""
    snapshot_digest: Annotated[str, StringConstraints(pattern="^sha256:[0-9a-f]{64}$")]
    """Of the content of the snapshot that was audited."""
    tool_version: str
    redacted: tuple[Literal["people"], ...]
    """What was pseudonymised: `people`, or nothing."""
    signer: Digest | None
    """The public key that signs the manifest, in hexadecimal; null if none does."""
    previous: Previous | None
    sizes: dict[str, Annotated[int, Field(ge=0, le=MOST_BYTES)]]
    """Bytes of each file."""
    oldest_reading: AwareDatetime | None = None
    """When the oldest list was read that the snapshot carries over; null if it carries none."""
    packed: dict[str, Digest] | None = None
    """In a zip file, the SHA-256 of each file's compressed bytes: compressors differ."""


class Statement(_Part):
    """An in-toto Statement v1 (github.com/in-toto/attestation, spec/v1/statement.md)."""

    type: Literal["https://in-toto.io/Statement/v1"] = Field(default=STATEMENT, alias="_type")
    subject: tuple[Subject, ...]
    predicate_type: Literal["urn:okta-auditor:evidence:1"] = Field(
        default=PREDICATE, alias="predicateType"
    )
    predicate: Predicate


class ManifestError(Exception):
    """What is wrong with a manifest, in a clause."""


def digest_of(data: bytes) -> str:
    """The SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def subjects(files: Mapping[str, bytes]) -> tuple[Subject, ...]:
    """The files as a statement lists them, by name."""
    return tuple(
        Subject(name=name, digest=Digests(sha256=digest_of(files[name]))) for name in sorted(files)
    )


def dump_manifest(statement: Statement) -> bytes:
    """The manifest's bytes, which are what a signature and the next bundle's digest are over."""
    value = statement.model_dump(mode="json", by_alias=True)
    return (escaped(json.dumps(value, ensure_ascii=False, indent=2)) + "\n").encode()


def parse_manifest(data: bytes) -> Statement:
    """Read a manifest.

    Raises:
        ManifestError: it is cut off, or not one of ours.
    """
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        raise ManifestError("it is cut off or not valid JSON") from None
    try:
        return Statement.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise ManifestError(f"{one_line(field[:_LONGEST_FIELD])}: {first['msg']}") from None
