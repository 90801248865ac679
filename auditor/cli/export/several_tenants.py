"""`--tenant`: tenants that the configuration file names, read at the same time."""

from __future__ import annotations

import logging
import os
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.cli.export.accepted_gaps import not_accepted
from auditor.cli.export.one_tenant import (
    finish_journal,
    missing_collections,
    start_journal,
    store_snapshot,
    to_stderr,
    without_room,
)
from auditor.cli.export.progress_lines import export_progress
from auditor.cli.export.request_plan import print_plan
from auditor.cli.interrupts import Stopped, termination
from auditor.collect.auth.credentials import Credentials, read_credentials
from auditor.collect.journal.journal import Journal
from auditor.collect.journal.opening import journal_path
from auditor.collect.options import ExportOptions
from auditor.errors import AuditorError, DiskFullError, ExitCode, UsageError
from auditor.files import check_writable, make_folder
from auditor.report_marks import SNAPSHOT, check_replaceable
from auditor.snapshot.document import Snapshot
from auditor.text import closest, did_you_mean, listed

if TYPE_CHECKING:
    from auditor.config.tenants import TenantConfig

_BEST_TO_WORST = (ExitCode.CLEAN, ExitCode.FINDINGS, ExitCode.INCOMPLETE, ExitCode.USAGE)
"""A tenant that was not even tried is worse than one that could not be read completely: it stays
so until somebody changes the configuration."""


@dataclass
class _Run:
    """The export of one tenant."""

    name: str
    path: Path
    credentials: Credentials
    journal: Journal | None = None

    def say(self, line: str) -> None:
        """Print a line about it on standard error."""
        to_stderr(f"{self.name}: {line}")


@dataclass(frozen=True)
class TenantExports:
    """How a command exports its tenants."""

    options: ExportOptions
    resume: bool
    """Whether to go on where earlier runs ended. A tenant without an earlier run is read from
    its beginning."""
    require_complete: bool
    """Whether what an org does not have counts as incomplete."""
    verbose: bool
    again: Callable[[Sequence[str]], list[str]]
    """The words of the command that goes on with some tenants."""
    config: Path | None
    """The configuration file that the command line names, if it names one."""


@dataclass(frozen=True)
class TenantResult:
    """How the export of one tenant ended."""

    code: ExitCode
    line: str


def choose_tenants(
    config: Path | None, names: Sequence[str], *, everyone: bool
) -> dict[str, TenantConfig]:
    """The tenants of the configuration file that a command is about.

    Args:
        config: the file that the command line names, if it names one.
        names: of the tenants.
        everyone: whether it is about all of them.

    Raises:
        UsageError: nobody named a file, or it cannot be read or has no such tenant.
    """
    from auditor.config import read_config  # noqa: PLC0415 - only for these

    # A file that is merely there came with a branch: it could send a token to another host, or
    # take any file for a key.
    variable = os.environ.get("OKTA_AUDITOR_CONFIG", "").strip()
    path = config or (Path(variable) if variable else None)
    if path is None:
        raise UsageError(
            "A tenant's address and credentials are taken only from a configuration file that "
            "you name.",
            remedy="Name it: --config okta-auditor.toml, or OKTA_AUDITOR_CONFIG; "
            "docs/configuration.md says why.",
        )
    tenants = read_config(path).tenants
    if not tenants:
        raise UsageError(f"{path} has no tenants.", remedy="Add [tenants.NAME] with its org_url.")
    for name in names:
        if name not in tenants:
            raise UsageError(
                f"{path} has no tenant {name!r}{did_you_mean(closest(name, tenants)) or '.'}",
                remedy=f"It has {listed(tenants, most=20)}.",
            )
    return dict(tenants) if everyone else {name: tenants[name] for name in names}


def credentials_of(name: str, tenant: TenantConfig) -> Credentials:
    """Where a tenant is and how to prove who asks.

    Raises:
        UsageError: a variable or a file with a secret is missing or unusable.
    """
    return read_credentials(tenant.variables(os.environ), tenant.names(name))


def prepare_output(path: Path) -> None:
    """Make the folder of a snapshot, and check that the snapshot can be written.

    Raises:
        OutputError: it cannot.
    """
    make_folder(path.parent)
    check_writable(path)
    check_replaceable(path, SNAPSHOT)


def export_tenants(tenants: dict[str, TenantConfig], exports: TenantExports) -> ExitCode:
    """Read tenants at the same time, each into its own snapshot.

    Args:
        tenants: by name.
        exports: how to read each.

    Returns:
        The worst of their exit codes; the outcome of each is printed.

    Raises:
        UsageError: two of them have the same snapshot.
        Stopped: at Ctrl-C or SIGTERM; what was read of each is kept.
    """
    _require_different_outputs(tenants)
    results: dict[str, TenantResult] = {}
    runs: list[_Run] = []
    with termination() as signals:
        try:
            for name, tenant in tenants.items():
                try:
                    runs.append(_start(name, tenant, exports))
                except AuditorError as error:
                    results[name] = _failed(error)
            if runs:
                _export(runs, exports, results)
        except KeyboardInterrupt:
            left = [name for name in tenants if name not in results]
            raise Stopped(_interrupted(left, runs, exports), signals.code) from None
        finally:
            for run in runs:
                if run.journal:
                    run.journal.close()
    width = max(map(len, tenants))
    for name in tenants:
        to_stderr(f"{name:<{width}}  {results[name].line}")
    return max((result.code for result in results.values()), key=_BEST_TO_WORST.index)


def print_plan_of_one(
    tenants: dict[str, TenantConfig], exports: TenantExports, form: str
) -> ExitCode:
    """Print the plan of a tenant.

    Raises:
        UsageError: there are several.
    """
    if len(tenants) > 1:
        raise UsageError("A plan is made for one tenant only.", remedy="Name one with --tenant.")
    for name, tenant in tenants.items():
        path, credentials = tenant.output(name), credentials_of(name, tenant)
        prepare_output(path)
        again = shlex.join(exports.again([name]))
        return print_plan(
            path, credentials, exports.options, again,
            resume=exports.resume, verbose=exports.verbose, form=form,
        )  # fmt: skip
    return ExitCode.CLEAN


def _start(name: str, tenant: TenantConfig, exports: TenantExports) -> _Run:
    path = tenant.output(name)
    run = _Run(name, path, credentials_of(name, tenant))
    prepare_output(path)
    resume = exports.resume and journal_path(path).exists()
    if exports.resume and not resume:
        run.say("there is nothing to resume, so it is read from its beginning.")
    run.journal = start_journal(path, run.credentials, exports.options, resume=resume, say=run.say)
    return run


def _export(runs: Sequence[_Run], exports: TenantExports, results: dict[str, TenantResult]) -> None:
    from auditor.collect.export_many import ExportJob, export_each  # noqa: PLC0415 - the SDK takes a second

    def explained(run: _Run, error: Exception) -> Exception:
        if not isinstance(error, DiskFullError):
            return error
        return without_room(error, run.journal, shlex.join(exports.again([run.name])))

    def done(number: int, result: Snapshot | Exception) -> None:
        run = runs[number]
        if isinstance(result, Exception):
            results[run.name] = _failed(explained(run, result))
            return
        try:
            results[run.name] = _store(run, result, exports)
        except Exception as error:  # noqa: BLE001 - one tenant's, whatever it is
            results[run.name] = _failed(explained(run, error))

    with export_progress(*(run.name for run in runs), verbose=exports.verbose) as watchers:
        jobs = [
            ExportJob(run.credentials, exports.options, progress, run.journal)
            for run, progress in zip(runs, watchers, strict=True)
        ]
        export_each(jobs, done)


def _store(run: _Run, snapshot: Snapshot, exports: TenantExports) -> TenantResult:
    store_snapshot(snapshot, run.path, run.say)
    finish_journal(snapshot, run.journal, shlex.join(exports.again([run.name])), run.say)
    unread = missing_collections(
        snapshot.ledger, require_complete=exports.require_complete, say=run.say
    )
    left = unread
    if unread and not exports.require_complete:
        left = not_accepted(unread, exports.config, run.say)
    if unread:
        labels = listed(entry.label for entry in left or unread)
        code = ExitCode.INCOMPLETE if left else ExitCode.CLEAN
        accepted = "" if left else ", which is accepted"
        return TenantResult(code, f"incomplete  {run.path} lacks {labels}{accepted}")
    return TenantResult(ExitCode.CLEAN, f"complete  {run.path}")


def _failed(error: Exception) -> TenantResult:
    logging.getLogger(__name__).debug("the export of a tenant failed", exc_info=error)
    if not isinstance(error, AuditorError):
        why = f"okta-auditor failed ({type(error).__name__}); this is a bug in it."
        return TenantResult(ExitCode.INCOMPLETE, f"error: {why}")
    remedy = f" {error.remedy}" if error.remedy else ""
    return TenantResult(error.exit_code, f"error: {error.message}{remedy}")


def _interrupted(left: Sequence[str], runs: Sequence[_Run], exports: TenantExports) -> str:
    kept = {run.name for run in runs if run.journal and not run.journal.empty}
    if kept.isdisjoint(left):
        return f"interrupted; nothing was read of {listed(left, most=20, empty='any tenant')}"
    return f"interrupted; what was read is kept; go on with: {shlex.join(exports.again(left))}"


def _require_different_outputs(tenants: dict[str, TenantConfig]) -> None:
    owners: dict[Path, str] = {}
    for name, tenant in tenants.items():
        path = tenant.output(name).absolute()
        if path in owners:
            raise UsageError(
                f"The tenants {owners[path]} and {name} have the same snapshot, "
                f"{tenant.output(name)}.",
                remedy="Give each its own in the configuration file.",
            )
        owners[path] = name
