"""The result of a comparison, in a fixed order, ready to be shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fnmatch import fnmatchcase

from auditor.comparison.token_lifetimes import TokenLifetimes
from auditor.lint.reported_finding import ObjectRef


@dataclass(frozen=True, slots=True)
class ClientPart:
    """A client that takes part in a change, and the grant types concerned."""

    client: ObjectRef
    grants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleRef:
    """A rule with its policy."""

    policy: ObjectRef
    rule: ObjectRef


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessChange:
    """Scopes that are obtained by one rule and were not before, or were and are not any more."""

    server: ObjectRef
    rule: RuleRef | None
    """The first rule, in order of evaluation, that gives them (gained) or gave them (lost);
    None at the org server."""
    scopes: tuple[str, ...]
    clients: tuple[ClientPart, ...]
    people: int | None
    """How many; None where the grant types have no user."""
    sample: tuple[str, ...]
    """Logins of some of them."""
    otherwise: str
    """What becomes of such a request on the other side."""


@dataclass(frozen=True, slots=True)
class RuleLifetimes:
    """The lifetimes of tokens that one rule gives."""

    rule: RuleRef | None
    lifetimes: TokenLifetimes


@dataclass(frozen=True, slots=True, kw_only=True)
class LifetimeChange:
    """Tokens that live longer or shorter for people who could obtain them before."""

    server: ObjectRef
    old: tuple[RuleLifetimes, ...]
    new: tuple[RuleLifetimes, ...]
    scopes: tuple[str, ...]
    clients: tuple[ClientPart, ...]
    people: int | None
    sample: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncompared:
    """Something about which nothing can be said."""

    what: str
    why: str
    remedy: str = ""
    missing: tuple[str, ...] = ()
    """The collections that were not read, where that alone is why; empty where it is not."""
    accepted: str = ""
    """Which accepted gap covers it, and in which file; empty if none does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """A change by which Okta ends tokens that were issued before."""

    what: str
    object: ObjectRef
    certain: bool
    """False where the source names such changes without saying which of them."""
    people: int | None
    """Whose tokens; None for all tokens of the object."""
    sample: tuple[str, ...]
    source: str


class ChangeKind(StrEnum):
    """What happened to an object."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectChange:
    """An object that came, went, or is not the same."""

    change: ChangeKind
    object: ObjectRef
    server: ObjectRef | None
    fields: tuple[str, ...] = ()
    old_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRef:
    """A finding of one side only."""

    code: str
    name: str
    severity: str
    message: str
    object: ObjectRef
    server: ObjectRef | None
    fingerprint: str
    accepted: str = ""
    """Who accepts it, and in which file: a suppression or the baseline; empty if nobody does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SideInfo:
    """Where one side comes from."""

    file: str
    org: str
    captured_at: datetime
    carried_over: str = ""
    """What of it was read earlier than that, in sentences; empty if nothing was."""


@dataclass(frozen=True, slots=True)
class Totals:
    """Everybody counted once, over all changes of one kind."""

    clients: int
    people: int


@dataclass(frozen=True, kw_only=True)
class DiffResult:
    """Everything that a comparison found out."""

    old: SideInfo
    new: SideInfo
    gained: tuple[AccessChange, ...]
    lost: tuple[AccessChange, ...]
    lifetimes: tuple[LifetimeChange, ...]
    gained_total: Totals
    lost_total: Totals
    lifetimes_total: Totals
    new_findings: tuple[FindingRef, ...] | None
    """None if the audit was not asked for."""
    fixed_findings: tuple[FindingRef, ...] | None
    revocations: tuple[Revocation, ...]
    objects: tuple[ObjectChange, ...]
    uncompared: tuple[Uncompared, ...]
    gain_patterns: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether everything could be compared."""
        return not self.uncompared

    @property
    def unaccepted(self) -> bool:
        """Whether something could not be compared that no accepted gap covers."""
        return any(not item.accepted for item in self.uncompared)

    @property
    def captured_backwards(self) -> bool:
        """Whether the old snapshot is the newer one, which is mostly a mistake."""
        return self.old.captured_at > self.new.captured_at

    @property
    def failing(self) -> tuple[AccessChange, ...]:
        """Gains of a scope that must not be gained."""
        return tuple(
            item
            for item in self.gained
            if any(fnmatchcase(s, p) for s in item.scopes for p in self.gain_patterns)
        )
