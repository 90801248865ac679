"""Every server, client and grant type of both sides, and where the requests differ.

What is the same on both sides is passed over without making a set of people: the same
rules, the same memberships of the groups they name, the same assignments, the same users.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from auditor.comparison.access_difference import AccessDifference, compare_access
from auditor.comparison.eligibility import Eligibility
from auditor.comparison.evaluation_pair import EvaluationPair
from auditor.comparison.object_names import find_server
from auditor.comparison.scope_sources import ScopeClass
from auditor.comparison.side_evaluation import SideEvaluation
from auditor.comparison.snapshot_pair import SnapshotPair, SnapshotSide
from auditor.snapshot.models.agents import is_agent_id
from auditor.snapshot.models.clients import App
from auditor.snapshot.models.servers import EVERYONE
from auditor.tokens.grants import REFRESH_TOKEN, USER_CHECK_UNDOCUMENTED, USERLESS_GRANTS
from auditor.tokens.reach.regions import Evaluation
from auditor.tokens.reach.user_sets import UncertainUsers
from auditor.tokens.request import ORG_SERVER
from auditor.tokens.situation import Situation

EvaluationsByClient = dict[tuple[str, str], Evaluation]
"""The evaluations of one server by grant type and client id."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Scopes for which the requests of one client end otherwise than before, or may."""

    server: str
    """The id; `org` for the org server."""
    client: str
    grant: str
    scope_class: ScopeClass
    """The scopes, with the rules that give them to the people for whom something differs."""
    people: AccessDifference
    evaluations: EvaluationPair


@dataclass(frozen=True)
class DiffFilter:
    """What the comparison is about, by ids; None is everything."""

    server: str | None = None
    client: str | None = None


@dataclass
class Differences:
    """All requests of two snapshots, side by side.

    Args:
        sides: the snapshots.
        only: which of them matter.
    """

    sides: SnapshotPair
    only: DiffFilter = DiffFilter()
    _evaluations: dict[tuple[int, int, bool], SideEvaluation] = field(default_factory=dict)
    _pairs: dict[object, EvaluationPair] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._eligibility = Eligibility(self.sides)

    def differences(self) -> Iterator[Difference]:
        """What differs, by server, client and grant type; in the order of their ids."""
        servers = {server.id for side in self.sides.both for server in side.org.servers}
        for server in sorted(servers):
            if self.only.server in {None, server}:
                yield from self._server(server)
        if self.only.server in {None, ORG_SERVER}:
            yield from self._org_server()

    def _server(self, server: str) -> Iterator[Difference]:
        live = [self._live(side, server) for side in self.sides.both]
        for grant, client in sorted(live[0].keys() | live[1].keys()):
            if grant == REFRESH_TOKEN or self.only.client not in {None, client}:
                continue
            old, new = (
                self._evaluation(side, server, client, own.get((grant, client)))
                for side, own in zip(self.sides.both, live, strict=True)
            )
            pair = self._pair(old, new, grant, okta_only=False)
            yield from self._client(pair, server, client, grant)

    def _live(self, side: SnapshotSide, server: str) -> EvaluationsByClient:
        record = find_server(side, server)
        if record is None:
            return {}
        return {
            (group.grant, client): group.evaluation
            for group in side.tenant.server(record).groups
            for client in group.client_ids
        }

    def _org_server(self) -> Iterator[Difference]:
        """The org server; of all clients only `okta.` scopes, unless it is asked about."""
        okta_only = self.only.server is None
        clients = {app.client_id for side in self.sides.both for app in side.org.apps}
        for client in sorted(clients):
            if self.only.client not in {None, client}:
                continue
            apps = [side.org.client(client) for side in self.sides.both]
            if okta_only and not any(map(self._may_have_grants, self.sides.both, apps)):
                continue
            grants = {grant for app in apps if app for grant in app.grant_types}
            for grant in sorted(grants - {REFRESH_TOKEN}):
                old, new = (self._at_org(side, client, grant) for side in self.sides.both)
                pair = self._pair(old, new, grant, okta_only=okta_only)
                yield from self._client(pair, ORG_SERVER, client, grant)

    def _may_have_grants(self, side: SnapshotSide, app: App | None) -> bool:
        if app is None or not app.configurable:
            return not side.read("apps")
        return bool(side.org.grants(app)) or not side.org.known("app_grants", app)

    def _at_org(self, side: SnapshotSide, client: str, grant: str) -> SideEvaluation:
        app = side.org.client(client)
        if app is None:
            return SideEvaluation(None, side.read("apps"))
        situation = Situation(side.org, None, app, grant)
        if situation.blocking_check and situation.blocking_check.rejection:
            return SideEvaluation(None)
        return SideEvaluation(side.reach.evaluation(situation), refreshing=_refreshing(app))

    def _evaluation(
        self, side: SnapshotSide, server: str, client: str, evaluation: Evaluation | None
    ) -> SideEvaluation:
        app = side.org.client(client)
        if evaluation is not None and app is not None:
            key = id(side), id(evaluation), _refreshing(app)
            if key not in self._evaluations:
                self._evaluations[key] = SideEvaluation(evaluation, refreshing=_refreshing(app))
            return self._evaluations[key]
        exists = any(item.id == server for item in side.org.servers)
        unread = (not exists and not side.read("authorization_servers")) or (
            app is None and not (side.read("apps") and _agents_read(side, client))
        )
        hidden = app is not None and app.active and not app.configurable
        return SideEvaluation(None, known=not unread and not (hidden and exists))

    def _pair(
        self, old: SideEvaluation, new: SideEvaluation, grant: str, *, okta_only: bool
    ) -> EvaluationPair:
        key = old.key, new.key, grant in USERLESS_GRANTS, okta_only
        if key not in self._pairs:
            everybody = self.sides.new.reach.populations.all(grant)
            same = self._same_evaluation(old, new)
            self._pairs[key] = EvaluationPair(old, new, everybody, same, okta_only)
        return self._pairs[key]

    def _same_evaluation(self, old: SideEvaluation, new: SideEvaluation) -> bool:
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
            if not all(
                map(self.sides.same_members, {*groups.include, *groups.exclude} - {EVERYONE})
            ):
                return False
        return True

    def _client(
        self, pair: EvaluationPair, server: str, client: str, grant: str
    ) -> Iterator[Difference]:
        if pair.untouched and self._eligibility.same(client, grant):
            return
        old, new = self._eligibility.people(pair, client, grant, user_checked=True)
        moved = (old.sure ^ new.sure) | old.unknown | new.unknown
        if grant in USER_CHECK_UNDOCUMENTED:
            # For those who are not assigned, equal sides give equal answers, whichever they are.
            old, new = self._eligibility.people(pair, client, grant, user_checked=False)
            moved |= old.possible ^ new.possible
        concerned = (pair.affected & (old.possible | new.possible)) | moved
        concerned -= self._eligibility.status_in_doubt(grant)
        if not concerned:
            return
        concerned_users = UncertainUsers.certain(concerned)
        old, new = old & concerned_users, new & concerned_users
        uncertain_for = pair.uncertain_for | moved
        for item in pair.classes:
            scope_class = ScopeClass(item.scopes, item.old.among(old), item.new.among(new))
            people = compare_access(scope_class, uncertain_for)
            if any((people.gained, people.lost, people.changed, people.unclear)):
                yield Difference(server, client, grant, scope_class, people, pair)


def _refreshing(app: App) -> bool:
    return REFRESH_TOKEN in app.grant_types


def _agents_read(side: SnapshotSide, client: str) -> bool:
    """Whether a side would know a client that is an AI agent; of apps, it would."""
    return not is_agent_id(client) or side.read("ai_agents")
