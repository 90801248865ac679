"""`snapshot --plan`: how many requests an export takes, and how long the limits make it."""

from __future__ import annotations

import json
import math
import textwrap
from pathlib import Path

from auditor.cli.export.one_tenant import incomplete_warning, since_words, start_journal
from auditor.cli.export.progress_lines import export_progress
from auditor.cli.interrupts import Stopped, termination
from auditor.cli.printing import print_document, print_line
from auditor.cli.reader import columns
from auditor.collect.auth.credentials import Credentials
from auditor.collect.journal.opening import resumable
from auditor.collect.options import ExportOptions
from auditor.collect.plan.assignment_side import Side
from auditor.collect.plan.estimate import plan_from_snapshot, plan_from_survey
from auditor.collect.plan.model import BucketLoad, GroupAssignmentChoice, Plan, Range
from auditor.collect.since.older_snapshot import OlderSnapshot
from auditor.errors import ExitCode
from auditor.snapshot.collections import BY_NAME
from auditor.snapshot.document import OlderReading, read_snapshot
from auditor.text import counted, escaped, listed, one_line

_MINUTE_S = 60


def print_plan(
    path: Path,
    credentials: Credentials,
    options: ExportOptions,
    again: str,
    *,
    resume: bool,
    verbose: bool,
    form: str,
    older: OlderSnapshot | None = None,
) -> ExitCode:
    """Read what a plan is made of, leave it in the journal, and print the plan.

    Args:
        path: where the snapshot is going to be written.
        credentials: which org, and how to prove who asks.
        options: how it is going to be read.
        again: the command that goes on.
        resume: whether there has to be a run to go on with.
        verbose: whether to show each request.
        form: "text" or "json".
        older: from which lists are going to be carried over.

    Raises:
        Stopped: at Ctrl-C or SIGTERM.
    """
    from auditor.collect.exporter import survey  # noqa: PLC0415 - the SDK takes a second

    # What a plan has read, or a run that was cut off, is no plan's to throw away.
    since = older.terms if older else ""
    resume = resume or resumable(path, credentials.org_url, options, since)
    with termination() as signals:
        journal = start_journal(path, credentials, options, resume=resume, since=since)
        try:
            with export_progress(verbose=verbose) as (progress,):
                found = survey(credentials, options, progress, journal=journal, older=older)
                plan = plan_from_survey(found, options)
        except KeyboardInterrupt:
            raise Stopped("interrupted; there is no plan", signals.code) from None
        finally:
            if journal:
                journal.close()
    for entry in plan.unread:
        for line in incomplete_warning(entry, ", so the plan lacks what belongs to them"):
            print_line(line, err=True)
    if form == "text":
        print_document(f"Plan for {one_line(credentials.org_url)}\n\n")
    _print(plan, options, form)
    if journal:
        print_line(f"What was read for the plan is kept; go on with: {again}", err=True)
    return ExitCode.INCOMPLETE if plan.unread else ExitCode.CLEAN


def print_plan_like(older: Path, options: ExportOptions, form: str) -> None:
    """Print the plan for a tenant as large as it was in an older snapshot; asks for nothing.

    Raises:
        SnapshotError: the file is no snapshot.
    """
    snapshot = read_snapshot(older)
    if form == "text":
        when = f"{snapshot.capture.finished_at:%Y-%m-%d %H:%M} UTC"
        print_document(f"Plan for {one_line(snapshot.capture.org_url)} as it was on {when}\n\n")
    _print(plan_from_snapshot(snapshot.capture, snapshot.ledger, options), options, form)


def _print(plan: Plan, options: ExportOptions, form: str) -> None:
    if form == "json":
        print_document(escaped(json.dumps(plan.as_json(), indent=2)))
    else:
        print_document(_text(plan, options))


def _text(plan: Plan, options: ExportOptions) -> str:
    lines = [f"{'BUCKET':<20}{'SENT':>7}{'TO COME':>20}{'LIMIT':>11}{'OURS':>7}{'MINUTES':>14}"]
    for load in plan.loads:
        limit, ours = _limit(load)
        minutes = "not known" if load.seconds is None else _minutes(load.seconds)
        lines.append(
            f"{load.bucket:<20}{load.sent:>7,}{_number(load.requests):>20}"
            f"{limit:>11}{ours:>7}{minutes:>14}"
        )
    sent = sum(load.sent for load in plan.loads)
    total = _minutes(plan.seconds)
    lines.append(f"{'all':<20}{sent:>7,}{_number(plan.requests):>20}{total:>32}")
    exact = [planned for planned in plan.collections if not planned.why]
    if exact:
        listed = ", ".join(
            f"{planned.collection.label} {_number(planned.requests)}" for planned in exact
        )
        lines += ["", textwrap.fill(f"Exact: {listed}.", columns())]
    estimates = [planned for planned in plan.collections if planned.why]
    if estimates:
        lines += ["", "Estimates:"]
        lines += [
            f"  {planned.collection.label} {_number(planned.requests)}: {planned.why}"
            for planned in estimates
        ]
    if plan.since:
        lines += ["", textwrap.fill(_carried_over(plan, plan.since), columns())]
    if plan.assignments:
        lines += ["", textwrap.fill(_side_words(plan.assignments), columns())]
    if plan.not_asked:
        lines += ["", "Not asked for, since nobody needs them:"]
        lines += [
            f"  {BY_NAME[name].label} {each.lists:,}: {each.why}"
            for name, reasons in plan.not_asked.items()
            for each in reasons
        ]
    shares = ", ".join(
        f"{'whole limits' if share is None else f'--share {share:g}'} {_minutes(seconds)}"
        for share, seconds in plan.by_share.items()
    )
    lines += ["", f"Minutes by share: {shares}."]
    lines += ["", textwrap.fill(_assumptions(plan, options), columns())]
    return "\n".join(lines)


def _carried_over(plan: Plan, since: OlderReading) -> str:
    labels = {name: BY_NAME[name].label for name in plan.carried_over}
    carried = [f"{labels[name]} {number:,}" for name, number in plan.carried_over.items()]
    lists = f"Carried over: {listed(carried, most=len(carried))}. " if carried else ""
    return f"{lists}{since_words(since)}"


def _side_words(choice: GroupAssignmentChoice) -> str:
    apps, groups = counted(choice.apps, "app"), counted(choice.groups, "group")
    if choice.side is Side.GROUPS:
        return (
            f"Group assignments are read from the side of the groups, a list for each of {groups}: "
            f"a list for each of {apps} would take longer."
        )
    return (
        f"Group assignments are read from the side of the apps, a list for each of {apps}: from "
        f"that of {groups} it would not be quicker, as far as is known."
    )


def _assumptions(plan: Plan, options: ExportOptions) -> str:
    share = (
        "where others need nothing" if options.share is None else f"with --share {options.share:g}"
    )
    words = [f"Minutes are what the rate limits make of it {share}"]
    if options.max_requests_per_minute:
        words.append(f" and --max-requests-per-minute {options.max_requests_per_minute:,}")
    words.append("; other clients, retries and the network come on top.")
    if any(load.allowance is None for load in plan.loads):
        words.append(" A limit is known after the first answer of its bucket only.")
    return "".join(words)


def _limit(load: BucketLoad) -> tuple[str, str]:
    if load.allowance is None:
        return "not known", "-"
    if load.allowance.limit is None:
        return "none", "-"
    return f"{load.allowance.limit:,}", f"{load.ours:,}"


def _number(requests: Range) -> str:
    if requests.most is None:
        return f"{requests.least:,.0f} or more"
    if requests.exact:
        return f"{requests.least:,.0f}"
    return f"{requests.least:,.0f} to {requests.most:,.0f}"


def _minutes(seconds: Range) -> str:
    least = "<1" if seconds.least < _MINUTE_S else f"{math.ceil(seconds.least / _MINUTE_S):,}"
    if seconds.most is None:
        return f"{least} or more"
    most = "<1" if seconds.most < _MINUTE_S else f"{math.ceil(seconds.most / _MINUTE_S):,}"
    return least if least == most else f"{least} to {most}"
