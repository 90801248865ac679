"""What `evidence verify --format json` prints."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from pydantic import AwareDatetime, Field

from auditor.cli.json_documents.part import DocumentPart
from auditor.evidence.chain import ChainProblem
from auditor.evidence.verify import CheckedBundle


class VerificationOutcome(StrEnum):
    """What was shown of the bundles together, and no more than that."""

    CONSISTENT = "consistent"
    """Nothing is wrong; no key was demanded, so whoever can write them could have made them."""
    SIGNED = "signed"
    """Nothing is wrong, and each is signed by a key that was demanded."""
    NOT_REPLAYED = "not replayed"
    """Nothing is wrong, but the replay that was asked for could not be done."""
    PROBLEMS = "problems"


class BundleProblem(DocumentPart):
    """Something about a bundle, as a sentence without its full stop."""

    path: str
    what: str


class VerifiedBundle(DocumentPart):
    """What the manifest of a bundle says; null where it has none that can be read."""

    path: str
    sha256: str | None = Field(description="Of its manifest.")
    tenant: str | None = Field(description="The org's id.")
    captured_at: AwareDatetime | None
    complete: bool | None = Field(description="False where something could not be checked.")
    accepted_gaps: list[str] | None = Field(
        description="Collections that it lacks for want of a right, which somebody accepts."
    )
    signer: str | None = Field(description="The key that the manifest says has signed it.")


class Verification(DocumentPart):
    """Whether bundles of evidence are whole, and what shows it."""

    outcome: VerificationOutcome
    bundles: list[VerifiedBundle] = Field(description="In the order in which they were named.")
    problems: list[BundleProblem] = Field(description="What is wrong; the exit code is 1.")
    obstacles: list[BundleProblem] = Field(
        description="Why a replay could not be done; the exit code is 3."
    )
    replayed: bool = Field(description="Whether --replay came to the same, byte for byte.")


def verification(
    bundles: Sequence[CheckedBundle],
    problems: Sequence[ChainProblem],
    obstacles: Sequence[ChainProblem],
    *,
    demanded: bool,
    replays: bool,
) -> Verification:
    """The document.

    Args:
        bundles: as they were checked.
        problems: of them, of their chain and of a replay.
        obstacles: why some could not be replayed.
        demanded: whether signatures were demanded.
        replays: whether a replay was asked for.
    """
    if problems:
        outcome = VerificationOutcome.PROBLEMS
    elif obstacles:
        outcome = VerificationOutcome.NOT_REPLAYED
    else:
        outcome = VerificationOutcome.SIGNED if demanded else VerificationOutcome.CONSISTENT
    return Verification(
        outcome=outcome,
        bundles=[_bundle(item) for item in bundles],
        problems=[BundleProblem(path=str(item.path), what=item.what) for item in problems],
        obstacles=[BundleProblem(path=str(item.path), what=item.what) for item in obstacles],
        replayed=replays and not problems and not obstacles,
    )


def _bundle(item: CheckedBundle) -> VerifiedBundle:
    predicate = item.statement.predicate if item.statement else None
    return VerifiedBundle(
        path=str(item.path),
        sha256=item.digest or None,
        tenant=predicate.tenant if predicate else None,
        captured_at=predicate.captured_at if predicate else None,
        complete=predicate.complete if predicate else None,
        accepted_gaps=list(predicate.accepted_gaps) if predicate else None,
        signer=predicate.signer if predicate else None,
    )
