"""One token request, one decision: minted, rejected or indeterminate.

`docs/decisions.md` gives the order of the checks, with sources. Deciding and explaining run the
same code; an explanation keeps the steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache

from auditor.snapshot.models.servers import OIDC_SCOPES
from auditor.snapshot.org import Org
from auditor.tokens import rejections
from auditor.tokens.answer_form import answer_form
from auditor.tokens.caveats import (
    custom_server_caveats,
    gives_refresh_token,
    oidc_scopes_caveat,
    org_server_caveats,
)
from auditor.tokens.checks import Check, Verdict, rejected
from auditor.tokens.conditions import Condition
from auditor.tokens.decision import ID_TOKEN_MINUTES, Decision
from auditor.tokens.decision_steps import DecisionSteps
from auditor.tokens.grants import REFRESH_TOKEN, USERLESS_GRANTS
from auditor.tokens.missing_facts import MissingFact, MissingFactKind
from auditor.tokens.open_attributes import with_attribute
from auditor.tokens.outcome import Outcome
from auditor.tokens.policy_walk import walk_policies, with_skipped
from auditor.tokens.rejections import Rejection
from auditor.tokens.request import ORG_SERVER, TokenRequest
from auditor.tokens.request_caveats import with_request
from auditor.tokens.request_checks import request_checks
from auditor.tokens.rules_in_order import Candidate
from auditor.tokens.scopes import OPENID, AskedScopes, scopes_check
from auditor.tokens.situation import Situation
from auditor.tokens.steps import RuleStep, Step
from auditor.tokens.token_checks import token_check
from auditor.tokens.user_checks import refresh_check, user_checks

ORG_ACCESS_TOKEN_MINUTES = 60
ID_JAG_MINUTES = 5
"""Fixed at the org server (guide "Set up third-party AI Agent token exchange", `expires_in`)."""
ORG_REFRESH_TOKEN_MINUTES = 90 * 24 * 60
"""Fixed at the org server (support article on refresh token lifetimes)."""

_NOTHING_MATCHED = rejected(Condition.POLICY, rejections.NO_MATCHING_RULE)


class OidcScopes(StrEnum):
    """Whether a rule must list OpenID scopes; Okta's documents disagree."""

    LISTED = "listed"
    """The current support article: a rule must list them like any other scope."""
    GRANTED = "granted"
    """Text of 2016: they are granted by default and need not be listed."""


@dataclass
class Decider:
    """Decides requests of one tenant.

    Args:
        org: the tenant; a restricted view must read `reads.READS` and consult `reads.CONSULTS`.
        oidc_scopes: which reading to go by.
    """

    org: Org
    oidc_scopes: OidcScopes = OidcScopes.LISTED
    _situations: dict[tuple[str, str, str], Situation] = field(default_factory=dict)
    _minted: dict[tuple[int, int, frozenset[str]], Decision] = field(default_factory=dict)
    """By candidate, scopes asked for and scopes granted; situations keep the first two alive."""

    def decide(self, request: TokenRequest) -> Decision:
        """Decide a request.

        Raises:
            KeyError: the server or the client does not exist.
        """
        return self._run(request, None)

    def explain(self, request: TokenRequest) -> DecisionSteps:
        """Decide a request, and keep each check, policy and rule on the way.

        Raises:
            KeyError: the server or the client does not exist.
        """
        steps: list[Step] = []
        decision = self._run(request, steps)
        situation = self.situation(request.server, request.client, request.grant)
        listed = self.oidc_scopes is OidcScopes.LISTED
        return DecisionSteps(request, situation, decision, listed, tuple(steps))

    def situation(self, server: str, client: str, grant: str) -> Situation:
        """One server, client and grant type.

        Raises:
            KeyError: the server or the client does not exist.
        """
        key = (server, client, grant)
        if key not in self._situations:
            app = self.org.client(client)
            if app is None:
                raise KeyError(client)
            own = None if server == ORG_SERVER else self.org.server(server)
            self._situations[key] = Situation(self.org, own, app, grant)
        return self._situations[key]

    def _run(self, request: TokenRequest, steps: list[Step] | None) -> Decision:
        situation = self.situation(request.server, request.client, request.grant)
        return with_attribute(situation, self._decision(situation, request, steps))

    def _decision(
        self, situation: Situation, request: TokenRequest, steps: list[Step] | None
    ) -> Decision:
        asked = situation.asked(request)
        unsettled = situation.unsettled
        for check in _checks(situation, request, asked, fixed=steps is not None):
            if ended := _ended(check, request.grant, steps):
                return ended
            unsettled = unsettled or check.unsettled
        if request.resource is not None and situation.server is None:
            unsettled = unsettled or MissingFact(kind=MissingFactKind.RESOURCE_AT_ORG)
        if situation.server is None:
            return _settled(_at_org_server(situation, asked), unsettled)
        if not situation.policies_known:
            return _last(_policies_unread(situation), request.grant, steps)
        user = None if request.grant in USERLESS_GRANTS else request.user
        decision = self._by_policy(situation, asked, user, unsettled, steps)
        return with_request(situation, request, decision)

    def _by_policy(
        self,
        situation: Situation,
        asked: AskedScopes,
        user: str | None,
        unsettled: MissingFact | None,
        steps: list[Step] | None,
    ) -> Decision:
        listed = self.oidc_scopes is OidcScopes.LISTED
        way = walk_policies(situation.applicable, asked, user, openid_listed=listed)
        if steps is not None:
            kept = list(way)
            steps += with_skipped(situation.policies, iter(kept))
            way = iter(kept)
        decision = _settled(self._decided(situation, asked, way, steps), unsettled)
        if asked.scopes & OIDC_SCOPES:
            way = walk_policies(situation.applicable, asked, user, openid_listed=not listed)
            other = _settled(self._decided(situation, asked, way, None), unsettled)
            if (other.outcome, other.rule) != (decision.outcome, decision.rule):
                notes = (*decision.caveats, oidc_scopes_caveat(other))
                decision = replace(decision, readings_differ=True, caveats=notes)
        return decision

    def _decided(
        self,
        situation: Situation,
        asked: AskedScopes,
        way: Iterator[RuleStep],
        steps: list[Step] | None,
    ) -> Decision:
        """The decision of a walk: its last step decides, if that ends the walk."""
        for step in way:
            if step.missing is not None:
                return _indeterminate(step.missing)
            if step.ends:
                if refused := token_check(situation, step.granted, asked):
                    return _last(refused, situation.grant, steps)
                return self._mint(situation, step.candidate, step.granted, asked)
        return _last(_NOTHING_MATCHED, situation.grant, steps)

    def _mint(
        self,
        situation: Situation,
        candidate: Candidate,
        granted: frozenset[str],
        asked: AskedScopes,
    ) -> Decision:
        # What was asked is part of the key: caveats depend on it, not only on what is granted.
        key = (id(candidate), id(asked), granted)
        if key not in self._minted:
            assert candidate.rule is not None
            token = candidate.rule.token
            refresh = gives_refresh_token(situation, granted)
            access_minutes = token.access_token_lifetime_minutes if asked.access_token else None
            audience = situation.audience if asked.access_token else None
            self._minted[key] = Decision(
                outcome=Outcome.MINTED,
                policy=candidate.policy,
                rule=candidate.rule,
                granted_scopes=tuple(sorted(granted)),
                audience=audience,
                access_token_minutes=access_minutes,
                refresh_token_minutes=token.refresh_token_lifetime_minutes if refresh else None,
                refresh_window_minutes=token.refresh_token_window_minutes if refresh else None,
                id_token_minutes=ID_TOKEN_MINUTES if OPENID in granted else None,
                refresh_token=refresh,
                caveats=tuple(custom_server_caveats(situation, candidate, granted, asked)),
            )
        return self._minted[key]


def _policies_unread(situation: Situation) -> Check:
    server = situation.server
    assert server is not None
    attribute = situation.org.not_known_before_apply("policies", server, server)
    missing = MissingFact(kind=MissingFactKind.POLICIES, attribute=attribute)
    return Check(Condition.POLICY, Verdict.UNKNOWN, missing=missing)


def _checks(
    situation: Situation, request: TokenRequest, asked: AskedScopes, *, fixed: bool
) -> Iterator[Check]:
    """The checks before any policy, in order.

    Args:
        situation: the request's.
        request: the request.
        asked: its scopes.
        fixed: whether to yield the fixed checks that pass as well.
    """
    if (
        request.grant == REFRESH_TOKEN
        and situation.waits_for_user
        and (ended := refresh_check(situation.org, situation.assigned, request.user))
    ):
        yield from situation.fixed_checks[:-1] if fixed else ()
        yield ended
        return
    if fixed:
        yield from situation.fixed_checks
    elif situation.blocking_check is not None:
        yield situation.blocking_check
    yield from request_checks(situation.org, situation.server, situation.client, request)
    yield scopes_check(asked)
    if request.grant not in USERLESS_GRANTS:
        yield from user_checks(situation.org, request.grant, situation.assigned, request.user)


def _at_org_server(situation: Situation, asked: AskedScopes) -> Decision:
    granted = asked.scopes
    refresh = gives_refresh_token(situation, granted)
    return Decision(
        outcome=Outcome.MINTED,
        granted_scopes=tuple(sorted(granted)),
        access_token_minutes=minutes_at_org_server(asked),
        refresh_token_minutes=ORG_REFRESH_TOKEN_MINUTES if refresh else None,
        id_token_minutes=ID_TOKEN_MINUTES if OPENID in granted else None,
        refresh_token=refresh,
        caveats=tuple(org_server_caveats(situation, granted, asked)),
    )


def minutes_at_org_server(asked: AskedScopes) -> int | None:
    """The lifetime of an access token of the org server; None if there is none."""
    if not asked.access_token:
        return None
    return ID_JAG_MINUTES if asked.id_jag else ORG_ACCESS_TOKEN_MINUTES


def _ended(check: Check, grant: str, steps: list[Step] | None) -> Decision | None:
    """The decision if a check ends the request; the check is kept if steps are."""
    if check.ends:
        return _last(check, grant, steps)
    if steps is not None:
        steps.append(check)
    return None


def _last(check: Check, grant: str, steps: list[Step] | None) -> Decision:
    """The decision of a check that ends the request; the check is kept if steps are."""
    if steps is not None:
        steps.append(check)
    if check.rejection is not None:
        return _rejected(check.rejection, grant)
    assert check.missing is not None
    return _indeterminate(check.missing)


def _settled(decision: Decision, unsettled: MissingFact | None) -> Decision:
    """A token that depends on a fact that is not known is not minted for certain."""
    if unsettled is None or decision.outcome is not Outcome.MINTED:
        return decision
    return _indeterminate(unsettled)


@lru_cache(maxsize=256)
def _rejected(rejection: Rejection, grant: str) -> Decision:
    return Decision(
        outcome=Outcome.REJECTED,
        failed=rejection.failed,
        error=rejection.error,
        error_description=rejection.description,
        reason=rejection.reason,
        form=answer_form(rejection, grant),
    )


def _indeterminate(missing: MissingFact) -> Decision:
    return Decision(outcome=Outcome.INDETERMINATE, missing=missing)
