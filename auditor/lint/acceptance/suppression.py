"""Suppressions: findings that somebody answers for until a day, and the file of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from auditor.errors import UsageError
from auditor.lint.acceptance.gap_entry import GapEntry
from auditor.lint.acceptance.non_blank import NonBlank
from auditor.lint.rule import Rule
from auditor.lint.selection import Selector


class SuppressionPolicy(BaseModel):
    """What may be accepted at all."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    max_days: int = Field(
        default=365,
        ge=1,
        le=3650,
        description="How far away the end of a suppression, or of an accepted gap, may be.",
    )
    never: tuple[str, ...] = Field(
        default=(),
        description="Codes, prefixes or names of rules whose findings nobody may accept, neither "
        "by a suppression nor by the baseline.",
    )
    require_ticket: bool = Field(
        default=False,
        description="Whether each suppression and each accepted gap must name a ticket.",
    )

    def forbidden(self, rules: Sequence[Rule]) -> frozenset[str]:
        """The codes of the rules whose findings nobody may accept.

        Raises:
            UsageError: an entry of `never` means no rule.
        """
        codes: set[str] = set()
        for text in self.never:
            try:
                codes.update(rule.code for rule in Selector(text).among(rules))
            except UsageError as error:
                raise UsageError(
                    f"suppression_policy.never: {error.message}", remedy=error.remedy
                ) from None
        return frozenset(codes)


class Suppression(BaseModel):
    """One entry: the findings of a rule on an object, or a part of them."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)

    rule: NonBlank = Field(description="The rule's code.")
    target: NonBlank = Field(description="The id of the finding's object; it never changes.")
    name: str | None = Field(default=None, description="The object's name, for readers.")
    field: NonBlank | None = Field(default=None, description="Only the finding on this field.")
    key: NonBlank | None = Field(
        default=None, description="Only the finding with this key, such as a scope's name."
    )
    fingerprint: str | None = Field(
        default=None, pattern=r"^[0-9a-f]{32}$", description="Only the finding with this one."
    )
    reason: NonBlank = Field(description="Why it is accepted.")
    owner: NonBlank = Field(description="Who answers for it.")
    ticket: NonBlank | None = Field(default=None, description="Where it was decided.")
    expires: date = Field(description="The last day on which it holds.")


@dataclass(frozen=True)
class SuppressionEntry:
    """A suppression and where it stands."""

    suppression: Suppression
    where: str
    """File and line."""


@dataclass(frozen=True)
class Suppressions:
    """A file of suppressions. No two of its entries are about the same finding or collection."""

    entries: tuple[SuppressionEntry, ...] = ()
    gaps: tuple[GapEntry, ...] = ()
