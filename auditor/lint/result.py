"""The outcome of an audit: everything a report can show, already located and counted."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property

from auditor.access_overview.model import AccessOverview
from auditor.lint.finding import Severity
from auditor.lint.framework import Framework
from auditor.lint.log_summary import LogSummary
from auditor.lint.presentation import Presentation
from auditor.lint.reported_finding import FindingStatus, ObjectRef, ReportedFinding
from auditor.lint.rule import Rule
from auditor.lint.weakening import Weakening
from auditor.snapshot.document import Capture
from auditor.snapshot.ledger import CollectionStatus, LedgerEntry


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that whoever keeps suppressions or the baseline should know."""

    where: str
    """The file and line."""
    message: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedGap:
    """A collection that Okta refuses to whoever reads, and that somebody does without.

    What needs it stays not evaluated; only the exit code is that of the rest.
    """

    collection: str
    reason: str
    owner: str
    ticket: str
    """Empty where none is named."""
    expires: date
    """The last day on which it holds."""
    where: str
    """The file and line that accepts it."""

    def as_json(self) -> dict[str, str]:
        """The gap as an object of strings."""
        return {name: str(value) for name, value in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class Fixed:
    """A finding of the baseline that is not there any more."""

    code: str
    fingerprint: str
    object: ObjectRef


class EarlierKind(StrEnum):
    """What findings are compared with."""

    RUN = "run before"
    SNAPSHOT = "snapshot"
    BASELINE = "baseline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """What the findings were compared with, and what is not there any more.

    Each finding says itself whether it is new.
    """

    kind: EarlierKind
    where: str
    """The file of the snapshot or the baseline; empty for a run of the history."""
    captured_at: datetime | None
    """When the tenant was read then; None where that is not known."""
    fixed: tuple[Fixed, ...]
    """Findings of then, of rules that were evaluated both times, that are not there now."""
    uncompared: tuple[str, ...]
    """Codes of rules that were evaluated now and not then: what is new of theirs is not known."""


@dataclass(frozen=True, slots=True)
class NotEvaluated:
    """A rule that could not be evaluated, because of what was not read."""

    rule: Rule
    reason: str
    missing: tuple[str, ...]
    remedy: str
    absent: bool
    """Whether the org simply does not have what the rule reads; that is no fault."""


@dataclass(frozen=True, slots=True)
class Deselection:
    """Rules that one setting leaves out of an audit: nothing is known of what they look for."""

    by: str
    """The setting, as the option that says the same: `--ignore OAM1,OAM2`."""
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Crashed:
    """A rule that raised an exception. What it found before that is not reported."""

    rule: Rule
    error: str


@dataclass(frozen=True, slots=True)
class Tenant:
    """Whose configuration it is."""

    id: str
    """The org's id, or its host name where the id could not be read."""
    name: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What is kept of one audit of a tenant, so that later ones can be compared with it."""

    captured_at: datetime
    """When reading the tenant was finished, in UTC to the second."""
    tool_version: str
    complete: bool
    """False where something could not be checked, so that fewer findings prove nothing."""
    findings: int
    """How many that count; `accepted` come on top."""
    accepted: int
    by_severity: dict[str, int]
    by_impact: dict[str, int]
    by_rule: dict[str, int]
    """The rules that were evaluated to the end, each with its findings that count."""
    fingerprints: dict[str, tuple[str, ...]] | None
    """By rule, of findings that count and of accepted ones; None where there were too many."""
    objects: dict[str, str] | None = None
    """Type and id of each finding's object, `policy_rule/0pr1`, by fingerprint; None where there
    were too many, and in the records of versions that did not keep it."""


@dataclass(frozen=True, kw_only=True)
class AuditResult:
    """Everything an audit found out, in a fixed order."""

    tool_version: str
    tenant: Tenant
    capture: Capture
    coverage: tuple[LedgerEntry, ...]
    rules: tuple[Rule, ...]
    """The selected rules, by code."""
    findings: tuple[ReportedFinding, ...]
    """Those that count, by severity, then code, then object; with a log, those with rejections
    first."""
    not_evaluated: tuple[NotEvaluated, ...]
    crashed: tuple[Crashed, ...]
    objects: dict[str, int]
    """How many objects of each collection the snapshot holds."""
    accepted: tuple[ReportedFinding, ...] = ()
    """Findings that a suppression or the baseline accepts; in the order of `findings`."""
    notices: tuple[Notice, ...] = ()
    weakenings: tuple[Weakening, ...] = ()
    """What files that nobody named make milder."""
    accepted_gaps: tuple[AcceptedGap, ...] = ()
    """Of the collections in `coverage` that were not read completely, those that may stay so."""
    fixed: tuple[Fixed, ...] = ()
    baseline: str = ""
    """The file of the baseline; empty if there was none. With a baseline, `findings`
    holds only new ones."""
    as_of: date | None = None
    """The day by which expiry was judged; None where nothing can expire."""
    snapshot_digest: str = ""
    """Of the snapshot's content, as `sha256:…`; empty for one that was never a document."""
    source: str = ""
    """The file that locations point into, as reports show it."""
    deselected: tuple[Deselection, ...] = ()
    """The rules that there are besides `rules`, by the setting that leaves them out."""
    frameworks: tuple[Framework, ...] | None = None
    """The compliance frameworks by which controls are judged; None for those that come with
    okta-auditor."""
    home_page: str = ""
    """The address of the home page that reports name for the tool; empty if none is set."""
    rule_page: str = ""
    """The address of each rule's page, with `{code}` for its code; empty if none is set."""
    selection_known: bool = True
    """Whether `deselected` is known: results that earlier versions saved do not say it."""
    reproduce: str = ""
    """A shell command that comes to the same results; empty where none is known."""
    show_accepted: bool = False
    """Whether reports list what was accepted, which they otherwise count or leave out."""
    since: Since | None = None
    """What the findings were compared with; None if with nothing."""
    presentation: Presentation = field(default_factory=Presentation)
    """How reports for a terminal or a log lay it out."""
    log: LogSummary | None = None
    """The log of events that the audit was given; None if there was none."""
    history: tuple[Run, ...] = ()
    """Runs over the same tenant, oldest first, this one last; empty if none are kept."""
    overview: Callable[[Collection[str]], AccessOverview] | None = field(
        default=None, repr=False, compare=False
    )
    """Works out `access`, given the ids to prefer; None where the snapshot is not at hand."""
    title_of: Callable[[str, str], str | None] | None = field(
        default=None, repr=False, compare=False
    )
    """The name of an object of the snapshot, by type and id; None where it is not at hand."""

    @cached_property
    def access(self) -> AccessOverview | None:
        """What clients can obtain; None where the snapshot is not at hand.

        Worked out when it is first asked for, because it takes time and few reports show it.
        Of a large tenant it has the servers and clients that findings are about first.
        """
        if self.overview is None:
            return None
        named = {finding.object.id for finding in self.findings}
        return self.overview(named | {item.server.id for item in self.findings if item.server})

    @cached_property
    def by_severity(self) -> dict[Severity, int]:
        """How many findings of each severity; every severity is there."""
        counts = dict.fromkeys(Severity, 0)
        for finding in self.findings:
            counts[finding.severity] += 1
        return counts

    @cached_property
    def by_rule(self) -> dict[str, int]:
        """How many findings each rule has that has some; the most first, then by code."""
        counts: dict[str, int] = {}
        for finding in self.findings:
            counts[finding.rule.code] = counts.get(finding.rule.code, 0) + 1
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

    @property
    def suppressed(self) -> tuple[ReportedFinding, ...]:
        """Those of `accepted` that a suppression accepts."""
        return tuple(item for item in self.accepted if item.status is FindingStatus.SUPPRESSED)

    @property
    def unchanged(self) -> tuple[ReportedFinding, ...]:
        """Those of `accepted` that the baseline accepts."""
        return tuple(item for item in self.accepted if item.status is FindingStatus.UNCHANGED)

    @property
    def evaluated_codes(self) -> frozenset[str]:
        """The codes of the rules that were evaluated to the end."""
        not_evaluated = {item.rule.code for item in self.not_evaluated}
        crashed = {item.rule.code for item in self.crashed}
        return frozenset(rule.code for rule in self.rules) - not_evaluated - crashed

    @property
    def evaluated(self) -> int:
        """How many rules were evaluated to the end."""
        return len(self.rules) - len(self.not_evaluated) - len(self.crashed)

    @property
    def new(self) -> tuple[ReportedFinding, ...]:
        """Those of `findings` that are known to be new."""
        return tuple(item for item in self.findings if item.new)

    @property
    def not_selected(self) -> int:
        """How many rules there are that this audit leaves out."""
        return sum(len(item.codes) for item in self.deselected)

    @property
    def unread(self) -> tuple[NotEvaluated, ...]:
        """Those of `not_evaluated` that the org has data for, which was not read completely."""
        return tuple(item for item in self.not_evaluated if not item.absent)

    @property
    def not_applicable(self) -> tuple[NotEvaluated, ...]:
        """Those of `not_evaluated` that read what the org does not have; that is no fault."""
        return tuple(item for item in self.not_evaluated if item.absent)

    @property
    def unchecked_codes(self) -> frozenset[str]:
        """The codes of the rules that should have been evaluated to the end and were not."""
        unread = {item.rule.code for item in self.unread}
        return frozenset(unread | {item.rule.code for item in self.crashed})

    @property
    def complete(self) -> bool:
        """Whether no finding is proof: the one definition for commands, reports and evidence.

        All that the org has was read, whether a selected rule reads it or not; every selected
        rule gave an answer, but for those that read what the org does not have; and at least one
        rule was evaluated.
        """
        read = not any(entry.incomplete for entry in self.coverage)
        return read and not self.unchecked_codes and self.evaluated > 0

    @property
    def incomplete(self) -> bool:
        """Whether something could not be checked, so that no finding is no proof."""
        return not self.complete

    @property
    def unaccepted(self) -> bool:
        """Whether something could not be checked that nobody accepts: what exit codes go by.

        It is never true of a complete audit. One that is incomplete and has nothing unaccepted
        misses rights that `accepted_gaps` names, and nothing else; it stays incomplete.
        """
        accepted = {gap.collection for gap in self.accepted_gaps}
        return (
            any(entry.incomplete and entry.collection not in accepted for entry in self.coverage)
            or not all(map(self.accepts, self.unread))
            or bool(self.crashed)
            or self.evaluated == 0
        )

    def accepts(self, item: NotEvaluated) -> bool:
        """Whether a rule was not evaluated for want of nothing but what is accepted or absent."""
        accepted = {gap.collection for gap in self.accepted_gaps}
        absent = {e.collection for e in self.coverage if e.status is CollectionStatus.ABSENT}
        return (accepted | absent).issuperset(item.missing)

    def failing(self, threshold: Severity) -> bool:
        """Whether a finding is at least as severe as the threshold."""
        return any(finding.severity.at_least(threshold) for finding in self.findings)
