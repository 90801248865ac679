"""No rule of an access policy lets the request through: which condition it fails at, and where.

Of a request that is wholly known the decision engine says so; of others, each server and grant
type that may be meant is held against the rules that are tried there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from auditor.diagnosis.case import Case
from auditor.diagnosis.causes.verdict import (
    CauseVerdict,
    Evidence,
    evidence,
    likely,
    not_so,
    proven,
    unknown,
)
from auditor.diagnosis.known_error import Check, of_rejection, setting
from auditor.text import listed, one_line, quoted
from auditor.tokens import rejections
from auditor.tokens.conditions import Condition
from auditor.tokens.grants import USERLESS_GRANTS
from auditor.tokens.outcome import Outcome
from auditor.tokens.request import ORG_SERVER, TokenRequest
from auditor.tokens.rules_in_order import Candidate
from auditor.tokens.scopes import AskedScopes
from auditor.tokens.situation import Situation

_FURTHEST = (Condition.STATUS, Condition.GRANT, Condition.SCOPES, Condition.PEOPLE)
"""In the order in which a rule's conditions are tried."""


@dataclass(frozen=True)
class _Gap:
    """Why no rule lets requests of a server, a client and a grant type through."""

    situation: Situation
    failed: Condition
    """`clients` where no policy covers the client, else the condition of the nearest rule."""
    nearest: Candidate | None = None


def _gaps(case: Case) -> Iterator[_Gap | None]:
    """For each server and grant type that may be meant the gap; None where there may be none."""
    for situation in case.situations:
        yield _gap(case, situation)


def _gap(case: Case, situation: Situation) -> _Gap | None:
    policies = [policy for policy in situation.policies if policy.skipped is None]
    if not policies:
        return _Gap(situation, Condition.CLIENTS)
    failed: list[tuple[Condition, Candidate]] = []
    for policy in policies:
        for candidate in policy.candidates:
            condition = candidate.skipped or _failing(case, situation, candidate)
            if condition is None:
                return None
            failed.append((condition, candidate))
    if not failed:
        return _Gap(situation, Condition.STATUS)
    condition, nearest = max(failed, key=lambda pair: _FURTHEST.index(pair[0]))
    return _Gap(situation, condition, nearest)


def _failing(case: Case, situation: Situation, candidate: Candidate) -> Condition | None:
    """The condition at which a rule fails; None if it lets the request through, or may do so."""
    if candidate.rule is None:
        return None
    if candidate.scopes == frozenset():
        return Condition.SCOPES
    if case.scopes_known:
        asked = _asked(case, situation)
        # What the scopes end by themselves has another error, and is left open here.
        if asked.rejection or asked.missing:
            return None
        if not candidate.grants(asked.scopes, omitted=asked.omitted, openid_listed=True):
            return Condition.SCOPES
    user = case.user_id
    if situation.grant in USERLESS_GRANTS or user is not None:
        return Condition.PEOPLE if candidate.admits(user) is False else None
    return None


def _check(*conditions: Condition) -> Check:
    """The check of the cause that no rule is left for want of one of some conditions."""

    def check(case: Case) -> CauseVerdict:
        decided = case.decision
        if decided is not None and decided.decision.failed is Condition.POLICY:
            gap = _gap(case, decided.situation)
            if gap is None or gap.failed not in conditions:
                return not_so("the request fails at another condition")
            fixes = tuple(f"it would pass if {way}" for way in case.ways_out)
            return proven(_text(case, gap), *_evidence(case, gap)).fixed_by(*fixes)
        if decided is not None and decided.decision.outcome is Outcome.MINTED:
            rule = decided.decision.rule
            name = f"rule {quoted(rule.title)}" if rule else "the org server"
            return not_so(f"{name} gives the token")
        return _unread_rules(case) or _of_possible(case, conditions)

    return check


def _unread_rules(case: Case) -> CauseVerdict | None:
    """The verdict where a policy that may be met has rules that were not read."""
    policies = (policy.policy for one in case.situations for policy in one.policies)
    if all(case.org.known("policy_rules", policy) for policy in policies):
        return None
    return unknown(case.unread("policy_rules"))


def _of_possible(case: Case, conditions: tuple[Condition, ...]) -> CauseVerdict:
    """The verdict where it is not known which request it was."""
    if case.client is None:
        return unknown("which client it was is not known", "--client")
    if case.server is not None and not case.org.known("policies", case.server):
        return unknown(case.unread("policies"))
    if not case.situations:
        return _nowhere(case, conditions)
    gaps = list(_gaps(case))
    own = [gap for gap in gaps if gap and gap.failed in conditions]
    if own:
        read = case.server is not None or case.org.known("policies")
        make = proven if read and len(own) == len(gaps) else likely
        return make(_text(case, own[0]), *_evidence(case, own[0]))
    return _no_gap(case, conditions)


def _no_gap(case: Case, conditions: tuple[Condition, ...]) -> CauseVerdict:
    """The verdict where rules meet a condition, as far as the request is known."""
    if Condition.PEOPLE in conditions and not _people_settled(case):
        missing = () if case.user else ("--user",)
        return unknown("whether a rule admits the user is not known", *missing)
    if Condition.SCOPES in conditions and not case.scopes_known:
        return unknown("which scopes were asked for is not known", "--scope")
    decided = case.decision
    missing_fact = decided.decision.missing if decided is not None else None
    if missing_fact is not None and {Condition.SCOPES, Condition.PEOPLE}.intersection(conditions):
        return unknown(f"whether a rule lets the request through depends on {missing_fact.text}")
    if Condition.PEOPLE in conditions and _admission_open(case):
        return unknown("not all members of the groups of the rules were read")
    return not_so("a rule meets this condition, as far as the request is known")


def _admission_open(case: Case) -> bool:
    """Whether no rule is known to admit the user, and some may."""
    user = case.user_id
    for situation in case.situations:
        own = [None] if situation.grant in USERLESS_GRANTS else [user]
        answers = [one.admits(own[0]) for one in situation.applicable if one.rule is not None]
        if None in answers and True not in answers:
            return True
    return False


def _nowhere(case: Case, conditions: tuple[Condition, ...]) -> CauseVerdict:
    """The verdict where no server has a policy for the client."""
    if case.at_org:
        return not_so("the org server has no access policies")
    if not case.org.known("policies") or not case.org.known("authorization_servers"):
        return unknown(case.unread("policies"))
    if Condition.CLIENTS not in conditions:
        return not_so("it does not come to this")
    text = f"no active policy of any authorization server covers client {case.client_name}"
    assert case.client is not None
    return proven(text, evidence(case.client, "policies", []))


def _people_settled(case: Case) -> bool:
    return case.user_id is not None or all(
        situation.grant in USERLESS_GRANTS for situation in case.situations
    )


def _text(case: Case, gap: _Gap) -> str:
    situation = gap.situation
    server = quoted(situation.server.title if situation.server else "")
    client = quoted(situation.client.title)
    if gap.failed is Condition.CLIENTS:
        return f"no active policy of authorization server {server} covers client {client}"
    if gap.nearest is None or gap.failed is Condition.STATUS:
        return (
            f"no policy of authorization server {server} that covers client {client} has an "
            "active rule"
        )
    rule, policy = gap.nearest.rule, gap.nearest.policy
    assert rule is not None
    if gap.failed is Condition.GRANT:
        return (
            f"no active rule of authorization server {server} for client {client} has grant type "
            f"{one_line(situation.grant)}"
        )
    return _near_text(case, gap, f"{quoted(rule.title)} of policy {quoted(policy.title)}")


def _near_text(case: Case, gap: _Gap, name: str) -> str:
    """The text where the nearest rule has another condition than the status and the grant type."""
    assert gap.nearest is not None
    assert gap.nearest.rule is not None
    near, rule, situation = f"the nearest, {name},", gap.nearest.rule, gap.situation
    if gap.failed is Condition.SCOPES:
        if not rule.scopes:
            return f"no rule allows the scopes: {near} allows none at all"
        lacking = gap.nearest.lacking(_asked(case, situation).scopes, openid_listed=True)
        names = listed(map(quoted, sorted(lacking)), most=5)
        return f"no single rule allows the scopes together: {near} lacks {names}"
    if situation.grant in USERLESS_GRANTS:
        return f"no rule admits a request without a user: {near} is for certain people only"
    return f"no rule admits user {case.user_name}: {near} does not"


def _asked(case: Case, situation: Situation) -> AskedScopes:
    """What the scopes of the request decide by themselves."""
    request = TokenRequest(
        server=situation.server.id if situation.server else ORG_SERVER,
        client=situation.client.client_id,
        grant=situation.grant,
        scopes=case.scopes,
        response_type=case.words.response_type,
    )
    return situation.asked(request)


def _evidence(case: Case, gap: _Gap) -> Iterator[Evidence]:
    """The settings that leave the request out."""
    if gap.failed is Condition.CLIENTS:
        for policy in gap.situation.policies[:5]:
            field = "status" if policy.skipped is Condition.STATUS else "conditions.clients.include"
            value = policy.policy.status if field == "status" else policy.policy.clients
            yield evidence(policy.policy, field, value)
        return
    if gap.nearest is None or gap.nearest.rule is None:
        return
    rule = gap.nearest.rule
    match gap.failed:
        case Condition.STATUS:
            yield evidence(rule, "status", rule.status)
        case Condition.GRANT:
            yield evidence(rule, "conditions.grantTypes.include", rule.grant_types)
        case Condition.SCOPES:
            yield evidence(rule, "conditions.scopes.include", rule.scopes)
        case _:
            yield from _people_evidence(case, gap)


def _people_evidence(case: Case, gap: _Gap) -> Iterator[Evidence]:
    assert gap.nearest is not None
    assert gap.nearest.rule is not None
    rule, org = gap.nearest.rule, case.org
    for kind, people in (("users", rule.people.users), ("groups", rule.people.groups)):
        for way, ids in (("include", people.include), ("exclude", people.exclude)):
            if ids:
                records = [org.user(one) if kind == "users" else org.group(one) for one in ids[:9]]
                names = [
                    record.title if record else one
                    for record, one in zip(records, ids, strict=False)
                ]
                yield evidence(rule, f"conditions.people.{kind}.{way}", names)


ROWS = (
    of_rejection(
        "no-matching-rule",
        rejections.NO_MATCHING_RULE,
        "No rule of an active access policy that covers the client lets the request through: "
        "client, grant type, people and all scopes must match in one rule.",
        setting(
            "no-policy-for-client",
            "no active policy covers the client",
            "add the client to a policy",
            _check(Condition.CLIENTS),
        ),
        setting(
            "no-active-rule",
            "the policies that cover the client have no active rule",
            "activate a rule, or add one",
            _check(Condition.STATUS),
        ),
        setting(
            "grant-in-no-rule",
            "no rule for the client has the grant type",
            "add the grant type to a rule",
            _check(Condition.GRANT),
        ),
        setting(
            "scopes-in-no-rule",
            "no single rule allows all scopes that were asked for together",
            "allow them in one rule, or ask for fewer",
            _check(Condition.SCOPES),
        ),
        setting(
            "people-in-no-rule",
            "the user is in none of the groups of a rule",
            "add the user, or widen the rule",
            _check(Condition.PEOPLE),
        ),
        pattern="Policy evaluation failed for this request",
    ),
)
