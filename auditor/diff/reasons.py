"""Why a request ends as it does on one side: asked of one person who stands for all."""

from __future__ import annotations

from auditor.diff.naming import find_server
from auditor.diff.pairs import Standing
from auditor.diff.sides import Side, Sides
from auditor.diff.situations import Difference
from auditor.tokens.decision import Outcome
from auditor.tokens.grants import USERLESS_GRANTS
from auditor.tokens.reach.user_sets import Person, UserSet
from auditor.tokens.request import ORG_SERVER, TokenRequest
from auditor.tokens.scopes import OPENID

_BECAUSE = {
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

_NOW = {
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


class Reasons:
    """Decides single requests of two snapshots."""

    def __init__(self, sides: Sides) -> None:
        self._sides = sides

    def otherwise(self, item: Difference, people: UserSet | None, *, new: bool) -> str:
        """What becomes, on the other side, of a request that passes on one.

        Args:
            item: the difference.
            people: those concerned; the first stands for all.
            new: whether the request passes on the new side.
        """
        side = self._sides.old if new else self._sides.new
        words = _BECAUSE if new else _NOW
        if item.server != ORG_SERVER and find_server(side, item.server) is None:
            return f"there {'was' if new else 'is'} no such authorization server"
        if side.org.client(item.client) is None:
            return f"there {'was' if new else 'is'} no such client"
        person = people.first() if people else None
        decision = side.reach.decider.decide(self._request(item, person, both=False))
        if decision.failed == "scopes":  # some can only be asked for beside openid
            decision = side.reach.decider.decide(self._request(item, person, both=True))
        return words.get(decision.failed or "", f"the request {'was' if new else 'is'} rejected")

    def why(self, item: Difference) -> str:
        """The fact without which a side is indeterminate, and which side that is."""
        person = item.outcome.unclear.first()
        stands = (item.stands.old, item.stands.new)
        found = []
        for side, stand in zip(self._sides.both, stands, strict=True):
            if missing := self._missing(side, stand, item, person):
                found.append(f"{side.name} does not say: {missing}")
        return "; ".join(found) or "what a side does not say could not be told"

    def _missing(self, side: Side, stand: Standing, item: Difference, person: Person) -> str | None:
        if not stand.known:
            hidden = side.org.client(item.client) is not None
            return "the OAuth settings of the client" if hidden else "servers or clients"
        if stand.evaluation is None:
            return None
        one_sided = self._sides.one_sided(item.client, item.grant)
        if assumed := one_sided[0 if side is self._sides.old else 1]:
            return assumed[0]
        if person is None and item.grant not in USERLESS_GRANTS:
            return "the users of the org"
        for both in (False, True):
            decision = side.reach.decider.decide(self._request(item, person, both=both))
            if decision.outcome is Outcome.INDETERMINATE:
                return decision.missing
        return None

    def _request(self, item: Difference, person: Person, *, both: bool) -> TokenRequest:
        scopes = {scope for scope in item.item.scopes if scope and scope != "okta."}
        asked = frozenset(scopes if both else sorted(scopes)[:1]) or frozenset({"?"})
        return TokenRequest(
            server=item.server,
            client=item.client,
            grant=item.grant,
            user=person,
            scopes=asked | {OPENID} if both else asked,
        )
