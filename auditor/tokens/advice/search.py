"""The nearest changes with which a rejected request would be minted.

Every piece of advice has been tried: the request is decided again in an org with the
change, and advice that does not lead to a token is not given. Where one change is not
enough, a further one is looked for in the org that has the first, and so on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from auditor.snapshot.models.clients import Grant, KeySet
from auditor.snapshot.models.org import ZoneAddress
from auditor.snapshot.models.servers import (
    EVERYONE,
    OIDC_SCOPES,
    Key,
    People,
    PolicyRule,
    Scope,
)
from auditor.snapshot.org import Org
from auditor.text import closest, counted, duration, listed, one_line, quoted
from auditor.tokens import rejections
from auditor.tokens.advice.hypothetical import Changes, HypotheticalOrg, with_field
from auditor.tokens.candidates import Candidate
from auditor.tokens.conditions import Condition
from auditor.tokens.decide import Decider, OidcScopes
from auditor.tokens.decision import Decision
from auditor.tokens.grants import CIBA, KNOWN_GRANTS, USERLESS_GRANTS
from auditor.tokens.outcome import Outcome
from auditor.tokens.request import ORG_SERVER, TokenRequest
from auditor.tokens.scopes import OPENID
from auditor.tokens.situation import Situation
from auditor.tokens.token_endpoint import matches_no_address, useless_zones

MOST = 4
"""How much advice is given at most."""

_TRIED = (12, 6, 3)
"""How many ideas are tried as the first change, as the second, and as the third."""

_FARTHER = 3
"""How much more than the cheapest an idea may cost."""

_COUNTED = 2_000
"""Up to how many assigned people it is counted how many more a change would reach."""


_SAME = Changes()
_NEW_KEY = "a key that the client does not have yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One way to a token, in words that go on from "it would pass if"."""

    text: str
    decision: Decision
    """What the request then becomes."""

    more_people: int | None = None
    """How many more people could then make the same request; None if not counted."""

    def as_json(self) -> dict[str, Any]:
        """The advice as a JSON value."""
        rule = self.decision.rule
        return {
            "text": self.text,
            "rule": {"id": rule.id, "name": rule.title} if rule else None,
            "access_token_minutes": self.decision.access_token_minutes,
            "more_people": self.more_people,
        }


@dataclass(frozen=True)
class _Idea:
    text: str
    request: TokenRequest
    changes: Changes = _SAME
    cost: float = 1
    """Ideas are tried from the cheapest: what concerns one person before what concerns many."""


def advise(decider: Decider, request: TokenRequest, decision: Decision) -> tuple[Advice, ...]:
    """How a rejected request could be made to pass; nothing for one that is not rejected."""
    if decision.outcome is not Outcome.REJECTED:
        return ()
    found: list[tuple[_Idea, Decision]] = []
    begun = [(_Idea("", request), decision)]
    for most in _TRIED:
        going = []
        for idea, rejected in begun:
            for further in _further(decider, idea, rejected)[:most]:
                then = _tried(decider, further)
                if then.outcome is Outcome.MINTED:
                    found.append((further, then))
                elif then.outcome is Outcome.REJECTED:
                    going.append((further, then))
        if found:
            break
        begun = going
    # What takes several changes is far away; two examples of it say enough.
    most = MOST if len(begun) == 1 and not begun[0][0].text else MOST // 2
    near = min((idea.cost for idea, _ in found), default=0) + _FARTHER
    wanted = {idea.text: (idea, then) for idea, then in found if idea.cost <= near}
    return tuple(
        _advice(decider, request, idea, then) for idea, then in list(wanted.values())[:most]
    )


def _further(decider: Decider, idea: _Idea, rejected: Decision) -> list[_Idea]:
    """An idea with one more change, for each change that helps with how it was rejected."""
    org = HypotheticalOrg(decider.org, idea.changes)
    return [
        replace(
            more,
            text=f"{idea.text} and {more.text}" if idea.text else more.text,
            changes=idea.changes.also(more.changes),
        )
        for more in _ideas(org, decider.oidc_scopes, idea.request, rejected)
    ]


def _tried(decider: Decider, idea: _Idea) -> Decision:
    return Decider(HypotheticalOrg(decider.org, idea.changes), decider.oidc_scopes).decide(
        idea.request
    )


def _advice(decider: Decider, request: TokenRequest, idea: _Idea, then: Decision) -> Advice:
    more = _more_people(decider, request, idea)
    details = []
    if then.rule and quoted(then.rule.title) not in idea.text:
        details.append(f"rule {quoted(then.rule.title)}")
    if then.rule and then.access_token_minutes is not None:
        details.append(f"access token {duration(then.access_token_minutes)}")
    if more is not None:
        details.append(f"this would reach {counted(more, 'more person', 'more people')}")
    text = f"{idea.text} ({', '.join(details)})" if details else idea.text
    return Advice(text=text, decision=then, more_people=more)


def _more_people(decider: Decider, request: TokenRequest, idea: _Idea) -> int | None:
    """How many others could newly make the request, if policies are what changes."""
    org, changes = decider.org, idea.changes.without_people()
    same_place = (idea.request.server, idea.request.client) == (request.server, request.client)
    if not changes.of_policy or request.grant in USERLESS_GRANTS or not same_place:
        return None
    client = org.client(request.client)
    assert client is not None
    if client.federation_broker:
        people = frozenset(user.id for user in org.users)
    else:
        people = org.assigned_users(client)
    if len(people) > _COUNTED:
        return None
    after = Decider(HypotheticalOrg(org, changes), decider.oidc_scopes)
    return sum(
        after.decide(replace(idea.request, user=user)).outcome is Outcome.MINTED
        and decider.decide(replace(request, user=user)).outcome is not Outcome.MINTED
        for user in people
        if user != request.user
    )


def _ideas(org: Org, reading: OidcScopes, request: TokenRequest, decision: Decision) -> list[_Idea]:
    situation = Decider(org, reading).situation(request.server, request.client, request.grant)
    if decision.failed is Condition.POLICY:
        ideas = _for_policy(situation, request, listed_first=reading is OidcScopes.LISTED)
    elif decision.failed in _BY_FAILURE:
        ideas = _BY_FAILURE[decision.failed](situation, request)
    else:
        return []
    return sorted(ideas, key=lambda idea: idea.cost)


# Before any policy


def _for_server(situation: Situation, request: TokenRequest) -> Iterator[_Idea]:
    server = situation.server
    assert server is not None
    changed = Changes({server.id: with_field(server, "status", "ACTIVE")})
    yield _Idea(f"server {quoted(server.title)} were active", request, changed)


def _for_client(situation: Situation, request: TokenRequest) -> Iterator[_Idea]:
    client = situation.client
    changed = Changes({client.id: with_field(client, "status", "ACTIVE")})
    yield _Idea(f"client {quoted(client.title)} were active", request, changed)


def _for_grant(situation: Situation, request: TokenRequest) -> Iterator[_Idea]:
    if request.grant in KNOWN_GRANTS:
        grants = (*situation.client.grant_types, request.grant)
        changed = _client_with(situation, "grant_types", grants)
        yield _Idea(f"the client were allowed {request.grant}", request, changed)


def _for_response_type(situation: Situation, request: TokenRequest) -> Iterator[_Idea]:
    usual = situation.default_response_type
    yield _Idea(
        f"the request used response type {quoted(usual)}", replace(request, response_type=None)
    )
    types = (*situation.client.oauth.response_types, *(request.response_type or "").split())
    changed = _client_with(situation, "response_types", types)
    shown = one_line(request.response_type or "")
    yield _Idea(f"the client were allowed response type {quoted(shown)}", request, changed)


def _for_redirect_uri(situation: Situation, request: TokenRequest) -> Iterator[_Idea]:
    uri = request.redirect_uri or ""
    own = situation.client.oauth.redirect_uris
    near = closest(uri, own)
    if near is not None:
        text = f"the request used the registered redirect URI {quoted(near)}"
        yield _Idea(text, replace(request, redirect_uri=near))
    changed = _client_with(situation, "redirect_uris", (*own, uri))
    yield _Idea(f"redirect URI {quoted(uri)} were registered", request, changed)


def _for_pkce(situation: Situation, request: TokenRequest) -> Iterator[_Idea]:
    del situation
    yield _Idea("the request sent a code challenge (PKCE)", replace(request, pkce=True))


def _for_dpop(situation: Situation, request: TokenRequest) -> Iterator[_Idea]:
    del situation
    yield _Idea("the request carried a DPoP proof", replace(request, dpop=True))


def _for_user(situation: Situation, request: TokenRequest) -> Iterator[_Idea]:
    user = situation.org.user(request.user or "")
    if user is not None:
        text = f"{quoted(user.title)} were active (is {one_line(str(user.status))})"
        changed = Changes({user.id: with_field(user, "status", "ACTIVE")})
        yield _Idea(text, request, changed)


def _for_assignment(situation: Situation, request: TokenRequest) -> Iterator[_Idea]:
    org, client, user = situation.org, situation.client, request.user or ""
    name = _user_name(org, request)
    groups = [group for item in org.assigned_groups(client) if (group := org.group(item.id))]
    through = listed((quoted(group.title) for group in groups[:2]), empty="", word="or")
    ways = f", directly or through group {through}" if through else ""
    text = f"{name} were assigned to the client{ways}"
    yield _Idea(text, request, Changes(assigned=frozenset({(client.id, user)})))
    for group in groups:
        text = f"{name} were a member of {quoted(group.title)}, which is assigned to the client"
        yield _Idea(text, request, Changes(joined=frozenset({(group.id, user)})), cost=2)


def _for_consent(situation: Situation, request: TokenRequest) -> Iterator[_Idea]:
    defined = situation.defined_scopes or {}
    asked = request.scopes or frozenset()
    required = [defined[s] for s in sorted(asked) if s in defined]
    required = [scope for scope in required if scope.consent == "REQUIRED"]
    flexible = {scope.id: with_field(scope, "consent", "FLEXIBLE") for scope in required}
    names = listed(scope.name for scope in required)
    yield _Idea(f"consent for {names} were flexible", request, Changes(flexible))
    yield from _without(request, frozenset(scope.name for scope in required))


def _for_grants(situation: Situation, request: TokenRequest) -> Iterator[_Idea]:
    asked = frozenset(s for s in request.scopes or () if s.startswith("okta."))
    short = sorted(asked - (situation.granted_okta_scopes or frozenset()))
    granted = tuple(
        Grant.model_validate({"id": name, "scopeId": name, "status": "ACTIVE"}) for name in short
    )
    text = f"the client were granted {listed(short)}"
    yield _Idea(text, request, Changes(grants={situation.client.id: granted}))
    yield from _without(request, frozenset(short))


def _for_authentication(situation: Situation, request: TokenRequest) -> Iterator[_Idea]:
    client = situation.client
    path = "credentials.oauth_client.token_endpoint_auth_method"
    changed = Changes({client.id: with_field(client, path, "private_key_jwt")})
    yield _Idea("the client authenticated with private_key_jwt", request, changed)


def _for_keys(situation: Situation, request: TokenRequest) -> Iterator[_Idea]:
    client = situation.client
    for key in situation.org.client_keys(client):
        if key.use != "enc":
            changed = Changes({key.id: with_field(key, "status", "ACTIVE")})
            yield _Idea(f"key {quoted(key.title)} of the client were active", request, changed)
    new = Key(id=_NEW_KEY, kid=_NEW_KEY, use="sig", status="ACTIVE")
    keys = KeySet(keys=(*client.oauth.jwks.keys, new))
    changed = _client_with(situation, "jwks", keys)
    yield _Idea("the client had an active key for signatures", request, changed, cost=1.5)


def _for_zones(situation: Situation, request: TokenRequest) -> Iterator[_Idea]:
    org, client = situation.org, situation.client
    for _, fault, zone in useless_zones(org, client):
        if zone is not None and fault == "is inactive":
            changed = Changes({zone.id: with_field(zone, "status", "ACTIVE")})
            yield _Idea(f"network zone {quoted(zone.title)} were active", request, changed)
        elif zone is not None:
            changed = Changes({zone.id: with_field(zone, "gateways", (ZoneAddress(),))})
            yield _Idea(f"network zone {quoted(zone.title)} had addresses", request, changed)
    fit = (zone for zone in org.network_zones if zone.active and not matches_no_address(zone))
    for zone in sorted(fit, key=lambda zone: (zone.title, zone.id))[:2]:
        named = (*client.oauth.network.include, zone.id)
        changed = _client_with(situation, "network.include", named)
        text = f"the client could be used from network zone {quoted(zone.title)}"
        yield _Idea(text, request, changed, cost=2)
    changed = _client_with(situation, "network.connection", "ANYWHERE")
    yield _Idea("the client could be used from anywhere", request, changed, cost=3)


def _for_scopes(situation: Situation, request: TokenRequest) -> Iterator[_Idea]:
    asked = request.scopes or frozenset()
    rejection = situation.asked(request).rejection
    if not asked:
        for name in sorted(situation.defined_scopes or {}):
            text = f"the request named its scopes, such as {one_line(name)}"
            yield _Idea(text, replace(request, scopes=frozenset({name})), cost=name in OIDC_SCOPES)
    elif rejection is rejections.UNDEFINED_SCOPE:
        yield from _for_undefined(situation, request, asked)
    elif rejection is rejections.CUSTOM_SCOPE_AT_ORG:
        yield from _at_other_server(situation, request)
        yield from _without(request, situation.asked(request).undefined)
    elif rejection is rejections.OPENID_MISSING or request.grant == CIBA:
        yield _Idea("openid were asked for too", replace(request, scopes=asked | {OPENID}))
        yield from _without(request, asked & OIDC_SCOPES)
    elif asked - OIDC_SCOPES:
        yield from _without(request, asked & OIDC_SCOPES)
    else:
        for name in sorted((situation.defined_scopes or {}).keys() - OIDC_SCOPES):
            text = f"the request asked for {one_line(name)} instead"
            yield _Idea(text, replace(request, scopes=frozenset({name})))


def _for_undefined(
    situation: Situation, request: TokenRequest, asked: frozenset[str]
) -> Iterator[_Idea]:
    server, defined = situation.server, situation.defined_scopes or {}
    assert server is not None
    short = situation.asked(request).undefined
    for name in sorted(short):
        near = closest(name, sorted(defined))
        if near is not None:
            scopes = asked - {name} | {near}
            text = f"the request asked for {one_line(near)} instead of {one_line(name)}"
            yield _Idea(text, replace(request, scopes=scopes), cost=0.5)
    new = tuple(Scope(id=name, name=name) for name in sorted(short))
    are = "were defined on the server"
    text = f"{'scope' if len(new) == 1 else 'scopes'} {_scope_list(short)} {are}"
    yield _Idea(text, request, Changes(scopes={server.id: new}), cost=3)
    yield from _at_other_server(situation, request)
    yield from _without(request, short)


def _at_other_server(situation: Situation, request: TokenRequest) -> Iterator[_Idea]:
    org = situation.org
    wanted = (request.scopes or frozenset()) - OIDC_SCOPES
    for server in org.servers:
        names = {scope.name for scope in org.scopes(server)}
        if server.id != request.server and wanted <= names:
            text = f"the request went to authorization server {quoted(server.title)}"
            yield _Idea(text, replace(request, server=server.id), cost=2)


def _without(request: TokenRequest, dropped: frozenset[str]) -> Iterator[_Idea]:
    rest = (request.scopes or frozenset()) - dropped
    if dropped and rest:
        noun = "scope" if len(dropped) == 1 else "scopes"
        text = f"the request did without {noun} {_scope_list(dropped)}"
        yield _Idea(text, replace(request, scopes=rest), cost=2.5)


# Among policies and rules


@dataclass(frozen=True)
class _Piece:
    """One thing that a rule lacks to match, and what supplies it."""

    text: str
    cost: float
    changes: Changes = _SAME
    edit: tuple[str, object] | None = None
    """A dotted path in the rule, and the value it should have."""


def _together(rule: PolicyRule, pieces: list[_Piece], request: TokenRequest) -> _Idea:
    changes = Changes()
    for piece in pieces:
        changes = changes.also(piece.changes)
        if piece.edit:
            rule = with_field(rule, *piece.edit)
            changes = changes.also(Changes({rule.id: rule}))
    text = " and ".join(piece.text for piece in pieces)
    return _Idea(text, request, changes, sum(piece.cost for piece in pieces))


def _for_policy(
    situation: Situation, request: TokenRequest, *, listed_first: bool
) -> Iterator[_Idea]:
    asked = situation.asked(request)
    if request.server == ORG_SERVER or asked.rejection or asked.missing:
        return
    user = None if request.grant in USERLESS_GRANTS else request.user
    kept: list[frozenset[str]] = []
    for item in situation.candidates:
        if item.rule is None or item.admits(user) is None:
            continue
        wanted = item.grants(asked.wanted, omitted=asked.omitted, openid_listed=listed_first)
        short = (
            frozenset[str]() if wanted else item.lacking(asked.wanted, openid_listed=listed_first)
        )
        people = _people_pieces(situation.org, item.rule, request, admitted=item.admits(user))
        if people is not None:
            pieces = [*_reach_pieces(item, situation), *_scope_pieces(item.rule, short), *people]
            yield _together(item.rule, pieces, request)
        if item.skipped is None and item.admits(user) and not asked.omitted:
            kept.append(asked.wanted - short)
    if best := max(kept, key=len, default=None):
        yield from _without(request, asked.wanted - best)


def _reach_pieces(item: Candidate, situation: Situation) -> Iterator[_Piece]:
    policy, rule, client = item.policy, item.rule, situation.client
    assert rule is not None
    if not policy.active:
        changed = Changes({policy.id: with_field(policy, "status", "ACTIVE")})
        yield _Piece(f"policy {quoted(policy.title)} were active", 4, changed)
        policy = with_field(policy, "status", "ACTIVE")
    if not policy.covers(client.client_id):
        named = (*policy.clients, client.client_id)
        changed = Changes({policy.id: with_field(policy, "conditions.clients.include", named)})
        yield _Piece(f"policy {quoted(policy.title)} named the client", 4, changed)
    title = quoted(rule.title)
    if not rule.active:
        yield _Piece(f"rule {title} were active", 3, edit=("status", "ACTIVE"))
    if item.grant not in rule.grant_types:
        grants = (*rule.grant_types, item.grant)
        edit = ("conditions.grant_types.include", grants)
        yield _Piece(f"rule {title} also allowed {item.grant}", 3, edit=edit)


def _scope_pieces(rule: PolicyRule, short: frozenset[str]) -> Iterator[_Piece]:
    if short:
        edit = ("conditions.scopes.include", (*rule.scopes, *sorted(short)))
        text = f"rule {quoted(rule.title)} also allowed {_scope_list(short)}"
        yield _Piece(text, 2 + 0.01 * len(short), edit=edit)


def _people_pieces(
    org: Org, rule: PolicyRule, request: TokenRequest, *, admitted: bool | None
) -> list[_Piece] | None:
    """What the people condition lacks; None if no sensible change would supply it."""
    if admitted:
        return []
    title, people = quoted(rule.title), rule.people
    if request.grant in USERLESS_GRANTS:
        if set(rule.grant_types) - USERLESS_GRANTS:
            return None  # to open it to clients would open it to everybody
        nobody = ("conditions.people", People())
        return [_Piece(f"rule {title} named no people", 3, edit=nobody)]
    user, name = request.user or "", _user_name(org, request)
    pieces = []
    if user in people.users.exclude:
        rest = tuple(other for other in people.users.exclude if other != user)
        edit = ("conditions.people.users.exclude", rest)
        pieces.append(_Piece(f"rule {title} did not exclude {name}", 2, edit=edit))
    for group in people.groups.exclude:
        if user in org.members(group):
            changes = Changes(left=frozenset({(group, user)}))
            pieces.append(_Piece(f"{name} were not in {_group_name(org, group)}", 1, changes))
    groups = set(people.groups.include)
    inside = EVERYONE in groups or user in people.users.include
    if not inside and not any(user in org.members(group) for group in groups):
        joined = _join(org, rule, user, name)
        if joined is None:
            return None
        pieces.append(joined)
    return pieces


def _join(org: Org, rule: PolicyRule, user: str, name: str) -> _Piece | None:
    people = rule.people
    for group in people.groups.include:
        if org.group(group) and group not in people.groups.exclude:
            changes = Changes(joined=frozenset({(group, user)}))
            return _Piece(f"{name} were a member of {_group_name(org, group)}", 1, changes)
    if people.users.include:
        named = (*people.users.include, user)
        edit = ("conditions.people.users.include", named)
        return _Piece(f"rule {quoted(rule.title)} named {name}", 2, edit=edit)
    return None


def _client_with(situation: Situation, name: str, value: object) -> Changes:
    client = situation.client
    return Changes({client.id: with_field(client, f"settings.oauth_client.{name}", value)})


def _user_name(org: Org, request: TokenRequest) -> str:
    user = org.user(request.user or "")
    return quoted(user.title) if user else "the user"


def _group_name(org: Org, group_id: str) -> str:
    group = org.group(group_id)
    return quoted(group.title if group else group_id)


def _scope_list(scopes: frozenset[str]) -> str:
    return listed(map(one_line, sorted(scopes)), most=5)


_BY_FAILURE = {
    Condition.SERVER: _for_server,
    Condition.CLIENT: _for_client,
    Condition.GRANT: _for_grant,
    Condition.RESPONSE_TYPE: _for_response_type,
    Condition.REDIRECT_URI: _for_redirect_uri,
    Condition.PKCE: _for_pkce,
    Condition.DPOP: _for_dpop,
    Condition.SCOPES: _for_scopes,
    Condition.CONSENT: _for_consent,
    Condition.OKTA_SCOPES: _for_grants,
    Condition.AUTHENTICATION: _for_authentication,
    Condition.KEYS: _for_keys,
    Condition.ZONES: _for_zones,
    Condition.USER: _for_user,
    Condition.ASSIGNMENT: _for_assignment,
}
