"""A log of events, analysed against a snapshot and its findings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import BinaryIO, NamedTuple, TypeAlias

from auditor.lint.log_summary import UsageUnknown
from auditor.lint.reported_finding import ReportedFinding
from auditor.snapshot.org import Org
from auditor.system_log.base_comparison import Base
from auditor.system_log.changes import Changes
from auditor.system_log.explanations import ExplainedGroup, explained_groups, unexplained
from auditor.system_log.finding_ties import MOST_TIED_GROUPS, FindingTies
from auditor.system_log.groups import GroupedLog, grouped
from auditor.system_log.reading import LogFile, LogReading
from auditor.system_log.same_org import check_base, check_log_org
from auditor.system_log.usage import Usage, usage, usage_unknown
from auditor.tokens.decide import Decider, OidcScopes

Ties: TypeAlias = tuple[tuple[tuple[ReportedFinding, int], ...], ...]


@dataclass(frozen=True, slots=True)
class Hits:
    """Failed requests that a finding bears on."""

    count: int
    first: datetime
    last: datetime
    """Of the groups that they are in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogAnalysis:
    """What a log of events says together with a snapshot."""

    reading: LogReading
    since: datetime | None
    """The beginning of the period: what was asked for, else the first event; None if neither is."""
    until: datetime | None
    log: GroupedLog
    org: Org | None
    """The snapshot; None if there is none: then nothing is explained."""
    groups: tuple[ExplainedGroup, ...]
    """The group with the most requests first."""
    findings: Ties
    """The findings that bear on the requests of a group, and on how many, in the order of `groups`;
    of the smallest groups, where there are very many, it was not looked for."""
    hits: dict[str, Hits]
    """By a finding's fingerprint."""
    tied: int
    """How many failed requests some finding bears on."""
    usage: Usage | None
    usage_unknown: UsageUnknown | None
    """Why `usage` is None."""
    base: Org | None = None
    """The older snapshot; None if there is none."""


def analysed(
    source: Path | BinaryIO,
    org: Org | None,
    findings: Iterable[ReportedFinding] = (),
    *,
    base: Org | None = None,
    oidc_scopes: OidcScopes = OidcScopes.LISTED,
) -> LogAnalysis:
    """Read a log and explain what failed in it.

    Args:
        source: a file or a stream, in any form that `LogFile` reads.
        org: the snapshot; None if there is none.
        findings: of an audit of the snapshot; without them no group is tied to any.
        base: an older snapshot, which shows whether a change is the cause; only with `org`.
        oidc_scopes: which reading of Okta's texts on OpenID scopes to go by.

    Raises:
        UsageError: the file cannot be read, is no log, or is the log of another org; the older
            snapshot is no older one of the same org.
    """
    if base is not None and org is not None:
        check_base(base, org)
    file = LogFile(source)
    events = iter(file)
    first = next(events, None)  # the header is read by then
    header = file.reading.header
    if header is not None and org is not None:
        check_log_org(header.org, org)
    log = grouped(chain(() if first is None else (first,), events))
    unknown = usage_unknown(file.reading, log)
    if org is not None and org.snapshot.capture.plan is not None:
        unknown = UsageUnknown.PLANNED
    explained = _Explained()
    if org is not None:
        explained = _explained(log, file.reading, org, findings, base=base, oidc_scopes=oidc_scopes)
    use = None
    if org is not None and unknown is None:
        use = usage(log, org, Decider(org, oidc_scopes))
    return LogAnalysis(
        reading=file.reading,
        since=(header and header.since) or log.first,
        until=(header and header.until) or log.last,
        log=log,
        org=org,
        base=base,
        groups=explained.groups or tuple(map(unexplained, log.in_order())),
        findings=explained.findings,
        hits=_hits(explained),
        tied=explained.tied,
        usage=use,
        usage_unknown=unknown,
    )


class _Explained(NamedTuple):
    groups: tuple[ExplainedGroup, ...] = ()
    findings: Ties = ()
    tied: int = 0


def _explained(
    log: GroupedLog,
    reading: LogReading,
    org: Org,
    findings: Iterable[ReportedFinding],
    *,
    base: Org | None,
    oidc_scopes: OidcScopes,
) -> _Explained:
    decider, changes = Decider(org, oidc_scopes), Changes(log.changes)
    older = None
    if base is not None:
        older = Base(Decider(base, oidc_scopes), org, changes, log, reading)
    groups = tuple(explained_groups(log, org, decider, changes, older))
    ties = FindingTies(decider, findings)
    found = tuple(tuple(ties.of(group)) for group in groups[:MOST_TIED_GROUPS])
    return _Explained(groups, found, ties.tied)


def _hits(explained: _Explained) -> dict[str, Hits]:
    hits: dict[str, Hits] = {}
    for group, findings in zip(explained.groups, explained.findings, strict=False):
        first, last = group.group.first, group.group.last
        for finding, count in findings:
            so_far = hits.get(finding.fingerprint, Hits(0, first, last))
            hits[finding.fingerprint] = Hits(
                so_far.count + count, min(so_far.first, first), max(so_far.last, last)
            )
    return hits
