"""What a rule yields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from auditor.snapshot.models.base import Record
from auditor.snapshot.org import Org
from auditor.tokens.answers import Answer
from auditor.tokens.request import TokenRequest


class Severity(StrEnum):
    """How bad it is if the finding is right. Ordered, worst first, by `rank`."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for critical; larger is milder."""
        return list(type(self)).index(self)

    def at_least(self, other: Severity) -> bool:
        """Whether this is as bad as the other, or worse."""
        return self.rank <= other.rank


class Impact(StrEnum):
    """What a finding means to the people who depend on the configuration."""

    BROKEN = "broken"
    """Requests or calls that the configuration seems to allow will fail, now or soon."""
    RISKY = "risky"
    """More is possible, or for longer, than should be."""
    DEAD = "dead"
    """Configuration without effect, which misleads whoever reads it."""


class Confidence(StrEnum):
    """How sure the rule is that a finding is right."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    def at_least(self, other: Confidence) -> bool:
        """Whether this is as sure as the other, or surer."""
        order = list(type(self))
        return order.index(self) <= order.index(other)


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """Another object that takes part in a finding."""

    record: Record
    role: str
    """What it has to do with it, for example `the rule that takes its traffic`."""
    field: str | None = None
    """The field of it that proves the finding, dotted, which the evidence then shows; None where
    that it is there is all."""


Search = Callable[[Org], "TokenRequest | None"]
"""Looks for a request that shows a finding, in all that was read; what the finding rests on
stays with `reads`."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with one object.

    The message is for people and may change; the fingerprint is made of the rule's code,
    the record, the field and the key, which must not.
    """

    record: Record
    """The object to change."""

    message: str
    """What is wrong, in full sentences. Tenant names go through `quoted`."""

    field: str | None = None
    """The field at fault, dotted, in the API's own names; None for the object as a whole."""

    key: str = ""
    """Tells findings of one rule on one field apart, for example a scope's name."""

    fix: str = ""
    """What to do about this one, where it can be said more exactly than on the rule's page."""

    related: tuple[Related, ...] = ()

    witness: TokenRequest | Search | None = None
    """A token request that shows it, or how to find one; `okta-auditor explain` reproduces it."""

    severity: Severity | None = None
    """How bad this one is where it is milder than the rule says; the milder of both holds."""

    answer: Answer | None = None
    """What Okta answers when this one bites, where it is not what the rule declares."""
