"""Changes to the request itself, or to what is set up for it: all beyond scopes and user."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from auditor.text import closest, one_line, quoted
from auditor.tokens.advice.hypothetical import Changes
from auditor.tokens.advice.proposal import Proposal, with_setting
from auditor.tokens.request import ORG_SERVER, TokenRequest
from auditor.tokens.situation import Situation


def for_response_type(situation: Situation, request: TokenRequest) -> Iterator[Proposal]:
    """The request uses the usual response type, or the client may use this one."""
    usual = situation.default_response_type
    yield Proposal.of(
        f"the request used response type {quoted(usual)}", replace(request, response_type=None)
    )
    types = (*situation.client.oauth.response_types, *(request.response_type or "").split())
    changes = with_setting(situation, "response_types", types)
    shown = one_line(request.response_type or "")
    yield Proposal.of(f"the client were allowed response type {quoted(shown)}", request, changes)


def for_redirect_uri(situation: Situation, request: TokenRequest) -> Iterator[Proposal]:
    """The request uses a registered redirect URI, or this one is registered."""
    uri = request.redirect_uri or ""
    registered = situation.client.oauth.redirect_uris
    suggestion = closest(uri, registered)
    if suggestion is not None:
        text = f"the request used the registered redirect URI {quoted(suggestion)}"
        yield Proposal.of(text, replace(request, redirect_uri=suggestion))
    changes = with_setting(situation, "redirect_uris", (*registered, uri))
    yield Proposal.of(f"redirect URI {quoted(uri)} were registered", request, changes)


def for_pkce(situation: Situation, request: TokenRequest) -> Iterator[Proposal]:
    """The request sends a code challenge."""
    del situation
    yield Proposal.of("the request sent a code challenge (PKCE)", replace(request, pkce=True))


def for_dpop(situation: Situation, request: TokenRequest) -> Iterator[Proposal]:
    """The request carries a DPoP proof."""
    del situation
    yield Proposal.of("the request carried a DPoP proof", replace(request, dpop=True))


def for_subject_token(situation: Situation, request: TokenRequest) -> Iterator[Proposal]:
    """The server trusts the one that issued the subject token, or issued it itself."""
    server, subject_server = situation.server, request.subject_server or ORG_SERVER
    assert server is not None
    own = quoted(server.title)
    if subject_server != ORG_SERVER:
        other = quoted(situation.org.server(subject_server).title)
        changes = Changes(trusted=frozenset({(server.id, subject_server)}))
        yield Proposal.of(f"{other} were a trusted server of {own}", request, changes)
    text = f"the subject token came from {own} itself"
    yield Proposal.of(text, replace(request, subject_server=server.id))
