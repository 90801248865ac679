"""The way of a request through policies and rules, in words."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from auditor.snapshot.models.servers import OIDC_SCOPES, AccessPolicy, PolicyRule
from auditor.snapshot.org import Org
from auditor.text import listed, quoted
from auditor.tokens.candidates import Candidate
from auditor.tokens.decision import Decision, Outcome, Passed, Step
from auditor.tokens.scopes import AskedScopes
from auditor.tokens.situation import Situation

_SHOWN = 5
"""Names of a set that are shown before it is cut."""


def walk_steps(
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
        text = "whether it admits the user is not known"
        if item.names(user) is False:
            gap = _people_gap(item.org, rule, user)
            text = f"{gap}; whether that matters in a token exchange is not published"
        return Passed.UNKNOWN, "people", text
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
