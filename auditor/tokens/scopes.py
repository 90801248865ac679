"""What the scopes of a request decide by themselves, before any policy is evaluated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from auditor.snapshot.models.servers import OIDC_SCOPES, Scope
from auditor.tokens import rejections
from auditor.tokens.checks import Check, rejected, unknown
from auditor.tokens.conditions import Condition
from auditor.tokens.grants import (
    AUTHORIZATION_CODE,
    CIBA,
    CLIENT_CREDENTIALS,
    IMPLICIT,
    JWT_BEARER,
    PASSWORD,
    TOKEN_EXCHANGE,
)
from auditor.tokens.missing_facts import MissingFactKind
from auditor.tokens.rejections import Rejection

OPENID = "openid"
OFFLINE_ACCESS = "offline_access"

CLAIM_SCOPES = frozenset({"profile", "email", "address", "phone"})
"""Scopes that mean claims of an ID token, and therefore need `openid` beside them."""

_NO_ID_TOKEN = frozenset({OPENID, "profile", "email"})
"""Scopes that an identity assertion (JWT bearer) may not ask for."""


_ASKED = Check(Condition.SCOPES)


@dataclass(frozen=True, slots=True)
class AskedScopes:
    """The scopes on which policies decide, or why the request ends before."""

    scopes: frozenset[str] = frozenset()
    rejection: Rejection | None = None
    missing: MissingFactKind | None = None
    omitted: bool = False
    """Whether they are the server's default scopes, of which a rule may grant a part."""
    ignored: frozenset[str] = frozenset()
    """Scopes asked for that Okta leaves out without an error."""
    undefined: frozenset[str] = frozenset()
    """Scopes asked for that the server does not know."""
    access_token: bool = True
    """Whether the response type brings an access token, and not only an ID token."""


def scopes_check(asked: AskedScopes) -> Check:
    """Whether the scopes can be asked for at all."""
    if asked.rejection is not None:
        return rejected(Condition.SCOPES, asked.rejection)
    if asked.missing is not None:
        return unknown(Condition.SCOPES, asked.missing)
    return _ASKED


def at_custom_server(
    scopes: frozenset[str] | None,
    defined: Mapping[str, Scope] | None,
    grant: str,
    response_type: str,
    *,
    service: bool,
) -> AskedScopes:
    """Check scopes against a custom authorization server.

    Args:
        scopes: what is asked for; None or empty if the parameter is left out.
        defined: the server's scopes by name; None if they were not read.
        grant: the grant type.
        response_type: space-separated.
        service: whether the client is a service app.
    """
    if not scopes:
        return _defaults(defined, grant, response_type)
    if defined is None and scopes - OIDC_SCOPES:
        return AskedScopes(missing=MissingFactKind.SCOPES)
    known_scopes = OIDC_SCOPES if defined is None else OIDC_SCOPES | defined.keys()
    if undefined := scopes - known_scopes:
        return AskedScopes(rejection=rejections.UNDEFINED_SCOPE, undefined=undefined)
    if rejection := _by_grant(scopes, grant, response_type, service=service):
        return AskedScopes(rejection=rejection)
    if grant == CLIENT_CREDENTIALS and any(_consent(defined, s) == "REQUIRED" for s in scopes):
        return AskedScopes(rejection=rejections.CONSENT_WITHOUT_USER)
    ignored = _ignored(scopes, grant, response_type)
    return AskedScopes(scopes=scopes - ignored, ignored=ignored)


def at_org_server(
    scopes: frozenset[str] | None,
    granted: frozenset[str] | None,
    grant: str,
    response_type: str,
    *,
    private_key: bool,
) -> AskedScopes:
    """Check scopes against the org authorization server.

    It knows the OpenID scopes, `groups`, and the `okta.` scopes that were granted to the app.

    Args:
        scopes: what is asked for.
        granted: `okta.` scopes granted to the app; None if the grants were not read.
        grant: the grant type.
        response_type: space-separated.
        private_key: whether the client authenticates with private_key_jwt.
    """
    if not scopes:
        return AskedScopes(missing=MissingFactKind.OMITTED_SCOPES_AT_ORG)
    okta = frozenset(s for s in scopes if s.startswith("okta."))
    if custom := scopes - okta - OIDC_SCOPES - {"groups"}:
        return AskedScopes(rejection=rejections.CUSTOM_SCOPE_AT_ORG, undefined=custom)
    rejection = _by_grant(scopes - okta, grant, response_type, service=False)
    if okta and grant == CLIENT_CREDENTIALS and not private_key:
        rejection = rejection or rejections.NEEDS_PRIVATE_KEY
    if rejection:
        return AskedScopes(rejection=rejection)
    if okta and granted is None:
        return AskedScopes(missing=MissingFactKind.OKTA_SCOPE_GRANTS)
    if granted is not None and okta - granted:
        return AskedScopes(rejection=rejections.NOT_GRANTED)
    ignored = _ignored(scopes, grant, response_type)
    return AskedScopes(scopes=scopes - ignored, ignored=ignored)


def _defaults(defined: Mapping[str, Scope] | None, grant: str, response_type: str) -> AskedScopes:
    if grant == PASSWORD:
        return AskedScopes(rejection=rejections.OMITTED_SCOPES)
    if defined is None:
        return AskedScopes(missing=MissingFactKind.DEFAULT_SCOPES)
    defaults = frozenset(name for name, scope in defined.items() if scope.default)
    if grant == CLIENT_CREDENTIALS:
        defaults -= OIDC_SCOPES
    defaults -= _ignored(defaults, grant, response_type)
    if not defaults:
        return AskedScopes(rejection=rejections.NO_DEFAULT_SCOPES)
    return AskedScopes(scopes=defaults, omitted=True)


def _by_grant(
    scopes: frozenset[str], grant: str, response_type: str, *, service: bool
) -> Rejection | None:
    """The rejection of scopes that the grant type forbids, or that lack one that it demands."""
    openid = scopes & OIDC_SCOPES
    if grant == CLIENT_CREDENTIALS and openid:
        return rejections.OPENID_WITHOUT_USER
    if grant == JWT_BEARER and scopes & _NO_ID_TOKEN:
        return rejections.OPENID_WITH_ASSERTION
    if grant == TOKEN_EXCHANGE and service and openid:
        return rejections.SCOPES_NOT_FOR_GRANT
    if grant == CIBA and OPENID not in scopes:
        return rejections.SCOPES_NOT_FOR_GRANT
    needs_openid = scopes & CLAIM_SCOPES or "id_token" in response_type.split()
    if needs_openid and OPENID not in scopes:
        return rejections.OPENID_MISSING
    return None


def _ignored(scopes: frozenset[str], grant: str, response_type: str) -> frozenset[str]:
    """`offline_access` if it is ignored, because the response type does not include `code`."""
    at_authorize = grant in {AUTHORIZATION_CODE, IMPLICIT}
    if at_authorize and "code" not in response_type.split():
        return scopes & {OFFLINE_ACCESS}
    return frozenset()


def _consent(defined: Mapping[str, Scope] | None, name: str) -> str | None:
    return defined[name].consent if defined and name in defined else None
