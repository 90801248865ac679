"""A pull of the System Log into a file, as `logs` shows it."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.cli.export.log_lines import LogLines
from auditor.cli.interrupts import Stopped, termination
from auditor.cli.printing import print_remark
from auditor.collect.auth.credentials import PRIVATE_KEY, Credentials
from auditor.collect.fetch.problems import ProblemKind
from auditor.collect.options import ExportOptions
from auditor.collect.system_log.log_writer import LogWriter, open_log
from auditor.collect.system_log.redaction import EventRedactor
from auditor.collect.system_log.right import remedy
from auditor.collect.system_log.terms import LogTerms, okta_time
from auditor.errors import CollectError, DiskFullError, UsageError
from auditor.pseudonyms import Pseudonyms
from auditor.system_log.kept_fields import kept_event
from auditor.text import counted

if TYPE_CHECKING:
    from auditor.collect.system_log.pull import LogPull

_RETENTION_DAYS = 90


@dataclass(frozen=True)
class PullRequest:
    """What a command line asks to pull."""

    credentials: Credentials
    options: ExportOptions
    since: datetime
    until: datetime
    grants: bool
    redaction_key: bytes | None
    resume: bool
    append: bool
    verbose: bool
    again: Sequence[str]
    """The words of the command that goes on, without those about the file."""


def pull_to_file(path: Path, request: PullRequest, *, kept: bool) -> bool:
    """Pull events into a file, and say what came of it.

    Args:
        path: the file.
        request: what is asked for.
        kept: whether the file outlives the command.

    Returns:
        Whether all that was asked for is there.

    Raises:
        CollectError: Okta refuses it, and nothing was read.
        UsageError: the file or the time does not fit.
        Stopped: at Ctrl-C or SIGTERM.
    """
    pseudonyms = Pseudonyms(request.redaction_key) if request.redaction_key else None
    terms = LogTerms(
        request.credentials.org_url,
        request.since,
        request.until,
        request.grants,
        pseudonyms.key_mark if pseudonyms else None,
    )
    _check_times(request)
    log = open_log(path, terms, resume=request.resume, append=request.append)
    again = shlex.join([*request.again, "-o", str(path), "--resume"]) if kept else ""
    try:
        with termination() as signals:
            try:
                _check_gap(log, request.until)
                if log.events:
                    print_remark(f"{path} has {counted(log.events, 'event')} already.")
                result = _pulled(request, log, _keeper(pseudonyms))
            except KeyboardInterrupt:
                line = f"what was read is kept; go on with: {again}"
                if log.untouched or not kept:
                    line = "nothing was written"
                raise Stopped(f"interrupted; {line}", signals.code) from None
            except DiskFullError as error:
                raise DiskFullError(
                    error.path, error.message, remedy=f"Free space there, then go on with: {again}"
                ) from error
        return _report(result, log, request.credentials, again)
    finally:
        log.close()


def _pulled(
    request: PullRequest, log: LogWriter, keep: Callable[[Mapping[str, Any]], Mapping[str, Any]]
) -> LogPull:
    # The okta SDK takes a second to import, so only reading loads it.
    from auditor.collect.system_log.pull import pull  # noqa: PLC0415

    return pull(request.credentials, request.options, log, keep, LogLines(verbose=request.verbose))


def _keeper(
    pseudonyms: Pseudonyms | None,
) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
    if pseudonyms is None:
        return kept_event
    redactor = EventRedactor(pseudonyms)
    return lambda event: redactor.event(kept_event(event))


def _check_times(request: PullRequest) -> None:
    if request.since >= request.until:
        raise UsageError(
            f"--since ({okta_time(request.since)}) is not before "
            f"--until ({okta_time(request.until)})."
        )
    if (datetime.now(UTC) - request.since).days >= _RETENTION_DAYS and not request.append:
        raise UsageError(
            f"--since ({okta_time(request.since)}) is too long ago: Okta keeps events for "
            f"{_RETENTION_DAYS} days.",
            remedy="Begin later, or read an older export of yours: okta-auditor logs FILE.",
        )


def _check_gap(log: LogWriter, until: datetime) -> None:
    """Refuse to go on where events in between are gone, so that no file claims to have them."""
    if (until - log.since).days >= _RETENTION_DAYS:
        raise UsageError(
            f"{log.path} ends at {okta_time(log.since)}, and Okta keeps events for "
            f"{_RETENTION_DAYS} days: those in between are gone.",
            remedy="Begin a new file: -o FILE.",
        )


def _report(result: LogPull, log: LogWriter, credentials: Credentials, again: str) -> bool:
    """Print what came of a pull.

    Returns:
        Whether all that was asked for is in the file, and readable.

    Raises:
        CollectError: nothing was read.
    """
    problem, written = result.problem, result.written
    if problem and problem.kind is ProblemKind.REFUSED and not written.events:
        raise CollectError(
            f"The System Log could not be read: {problem.reason}.",
            remedy=remedy(service_app=credentials.mode == PRIVATE_KEY)
            + (" Nothing was written." if log.untouched else ""),
        )
    if problem and log.untouched:
        raise CollectError(
            f"The System Log could not be read: {problem.reason}.", remedy="Nothing was written."
        )
    requests = counted(result.requests, "request")
    print_remark(f"Read {requests}: {counted(written.events, 'event')}.")
    if result.waited_s >= 1:
        print_remark(f"Waited {result.waited_s:.0f} s for the rate limit of the log.")
    if written.late:
        print_remark(
            f"note: {counted(written.late, 'event')} of them came late: they are older than the "
            "end of what was pulled before."
        )
    if written.unreadable:
        print_remark(
            f"warning: {counted(written.unreadable, 'event')} could not be read: not what Okta "
            "documents as an event. They are counted in the file and left out."
        )
    if problem:
        reached = f"up to {okta_time(log.reached)}" if log.reached else "of nothing new"
        print_remark(f"warning: The System Log could not be read completely: {problem.reason}.")
        print_remark(f"Events are there {reached}; what follows is missing.", "  ")
        if again:
            print_remark(f"Next: {again}", "  ")
    return problem is None and not log.unreadable
