"""The caveats of a minted token: what it depends on besides configuration."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.tokens.caveat import Caveat, CaveatKind
from auditor.tokens.ciba import names_authenticator
from auditor.tokens.decision import Decision
from auditor.tokens.grants import (
    CIBA,
    CLIENT_CREDENTIALS,
    DIRECT_AUTHENTICATION,
    INTERACTION_CODE,
    PASSWORD,
    REFRESH_TOKEN,
    REFRESHABLE_GRANTS,
    SAML2_BEARER,
)
from auditor.tokens.id_token_encryption import can_encrypt_id_tokens
from auditor.tokens.missing_facts import MissingFactKind
from auditor.tokens.rules_in_order import Candidate, tied
from auditor.tokens.scopes import CONSENTED, OFFLINE_ACCESS, OPENID, AskedScopes
from auditor.tokens.situation import Situation

_SCOPES_DEMANDED = DIRECT_AUTHENTICATION | {SAML2_BEARER}
"""Grant types for which the OAuth API description demands scopes, and default ones were seen."""


def gives_refresh_token(situation: Situation, granted: frozenset[str]) -> bool | None:
    """Whether a refresh token comes with a token of these scopes; None if no source tells."""
    if OFFLINE_ACCESS not in granted or REFRESH_TOKEN not in situation.client.grant_types:
        return False
    return True if situation.grant in REFRESHABLE_GRANTS else None


def custom_server_caveats(
    situation: Situation, candidate: Candidate, granted: frozenset[str], asked: AskedScopes
) -> Iterator[Caveat]:
    """The caveats of a token that a rule of a custom server lets Okta mint."""
    assert candidate.rule is not None
    yield from _client_caveats(situation, granted)
    if asked.omitted and len(situation.applicable) > 1:
        yield Caveat(kind=CaveatKind.OMITTED_SCOPES)
    if asked.omitted and situation.grant in _SCOPES_DEMANDED:
        yield Caveat(kind=CaveatKind.SCOPES_DEMANDED)
    if any(
        other is not candidate
        and tied(candidate, other)
        and other.grants(granted, omitted=False, openid_listed=True)
        for other in situation.applicable
        if other.rule is not None
    ):
        yield Caveat(kind=CaveatKind.EQUAL_PRIORITY)
    if situation.claims_unevaluated:
        yield Caveat(kind=CaveatKind.CLAIMS_NOT_EVALUATED)
    if candidate.rule.token.inline_hook and candidate.rule.token.inline_hook.id:
        yield Caveat(kind=CaveatKind.INLINE_HOOK)
    if OFFLINE_ACCESS in asked.ignored:
        yield Caveat(kind=CaveatKind.OFFLINE_ACCESS_IGNORED)
    consent = _consent_scopes(situation, granted)
    prompts = (asked.prompt or "").split()
    asking = situation.client.oauth.consent_method == "REQUIRED" or "consent" in prompts
    if "none" in prompts:
        yield Caveat(kind=CaveatKind.NO_PAGES)
    if consent and asking:
        yield Caveat(kind=CaveatKind.CONSENT, scopes=tuple(sorted(consent)))


def org_server_caveats(
    situation: Situation, granted: frozenset[str], asked: AskedScopes
) -> Iterator[Caveat]:
    """The caveats of a token of the org server."""
    if asked.id_jag:
        yield Caveat(kind=CaveatKind.ID_JAG)
    yield from _client_caveats(situation, granted)
    calls_okta = any(scope.startswith("okta.") for scope in granted)
    if calls_okta and situation.client.service and not situation.org.admin_roles(situation.client):
        yield Caveat(kind=CaveatKind.ADMIN_ROLE_MISSING)
    if calls_okta and not situation.client.service:
        yield Caveat(kind=CaveatKind.LIMITED_TO_USER)


def oidc_scopes_caveat(other: Decision) -> Caveat:
    """The caveat where the other reading of Okta's text on OpenID scopes decides differently."""
    return Caveat(kind=CaveatKind.OIDC_SCOPES, rule=other.rule, outcome=other.outcome)


def _client_caveats(situation: Situation, granted: frozenset[str]) -> Iterator[Caveat]:
    client = situation.client
    assumed = {fact.kind for fact in situation.assumed}
    if client.oauth.network.connection == "ZONE" and situation.at_token_endpoint:
        yield Caveat(kind=CaveatKind.NETWORK_ZONES)
    if MissingFactKind.NETWORK_ZONES in assumed:
        yield Caveat(kind=CaveatKind.NETWORK_ZONES_UNREAD)
    if MissingFactKind.CLIENT_KEYS in assumed:
        yield Caveat(kind=CaveatKind.CLIENT_KEYS_UNREAD)
    if situation.grant == PASSWORD:
        yield Caveat(kind=CaveatKind.SIGN_ON_POLICY)
    if situation.grant == INTERACTION_CODE:
        yield Caveat(kind=CaveatKind.INTERACTION_CODE)
    if OFFLINE_ACCESS in granted and REFRESH_TOKEN not in situation.client.grant_types:
        yield Caveat(kind=CaveatKind.NO_REFRESH_TOKEN)
    elif gives_refresh_token(situation, granted) is None:
        yield Caveat(kind=CaveatKind.REFRESH_TOKEN_UNPUBLISHED)
    if situation.grant == SAML2_BEARER and gives_refresh_token(situation, granted):
        yield Caveat(kind=CaveatKind.SAML_ASSERTION)
    if situation.grant in {PASSWORD, SAML2_BEARER} and OPENID not in granted:
        yield Caveat(kind=CaveatKind.OPENID_EXPECTED)
    yield from _unfinished_settings(situation, granted)


def _unfinished_settings(situation: Situation, granted: frozenset[str]) -> Iterator[Caveat]:
    """Settings of the client that lack their other half; no source tells what Okta does then."""
    client = situation.client
    if situation.grant == CIBA and names_authenticator(situation.org, client) is False:
        yield Caveat(kind=CaveatKind.CIBA_AUTHENTICATOR)
    if OPENID in granted and can_encrypt_id_tokens(situation.org, client) is False:
        yield Caveat(kind=CaveatKind.ID_TOKEN_KEY)


def _consent_scopes(situation: Situation, granted: frozenset[str]) -> frozenset[str]:
    """Those of the scopes to which a user may have to consent."""
    if situation.grant == CLIENT_CREDENTIALS:
        return frozenset()
    defined = situation.defined_scopes or {}
    return frozenset(
        name for name in granted & defined.keys() if defined[name].consent in CONSENTED
    )
