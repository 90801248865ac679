"""Who obtains one scope of a server, and through which clients and rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice

from auditor.access_overview.model import MOST_LOGINS, ScopeAccess, ScopePath
from auditor.snapshot.models.clients import App
from auditor.snapshot.models.servers import AccessPolicy, PolicyRule
from auditor.snapshot.org import Org
from auditor.tokens.reach.user_sets import UserSet
from auditor.tokens.rules_in_order import Candidate


@dataclass
class ObtainedScope:
    """Gathers the ways to obtain one scope, region by region."""

    paths: dict[tuple[str, str, str], _Path] = field(default_factory=dict)
    more: bool = False

    def add(
        self, client: App, candidate: Candidate | None, certain: UserSet | None, *, userless: bool
    ) -> None:
        """Add that some people, or the client alone, obtain it for certain, or may.

        Args:
            client: through which it is obtained.
            candidate: the policy and rule that give it; None at the org server.
            certain: who obtains it for certain; None or empty if nobody does.
            userless: whether the grant type has no user.
        """
        policy = candidate.policy if candidate else None
        rule = candidate.rule if candidate else None
        key = (client.client_id, policy.id if policy else "", rule.id if rule else "")
        path = self.paths.setdefault(key, _Path(client, policy, rule))
        if certain and userless:
            path.machine = True
        elif certain:
            path.people = path.people | certain if path.people else certain

    def access(self, org: Org, name: str) -> ScopeAccess:
        """The scope as reports show it."""
        paths = [path.access() for path in self.paths.values()]
        people = None
        for path in self.paths.values():
            if path.people:
                people = people | path.people if people else path.people
        some = islice(people or (), MOST_LOGINS)
        users = [(person, org.user(person)) for person in some if person]
        return ScopeAccess(
            name=name,
            paths=tuple(sorted(paths, key=_order)),
            people=len(people) if people else 0,
            logins=tuple(user.title if user else person for person, user in users),
            machines=len({path.client.client_id for path in self.paths.values() if path.machine}),
            more=self.more,
        )


@dataclass
class _Path:
    client: App
    policy: AccessPolicy | None
    rule: PolicyRule | None
    people: UserSet | None = None
    machine: bool = False

    def access(self) -> ScopePath:
        return ScopePath(
            client_id=self.client.id,
            client=self.client.title,
            policy=self.policy.title if self.policy else "",
            rule_id=self.rule.id if self.rule else "",
            rule=self.rule.title if self.rule else "",
            people=len(self.people) if self.people else 0,
            certain=self.machine or bool(self.people),
        )


def _order(path: ScopePath) -> tuple[bool, int, str, str, str, str]:
    client = path.client.casefold()
    return (not path.certain, -path.people, client, path.rule, path.client_id, path.rule_id)
