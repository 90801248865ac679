"""What programs may call: read a snapshot, audit it, decide requests, compare two snapshots.

The command line is built on the same functions. All of them are pure but for `load`: the same
snapshot in, the same answer out. What the user can put right is raised as an `AuditorError`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from auditor.comparison.compare import SideFiles, compare_snapshots
from auditor.comparison.differences import DiffFilter
from auditor.comparison.result import DiffResult
from auditor.comparison.snapshot_pair import SnapshotPair
from auditor.errors import AuditorError, SnapshotError, UsageError
from auditor.lint.engine import audit_org
from auditor.lint.result import AuditResult
from auditor.lint.rule import Rule
from auditor.lint.selection import select_rules
from auditor.pack_check import PackCheck, check_pack
from auditor.plugins import load_reports, load_rules
from auditor.snapshot.document import Source, parse_snapshot, read_document
from auditor.snapshot.org import Org
from auditor.tokens.advice.search import Advice, advise
from auditor.tokens.decide import Decider, OidcScopes
from auditor.tokens.decision import Decision
from auditor.tokens.lookup.named_request import NamedRequest
from auditor.tokens.reach.access_rows import AccessFilter, AccessRow, access_rows
from auditor.tokens.request import TokenRequest
from auditor.tokens.wording.steps import ExplainedStep, explained_steps

__all__ = [
    "AccessRow",
    "Advice",
    "AuditorError",
    "DiffResult",
    "Explanation",
    "PackCheck",
    "SnapshotError",
    "UsageError",
    "access",
    "audit",
    "check_pack",
    "decide",
    "diff",
    "explain",
    "load",
    "load_reports",
    "load_rules",
    "select_rules",
    "token_request",
]


@dataclass(frozen=True, slots=True)
class Explanation:
    """What becomes of a token request, and why."""

    decision: Decision
    steps: tuple[ExplainedStep, ...]
    """Each check, policy and rule, in the order in which it is considered."""
    advice: tuple[Advice, ...]
    """Changes, each of which would let the request pass; empty if none is known or needed."""


def load(path: str | PathLike[str], *, name: str | None = None) -> Org:
    """Read a snapshot file, plain or gzip.

    Args:
        path: the file that `okta-auditor snapshot` wrote.
        name: what reports call it; the path if not given.

    Raises:
        SnapshotError: the file is missing, damaged or no snapshot.
    """
    file = Path(path)
    document = read_document(file)
    return Org.of(parse_snapshot(document, file), Source(name or file.as_posix(), document))


def audit(org: Org, rules: Iterable[Rule] | None = None) -> AuditResult:
    """Evaluate rules.

    Args:
        org: the tenant, from `load`.
        rules: the rules to run; all of the installed packs if not given. `select_rules` chooses.
    """
    return audit_org(org, load_rules() if rules is None else rules)


def token_request(
    org: Org,
    *,
    server: str,
    client: str,
    grant: str,
    user: str | None = None,
    scopes: Iterable[str] | None = None,
) -> TokenRequest:
    """A token request in the words of a person: names, labels, logins or ids.

    Args:
        org: the tenant.
        server: an authorization server, or `org`.
        client: a client.
        grant: a grant type; `device_code`, `jwt-bearer` and the like are short forms.
        user: who signs in, or whom an assertion names.
        scopes: the scopes asked for; None if the request names none.

    Raises:
        AuditorError: a word names nothing, or several things.
    """
    named = NamedRequest(
        server=server,
        client=client,
        grant=grant,
        user=user,
        scopes=None if scopes is None else tuple(scopes),
    )
    return named.resolve(org)


def decide(
    org: Org, request: TokenRequest, *, oidc_scopes: OidcScopes = OidcScopes.LISTED
) -> Decision:
    """What becomes of a token request: minted, rejected, or not to be known.

    For many requests of one org, make one `auditor.oauth.Decider` and ask it.

    Raises:
        KeyError: the org has no such server or client.
    """
    return Decider(org, oidc_scopes).decide(request)


def explain(
    org: Org, request: TokenRequest, *, oidc_scopes: OidcScopes = OidcScopes.LISTED
) -> Explanation:
    """What becomes of a token request, why, and what would let it pass.

    Raises:
        KeyError: the org has no such server or client.
    """
    decider = Decider(org, oidc_scopes)
    explanation = decider.explain(request)
    decision = explanation.decision
    advice = advise(decider, request, decision)
    return Explanation(decision, explained_steps(explanation), advice)


def access(
    org: Org,
    *,
    server: str | None = None,
    client: str | None = None,
    scope: str | None = None,
    user: str | None = None,
    oidc_scopes: OidcScopes = OidcScopes.LISTED,
) -> list[AccessRow]:
    """Who can obtain which scopes, through which client, grant type and rule.

    Args:
        org: the tenant.
        server: the name or id of one authorization server, or `org`.
        client: the label or id of one client.
        scope: one scope.
        user: the login or id of one user.
        oidc_scopes: whether a rule must list OpenID scopes.

    Raises:
        AuditorError: a word names nothing, or several things.
    """
    wanted = AccessFilter.by_name(org, server=server, client=client, scope=scope, user=user)
    return list(access_rows(org, wanted, oidc_scopes))


def diff(
    old: Org,
    new: Org,
    *,
    rules: Iterable[Rule] | None = None,
    oidc_scopes: OidcScopes = OidcScopes.LISTED,
) -> DiffResult:
    """What changed between two snapshots of one tenant, in meaning.

    Args:
        old: the snapshot before.
        new: the snapshot after.
        rules: those whose findings are compared; None leaves findings out.
        oidc_scopes: whether a rule must list OpenID scopes.

    Raises:
        UsageError: the snapshots are of two orgs.
    """
    sides = SnapshotPair.of(old.snapshot, new.snapshot, oidc_scopes)
    sides.refuse_strangers()
    files = SideFiles(old.source.name, new.source.name)
    return compare_snapshots(sides, files, DiffFilter(), rules)
