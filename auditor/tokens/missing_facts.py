"""The facts without which a request cannot be decided: kinds, and their objects."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from auditor.snapshot.models.servers import AccessPolicy, PolicyRule
from auditor.text import printable, quoted


class MissingFactKind(StrEnum):
    """What kind of fact is missing: something that was not read, or that Okta does not publish."""

    ATTRIBUTE = "attribute"
    """An attribute of the server, the client or the user that is known after a plan is applied."""
    ADMISSION = "admission"
    """Whether a rule admits the user."""
    AGENT_CONNECTIONS = "agent_connections"
    AGENT_GRANTS = "agent_grants"
    ASSIGNMENTS = "assignments"
    CLIENT_KEYS = "client_keys"
    COLLECTION = "collection"
    """Objects in which a name of the request would be looked up."""
    CONSENT_WITHOUT_PAGE = "consent_without_page"
    DEFAULT_SCOPES = "default_scopes"
    EXCHANGE_USER_CHECK = "exchange_user_check"
    """See `grants.USER_CHECK_UNDOCUMENTED`."""
    GROUPS_WITHOUT_USER = "groups_without_user"
    HYBRID_GRANTS = "hybrid_grants"
    INTERCLIENT_TRUST = "interclient_trust"
    """Whether some app lets the client sign people in to it (Native to Web SSO)."""
    NETWORK_ZONES = "network_zones"
    NETWORK_ZONES_IN_DOUBT = "network_zones_in_doubt"
    """What Okta does with a zone that is both included and excluded, or is a blocklist."""
    NOTHING_BUT_IGNORED = "nothing_but_ignored"
    OKTA_SCOPE_GRANTS = "okta_scope_grants"
    OMITTED_SCOPES_AT_ORG = "omitted_scopes_at_org"
    OWN_APP_SETTINGS = "own_app_settings"
    POLICIES = "policies"
    POLICY_ON_REFRESH = "policy_on_refresh"
    REDIRECT_URI_CREDENTIAL = "redirect_uri_credential"
    RESOURCE_AT_ORG = "resource_at_org"
    RULE_WITHOUT_PEOPLE = "rule_without_people"
    """See `grants.PEOPLE_DEMANDED`."""
    RULES = "rules"
    """The rules of a policy."""
    SCOPES = "scopes"
    SCOPES_OF_ASSERTION = "scopes_of_assertion"
    SCOPES_WITH_ASSERTION = "scopes_with_assertion"
    SUBJECT_TOKEN_AT_ORG = "subject_token_at_org"  # noqa: S105 - a kind of fact
    TRUSTED_SERVERS = "trusted_servers"
    USER = "user"
    """The request names no user."""
    USER_STATUS = "user_status"
    """What a user may still do whose password is expired, or who is locked out or recovering."""
    USERS = "users"


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingFact:
    """A fact without which a request cannot be decided."""

    kind: MissingFactKind

    policy: AccessPolicy | None = None
    """Of `RULES`, `ADMISSION` and `RULE_WITHOUT_PEOPLE`."""

    rule: PolicyRule | None = None
    """Of `ADMISSION` and `RULE_WITHOUT_PEOPLE`."""

    collection: str | None = None
    """Of `COLLECTION`: what its objects are called."""

    attribute: str = ""
    """Of a planned snapshot: the attribute of the plan that is known after apply, if one is why."""

    @property
    def text(self) -> str:
        """The fact in words, as a noun phrase; names of the tenant are quoted."""
        return f"{self._text} ({printable(self.attribute)})" if self.attribute else self._text

    @property
    def _text(self) -> str:
        policy = quoted(self.policy.title) if self.policy else ""
        rule = quoted(self.rule.title) if self.rule else ""
        match self.kind:
            case MissingFactKind.ADMISSION:
                return f"whether rule {rule} of policy {policy} admits the user"
            case MissingFactKind.RULE_WITHOUT_PEOPLE:
                means = "which names nobody: what that means in this grant type is not published"
                return f"whom rule {rule} of policy {policy} admits, {means}"
            case MissingFactKind.RULES:
                return f"the rules of policy {policy}"
            case MissingFactKind.COLLECTION:
                return f"the {self.collection} of the org"
            case kind:
                return _TEXTS[kind]


_TEXTS = {
    MissingFactKind.ATTRIBUTE: (
        "an attribute of the server, the client or the user that a plan will set"
    ),
    MissingFactKind.AGENT_CONNECTIONS: (
        "the resource connections of the client, which say what it may ask an ID-JAG for"
    ),
    MissingFactKind.AGENT_GRANTS: "whether an AI agent may use the grant type",
    MissingFactKind.ASSIGNMENTS: "the assignments of the client",
    MissingFactKind.CLIENT_KEYS: "the keys of the client",
    MissingFactKind.CONSENT_WITHOUT_PAGE: (
        "what Okta does where a scope requires consent and there is no page to ask on"
    ),
    MissingFactKind.DEFAULT_SCOPES: "the default scopes of the authorization server",
    MissingFactKind.EXCHANGE_USER_CHECK: (
        "whether Okta holds the subject token's user against assignments and the people of a rule"
    ),
    MissingFactKind.GROUPS_WITHOUT_USER: (
        "whether the org server gives groups to a client without a user"
    ),
    MissingFactKind.HYBRID_GRANTS: (
        "which grant types a rule must allow for a hybrid response type"
    ),
    MissingFactKind.INTERCLIENT_TRUST: (
        "whether an app trusts the client, without which it may not ask for interclient_access"
    ),
    MissingFactKind.NETWORK_ZONES: "the network zones of the org",
    MissingFactKind.NETWORK_ZONES_IN_DOUBT: (
        "whether Okta lets a client in by a network zone that is both included and excluded, or "
        "that is a blocklist"
    ),
    MissingFactKind.NOTHING_BUT_IGNORED: (
        "what Okta does where it ignores all scopes that the request names"
    ),
    MissingFactKind.OKTA_SCOPE_GRANTS: "the scope grants of the client",
    MissingFactKind.OMITTED_SCOPES_AT_ORG: "what the org server does without a scope parameter",
    MissingFactKind.OWN_APP_SETTINGS: "the OAuth settings of Okta's own app",
    MissingFactKind.POLICIES: "the access policies of the authorization server",
    MissingFactKind.POLICY_ON_REFRESH: (
        "whether the access policy is evaluated again when a token is refreshed"
    ),
    MissingFactKind.REDIRECT_URI_CREDENTIAL: (
        "the credential in the registered redirect URI, which no snapshot keeps"
    ),
    MissingFactKind.RESOURCE_AT_ORG: "what the org server makes of a resource parameter",
    MissingFactKind.SCOPES: "the scopes of the authorization server",
    MissingFactKind.SCOPES_OF_ASSERTION: (
        "the scopes of the assertion or subject token, which count where the request names none"
    ),
    MissingFactKind.SCOPES_WITH_ASSERTION: (
        "whether the assertion is an ID-JAG, beside which Okta was seen to refuse named scopes"
    ),
    MissingFactKind.SUBJECT_TOKEN_AT_ORG: (
        "whether the org server takes subject tokens of a custom authorization server"
    ),
    MissingFactKind.TRUSTED_SERVERS: "the trusted servers of the authorization server",
    MissingFactKind.USER: "a user: the grant type needs one",
    MissingFactKind.USER_STATUS: (
        "whether this grant type still works for a user who is locked out or recovering, or whose "
        "password expired"
    ),
    MissingFactKind.USERS: "the users of the org",
}
