"""Who obtains one scope of a server, and how; gathered by `look.py` for `access.py`."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice

from auditor.lint.access import MOST_LOGINS, ScopeAccess, Way
from auditor.snapshot.index import Org
from auditor.snapshot.models.clients import App
from auditor.snapshot.models.servers import AccessPolicy, PolicyRule
from auditor.tokens.candidates import Candidate
from auditor.tokens.reach.user_sets import UserSet


@dataclass
class Obtained:
    """What is found out about one scope, region by region."""

    ways: dict[tuple[str, str, str], _Way] = field(default_factory=dict)
    more: bool = False

    def add(
        self, client: App, candidate: Candidate | None, certain: UserSet | None, *, userless: bool
    ) -> None:
        """Take in that some people, or the client alone, obtain it for certain, or may."""
        policy = candidate.policy if candidate else None
        rule = candidate.rule if candidate else None
        key = (client.client_id, policy.id if policy else "", rule.id if rule else "")
        way = self.ways.setdefault(key, _Way(client, policy, rule))
        if certain and userless:
            way.machine = True
        elif certain:
            way.people = way.people | certain if way.people else certain

    def access(self, org: Org, name: str) -> ScopeAccess:
        """The scope as reports show it."""
        ways = [way.shown() for way in self.ways.values()]
        people = None
        for way in self.ways.values():
            if way.people:
                people = people | way.people if people else way.people
        some = islice(people or (), MOST_LOGINS)
        users = [(person, org.user(person)) for person in some if person]
        return ScopeAccess(
            name=name,
            ways=tuple(
                sorted(
                    ways,
                    key=lambda w: (
                        not w.sure,
                        -w.people,
                        w.client.casefold(),
                        w.rule,
                        w.client_id,
                        w.rule_id,
                    ),
                )
            ),
            people=len(people) if people else 0,
            logins=tuple(user.title if user else person for person, user in users),
            machines=len({way.client.client_id for way in self.ways.values() if way.machine}),
            more=self.more,
        )


@dataclass
class _Way:
    client: App
    policy: AccessPolicy | None
    rule: PolicyRule | None
    people: UserSet | None = None
    machine: bool = False

    def shown(self) -> Way:
        return Way(
            client_id=self.client.id,
            client=self.client.title,
            policy=self.policy.title if self.policy else "",
            rule_id=self.rule.id if self.rule else "",
            rule=self.rule.title if self.rule else "",
            people=len(self.people) if self.people else 0,
            sure=self.machine or bool(self.people),
        )
