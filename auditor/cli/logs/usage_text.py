"""What was not used in the period of a log, as text; or why that is not known."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.cli.logs.words import day_and_time
from auditor.lint.log_summary import UsageUnknown
from auditor.system_log.analysis import LogAnalysis
from auditor.text import listed, quoted

_SHOWN = 10

_UNKNOWN = {
    UsageUnknown.EXPORT: "the file does not say whether it holds all requests that were granted",
    UsageUnknown.WITHOUT_GRANTS: "the log was pulled without --with-grants",
    UsageUnknown.INCOMPLETE: "the log is incomplete",
    UsageUnknown.PLANNED: "the snapshot is of what a plan makes",
    UsageUnknown.TOO_MANY: "there are too many different requests or changes to keep",
}


def usage_lines(analysis: LogAnalysis) -> Iterator[str]:
    """The lines; names of the tenant are quoted in them."""
    if analysis.org is None:
        return
    if (unknown := analysis.usage_unknown) is not None:
        yield f"What was not used is not known: {_UNKNOWN[unknown]}."
        return
    usage = analysis.usage
    assert usage is not None
    assert analysis.since is not None
    assert analysis.until is not None
    since, until = day_and_time(analysis.since), day_and_time(analysis.until)
    yield f"Not used from {since} to {until} UTC, by the configuration of the snapshot:"
    if usage.clients is None:
        yield "  Clients  not known: an event does not name its client, or they were not read"
    else:
        yield _row("Clients", [quoted(app.title) for app in usage.clients])
    yield _row(
        "Scopes ",
        [f"{quoted(item.scope.name)} of {quoted(item.server.title)}" for item in usage.scopes],
    )
    yield from _doubts("Scopes ", [quoted(server.title) for server in usage.scopes_unknown])
    yield _row(
        "Rules  ",
        [
            f"{quoted(item.rule.title)} of policy {quoted(item.policy.title)} at "
            f"{quoted(item.server.title)}"
            for item in usage.rules
        ],
    )
    yield from _doubts("Rules  ", [quoted(server.title) for server in usage.rules_unknown])


def _row(noun: str, names: list[str]) -> str:
    number = f"{len(names):,}: " if names else ""
    return f"  {noun}  {number}{listed(names, most=_SHOWN, empty='all were used')}"


def _doubts(noun: str, servers: list[str]) -> Iterator[str]:
    if servers:
        yield f"  {noun}  not known at {listed(servers, most=_SHOWN)}"
