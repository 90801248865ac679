"""`okta-auditor diff`: what changed between two snapshots, in meaning."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import click

from auditor.cli.audit.acceptance_files import AcceptanceInputs, read_acceptance
from auditor.cli.audit.rule_choice import RuleChoice, choose_rules
from auditor.cli.garbage_collection import without_garbage_collection
from auditor.cli.merged_settings import read_settings
from auditor.cli.options import (
    FILE,
    AuditOptions,
    acceptance_options,
    baseline_option,
    format_option,
    policy_option,
)
from auditor.cli.printing import print_document
from auditor.cli.reader import columns
from auditor.cli.token_requests import oidc_scopes_option
from auditor.comparison import json_report, markdown_report, text_report
from auditor.comparison.accepted_gaps import with_accepted_gaps
from auditor.comparison.compare import SideFiles, compare_snapshots
from auditor.comparison.differences import DiffFilter
from auditor.comparison.result import DiffResult
from auditor.comparison.snapshot_pair import SnapshotPair
from auditor.errors import AuditorError, ExitCode, UsageError
from auditor.lint.engine import audit
from auditor.snapshot.document import Snapshot, Source, parse_snapshot, read_document, read_snapshot
from auditor.snapshot.org import Org
from auditor.tokens.decide import OidcScopes
from auditor.tokens.lookup.records import find_client, find_server
from auditor.tokens.request import ORG_SERVER

_FORMATS: dict[str, Callable[[DiffResult], str]] = {
    "text": lambda result: text_report.render(result, columns()),
    "json": json_report.render,
    "markdown": markdown_report.render,
}


@click.command("diff")
@click.argument("old", metavar="OLD", type=FILE)
@click.argument("new", metavar="NEW", type=FILE)
@format_option(*_FORMATS)
@click.option(
    "--fail-on-gain",
    "patterns",
    multiple=True,
    metavar="SCOPE_PATTERN",
    help="Exit with 1 if anybody gained a scope like this: `orders:*`, `*`. Repeatable.",
)
@click.option("--server", metavar="NAME", help="One authorization server, or `org`.")
@click.option("--client", metavar="NAME", help="One client: label, client id or app id.")
@click.option("--no-findings", is_flag=True, help="Leave the audit of both snapshots out.")
@click.option("--config", type=FILE, metavar="FILE", help="Settings of the audit.")
@acceptance_options
@baseline_option
@click.option("--across-orgs", is_flag=True, help="Compare the snapshots even if the orgs differ.")
@policy_option
@oidc_scopes_option
@click.pass_context
def command(
    ctx: click.Context,
    *,
    old: Path,
    new: Path,
    form: str,
    patterns: tuple[str, ...],
    server: str | None,
    client: str | None,
    no_findings: bool,
    config: Path | None,
    suppressions: Path | None,
    as_of: datetime | None,
    baseline: Path | None,
    across_orgs: bool,
    policy_from: str | None,
    oidc_scopes: str,
) -> None:
    """Say what changed between two snapshots: who gained or lost which tokens, and by which rule.

    Also whose tokens live longer or shorter, which tokens end, which findings are new or fixed.
    Objects are matched by id, so that a new name is no change. New findings say which suppression
    or baseline accepts them; both are found by their names, as `audit` finds them.

    Exit codes: 0 no gain that --fail-on-gain names; 1 there is one; 2 wrong usage; 3 something
    could not be compared, which is never taken for no change, and no accepted gap covers it.
    """
    options = AuditOptions(
        config=config,
        policy_from=policy_from,
        suppressions=suppressions,
        as_of=as_of,
        baseline=baseline,
    )
    if no_findings and (suppressions or as_of or baseline):
        raise UsageError(
            "--suppressions, --baseline and --as-of do nothing with --no-findings.",
            remedy="Leave out one or the other.",
        )
    audited = None if no_findings else _Audit.of(options)
    with without_garbage_collection():
        before = read_snapshot(old)
        document = read_document(new)
        after = parse_snapshot(document, new)
        sides = SnapshotPair.of(before, after, OidcScopes(oidc_scopes))
        if not across_orgs:
            sides.refuse_strangers()
        only = DiffFilter(
            server and _either(sides, lambda org: _server(org, server)),
            client and _either(sides, lambda org: find_client(org, client).client_id),
        )
        files = SideFiles(old.as_posix(), new.as_posix())
        rules = audited.rules.selected if audited else None
        result = compare_snapshots(sides, files, only, rules, patterns)
        if audited:
            result = audited.with_acceptance(result, after, Source(files.new, document))
            result = audited.with_gaps(result, before, after)
    print_document(_FORMATS[form](result))
    if result.unaccepted:
        ctx.exit(ExitCode.INCOMPLETE)
    ctx.exit(ExitCode.FINDINGS if result.failing else ExitCode.CLEAN)


@dataclass(frozen=True)
class _Audit:
    """The rules that are compared, and what accepts findings."""

    rules: RuleChoice
    acceptance: AcceptanceInputs

    @classmethod
    def of(cls, options: AuditOptions) -> _Audit:
        """As the settings have it."""
        settings = read_settings(options)
        with without_garbage_collection():  # packs are many modules, which stay
            rules = choose_rules(settings)
        return cls(rules, read_acceptance(settings, rules.every))

    def with_acceptance(self, result: DiffResult, new: Snapshot, source: Source) -> DiffResult:
        """The result, in which new findings say who accepts them."""
        found = {item.code for item in result.new_findings or ()}
        files = self.acceptance
        if not found or not (files.suppressions.entries or files.baseline):
            return result
        rules = [rule for rule in self.rules.selected if rule.code in found]
        accepted = {
            item.fingerprint: f"{item.acceptance.by} ({item.acceptance.where})"
            for item in files.apply(audit(new, rules, source)).accepted
            if item.acceptance
        }
        marked = (
            replace(item, accepted=accepted.get(item.fingerprint, ""))
            for item in result.new_findings or ()
        )
        return replace(result, new_findings=tuple(marked))

    def with_gaps(self, result: DiffResult, *snapshots: Snapshot) -> DiffResult:
        """The result, in which what could not be compared says which accepted gap covers it."""
        ledgers = [snapshot.ledger for snapshot in snapshots]
        gaps, as_of = self.acceptance.suppressions.gaps, self.acceptance.as_of
        return with_accepted_gaps(result, ledgers, gaps, as_of)


def _either(sides: SnapshotPair, find: Callable[[Org], str]) -> str:
    """The id that a word stands for, in the new snapshot or else in the old one.

    Raises:
        AuditorError: it names nothing in either.
    """
    try:
        return find(sides.new.org)
    except AuditorError as error:
        try:
            return find(sides.old.org)
        except AuditorError:
            raise error from None


def _server(org: Org, word: str) -> str:
    server = find_server(org, word)
    return server.id if server else ORG_SERVER
