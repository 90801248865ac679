"""Changes to the scopes asked for, or to which scopes can be asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from auditor.snapshot.models.clients import Grant
from auditor.snapshot.models.servers import OIDC_SCOPES, Scope
from auditor.text import closest, listed, one_line, quoted
from auditor.tokens import rejections
from auditor.tokens.advice.hypothetical import Changes, with_field
from auditor.tokens.advice.proposal import Proposal, scope_list
from auditor.tokens.grants import CIBA
from auditor.tokens.request import TokenRequest
from auditor.tokens.scopes import OPENID
from auditor.tokens.situation import Situation

_WITHOUT_OPENID = (rejections.OPENID_MISSING, rejections.OPENID_MISSING_AT_AUTHORIZE)


def for_scopes(situation: Situation, request: TokenRequest) -> Iterator[Proposal]:
    """The request asks for scopes that it may ask for together."""
    asked = request.scopes or frozenset()
    rejection = situation.asked(request).rejection
    if not asked:
        for name in sorted(situation.defined_scopes or {}):
            text = f"the request named its scopes, such as {one_line(name)}"
            yield Proposal.of(
                text, replace(request, scopes=frozenset({name})), cost=float(name in OIDC_SCOPES)
            )
    elif rejection is rejections.UNDEFINED_SCOPE:
        yield from _undefined_scopes(situation, request, asked)
    elif rejection is rejections.CUSTOM_SCOPE_AT_ORG:
        yield from _at_other_server(situation, request)
        yield from without_scopes(request, situation.asked(request).undefined)
    elif rejection in _WITHOUT_OPENID or request.grant == CIBA:
        yield Proposal.of("openid were asked for too", replace(request, scopes=asked | {OPENID}))
        yield from without_scopes(request, asked & OIDC_SCOPES)
    elif asked - OIDC_SCOPES:
        yield from without_scopes(request, asked & OIDC_SCOPES)
    else:
        for name in sorted((situation.defined_scopes or {}).keys() - OIDC_SCOPES):
            text = f"the request asked for {one_line(name)} instead"
            yield Proposal.of(text, replace(request, scopes=frozenset({name})))


def for_consent(situation: Situation, request: TokenRequest) -> Iterator[Proposal]:
    """The scopes need no consent."""
    defined = situation.defined_scopes or {}
    asked = request.scopes or frozenset()
    requested = [defined[name] for name in sorted(asked) if name in defined]
    required = [scope for scope in requested if scope.consent == "REQUIRED"]
    flexible = {scope.id: with_field(scope, "consent", "FLEXIBLE") for scope in required}
    names = listed(scope.name for scope in required)
    yield Proposal.of(f"consent for {names} were flexible", request, Changes(flexible))
    yield from without_scopes(request, frozenset(scope.name for scope in required))


def for_grants(situation: Situation, request: TokenRequest) -> Iterator[Proposal]:
    """The client is granted the `okta.` scopes."""
    asked = frozenset(s for s in request.scopes or () if s.startswith("okta."))
    ungranted = sorted(asked - (situation.granted_okta_scopes or frozenset()))
    grants = tuple(
        Grant.model_validate({"id": name, "scopeId": name, "status": "ACTIVE"})
        for name in ungranted
    )
    text = f"the client were granted {listed(ungranted)}"
    yield Proposal.of(text, request, Changes(grants={situation.client.id: grants}))
    yield from without_scopes(request, frozenset(ungranted))


def _undefined_scopes(
    situation: Situation, request: TokenRequest, asked: frozenset[str]
) -> Iterator[Proposal]:
    server, defined = situation.server, situation.defined_scopes or {}
    assert server is not None
    undefined = situation.asked(request).undefined
    for name in sorted(undefined):
        suggestion = closest(name, sorted(defined))
        if suggestion is not None:
            scopes = asked - {name} | {suggestion}
            text = f"the request asked for {one_line(suggestion)} instead of {one_line(name)}"
            yield Proposal.of(text, replace(request, scopes=scopes), cost=0.5)
    new = tuple(Scope(id=name, name=name) for name in sorted(undefined))
    noun = "scope" if len(new) == 1 else "scopes"
    text = f"{noun} {scope_list(undefined)} were defined on the server"
    yield Proposal.of(text, request, Changes(scopes={server.id: new}), cost=3)
    yield from _at_other_server(situation, request)
    yield from without_scopes(request, undefined)


def _at_other_server(situation: Situation, request: TokenRequest) -> Iterator[Proposal]:
    org = situation.org
    custom = (request.scopes or frozenset()) - OIDC_SCOPES
    for server in org.servers:
        names = {scope.name for scope in org.scopes(server)}
        if server.id != request.server and custom <= names:
            text = f"the request went to authorization server {quoted(server.title)}"
            yield Proposal.of(text, replace(request, server=server.id), cost=2)


def without_scopes(request: TokenRequest, dropped: frozenset[str]) -> Iterator[Proposal]:
    """The request leaves out some scopes."""
    remaining = (request.scopes or frozenset()) - dropped
    if dropped and remaining:
        noun = "scope" if len(dropped) == 1 else "scopes"
        text = f"the request did without {noun} {scope_list(dropped)}"
        yield Proposal.of(text, replace(request, scopes=remaining), cost=2.5)
