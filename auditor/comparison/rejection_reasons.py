"""Why a request that passes on one side is rejected on the other, decided for one person."""

from __future__ import annotations

from auditor.comparison.differences import Difference
from auditor.comparison.object_names import find_server
from auditor.comparison.side_evaluation import SideEvaluation
from auditor.comparison.snapshot_pair import SnapshotPair, SnapshotSide
from auditor.tokens.grants import USERLESS_GRANTS
from auditor.tokens.outcome import Outcome
from auditor.tokens.reach.user_sets import Person, UserSet
from auditor.tokens.request import ORG_SERVER, TokenRequest
from auditor.tokens.scopes import OPENID

_WHY_THEN = {
    "policy": "no rule matched",
    "assignment": "they were not assigned to the client",
    "scopes": "the scope could not be asked for",
    "grant": "the client could not use the grant type",
    "server": "the authorization server was not active",
    "client": "the client was not active",
    "user": "they could not sign in: deactivated, suspended or not there",
    "consent": "the scope needs consent, which nobody can give",
    "grants": "the scope was not granted to the client",
    "authentication": "the client did not authenticate with a private key",
    "keys": "the client had no active key to authenticate with",
    "zones": "the client's network zones matched no address",
}
"""By `Rejection.failed`."""

_WHY_NOW = {
    "policy": "no rule matches",
    "assignment": "they are not assigned to the client",
    "scopes": "the scope cannot be asked for",
    "grant": "the client cannot use the grant type",
    "server": "the authorization server is not active",
    "client": "the client is not active",
    "user": "they cannot sign in: deactivated, suspended or not there",
    "consent": "the scope needs consent, which nobody can give",
    "grants": "the scope is not granted to the client",
    "authentication": "the client does not authenticate with a private key",
    "keys": "the client has no active key to authenticate with",
    "zones": "the client's network zones match no address",
}


class RejectionReasons:
    """Decides single requests of two snapshots."""

    def __init__(self, sides: SnapshotPair) -> None:
        self._sides = sides

    def otherwise(self, item: Difference, people: UserSet | None, *, new: bool) -> str:
        """What becomes, on the other side, of a request that passes on one.

        Args:
            item: the difference.
            people: those concerned; the first stands for all.
            new: whether the request passes on the new side.
        """
        side = self._sides.old if new else self._sides.new
        words = _WHY_THEN if new else _WHY_NOW
        if item.server != ORG_SERVER and find_server(side, item.server) is None:
            return f"there {'was' if new else 'is'} no such authorization server"
        if side.org.client(item.client) is None:
            return f"there {'was' if new else 'is'} no such client"
        person = people.first() if people else None
        decision = side.reach.decider.decide(self._request(item, person, all_scopes=False))
        if decision.failed == "scopes":  # some can only be asked for beside openid
            decision = side.reach.decider.decide(self._request(item, person, all_scopes=True))
        return words.get(decision.failed or "", f"the request {'was' if new else 'is'} rejected")

    def indeterminate_because(self, item: Difference) -> str:
        """The fact without which a side is indeterminate, and which side that is."""
        person = item.people.unclear.first()
        evaluations = (item.evaluations.old, item.evaluations.new)
        reasons = []
        for side, evaluation in zip(self._sides.both, evaluations, strict=True):
            if missing := self._missing(side, evaluation, item, person):
                reasons.append(f"{side.name} does not say: {missing}")
        return "; ".join(reasons) or "which fact a side does not say could not be found out"

    def _missing(
        self, side: SnapshotSide, evaluation: SideEvaluation, item: Difference, person: Person
    ) -> str | None:
        if not evaluation.known:
            hidden = side.org.client(item.client) is not None
            return "the OAuth settings of the client" if hidden else "servers or clients"
        if evaluation.evaluation is None:
            return None
        one_sided = self._sides.one_sided(item.client, item.grant)
        if assumed := one_sided[0 if side is self._sides.old else 1]:
            return assumed[0].text
        if person is None and item.grant not in USERLESS_GRANTS:
            return "the users of the org"
        for all_scopes in (False, True):
            decision = side.reach.decider.decide(self._request(item, person, all_scopes=all_scopes))
            if decision.outcome is Outcome.INDETERMINATE:
                return decision.missing.text if decision.missing else None
        return None

    def _request(self, item: Difference, person: Person, *, all_scopes: bool) -> TokenRequest:
        """A request for one of the scopes, or for all of them and `openid`."""
        scopes = {scope for scope in item.scope_class.scopes if scope and scope != "okta."}
        requested = frozenset(scopes if all_scopes else sorted(scopes)[:1]) or frozenset({"?"})
        return TokenRequest(
            server=item.server,
            client=item.client,
            grant=item.grant,
            user=person,
            scopes=requested | {OPENID} if all_scopes else requested,
        )
