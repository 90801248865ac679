"""One caveat of a minted token: its kind, and the objects it concerns."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from auditor.snapshot.models.servers import PolicyRule
from auditor.text import listed, quoted
from auditor.tokens.outcome import Outcome


class CaveatKind(StrEnum):
    """What a token depends on besides configuration, or where Okta's documents are silent."""

    ADMIN_ROLE_MISSING = "admin_role_missing"
    CLAIMS_NOT_EVALUATED = "claims_not_evaluated"
    CLIENT_KEYS_UNREAD = "client_keys_unread"
    CONSENT = "consent"
    """The user has to consent to scopes."""
    EQUAL_PRIORITY = "equal_priority"
    ID_JAG = "id_jag"
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
    REFRESH_TOKEN_UNPUBLISHED = "refresh_token_unpublished"  # noqa: S105 - a kind of caveat
    SAML_ASSERTION = "saml_assertion"
    SIGN_ON_POLICY = "sign_on_policy"


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

    @property
    def text(self) -> str:
        """The caveat as a sentence; names of the tenant are quoted."""
        match self.kind:
            case CaveatKind.CONSENT:
                scopes = listed(self.scopes)
                return f"The user is asked to consent to {scopes}, unless that was done before."
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
    CaveatKind.REFRESH_TOKEN_UNPUBLISHED: (
        "Whether a refresh token comes with this grant type is not published."
    ),
    CaveatKind.SAML_ASSERTION: (
        "The refresh token ends with the SAML assertion, if that is earlier."
    ),
    CaveatKind.SIGN_ON_POLICY: (
        "It fails if the sign-on policy of the client asks for more than a password."
    ),
}
