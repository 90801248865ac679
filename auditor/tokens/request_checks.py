"""Checks of what a request says beyond scopes and user.

Response type, redirect URI, PKCE, DPoP and the server of the subject token.
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor.snapshot.credentials_in_text import without_credentials
from auditor.snapshot.models.clients import App
from auditor.snapshot.models.servers import AuthorizationServer
from auditor.snapshot.org import Org
from auditor.tokens import rejections
from auditor.tokens.checks import Check, rejected, unknown
from auditor.tokens.conditions import Condition
from auditor.tokens.grants import (
    AUTHORIZATION_CODE,
    BROWSER_GRANTS,
    INTERACTION_CODE,
    TOKEN_EXCHANGE,
)
from auditor.tokens.missing_facts import MissingFactKind
from auditor.tokens.redirect_uris import is_registered
from auditor.tokens.request import TokenRequest
from auditor.tokens.subject_tokens import subject_token_check

_CODE_GRANTS = frozenset({AUTHORIZATION_CODE, INTERACTION_CODE})


def request_checks(
    org: Org, server: AuthorizationServer | None, client: App, request: TokenRequest
) -> Iterator[Check]:
    """The checks in order; those after the first that ends the request mean nothing."""
    if request.grant in BROWSER_GRANTS:
        if request.response_type is not None:
            yield _response_type(client, request.grant, request.response_type)
        if request.redirect_uri is not None:
            yield _redirect_uri(client, request.redirect_uri)
    if request.pkce is False and request.grant in _CODE_GRANTS:
        if client.auth_method == "none":
            yield rejected(Condition.PKCE, rejections.PKCE_MISSING_AND_PUBLIC)
        if client.credentials.oauth_client.pkce_required:
            yield rejected(Condition.PKCE, rejections.PKCE_MISSING)
        yield Check(Condition.PKCE)
    if request.dpop is False and client.oauth.dpop_bound_access_tokens:
        yield rejected(Condition.DPOP, rejections.DPOP_MISSING)
    if request.grant == TOKEN_EXCHANGE and request.subject_server is not None:
        yield subject_token_check(org, server, request.subject_server)


def _redirect_uri(client: App, uri: str) -> Check:
    if is_registered(uri, client.oauth):
        return Check(Condition.REDIRECT_URI)
    if is_registered(without_credentials(uri), client.oauth):
        return unknown(Condition.REDIRECT_URI, MissingFactKind.REDIRECT_URI_CREDENTIAL)
    return rejected(Condition.REDIRECT_URI, rejections.WRONG_REDIRECT_URI)


def _response_type(client: App, grant: str, response_type: str) -> Check:
    asked = set(response_type.split())
    fits = "code" in asked if grant == AUTHORIZATION_CODE else "code" not in asked
    if not asked or asked - set(client.oauth.response_types) or not fits:
        own = rejections.wrong_response_type(client.oauth.response_types)
        return rejected(Condition.RESPONSE_TYPE, own)
    if grant == AUTHORIZATION_CODE and len(asked) > 1:
        return unknown(Condition.RESPONSE_TYPE, MissingFactKind.HYBRID_GRANTS)
    return Check(Condition.RESPONSE_TYPE)
