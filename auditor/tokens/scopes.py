"""What the scopes of a request decide by themselves, before any policy is evaluated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from auditor.snapshot.models.servers import OIDC_SCOPES, Scope
from auditor.tokens import rejections
from auditor.tokens.checks import Check, Verdict, rejected, unknown
from auditor.tokens.conditions import Condition
from auditor.tokens.grants import (
    BROWSER_GRANTS,
    CIBA,
    CLIENT_CREDENTIALS,
    JWT_BEARER,
    PASSWORD,
    TOKEN_EXCHANGE,
)
from auditor.tokens.missing_facts import MissingFact, MissingFactKind
from auditor.tokens.rejections import Rejection

T = TypeVar("T")

OPENID = "openid"
OFFLINE_ACCESS = "offline_access"
DEVICE_SSO = "device_sso"
GROUPS = "groups"
_BESIDE_DEVICE_SSO = frozenset({OPENID, OFFLINE_ACCESS})

INTERCLIENT_ACCESS = "interclient_access"

LATER_SCOPES = frozenset({INTERCLIENT_ACCESS, "online_access"})
"""System scopes that are not in every list of scopes, of Native to Web SSO and of 2022; neither is
for client credentials."""

CLAIM_SCOPES = frozenset({"profile", "email", "address", "phone"})
"""Scopes that mean claims of an ID token, and therefore need `openid` beside them."""

CONSENTED = frozenset({"REQUIRED", "FLEXIBLE"})
"""`consent` of scopes to which users of a client that requires consent are asked to consent
(API description, `consent_method`)."""

_NO_ID_TOKEN = frozenset({OPENID, "profile", "email"})
"""Scopes that an identity assertion (JWT bearer) may not ask for."""


_WITHOUT_SCOPES = {
    CIBA: rejections.NO_SCOPES_REQUESTED,
    PASSWORD: rejections.OMITTED_SCOPES,
}
"""What becomes of requests without scopes in grant types that demand them (OAuth API description;
of password, cloudfoundry/uaa pull request 2155 too)."""

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
    unconnected: frozenset[str] = frozenset()
    """Scopes that no resource connection of the agent allows."""
    id_jag: bool = False
    """Whether the answer is an ID-JAG instead of an access token."""
    unsettled: MissingFactKind | None = None
    """The fact without which a token is not certain, though a rejection would be."""
    prompt: str | None = None
    """What the request says about pages that the user is shown."""
    access_token: bool = True
    """Whether the response type brings an access token, and not only an ID token."""


def scopes_check(asked: AskedScopes) -> Check:
    """Whether the scopes can be asked for at all."""
    if asked.rejection is not None:
        return rejected(Condition.SCOPES, asked.rejection)
    if asked.missing is not None:
        return unknown(Condition.SCOPES, asked.missing)
    if asked.unsettled is not None:
        fact = MissingFact(kind=asked.unsettled)
        return Check(Condition.SCOPES, Verdict.UNKNOWN, unsettled=fact)
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
    system = OIDC_SCOPES | LATER_SCOPES
    if defined is None and scopes - system:
        return AskedScopes(missing=MissingFactKind.SCOPES)
    # A difference of sets would look at all that are defined, and most requests ask for few.
    if undefined := frozenset(name for name in scopes - system if name not in (defined or ())):
        return AskedScopes(rejection=rejections.UNDEFINED_SCOPE, undefined=undefined)
    rejection = _by_grant(scopes, grant, response_type, service=service)
    if rejection is None and grant == CLIENT_CREDENTIALS and _needs_consent(scopes, defined):
        rejection = rejections.CONSENT_WITHOUT_USER
    if rejection is not None:
        return AskedScopes(rejection=rejection)
    asked = _without_ignored(scopes, grant, response_type)
    if grant == JWT_BEARER:
        return replace(asked, unsettled=MissingFactKind.SCOPES_WITH_ASSERTION)
    return asked


def at_org_server(
    scopes: frozenset[str] | None,
    granted: frozenset[str] | None,
    grant: str,
    response_type: str,
    *,
    private_key: bool,
    service: bool,
) -> AskedScopes:
    """Check scopes against the org authorization server.

    It knows the OpenID scopes, `groups`, and the `okta.` scopes that were granted to the app.

    Args:
        scopes: what is asked for.
        granted: `okta.` scopes granted to the app; None if the grants were not read.
        grant: the grant type.
        response_type: space-separated.
        private_key: whether the client authenticates with private_key_jwt.
        service: whether the client is a service app.
    """
    machine = grant == CLIENT_CREDENTIALS
    if machine and not service:
        return AskedScopes(rejection=rejections.ONLY_SERVICE_APPS)
    if not scopes:
        return AskedScopes(missing=MissingFactKind.OMITTED_SCOPES_AT_ORG)
    okta = frozenset(s for s in scopes if s.startswith("okta."))
    if custom := scopes - okta - OIDC_SCOPES - LATER_SCOPES - {GROUPS}:
        refused = AskedScopes(rejection=rejections.CUSTOM_SCOPE_AT_ORG, undefined=custom)
        id_jag = AskedScopes(missing=MissingFactKind.AGENT_CONNECTIONS)
        return id_jag if grant == TOKEN_EXCHANGE else refused
    rejection = _by_grant(scopes - okta, grant, response_type, service=False)
    rows = (
        (DEVICE_SSO in scopes, rejections.DEVICE_SSO),
        (okta and machine and not private_key, rejections.NEEDS_PRIVATE_KEY),
        (granted is not None and okta - granted, rejections.NOT_GRANTED),
    )
    if rejection := rejection or _first(rows):
        return AskedScopes(rejection=rejection)
    missing_rows = (
        (okta and granted is None, MissingFactKind.OKTA_SCOPE_GRANTS),
        (machine and GROUPS in scopes, MissingFactKind.GROUPS_WITHOUT_USER),
    )
    if missing := _first(missing_rows):
        return AskedScopes(missing=missing)
    return _without_ignored(scopes, grant, response_type)


def _first(rows: Iterable[tuple[object, T]]) -> T | None:
    """The first row that applies."""
    return next((row for applies, row in rows if applies), None)


def _defaults(defined: Mapping[str, Scope] | None, grant: str, response_type: str) -> AskedScopes:
    if grant in _WITHOUT_SCOPES:
        return AskedScopes(rejection=_WITHOUT_SCOPES[grant])
    if grant in {JWT_BEARER, TOKEN_EXCHANGE}:
        return AskedScopes(missing=MissingFactKind.SCOPES_OF_ASSERTION)
    if defined is None:
        return AskedScopes(missing=MissingFactKind.DEFAULT_SCOPES)
    defaults = frozenset(name for name, scope in defined.items() if scope.default)
    if grant == CLIENT_CREDENTIALS:
        defaults -= OIDC_SCOPES
    defaults -= _ignored(defaults, grant, response_type)
    if not defaults:
        return AskedScopes(rejection=rejections.NO_DEFAULT_SCOPES)
    if grant == CLIENT_CREDENTIALS and _needs_consent(defaults, defined):
        return AskedScopes(rejection=rejections.CONSENT_WITHOUT_USER)
    return AskedScopes(scopes=defaults, omitted=True)


def _by_grant(
    scopes: frozenset[str], grant: str, response_type: str, *, service: bool
) -> Rejection | None:
    """The rejection of scopes that the grant type forbids, or that lack one that it demands."""
    openid, has_openid = scopes & OIDC_SCOPES, OPENID in scopes
    needs_openid = scopes & CLAIM_SCOPES or "id_token" in response_type.split()
    at_authorize = grant in BROWSER_GRANTS
    effective = scopes - _ignored(scopes, grant, response_type)
    rows = (
        (grant == CLIENT_CREDENTIALS and openid, rejections.OPENID_WITHOUT_USER),
        (grant == CLIENT_CREDENTIALS and scopes & LATER_SCOPES, rejections.SCOPES_NOT_FOR_GRANT),
        (grant == JWT_BEARER and scopes & _NO_ID_TOKEN, rejections.OPENID_WITH_ASSERTION),
        (grant == TOKEN_EXCHANGE and service and openid, rejections.SCOPES_NOT_FOR_GRANT),
        (grant == CIBA and not has_openid, rejections.SCOPES_NOT_FOR_GRANT),
        (
            needs_openid and not has_openid,
            rejections.OPENID_MISSING_AT_AUTHORIZE if at_authorize else rejections.OPENID_MISSING,
        ),
        (DEVICE_SSO in scopes and not effective >= _BESIDE_DEVICE_SSO, rejections.DEVICE_SSO),
    )
    return _first(rows)


def _without_ignored(scopes: frozenset[str], grant: str, response_type: str) -> AskedScopes:
    ignored = _ignored(scopes, grant, response_type)
    if ignored == scopes:
        return AskedScopes(missing=MissingFactKind.NOTHING_BUT_IGNORED, ignored=ignored)
    return AskedScopes(scopes=scopes - ignored, ignored=ignored)


def _ignored(scopes: frozenset[str], grant: str, response_type: str) -> frozenset[str]:
    """`offline_access` if it is ignored, because the response type does not include `code`."""
    if grant in BROWSER_GRANTS and "code" not in response_type.split():
        return scopes & {OFFLINE_ACCESS}
    return frozenset()


def _needs_consent(scopes: frozenset[str], defined: Mapping[str, Scope] | None) -> bool:
    """Whether a user would have to consent to one of the scopes, whatever the client."""
    named = ((defined or {}).get(name) for name in scopes)
    return any(scope is not None and scope.consent == "REQUIRED" for scope in named)
