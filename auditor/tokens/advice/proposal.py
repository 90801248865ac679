"""One proposal, not tried yet: what would be different, in words and as data."""

from __future__ import annotations

from dataclasses import dataclass, replace

from auditor.snapshot.models.servers import PolicyRule
from auditor.snapshot.org import Org
from auditor.text import listed, one_line, quoted
from auditor.tokens.advice.hypothetical import Changes, with_field
from auditor.tokens.request import TokenRequest
from auditor.tokens.situation import Situation

_NO_CHANGES = Changes()


@dataclass(frozen=True)
class Proposal:
    """What would be different about a request, or about the org."""

    clauses: tuple[str, ...]
    """In words that go on from "it would pass if"; all of them together."""

    request: TokenRequest
    changes: Changes = _NO_CHANGES
    cost: float = 1
    """What concerns one person costs less than what concerns many; the cheapest is tried first."""

    rules: tuple[PolicyRule, ...] = ()
    """The rules that the clauses name."""

    @classmethod
    def of(
        cls, clause: str, request: TokenRequest, changes: Changes = _NO_CHANGES, *, cost: float = 1
    ) -> Proposal:
        """A proposal with one clause."""
        return cls((clause,), request, changes, cost)

    def followed_by(self, other: Proposal) -> Proposal:
        """This proposal and one that was made for its request and its org, together."""
        return replace(
            other,
            clauses=(*self.clauses, *other.clauses),
            changes=self.changes.also(other.changes),
            rules=(*self.rules, *other.rules),
        )


def with_setting(situation: Situation, path: str, value: object) -> Changes:
    """Another value of one of the client's OAuth settings."""
    client = situation.client
    return Changes({client.id: with_field(client, f"settings.oauth_client.{path}", value)})


def user_name(org: Org, request: TokenRequest) -> str:
    """What a clause calls the user."""
    user = org.user(request.user or "")
    return quoted(user.title) if user else "the user"


def group_name(org: Org, group_id: str) -> str:
    """What a clause calls a group."""
    group = org.group(group_id)
    return quoted(group.title if group else group_id)


def scope_list(scopes: frozenset[str]) -> str:
    """Scopes in a clause."""
    return listed(map(one_line, sorted(scopes)), most=5)
