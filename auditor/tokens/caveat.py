"""One caveat of a minted token: its kind, and the objects it concerns."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from auditor.snapshot.models.servers import AuthorizationServer, Claim, PolicyRule
from auditor.text import listed, quoted
from auditor.tokens.claims.evaluation import MOST_GROUPS
from auditor.tokens.outcome import Outcome


class CaveatKind(StrEnum):
    """What a token depends on besides configuration, or where Okta's documents are silent."""

    ADMIN_ROLE_MISSING = "admin_role_missing"
    CIBA_AUTHENTICATOR = "ciba_authenticator"
    """The client names no authenticator with which the user could be asked."""
    CLAIMS_NOT_EVALUATED = "claims_not_evaluated"
    CLIENT_KEYS_UNREAD = "client_keys_unread"
    CONSENT = "consent"
    """The user has to consent to scopes."""
    EQUAL_PRIORITY = "equal_priority"
    GROUPS_CLAIM = "groups_claim"
    """The user may be in more groups than a groups claim can hold."""
    ID_JAG = "id_jag"
    ID_TOKEN_KEY = "id_token_key"  # noqa: S105 - a kind of caveat
    """ID tokens are to be encrypted, and there is no key for that."""
    INLINE_HOOK = "inline_hook"
    INTERACTION_CODE = "interaction_code"
    LIMITED_TO_USER = "limited_to_user"
    NETWORK_ZONES = "network_zones"
    NETWORK_ZONES_UNREAD = "network_zones_unread"
    NO_PAGES = "no_pages"
    NO_REFRESH_TOKEN = "no_refresh_token"  # noqa: S105 - a kind of caveat
    OFFLINE_ACCESS_IGNORED = "offline_access_ignored"
    OIDC_SCOPES = "oidc_scopes"
    """The two readings of Okta's text on OpenID scopes give different answers."""
    OMITTED_SCOPES = "omitted_scopes"
    OPENID_EXPECTED = "openid_expected"
    REFRESH_TOKEN_UNPUBLISHED = "refresh_token_unpublished"  # noqa: S105 - a kind of caveat
    RESOURCE = "resource"
    SAML_ASSERTION = "saml_assertion"
    SCOPES_DEMANDED = "scopes_demanded"
    SIGN_ON_POLICY = "sign_on_policy"
    SUBJECT_TOKEN = "subject_token"  # noqa: S105 - a kind of caveat
    """The subject token has to come from certain servers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caveat:
    """One caveat of a minted token."""

    kind: CaveatKind

    scopes: tuple[str, ...] = ()
    """Of `CONSENT`: the scopes, by name."""

    rule: PolicyRule | None = None
    """Of `OIDC_SCOPES`: the rule that decides by the other reading, if one does."""

    outcome: Outcome | None = None
    """Of `OIDC_SCOPES`: the outcome by the other reading."""

    claim: Claim | None = None
    """Of `GROUPS_CLAIM`."""

    servers: tuple[AuthorizationServer, ...] | None = None
    """Of `SUBJECT_TOKEN`: the trusted servers of the exchanging one; None if they were not read."""

    audience: str | None = None
    """Of `RESOURCE`: the audience of the server itself."""

    @property
    def text(self) -> str:
        """The caveat as a sentence; names of the tenant are quoted."""
        match self.kind:
            case CaveatKind.CONSENT:
                scopes = listed(self.scopes)
                return f"The user is asked to consent to {scopes}, unless that was done before."
            case CaveatKind.GROUPS_CLAIM:
                claim = quoted(self.claim.title if self.claim else "")
                return (
                    f"If more than {MOST_GROUPS} groups of the user match claim {claim}, Okta "
                    "refuses the token."
                )
            case CaveatKind.RESOURCE:
                audience = quoted(self.audience) if self.audience else "the server's"
                return (
                    "The audience is the resource only where the org has that feature (preview "
                    f"since 2026.08.1); elsewhere it is {audience}. Which resources Okta refuses "
                    "is not published."
                )
            case CaveatKind.SUBJECT_TOKEN:
                names = [quoted(server.title) for server in self.servers or ()]
                trusted = f" or from {listed(names, word='or')}" if names else ""
                if self.servers is None:
                    trusted = " or from one of its trusted servers, which were not read"
                return f"The subject token must come from the server itself{trusted}."
            case CaveatKind.OIDC_SCOPES:
                by_rule = f" by rule {quoted(self.rule.title)}" if self.rule else ""
                return (
                    "Okta's documents disagree on whether a rule must list OpenID scopes; by the "
                    f"other reading the request is {self.outcome}{by_rule}."
                )
            case kind:
                return _TEXTS[kind]


_TEXTS = {
    CaveatKind.ADMIN_ROLE_MISSING: (
        "The app has no admin role, so API calls with this token are answered with 403."
    ),
    CaveatKind.CIBA_AUTHENTICATOR: (
        "The client names no authenticator for CIBA; whom Okta asks then is not published."
    ),
    CaveatKind.CLAIMS_NOT_EVALUATED: (
        "The server's claims are not evaluated here; Okta refuses the token if one of them fails."
    ),
    CaveatKind.CLIENT_KEYS_UNREAD: (
        "The client's keys were not read: without an active one every request fails with "
        "invalid_client."
    ),
    CaveatKind.EQUAL_PRIORITY: (
        "Another rule has the same priority; Okta does not document which is tried first."
    ),
    CaveatKind.ID_JAG: (
        "This is an ID-JAG, if the audience is the issuer of the connected server: that server "
        "exchanges it for an access token by its own access policies."
    ),
    CaveatKind.ID_TOKEN_KEY: (
        "ID tokens of the client are to be encrypted, but it has no active key for that; what "
        "Okta answers then is not published."
    ),
    CaveatKind.INLINE_HOOK: "A token inline hook can change the token, or refuse it.",
    CaveatKind.INTERACTION_CODE: (
        "Interaction code must also be enabled for the org, which is not in the snapshot."
    ),
    CaveatKind.LIMITED_TO_USER: "What the token may do is also limited to what the user may do.",
    CaveatKind.NETWORK_ZONES: (
        "The client may be used from its network zones only; elsewhere the answer is 403."
    ),
    CaveatKind.NETWORK_ZONES_UNREAD: (
        "The network zones were not read: if none of the client's matches an address, every "
        "request is answered with 403."
    ),
    CaveatKind.NO_PAGES: (
        "With prompt=none the answer is login_required if the user has no session."
    ),
    CaveatKind.NO_REFRESH_TOKEN: (
        "offline_access brings no refresh token: the client lacks the refresh_token grant."
    ),
    CaveatKind.OFFLINE_ACCESS_IGNORED: (
        "offline_access is ignored without the response type code."
    ),
    CaveatKind.OMITTED_SCOPES: (
        "Okta does not document which rule decides when scopes are left out."
    ),
    CaveatKind.OPENID_EXPECTED: (
        "Okta's guides demand openid with this grant type; what becomes of a request without it "
        "is not published."
    ),
    CaveatKind.REFRESH_TOKEN_UNPUBLISHED: (
        "A refresh token comes with an exchange for Native SSO; whether one comes with any other "
        "is not published."
    ),
    CaveatKind.SAML_ASSERTION: (
        "The refresh token ends with the SAML assertion, if that is earlier."
    ),
    CaveatKind.SCOPES_DEMANDED: (
        "Okta's API description demands scopes with this grant type; that it takes the default "
        "ones is known from other grant types only."
    ),
    CaveatKind.SIGN_ON_POLICY: (
        "It fails if the sign-on policy of the client asks for more than a password."
    ),
}
