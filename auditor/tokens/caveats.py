"""What a minted token depends on besides configuration, or where Okta's documents are silent."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.text import listed, quoted
from auditor.tokens.candidates import Candidate, tied
from auditor.tokens.decision import Decision
from auditor.tokens.grants import (
    CLIENT_CREDENTIALS,
    IMPLICIT,
    INTERACTION_CODE,
    PASSWORD,
    REFRESH_TOKEN,
    REFRESHABLE_GRANTS,
)
from auditor.tokens.scopes import OFFLINE_ACCESS, AskedScopes
from auditor.tokens.situation import Situation
from auditor.tokens.token_endpoint import KEYS, ZONES


def gives_refresh_token(situation: Situation, granted: frozenset[str]) -> bool:
    """Whether a refresh token comes with a token of these scopes."""
    return (
        OFFLINE_ACCESS in granted
        and situation.grant in REFRESHABLE_GRANTS
        and REFRESH_TOKEN in situation.client.grant_types
    )


def caveats(
    situation: Situation, candidate: Candidate, granted: frozenset[str], asked: AskedScopes
) -> Iterator[str]:
    """Of a token that a rule of a custom server lets Okta mint."""
    assert candidate.rule is not None
    yield from _client_caveats(situation, granted)
    if asked.omitted and len(situation.applicable) > 1:
        yield "Okta does not document which rule decides when scopes are left out."
    if any(
        other is not candidate
        and tied(candidate, other)
        and other.grants(granted, omitted=False, openid_listed=True)
        for other in situation.applicable
        if other.rule is not None
    ):
        yield "Another rule has the same priority; Okta does not document which is tried first."
    if candidate.rule.token.inline_hook and candidate.rule.token.inline_hook.id:
        yield "A token inline hook can change the token."
    if situation.grant == IMPLICIT and OFFLINE_ACCESS in asked.ignored:
        yield "offline_access is ignored without the response type code."
    consent = sorted(granted & _consent_scopes(situation))
    if consent and situation.client.oauth.consent_method == "REQUIRED":
        yield f"The user is asked to consent to {listed(consent)}, unless that was done before."


def _consent_scopes(situation: Situation) -> frozenset[str]:
    if situation.grant == CLIENT_CREDENTIALS:
        return frozenset()
    return frozenset(
        name
        for name, scope in (situation.defined_scopes or {}).items()
        if scope.consent in {"REQUIRED", "FLEXIBLE"}
    )


def org_caveats(situation: Situation, granted: frozenset[str]) -> Iterator[str]:
    """Of a token of the org server."""
    yield from _client_caveats(situation, granted)
    powers = any(scope.startswith("okta.") for scope in granted)
    if powers and situation.client.service and not situation.org.admin_roles(situation.client):
        yield "The app has no admin role, so API calls with this token are answered with 403."
    if powers and not situation.client.service:
        yield "What the token may do is also limited to what the user may do."


def _client_caveats(situation: Situation, granted: frozenset[str]) -> Iterator[str]:
    client = situation.client
    if client.oauth.network.connection == "ZONE" and situation.at_token_endpoint:
        yield "The client may be used from its network zones only; elsewhere the answer is 403."
    if ZONES in situation.assumed:
        yield (
            "The network zones were not read: if none of the client's matches an address, every "
            "request is answered with 403."
        )
    if KEYS in situation.assumed:
        yield (
            "The client's keys were not read: without an active one every request fails with "
            "invalid_client."
        )
    if situation.grant == PASSWORD:
        yield "It fails if the sign-on policy of the client asks for more than a password."
    if situation.grant == INTERACTION_CODE:
        yield "Interaction code must also be enabled for the org, which is not in the snapshot."
    if OFFLINE_ACCESS in granted and not gives_refresh_token(situation, granted):
        yield "offline_access brings no refresh token: the client lacks the refresh_token grant."


def differing(other: Decision) -> str:
    """Where the two readings of Okta's text on OpenID scopes part."""
    rule = f" by rule {quoted(other.rule.title)}" if other.rule else ""
    return (
        "Okta's documents disagree on whether a rule must list OpenID scopes; by the other "
        f"reading the request is {other.outcome}{rule}."
    )
