"""Which scopes a client may ask for together, whatever the rules say: the largest valid sets.

`scopes.at_custom_server` and `scopes.at_org_server` say what may be asked for; this module asks
them about one scope at a time. That is enough, because valid sets have a shape:
a scope is forbidden by itself, or it is fine by itself, or beside `openid`, or beside `openid` and
`offline_access`.
Therefore the union of two valid sets is valid, and within any set of scopes there is one
largest valid set, which holds all others.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from auditor.snapshot.models.servers import OIDC_SCOPES, Scope
from auditor.tokens.request import TokenRequest
from auditor.tokens.scopes import OFFLINE_ACCESS, OPENID, AskedScopes, at_custom_server
from auditor.tokens.situation import Situation

OTHER = ""
"""Stands for a scope that nothing names, where the scopes of a server were not read."""

OTHER_OKTA = "okta."
"""Stands for an `okta.` scope, where the grants of a client were not read."""

UNNAMED = frozenset({OTHER, OTHER_OKTA})
"""Each stands for all scopes that begin with it and are not in the universe."""

_BOTH = frozenset({OPENID, OFFLINE_ACCESS})
"""What `device_sso` needs beside it."""

_ORG_SCOPES = OIDC_SCOPES | {"groups"}


@dataclass(frozen=True, slots=True)
class Largest:
    """The largest valid set within some scopes; `sure` is a part of `possible`."""

    sure: frozenset[str]
    """Scopes that exist for certain. They are granted together, or none is."""

    possible: frozenset[str]
    """With those that exist for all that is known; some of `UNNAMED` may be among them."""


@dataclass
class Requestable:
    """The scopes that requests of one server, client and grant type may name.

    Args:
        situation: the server, client and grant type.
        named: scopes that rules of the server name, which may exist even if none was read.
        refused: scopes with which tokens are refused for a claim.
    """

    situation: Situation
    named: Iterable[str] = ()
    refused: frozenset[str] = frozenset()

    @cached_property
    def universe(self) -> frozenset[str]:
        """Every scope that exists for all that is known."""
        situation = self.situation
        if situation.server is None:
            granted = situation.granted_okta_scopes
            return _ORG_SCOPES | (granted if granted is not None else {OTHER_OKTA})
        if situation.defined_scopes is None:
            return OIDC_SCOPES | {*self.named, OTHER}
        return OIDC_SCOPES.union(situation.defined_scopes)

    @cached_property
    def defaults(self) -> Largest:
        """What a request without a scope parameter stands for.

        Nothing at the org server: what that does with such a request is not published.
        """
        asked = self.situation.asked(self._request(None))
        if asked.unsettled is not None:
            return Largest(frozenset(), asked.scopes)
        if asked.missing is None or self.situation.server is None:
            return Largest(asked.scopes, asked.scopes)
        defined = {name: Scope(id=name, name=name, default=True) for name in self.universe}
        all_defaults = at_custom_server(
            None,
            defined,
            self.situation.grant,
            self.situation.default_response_type,
            service=self.situation.client.service,
        )
        return Largest(frozenset(), all_defaults.scopes)

    def largest(self, names: frozenset[str]) -> Largest:
        """The largest valid set within a part of the universe."""
        sure, possible = self._alone
        beside = [self._beside_openid] if OPENID in names else []
        beside += [self._beside_both] if names >= _BOTH else []
        for further_sure, further_possible in beside:
            sure, possible = sure | further_sure, possible | further_possible
        return Largest(names & sure, names & possible)

    @cached_property
    def _alone(self) -> tuple[frozenset[str], frozenset[str]]:
        return self._valid(frozenset())

    @cached_property
    def _beside_openid(self) -> tuple[frozenset[str], frozenset[str]]:
        return self._valid(frozenset({OPENID}))

    @cached_property
    def _beside_both(self) -> tuple[frozenset[str], frozenset[str]]:
        return self._valid(_BOTH)

    def _valid(self, companion: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
        """Scopes that may be asked for beside a companion: for certain, and as far as is known."""
        sure, possible = set[str](), set[str]()
        for name in self.universe - self.refused if not companion & self.refused else ():
            asked = self._ask(companion | {name})
            if name in asked.ignored:
                continue
            if asked.missing is not None or (asked.unsettled is not None and name in asked.scopes):
                possible.add(name)
            elif name in asked.scopes:
                sure.add(name)
        return frozenset(sure), frozenset(sure | possible)

    def _ask(self, scopes: frozenset[str]) -> AskedScopes:
        return self.situation.asked(self._request(scopes))

    def _request(self, scopes: frozenset[str] | None) -> TokenRequest:
        return self.situation.request(None, scopes)
