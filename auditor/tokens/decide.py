"""One token request, one decision: minted, rejected, or not to be known.

The order of the checks is the one that `docs/decisions.md` gives, with sources. The same
code decides and explains; an explanation only writes down what it passes.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from auditor.snapshot.models.servers import OIDC_SCOPES
from auditor.snapshot.org import Org
from auditor.text import listed, quoted
from auditor.tokens.candidates import Candidate
from auditor.tokens.caveats import caveats, differing, gives_refresh_token, org_caveats
from auditor.tokens.decision import ID_TOKEN_MINUTES, Decision, Outcome, Passed, Step
from auditor.tokens.grants import USERLESS_GRANTS
from auditor.tokens.rejections import NO_MATCHING_RULE, Rejection
from auditor.tokens.request import ORG_SERVER, TokenRequest
from auditor.tokens.scopes import OPENID, AskedScopes
from auditor.tokens.situation import PEOPLE_OF_EXCHANGE, Situation, Verdict
from auditor.tokens.trace import walk_steps

ORG_ACCESS_TOKEN_MINUTES = 60
ORG_REFRESH_TOKEN_MINUTES = 90 * 24 * 60
"""Fixed at the org server (support article on refresh token lifetimes)."""


class OidcScopes(StrEnum):
    """How OpenID scopes are held against a rule's scope list; Okta's documents disagree."""

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
    _minted: dict[tuple[int, frozenset[str]], Decision] = field(default_factory=dict)

    def decide(self, request: TokenRequest) -> Decision:
        """What becomes of a request.

        Raises:
            KeyError: the server or the client does not exist.
        """
        return self._run(request, None)

    def explain(self, request: TokenRequest) -> tuple[Decision, list[Step]]:
        """What becomes of a request, and each check, policy and rule on the way."""
        steps: list[Step] = []
        return self._run(request, steps), steps

    def situation(self, server: str, client: str, grant: str) -> Situation:
        """One server, client and grant type.

        Raises:
            KeyError: the server or the client does not exist.
        """
        key = (server, client, grant)
        if key not in self._situations:
            found = self.org.client(client)
            if found is None:
                raise KeyError(client)
            own = None if server == ORG_SERVER else self.org.server(server)
            self._situations[key] = Situation(self.org, own, found, grant)
        return self._situations[key]

    def _run(self, request: TokenRequest, steps: list[Step] | None) -> Decision:
        situation = self.situation(request.server, request.client, request.grant)
        for verdict in situation.fixed_checks if steps is not None else (situation.blocking_check,):
            if verdict and (ended := _ended(verdict, steps)):
                return ended
        for verdict in situation.request_checks(request):
            if ended := _ended(verdict, steps):
                return ended
        asked = situation.asked(request)
        if ended := _ended(_scopes_verdict(asked, request), steps):
            return ended
        user = None if request.grant in USERLESS_GRANTS else request.user
        if request.grant not in USERLESS_GRANTS and (
            ended := _ended(situation.user_check(user), steps)
        ):
            return ended
        if situation.server is None:
            return _doubted(self._at_org_server(situation, asked), situation.missing_fact(user))
        return self._by_policy(situation, asked, user, steps)

    def _by_policy(
        self,
        situation: Situation,
        asked: AskedScopes,
        user: str | None,
        steps: list[Step] | None,
    ) -> Decision:
        if not situation.policies_known:
            missing = "the access policies of the authorization server"
            verdict = Verdict("the access policies were not read", Passed.UNKNOWN, missing=missing)
            return _ended(verdict, steps) or _indeterminate(missing)
        listed_first = self.oidc_scopes is OidcScopes.LISTED
        decision = self._walk(situation, asked, user, listed_first)
        if steps is not None:
            steps += walk_steps(situation, asked, user, listed_first, decision)
        doubt = situation.missing_fact(user)
        decision = _doubted(decision, doubt)
        if asked.wanted & OIDC_SCOPES:
            other = _doubted(self._walk(situation, asked, user, not listed_first), doubt)
            if (other.outcome, other.rule) != (decision.outcome, decision.rule):
                caveat = differing(other)
                decision = replace(
                    decision, readings_differ=True, caveats=(*decision.caveats, caveat)
                )
        return decision

    def _walk(
        self,
        situation: Situation,
        asked: AskedScopes,
        user: str | None,
        openid_listed: bool,  # noqa: FBT001
    ) -> Decision:
        """The first rule that matches decides."""
        for item in situation.applicable:
            if item.rule is None:
                return _indeterminate(f"the rules of policy {quoted(item.policy.title)}")
            granted = item.grants(asked.wanted, omitted=asked.omitted, openid_listed=openid_listed)
            if not granted:
                continue
            admitted = item.admits(user)
            if admitted is None:
                return _indeterminate(_people_unknown(item, user))
            if admitted:
                return self._mint(situation, item, granted, asked)
        return _rejected(NO_MATCHING_RULE)

    def _mint(
        self, situation: Situation, item: Candidate, granted: frozenset[str], asked: AskedScopes
    ) -> Decision:
        key = (id(item), granted)
        if key not in self._minted:
            assert item.rule is not None
            token = item.rule.token
            refresh = gives_refresh_token(situation, granted)
            self._minted[key] = Decision(
                outcome=Outcome.MINTED,
                policy=item.policy,
                rule=item.rule,
                granted_scopes=tuple(sorted(granted)),
                access_token_minutes=token.access_token_lifetime_minutes,
                refresh_token_minutes=token.refresh_token_lifetime_minutes if refresh else None,
                refresh_window_minutes=token.refresh_token_window_minutes if refresh else None,
                id_token_minutes=ID_TOKEN_MINUTES if OPENID in granted else None,
                refresh_token=refresh,
                caveats=tuple(caveats(situation, item, granted, asked)),
            )
        return self._minted[key]

    def _at_org_server(self, situation: Situation, asked: AskedScopes) -> Decision:
        granted = asked.wanted
        refresh = gives_refresh_token(situation, granted)
        return Decision(
            outcome=Outcome.MINTED,
            granted_scopes=tuple(sorted(granted)),
            access_token_minutes=ORG_ACCESS_TOKEN_MINUTES,
            refresh_token_minutes=ORG_REFRESH_TOKEN_MINUTES if refresh else None,
            id_token_minutes=ID_TOKEN_MINUTES if OPENID in granted else None,
            refresh_token=refresh,
            caveats=tuple(org_caveats(situation, granted)),
        )


def _ended(verdict: Verdict, steps: list[Step] | None) -> Decision | None:
    """Write a check down; the decision if it ends the request."""
    rejection = verdict.rejection
    if steps is not None:
        failed = rejection.failed if rejection else None
        steps.append(Step("check", verdict.passed, verdict.text, failed=failed))
    if rejection is not None:
        return _rejected(rejection)
    return _indeterminate(verdict.missing) if verdict.missing else None


def _doubted(decision: Decision, doubt: str | None) -> Decision:
    """A token that depends on something that is not known is none that is minted for certain."""
    if doubt is None or decision.outcome is not Outcome.MINTED:
        return decision
    return _indeterminate(doubt)


def _people_unknown(item: Candidate, user: str | None) -> str:
    assert item.rule is not None
    if item.names(user) is False:
        return PEOPLE_OF_EXCHANGE
    return (
        f"whether rule {quoted(item.rule.title)} of policy {quoted(item.policy.title)} "
        "admits the user"
    )


def _rejected(rejection: Rejection) -> Decision:
    return Decision(
        outcome=Outcome.REJECTED,
        failed=rejection.failed,
        error=rejection.error,
        error_description=rejection.description,
        reason=rejection.reason,
    )


def _indeterminate(missing: str) -> Decision:
    return Decision(outcome=Outcome.INDETERMINATE, missing=missing)


def _scopes_verdict(asked: AskedScopes, request: TokenRequest) -> Verdict:
    shown = listed(sorted(request.scopes), most=8) if request.scopes else "no scopes"
    if asked.rejection is not None:
        why = asked.rejection.description or "is not possible with this grant type"
        if asked.undefined:
            are = "is not defined" if len(asked.undefined) == 1 else "are not defined"
            why = f"{listed(sorted(asked.undefined), most=8)} {are} on this server"
        return Verdict(f"scopes {shown}: {why}", Passed.NO, asked.rejection)
    if asked.missing is not None:
        return Verdict(f"scopes {shown}: not known", Passed.UNKNOWN, missing=asked.missing)
    if asked.omitted:
        return Verdict(f"no scopes are named, so the defaults: {listed(sorted(asked.wanted))}")
    return Verdict(
        f"{'scopes' if len(request.scopes or ()) > 1 else 'scope'} {shown} can be asked for"
    )
