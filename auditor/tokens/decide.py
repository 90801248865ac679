"""One token request, one decision: minted, rejected, or not to be known.

The order of the checks is the one that `docs/decisions.md` gives, with sources. The same
code decides and explains; an explanation only writes down what it passes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

from auditor.snapshot.index import Org
from auditor.snapshot.models.servers import OIDC_SCOPES, AccessPolicy, PolicyRule
from auditor.text import listed, quoted
from auditor.tokens.candidates import Candidate, tied
from auditor.tokens.decision import ID_TOKEN_MINUTES, Decision, Outcome, Passed, Step
from auditor.tokens.errors import NO_MATCHING_RULE, Rejection
from auditor.tokens.grants import (
    CLIENT_CREDENTIALS,
    IMPLICIT,
    INTERACTION_CODE,
    PASSWORD,
    REFRESH_TOKEN,
    REFRESHABLE_GRANTS,
    USERLESS_GRANTS,
)
from auditor.tokens.request import ORG_SERVER, TokenRequest
from auditor.tokens.scopes import OFFLINE_ACCESS, OPENID, AskedScopes
from auditor.tokens.situation import Situation, Verdict

READS = (
    "policy_rules",
    "scopes",
    "app_grants",
    "app_users",
    "app_groups",
    "group_members",
    "users",
    "client_roles",
)
"""The collections a decision may ask for; a rule that decides declares them."""

_SHOWN = 5
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
        org: the tenant; a restricted view must read `READS`.
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
        for verdict in situation.standing if steps is not None else (situation.blocked,):
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
            return self._at_org_server(situation, asked)
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
            steps += _walk_steps(situation, asked, user, listed_first, decision)
        if asked.wanted & OIDC_SCOPES:
            other = self._walk(situation, asked, user, not listed_first)
            if (other.outcome, other.rule) != (decision.outcome, decision.rule):
                caveat = _differing(other)
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
        for item in situation.live:
            if item.rule is None:
                return _indeterminate(f"the rules of policy {quoted(item.policy.title)}")
            granted = item.grants(asked.wanted, omitted=asked.omitted, openid_listed=openid_listed)
            if not granted:
                continue
            admitted = item.admits(user)
            if admitted is None:
                return _indeterminate(
                    f"whether rule {quoted(item.rule.title)} of policy "
                    f"{quoted(item.policy.title)} admits the user"
                )
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
            refresh = _gives_refresh_token(situation, granted)
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
                caveats=tuple(_caveats(situation, item, granted, asked)),
            )
        return self._minted[key]

    def _at_org_server(self, situation: Situation, asked: AskedScopes) -> Decision:
        granted = asked.wanted
        refresh = _gives_refresh_token(situation, granted)
        return Decision(
            outcome=Outcome.MINTED,
            granted_scopes=tuple(sorted(granted)),
            access_token_minutes=ORG_ACCESS_TOKEN_MINUTES,
            refresh_token_minutes=ORG_REFRESH_TOKEN_MINUTES if refresh else None,
            id_token_minutes=ID_TOKEN_MINUTES if OPENID in granted else None,
            refresh_token=refresh,
            caveats=tuple(_org_caveats(situation, granted)),
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


def _walk_steps(
    situation: Situation,
    asked: AskedScopes,
    user: str | None,
    openid_listed: bool,  # noqa: FBT001
    decision: Decision,
) -> Iterator[Step]:
    """The same walk in words: every policy, and every rule up to the one that decides."""
    assert situation.server is not None
    rules: dict[str, list[Candidate]] = {}
    for item in situation.candidates:
        rules.setdefault(item.policy.id, []).append(item)
    for policy in situation.org.policies(situation.server):
        own = rules.get(policy.id, [])
        skipped = _policy_skipped(policy, situation)
        passed = Passed.SKIPPED if skipped else Passed.YES
        why = skipped[1] if skipped else "applies to this client"
        if not skipped and not own:
            why += ", but has no rules"
        text = f"policy {policy.priority} {quoted(policy.title)} {why}"
        yield Step("policy", passed, text, policy.id, skipped[0] if skipped else None)
        for item in own if not skipped else ():
            step = _rule_step(item, asked, user, openid_listed)
            yield step
            if step.passed in {Passed.YES, Passed.UNKNOWN}:
                return
    if decision.outcome is Outcome.REJECTED:
        yield Step("check", Passed.NO, "nothing matched", failed="policy")


def _policy_skipped(policy: AccessPolicy, situation: Situation) -> tuple[str, str] | None:
    if not policy.active:
        return "status", "is not active"
    if not policy.covers(situation.client.client_id):
        return "clients", "does not apply: it names other clients"
    return None


def _rule_step(
    item: Candidate,
    asked: AskedScopes,
    user: str | None,
    openid_listed: bool,  # noqa: FBT001
) -> Step:
    if item.rule is None:
        return Step("rule", Passed.UNKNOWN, "its rules were not all read")
    passed, failed, text = _judged(item, item.rule, asked, user, openid_listed)
    name = f"rule {item.rule.priority} {quoted(item.rule.title)}"
    return Step("rule", passed, f"{name}: {text}", item.rule.id, failed)


def _judged(
    item: Candidate,
    rule: PolicyRule,
    asked: AskedScopes,
    user: str | None,
    openid_listed: bool,  # noqa: FBT001
) -> tuple[Passed, str | None, str]:
    if item.skipped == "status":
        return Passed.SKIPPED, "status", "is not active"
    if item.skipped == "grant":
        return Passed.NO, "grant", f"grant type {item.grant} is not in {_set(rule.grant_types)}"
    if not item.grants(asked.wanted, omitted=asked.omitted, openid_listed=openid_listed):
        return Passed.NO, "scopes", _scope_gap(item, asked, openid_listed)
    admitted = item.admits(user)
    if admitted is None:
        return Passed.UNKNOWN, "people", "whether it admits the user is not known"
    if not admitted:
        return Passed.NO, "people", _people_gap(item.org, rule, user)
    return Passed.YES, None, "matches"


def _people_gap(org: Org, rule: PolicyRule, user: str | None) -> str:
    """Why a rule does not admit a user, or a client without one."""
    people = rule.people
    if user is None:
        return "it names people, so a client without a user does not match"
    found = org.user(user)
    name = quoted(found.title if found else user)
    groups = {
        g: quoted(group.title if (group := org.group(g)) else g)
        for g in (*people.groups.include, *people.groups.exclude)
    }
    excluding = [groups[g] for g in people.groups.exclude if user in org.members(g)]
    if user in people.users.exclude:
        return f"it excludes {name}"
    if excluding:
        return f"it excludes group {listed(excluding)}, of which {name} is a member"
    named = [groups[g] for g in people.groups.include]
    if not named:
        return f"{name} is not among the people it names"
    which = f"group {named[0]}" if len(named) == 1 else f"any of the groups {listed(named)}"
    return f"{name} is not in {which}"


def _set(names: Collection[str]) -> str:
    return f"{{{', '.join(sorted(names)[:_SHOWN])}{', …' if len(names) > _SHOWN else ''}}}"


def _scope_gap(item: Candidate, asked: AskedScopes, openid_listed: bool) -> str:  # noqa: FBT001
    allowed = item.scopes or frozenset()
    if not allowed:
        return "it lists no scopes, and so matches nothing"
    short = asked.wanted - allowed - (frozenset() if openid_listed else OIDC_SCOPES)
    verb = "is" if len(short) == 1 else "are"
    return f"{listed(sorted(short), most=5)} {verb} not in {_set(allowed)}"


def _gives_refresh_token(situation: Situation, granted: frozenset[str]) -> bool:
    return (
        OFFLINE_ACCESS in granted
        and situation.grant in REFRESHABLE_GRANTS
        and REFRESH_TOKEN in situation.client.grant_types
    )


def _caveats(
    situation: Situation, item: Candidate, granted: frozenset[str], asked: AskedScopes
) -> Iterator[str]:
    assert item.rule is not None
    yield from _client_caveats(situation, granted)
    if asked.omitted and len(situation.live) > 1:
        yield "Okta does not document which rule decides when scopes are left out."
    if any(
        other is not item
        and tied(item, other)
        and other.grants(granted, omitted=False, openid_listed=True)
        for other in situation.live
        if other.rule is not None
    ):
        yield "Another rule has the same priority; Okta does not document which is tried first."
    if item.rule.token.inline_hook and item.rule.token.inline_hook.id:
        yield "A token inline hook can change the token."
    if situation.grant == IMPLICIT and OFFLINE_ACCESS in asked.ignored:
        yield "offline_access is ignored without the response type code."
    consent = sorted(granted & _consent_scopes(situation))
    if consent and situation.client.oauth.consent_method == "REQUIRED":
        yield f"The user is asked to consent to {listed(consent)}, unless that was done before."


def _consent_scopes(situation: Situation) -> frozenset[str]:
    if situation.grant == CLIENT_CREDENTIALS:
        return frozenset()
    return frozenset(
        name
        for name, scope in (situation.defined_scopes or {}).items()
        if scope.consent in {"REQUIRED", "FLEXIBLE"}
    )


def _org_caveats(situation: Situation, granted: frozenset[str]) -> Iterator[str]:
    yield from _client_caveats(situation, granted)
    powers = any(scope.startswith("okta.") for scope in granted)
    if powers and situation.client.service and not situation.org.admin_roles(situation.client):
        yield "The app has no admin role, so API calls with this token are answered with 403."
    if powers and not situation.client.service:
        yield "What the token may do is also limited to what the user may do."


def _client_caveats(situation: Situation, granted: frozenset[str]) -> Iterator[str]:
    client = situation.client
    if client.oauth.network.connection == "ZONE":
        yield "The client may be used from its network zones only; elsewhere the answer is 403."
    if situation.grant == PASSWORD:
        yield "It fails if the sign-on policy of the client asks for more than a password."
    if situation.grant == INTERACTION_CODE:
        yield "Interaction code must also be enabled for the org, which is not in the snapshot."
    if OFFLINE_ACCESS in granted and not _gives_refresh_token(situation, granted):
        yield "offline_access brings no refresh token: the client lacks the refresh_token grant."


def _differing(other: Decision) -> str:
    rule = f" by rule {quoted(other.rule.title)}" if other.rule else ""
    return (
        "Okta's documents disagree on whether a rule must list OpenID scopes; by the other "
        f"reading the request is {other.outcome}{rule}."
    )
