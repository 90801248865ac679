"""Who obtains the scopes of a server, and through which clients and rules.

Many scopes have the same rules, and a rule may be for thousands of clients. So what a rule gives
through each client is worked out once for all scopes that it gives in the same way, and of the
ways only the first are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from heapq import nsmallest
from itertools import chain, islice
from typing import NamedTuple

from auditor.access_overview.model import MOST_LOGINS, MOST_PATHS, ScopeAccess, ScopePath
from auditor.snapshot.models.clients import App
from auditor.snapshot.org import Org
from auditor.tokens.grants import USERLESS_GRANTS
from auditor.tokens.reach.client_groups import ClientGroup
from auditor.tokens.reach.regions import Region
from auditor.tokens.reach.user_sets import UncertainUsers, UserSet
from auditor.tokens.rules_in_order import Candidate

Eligible = Callable[[ClientGroup], "Iterable[tuple[App, UncertainUsers]]"]
"""Each client of a group with those who can sign in and are assigned to it."""


class _Part(NamedTuple):
    """A region that has a scope."""

    group: int
    region: int
    certain: bool
    """Whether the scope is among those that it has for certain."""


class _RuleWays(NamedTuple):
    """What one rule gives of a scope, through all clients."""

    first: list[ScopePath]
    """The first of the ways, in order."""
    many: int
    people: UserSet | None
    """Distinct people who obtain it for certain."""
    machines: frozenset[str]
    """Client ids of those that obtain it for certain without a user."""
    more: bool
    """Whether there may be more."""


@dataclass
class _Path:
    people: UserSet | None = None
    machine: bool = False


@dataclass
class ObtainedScopes:
    """Works out who obtains which scopes of one server.

    Args:
        groups: the server's groups of clients.
        eligible: says who is eligible for which client.
    """

    groups: Sequence[ClientGroup]
    eligible: Eligible
    _ways: dict[tuple[_Part, ...], _RuleWays] = field(default_factory=dict)

    def accesses(self, org: Org, names: frozenset[str]) -> Iterator[ScopeAccess]:
        """Those of some scopes that somebody obtains, or may, as reports show them, by name."""
        for name, by_rule in sorted(self._parts(names).items()):
            every = [self._of_rule(tuple(parts)) for parts in by_rule.values()]
            ways = [each for each in every if each.many]
            if ways:
                yield _access(org, name, ways)

    def _parts(self, names: frozenset[str]) -> dict[str, dict[tuple[str, str], list[_Part]]]:
        """By scope, and by policy and rule, the regions that have it."""
        by_scope: dict[str, dict[tuple[str, str], list[_Part]]] = {}
        for at, group in enumerate(self.groups):
            for place, region in enumerate(group.evaluation.regions):
                key = _rule_of(region.candidate)
                for name in names & (region.scopes | region.doubtful):
                    part = _Part(at, place, name in region.scopes)
                    by_scope.setdefault(name, {}).setdefault(key, []).append(part)
        return by_scope

    def _of_rule(self, parts: tuple[_Part, ...]) -> _RuleWays:
        if parts not in self._ways:
            self._ways[parts] = self._worked_out(parts)
        return self._ways[parts]

    def _worked_out(self, parts: tuple[_Part, ...]) -> _RuleWays:
        paths: dict[str, _Path] = {}
        clients: dict[str, App] = {}
        more = False
        for part in parts:
            userless = self.groups[part.group].grant in USERLESS_GRANTS
            region = self._region(part)
            for client, eligible in self._clients[part.group]:
                people = region.people & eligible
                if not people.possible:
                    continue
                certain = people.sure if part.certain else None
                more |= not certain or certain != people.possible
                clients[client.client_id] = client
                path = paths.setdefault(client.client_id, _Path())
                if certain and userless:
                    path.machine = True
                elif certain:
                    path.people = path.people | certain if path.people else certain
        candidate = self._region(parts[0]).candidate
        shown = (_shown(clients[key], candidate, path) for key, path in paths.items())
        return _RuleWays(
            nsmallest(MOST_PATHS, shown, key=_order),
            len(paths),
            _united(path.people for path in paths.values()),
            frozenset(key for key, path in paths.items() if path.machine),
            more,
        )

    def _region(self, part: _Part) -> Region:
        return self.groups[part.group].evaluation.regions[part.region]

    @cached_property
    def _clients(self) -> list[list[tuple[App, UncertainUsers]]]:
        return [list(self.eligible(group)) for group in self.groups]


def _access(org: Org, name: str, ways: list[_RuleWays]) -> ScopeAccess:
    people = _united(each.people for each in ways)
    some = islice(people or (), MOST_LOGINS)
    users = [(person, org.user(person)) for person in some if person]
    paths = nsmallest(MOST_PATHS, chain.from_iterable(each.first for each in ways), key=_order)
    return ScopeAccess(
        name=name,
        paths=tuple(paths),
        more_paths=sum(each.many for each in ways) - len(paths),
        people=len(people) if people else 0,
        logins=tuple(user.title if user else person for person, user in users),
        machines=len(frozenset().union(*(each.machines for each in ways))),
        more=any(each.more for each in ways),
    )


def _united(several: Iterable[UserSet | None]) -> UserSet | None:
    people = None
    for each in several:
        if each:
            people = people | each if people else each
    return people


def _rule_of(candidate: Candidate | None) -> tuple[str, str]:
    rule = candidate.rule if candidate else None
    return candidate.policy.id if candidate else "", rule.id if rule else ""


def _shown(client: App, candidate: Candidate | None, path: _Path) -> ScopePath:
    rule = candidate.rule if candidate else None
    return ScopePath(
        client_id=client.id,
        client=client.title,
        policy=candidate.policy.title if candidate else "",
        rule_id=rule.id if rule else "",
        rule=rule.title if rule else "",
        people=len(path.people) if path.people else 0,
        certain=path.machine or bool(path.people),
    )


def _order(path: ScopePath) -> tuple[bool, int, str, str, str, str]:
    client = path.client.casefold()
    return (not path.certain, -path.people, client, path.rule, path.client_id, path.rule_id)
