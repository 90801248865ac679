"""Whose requests a policy is to decide, on each side: those who sign in and are assigned."""

from __future__ import annotations

from functools import cached_property

from auditor.comparison.evaluation_pair import EvaluationPair
from auditor.comparison.side_evaluation import SideEvaluation
from auditor.comparison.snapshot_pair import SnapshotPair, SnapshotSide
from auditor.snapshot.collections import BY_NAME
from auditor.tokens.grants import USERLESS_GRANTS
from auditor.tokens.people import assignments_known, open_to_everybody, user_apps
from auditor.tokens.reach.user_sets import Numbering, UncertainUsers, UserSet
from auditor.tokens.reach.zones import let_in
from auditor.tokens.situation import Situation
from auditor.tokens.token_endpoint import zones_in_doubt


class Eligibility:
    """The people who are eligible for the tokens of clients, on both sides."""

    def __init__(self, sides: SnapshotPair) -> None:
        self._sides = sides
        self._same_assignments: dict[str, bool] = {}
        self._one_sided_facts: dict[tuple[str, str], tuple[bool, bool]] = {}

    def same(self, client: str, grant: str) -> bool:
        """Whether the same people are eligible for certain, without working out who."""
        if any(self._one_sided(client, grant)) or self._zones_in_doubt(client):
            return False
        if grant in USERLESS_GRANTS:
            return True
        return self._same_users and self._same_assignment(client)

    def people(
        self, pair: EvaluationPair, client: str, grant: str, *, user_checked: bool
    ) -> tuple[UncertainUsers, UncertainUsers]:
        """Those whose requests a policy is to decide, on the old side and on the new one.

        Nobody for certain where only one side says whether the client is turned away at the
        token endpoint.

        Args:
            pair: the evaluations of the client's requests.
            client: its id.
            grant: the grant type.
            user_checked: as in `Region`.
        """
        old_unsure, new_unsure = self._one_sided(client, grant)
        old, new = (
            self._eligible(side, evaluation, pair.everybody, client, grant, checked=user_checked)
            for side, evaluation in zip(self._sides.both, (pair.old, pair.new), strict=True)
        )
        none = pair.everybody.none
        return (
            UncertainUsers(none, old.possible) if old_unsure else old,
            UncertainUsers(none, new.possible) if new_unsure else new,
        )

    def _eligible(
        self,
        side: SnapshotSide,
        evaluation: SideEvaluation,
        everybody: Numbering,
        client: str,
        grant: str,
        *,
        checked: bool,
    ) -> UncertainUsers:
        app = side.org.client(client)
        if evaluation.evaluation is None or app is None:
            return UncertainUsers(
                everybody.none, everybody.none if evaluation.known else everybody.all
            )
        if grant in USERLESS_GRANTS:
            return let_in(side.org, UncertainUsers.certain(everybody.all), app, grant)
        able = side.reach.populations.sign_in(Situation(side.org, None, app, grant))
        # Where the assignments are the same, their set need not be made twice.
        shared = side is self._sides.new and self._same_assignment(client)
        assignments = self._sides.old if shared else side
        own = assignments.org.client(client)
        assert own is not None
        entitled = assignments.reach.populations.entitled(own, grant, user_checked=checked)
        return let_in(side.org, able & entitled, app, grant)

    def status_in_doubt(self, grant: str) -> UserSet:
        """Those whose status leaves open on a side whether they can use a grant type.

        Nothing is said of them: Okta does not publish it, and such a status passes.
        """
        old, new = (side.reach.populations.status_in_doubt(grant) for side in self._sides.both)
        return old | new

    def _zones_in_doubt(self, client: str) -> bool:
        apps = ((side.org, side.org.client(client)) for side in self._sides.both)
        return any(app is not None and zones_in_doubt(org, app) for org, app in apps)

    @cached_property
    def _same_users(self) -> bool:
        known = all(side.org.known("users") for side in self._sides.both)
        return known and self._sides.same(BY_NAME["users"].path)

    def _same_assignment(self, client: str) -> bool:
        if client not in self._same_assignments:
            self._same_assignments[client] = self._compare_assignment(client)
        return self._same_assignments[client]

    def _compare_assignment(self, client: str) -> bool:
        old, new = (side.org.client(client) for side in self._sides.both)
        if old is None or new is None or old.id != new.id:
            return False
        if open_to_everybody(old) and open_to_everybody(new):
            return True
        apps = user_apps(old)
        if [app.id for app in apps] != [app.id for app in user_apps(new)]:
            return False
        names = ("app_users", "app_groups")
        paths = {BY_NAME[name].path.format(app.id) for name in names for app in apps}
        if open_to_everybody(old) or open_to_everybody(new) or self._sides.changed & paths:
            return False
        groups = [group for app in apps for group in self._sides.old.org.assigned_groups(app)]
        return (
            assignments_known(self._sides.old.org, old)
            and assignments_known(self._sides.new.org, new)
            and all(self._sides.same_members(group.id) for group in groups)
        )

    def _one_sided(self, client: str, grant: str) -> tuple[bool, bool]:
        """Whether each side takes for granted what the other one knows about the client."""
        if (client, grant) not in self._one_sided_facts:
            old, new = self._sides.one_sided(client, grant)
            self._one_sided_facts[client, grant] = bool(old), bool(new)
        return self._one_sided_facts[client, grant]
