"""What the commands that decide token requests share."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

from auditor.cli.garbage_collection import without_garbage_collection
from auditor.cli.printing import print_remark
from auditor.lint.carried_over import carried_over
from auditor.snapshot.collections import lineage
from auditor.snapshot.document import read_snapshot
from auditor.snapshot.ledger import LedgerEntry
from auditor.snapshot.org import Org
from auditor.tokens.decide import OidcScopes
from auditor.tokens.lookup.named_request import NamedRequest
from auditor.tokens.reads import OUTCOME_READS

F = TypeVar("F", bound=Callable[..., Any])


def read_org(path: Path) -> Org:
    """Read and index a snapshot. What of it was read earlier than it says is remarked.

    Raises:
        SnapshotError: the file cannot be read as one.
    """
    with without_garbage_collection():
        org = Org.of(read_snapshot(path))
    if words := carried_over(org.ledger.entries):
        print_remark(f"note: {words}")
    return org


def oidc_scopes_option(function: F) -> F:
    """The option for which of two readings of Okta's documents to go by."""
    return click.option(
        "--oidc-scopes",
        type=click.Choice([reading.value for reading in OidcScopes]),
        default=OidcScopes.LISTED.value,
        show_default=True,
        help="Whether a rule must list OpenID scopes, or grants them anyway: "
        "Okta's documents disagree.",
    )(function)


def explain_command(snapshot: Path, named: NamedRequest) -> str:
    """The command that explains a request, to be pasted into a shell."""
    return shlex.join(["okta-auditor", "explain", str(snapshot), *named.options])


def unread(org: Org, *further: str) -> list[str]:
    """What decisions rest on and was not read completely, one sentence each.

    Args:
        org: the tenant.
        further: collections that one decision rests on beside the usual ones.
    """
    rests_on = lineage((*OUTCOME_READS, *further))
    names = {entry.collection for entry in org.ledger.missing(rests_on)}
    return [_unread(entry) for entry in org.ledger.incomplete if entry.collection in names]


def everything_unread(org: Org) -> list[str]:
    """What was not read completely although the org has it, one sentence each."""
    return [_unread(entry) for entry in org.ledger.incomplete]


def _unread(entry: LedgerEntry) -> str:
    return (
        f"Not completely read: {entry.label} ({entry.explanation()}). "
        f"To read them: {entry.remedy()}."
    )


def scope_names(words: Iterable[str]) -> tuple[str, ...]:
    """The scopes of a repeatable option, each value of which may hold several.

    >>> scope_names(["openid,email", "pay:read pay:write"])
    ('openid', 'email', 'pay:read', 'pay:write')
    """
    return tuple(part for word in words for part in word.replace(",", " ").split())
