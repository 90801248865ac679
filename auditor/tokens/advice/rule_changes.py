"""Changes to one policy and rule, and to the people whom it admits, with which it would match."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from auditor.snapshot.models.servers import EVERYONE, PeopleCondition, PolicyRule
from auditor.snapshot.org import Org
from auditor.text import quoted
from auditor.tokens.advice.hypothetical import Changes, with_field
from auditor.tokens.advice.proposal import Proposal, group_name, scope_list, user_name
from auditor.tokens.advice.scope_changes import without_scopes
from auditor.tokens.grants import USERLESS_GRANTS
from auditor.tokens.request import ORG_SERVER, TokenRequest
from auditor.tokens.rules_in_order import Candidate
from auditor.tokens.situation import Situation

_NO_CHANGES = Changes()


@dataclass(frozen=True)
class _Part:
    """One thing that a rule lacks to match, and what supplies it."""

    clause: str
    cost: float
    changes: Changes = _NO_CHANGES
    edit: tuple[str, object] | None = None
    """A dotted path in the rule, and the value it should have; the clause then names the rule."""


def for_policy(
    situation: Situation, request: TokenRequest, *, openid_listed: bool
) -> Iterator[Proposal]:
    """What each rule lacks to match; and a request for fewer scopes, which one matches already."""
    asked = situation.asked(request)
    if request.server == ORG_SERVER or asked.rejection or asked.missing:
        return
    user = None if request.grant in USERLESS_GRANTS else request.user
    obtainable: list[frozenset[str]] = []
    for candidate in situation.candidates:
        if candidate.rule is None or candidate.admits(user) is None:
            continue
        lacking = frozenset[str]()
        if not candidate.grants(asked.scopes, omitted=asked.omitted, openid_listed=openid_listed):
            lacking = candidate.lacking(asked.scopes, openid_listed=openid_listed)
        people = _people_parts(situation.org, candidate, request)
        if people is not None:
            scopes = _scope_parts(candidate.rule, lacking)
            parts = [*_applicability_parts(candidate, situation), *scopes, *people]
            yield _proposal(candidate.rule, parts, request)
        if candidate.skipped is None and candidate.admits(user) and not asked.omitted:
            obtainable.append(asked.scopes - lacking)
    if largest := max(obtainable, key=len, default=None):
        yield from without_scopes(request, asked.scopes - largest)


def _proposal(rule: PolicyRule, parts: list[_Part], request: TokenRequest) -> Proposal:
    """All parts together."""
    edited, changes = rule, Changes()
    for part in parts:
        changes = changes.also(part.changes)
        if part.edit:
            edited = with_field(edited, *part.edit)
            changes = changes.also(Changes({rule.id: edited}))
    return Proposal(
        tuple(part.clause for part in parts),
        request,
        changes,
        sum(part.cost for part in parts),
        (rule,) if any(part.edit for part in parts) else (),
    )


def _applicability_parts(candidate: Candidate, situation: Situation) -> Iterator[_Part]:
    """What keeps a rule from taking part for the client and the grant type at all."""
    policy, rule, client = candidate.policy, candidate.rule, situation.client
    assert rule is not None
    if not policy.active:
        changes = Changes({policy.id: with_field(policy, "status", "ACTIVE")})
        yield _Part(f"policy {quoted(policy.title)} were active", 4, changes)
        policy = with_field(policy, "status", "ACTIVE")
    if not policy.covers(client.client_id):
        clients = (*policy.clients, client.client_id)
        changes = Changes({policy.id: with_field(policy, "conditions.clients.include", clients)})
        yield _Part(f"policy {quoted(policy.title)} named the client", 4, changes)
    title = quoted(rule.title)
    if not rule.active:
        yield _Part(f"rule {title} were active", 3, edit=("status", "ACTIVE"))
    if candidate.grant not in rule.grant_types:
        grants = (*rule.grant_types, candidate.grant)
        edit = ("conditions.grant_types.include", grants)
        yield _Part(f"rule {title} also allowed {candidate.grant}", 3, edit=edit)


def _scope_parts(rule: PolicyRule, lacking: frozenset[str]) -> Iterator[_Part]:
    if lacking:
        edit = ("conditions.scopes.include", (*rule.scopes, *sorted(lacking)))
        text = f"rule {quoted(rule.title)} also allowed {scope_list(lacking)}"
        yield _Part(text, 2 + 0.01 * len(lacking), edit=edit)


def _people_parts(org: Org, candidate: Candidate, request: TokenRequest) -> list[_Part] | None:
    """What the people condition lacks; None if no sensible change would supply it."""
    rule = candidate.rule
    assert rule is not None
    userless = request.grant in USERLESS_GRANTS
    if candidate.admits(None if userless else request.user):
        return []
    title, people = quoted(rule.title), rule.people
    if userless:
        if set(rule.grant_types) - USERLESS_GRANTS:
            return None  # to open it to clients would open it to everybody
        nobody = ("conditions.people", PeopleCondition())
        return [_Part(f"rule {title} named no people", 3, edit=nobody)]
    user, name = request.user or "", user_name(org, request)
    parts = []
    if user in people.users.exclude:
        others = tuple(other for other in people.users.exclude if other != user)
        edit = ("conditions.people.users.exclude", others)
        parts.append(_Part(f"rule {title} did not exclude {name}", 2, edit=edit))
    for group in people.groups.exclude:
        if user in org.members(group):
            changes = Changes(left=frozenset({(group, user)}))
            parts.append(_Part(f"{name} were not in {group_name(org, group)}", 1, changes))
    groups = set(people.groups.include)
    included = EVERYONE in groups or user in people.users.include
    if not included and not any(user in org.members(group) for group in groups):
        inclusion = _inclusion(org, rule, user, name)
        if inclusion is None:
            return None
        parts.append(inclusion)
    return parts


def _inclusion(org: Org, rule: PolicyRule, user: str, name: str) -> _Part | None:
    """How the user could be among the people whom the rule includes."""
    people = rule.people
    for group in people.groups.include:
        if org.group(group) and group not in people.groups.exclude:
            changes = Changes(joined=frozenset({(group, user)}))
            return _Part(f"{name} were a member of {group_name(org, group)}", 1, changes)
    if people.users.include:
        users = (*people.users.include, user)
        edit = ("conditions.people.users.include", users)
        return _Part(f"rule {quoted(rule.title)} named {name}", 2, edit=edit)
    return None
