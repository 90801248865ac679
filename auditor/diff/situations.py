"""Every server, client and grant type of both sides, and where the requests differ.

What is the same on both sides is passed over without making a set of people: the same
rules, the same memberships of the groups they name, the same assignments, the same users.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from auditor.diff.pairs import Outcome, Pair, ScopeClass, Standing, compare
from auditor.diff.sides import Side, Sides
from auditor.snapshot.collections import BY_NAME
from auditor.snapshot.models.clients import App
from auditor.snapshot.models.servers import EVERYONE
from auditor.tokens.grants import REFRESH_TOKEN, USER_CHECK_UNDOCUMENTED, USERLESS_GRANTS
from auditor.tokens.people import assignments_known
from auditor.tokens.reach.regions import Evaluation
from auditor.tokens.reach.user_sets import Numbering, People
from auditor.tokens.request import ORG_SERVER
from auditor.tokens.situation import Situation

Live = dict[tuple[str, str], Evaluation]
"""The evaluations of one server by grant type and client id."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Scopes for which the requests of one client end otherwise than before, or may."""

    server: str
    """The id; `org` for the org server."""
    client: str
    grant: str
    item: ScopeClass
    """The scopes, with the rules that give them to the people for whom something differs."""
    outcome: Outcome
    stands: Pair


@dataclass(frozen=True)
class Question:
    """What the comparison is about, by ids; None is everything."""

    server: str | None = None
    client: str | None = None


@dataclass
class Situations:
    """All requests of two snapshots, side by side.

    Args:
        sides: the snapshots.
        question: which of them matter.
    """

    sides: Sides
    question: Question = Question()
    _standings: dict[tuple[int, int, bool], Standing] = field(default_factory=dict)
    _pairs: dict[object, Pair] = field(default_factory=dict)
    _same_assignments: dict[str, bool] = field(default_factory=dict)
    _assumed: dict[tuple[str, str], tuple[tuple[str, ...], tuple[str, ...]]] = field(
        default_factory=dict
    )

    def differences(self) -> Iterator[Difference]:
        """What differs, by server, client and grant type; in the order of their ids."""
        found = {server.id for side in self.sides.both for server in side.org.servers}
        for server in sorted(found):
            if self.question.server in {None, server}:
                yield from self._server(server)
        if self.question.server in {None, ORG_SERVER}:
            yield from self._org_server()

    def _server(self, server: str) -> Iterator[Difference]:
        live = [self._live(side, server) for side in self.sides.both]
        for grant, client in sorted(live[0].keys() | live[1].keys()):
            if grant == REFRESH_TOKEN or self.question.client not in {None, client}:
                continue
            stands = [
                self._standing(side, server, client, own.get((grant, client)))
                for side, own in zip(self.sides.both, live, strict=True)
            ]
            pair = self._pair(stands[0], stands[1], grant, okta_only=False)
            yield from self._client(pair, server, client, grant)

    def _live(self, side: Side, server: str) -> Live:
        known = next((item for item in side.org.servers if item.id == server), None)
        if known is None:
            return {}
        return {
            (group.grant, client): group.evaluation
            for group in side.tenant.server(known).groups
            for client in group.client_ids
        }

    def _org_server(self) -> Iterator[Difference]:
        """The org server; of all clients only `okta.` scopes, unless it is asked about."""
        okta_only = self.question.server is None
        clients = {app.client_id for side in self.sides.both for app in side.org.apps}
        for client in sorted(clients):
            if self.question.client not in {None, client}:
                continue
            apps = [side.org.client(client) for side in self.sides.both]
            if okta_only and not any(map(self._may_have_grants, self.sides.both, apps)):
                continue
            grants = {grant for app in apps if app for grant in app.grant_types}
            for grant in sorted(grants - {REFRESH_TOKEN}):
                stands = [self._at_org(side, client, grant) for side in self.sides.both]
                pair = self._pair(stands[0], stands[1], grant, okta_only=okta_only)
                yield from self._client(pair, ORG_SERVER, client, grant)

    def _may_have_grants(self, side: Side, app: App | None) -> bool:
        if app is None or not app.configurable:
            return not side.read("apps")
        return bool(side.org.grants(app)) or not side.org.known("app_grants", app)

    def _at_org(self, side: Side, client: str, grant: str) -> Standing:
        app = side.org.client(client)
        if app is None:
            return Standing(None, side.read("apps"))
        situation = Situation(side.org, None, app, grant)
        if situation.blocking_check and situation.blocking_check.rejection:
            return Standing(None)
        return Standing(side.reach.evaluation(situation), refreshing=_refreshing(app))

    def _standing(
        self, side: Side, server: str, client: str, evaluation: Evaluation | None
    ) -> Standing:
        app = side.org.client(client)
        if evaluation is not None and app is not None:
            key = id(side), id(evaluation), _refreshing(app)
            if key not in self._standings:
                self._standings[key] = Standing(evaluation, refreshing=_refreshing(app))
            return self._standings[key]
        there = any(item.id == server for item in side.org.servers)
        unread = (not there and not side.read("authorization_servers")) or (
            app is None and not side.read("apps")
        )
        hidden = app is not None and app.active and not app.configurable
        return Standing(None, known=not unread and not (hidden and there))

    def _pair(self, old: Standing, new: Standing, grant: str, *, okta_only: bool) -> Pair:
        key = old.key, new.key, grant in USERLESS_GRANTS, okta_only
        if key not in self._pairs:
            everybody = self.sides.new.reach.populations.all(grant)
            same = self._same_evaluation(old, new)
            self._pairs[key] = Pair(old, new, everybody, same, okta_only)
        return self._pairs[key]

    def _same_evaluation(self, old: Standing, new: Standing) -> bool:
        if not (old.settled and new.settled and old.shape == new.shape):
            return False
        if old.evaluation is None or new.evaluation is None:
            return True
        for one, other in zip(
            old.evaluation.situation.applicable, new.evaluation.situation.applicable, strict=True
        ):
            assert one.rule is not None
            assert other.rule is not None
            if one.rule.people != other.rule.people:
                return False
            groups = one.rule.people.groups
            if not all(map(self._same_members, {*groups.include, *groups.exclude} - {EVERYONE})):
                return False
        return True

    def _same_members(self, group: str) -> bool:
        return BY_NAME["group_members"].path.format(group) not in self.sides.changed

    def _client(self, pair: Pair, server: str, client: str, grant: str) -> Iterator[Difference]:
        if pair.untouched and self._same_eligible(client, grant):
            return
        old, new = self._eligible(pair, client, grant, user_checked=True)
        moved = (old.sure ^ new.sure) | old.unknown | new.unknown
        if grant in USER_CHECK_UNDOCUMENTED:
            # For those who are not assigned, equal sides give equal answers, whichever they are.
            old, new = self._eligible(pair, client, grant, user_checked=False)
            moved |= old.possible ^ new.possible
        concerned = (pair.interesting & (old.possible | new.possible)) | moved
        if not concerned:
            return
        here = People.certain(concerned)
        old, new, doubted = old & here, new & here, pair.doubted | moved
        for whole in pair.classes:
            item = ScopeClass(whole.scopes, whole.old.among(old), whole.new.among(new))
            outcome = compare(item, doubted)
            if any((outcome.gained, outcome.lost, outcome.changed, outcome.unclear)):
                yield Difference(server, client, grant, item, outcome, pair)

    def _same_eligible(self, client: str, grant: str) -> bool:
        """Whether the same people are eligible for certain, without working out who."""
        if any(self._one_sided(client, grant)):
            return False
        if grant in USERLESS_GRANTS:
            return True
        return self._same_users and self._same_assignment(client)

    @cached_property
    def _same_users(self) -> bool:
        known = all(side.org.known("users") for side in self.sides.both)
        return known and self.sides.same(BY_NAME["users"].path)

    def _same_assignment(self, client: str) -> bool:
        if client not in self._same_assignments:
            self._same_assignments[client] = self._compare_assignment(client)
        return self._same_assignments[client]

    def _compare_assignment(self, client: str) -> bool:
        old, new = (side.org.client(client) for side in self.sides.both)
        if old is None or new is None or old.id != new.id:
            return False
        if old.federation_broker and new.federation_broker:
            return True
        paths = [BY_NAME[name].path.format(old.id) for name in ("app_users", "app_groups")]
        if old.federation_broker or new.federation_broker or self.sides.changed & set(paths):
            return False
        return (
            assignments_known(self.sides.old.org, old)
            and assignments_known(self.sides.new.org, new)
            and all(self._same_members(g.id) for g in self.sides.old.org.assigned_groups(old))
        )

    def _eligible(
        self, pair: Pair, client: str, grant: str, *, user_checked: bool
    ) -> tuple[People, People]:
        """Those whose requests a policy is to decide, on each side; `user_checked` as in `Region`.

        Nobody for certain where only one side says whether the client is turned away at the
        token endpoint.
        """
        one_sided = self._one_sided(client, grant)
        found = []
        stands = pair.old, pair.new
        for at, (side, stand) in enumerate(zip(self.sides.both, stands, strict=True)):
            everybody = pair.everybody
            app = side.org.client(client)
            if stand.evaluation is None or app is None:
                found.append(
                    People(everybody.none, everybody.none if stand.known else everybody.all)
                )
                continue
            unsure = bool(one_sided[at])
            if grant in USERLESS_GRANTS:
                found.append(_perhaps(People.certain(everybody.all), everybody, unsure=unsure))
                continue
            populations = side.reach.populations
            able = populations.sign_in(Situation(side.org, None, app, grant))
            holder = side
            if side is self.sides.new and self._same_assignment(client):
                holder = self.sides.old  # the same set need not be made twice
            own = holder.org.client(client)
            assert own is not None
            people = holder.reach.populations.entitled(own, grant, user_checked=user_checked)
            found.append(_perhaps(able & people, everybody, unsure=unsure))
        return found[0], found[1]

    def _one_sided(self, client: str, grant: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        if (client, grant) not in self._assumed:
            self._assumed[client, grant] = self.sides.one_sided(client, grant)
        return self._assumed[client, grant]


def _perhaps(people: People, everybody: Numbering, *, unsure: bool) -> People:
    return People(everybody.none, people.possible) if unsure else people


def _refreshing(app: App) -> bool:
    return REFRESH_TOKEN in app.grant_types
