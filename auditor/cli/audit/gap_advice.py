"""What to write where Okta refuses what somebody means to do without."""

from __future__ import annotations

from collections.abc import Iterable

from auditor.cli.audit.acceptance_files import AcceptanceInputs
from auditor.cli.printing import print_line
from auditor.lint.acceptance.gap_template import gap_template
from auditor.snapshot.ledger import LedgerEntry
from auditor.text import counted


def print_gap_advice(coverage: Iterable[LedgerEntry], acceptance: AcceptanceInputs) -> None:
    """Print the entries that would accept the gaps that nobody has decided on, if there are any.

    Args:
        coverage: how completely each collection was read.
        acceptance: what is accepted, and where that is written.
    """
    decided = {entry.gap.collection for entry in acceptance.suppressions.gaps}
    open_gaps = [e for e in coverage if e.lacks_only_rights and e.collection not in decided]
    if not open_gaps:
        return
    gaps = counted(len(open_gaps), "collection")
    print_line(
        f"Okta refuses {gaps} for want of a right. Give the right; or, to do without and still be "
        f"told of everything else, fill this in, add it to {acceptance.path.as_posix()}, and let "
        "somebody review it:",
        err=True,
    )
    print_line("", err=True)
    for line in gap_template(open_gaps, ticket=acceptance.policy.require_ticket):
        print_line(line, err=True)
