"""Whether what an export could not read is accepted, by the files that an audit goes by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from auditor.cli.export.one_tenant import to_stderr
from auditor.snapshot.ledger import LedgerEntry
from auditor.text import one_line


def not_accepted(
    unread: Sequence[LedgerEntry], config: Path | None, say: Callable[[str], None] = to_stderr
) -> tuple[LedgerEntry, ...]:
    """Those of the collections that were not read completely that no accepted gap covers.

    Settings and suppressions are read only where Okta refused something for want of a right, so
    that an export that reads everything depends on neither.

    Args:
        unread: the ledger's entries of the collections.
        config: the configuration file that the command line names, if it names one.
        say: takes a line for the user.

    Raises:
        UsageError: the settings or the suppressions cannot be used. The snapshot is there.
    """
    if not any(entry.lacks_only_rights for entry in unread):
        return tuple(unread)
    # What an audit needs, and an export mostly does not.
    from auditor.cli.audit.acceptance_files import read_acceptance  # noqa: PLC0415
    from auditor.cli.audit.gap_advice import print_gap_advice  # noqa: PLC0415
    from auditor.cli.audit.rule_choice import choose_rules  # noqa: PLC0415
    from auditor.cli.merged_settings import read_settings  # noqa: PLC0415
    from auditor.cli.options import AuditOptions  # noqa: PLC0415
    from auditor.lint.acceptance.accept_gaps import gap_notices, gaps_in_force  # noqa: PLC0415

    settings = read_settings(AuditOptions(config=config))
    acceptance = read_acceptance(settings, choose_rules(settings).every)
    by_name = {entry.collection: entry for entry in unread}
    about = [e for e in acceptance.suppressions.gaps if e.gap.collection in by_name]
    gaps = gaps_in_force(unread, about, acceptance.as_of)
    for gap in gaps:
        say(
            one_line(
                f"accepted gap: {by_name[gap.collection].label} ({gap.collection}), until "
                f"{gap.expires}: {gap.reason} (owner {gap.owner}; {gap.where})"
            )
        )
    for notice in gap_notices(unread, about, acceptance.as_of):
        say(f"note: {one_line(notice.where)}: {notice.message} {notice.remedy}")
    accepted = {gap.collection for gap in gaps}
    left = tuple(entry for entry in unread if entry.collection not in accepted)
    print_gap_advice(left, acceptance)
    return left
