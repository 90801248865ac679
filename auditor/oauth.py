"""What the decision engine offers: grant types, limits, token requests, who can obtain what."""

from auditor.tokens.answer_form import AnswerForm
from auditor.tokens.answers import FORBIDDEN_CALL, INVALID_API_TOKEN, Answer
from auditor.tokens.caveat import Caveat, CaveatKind
from auditor.tokens.checks import StepKind, Verdict
from auditor.tokens.ciba import names_authenticator
from auditor.tokens.claims.evaluation import MOST_GROUPS
from auditor.tokens.claims.faults import ClaimFault, ClaimFaultKind, claim_fault
from auditor.tokens.conditions import Condition
from auditor.tokens.decide import Decider, OidcScopes
from auditor.tokens.decision import Decision
from auditor.tokens.grants import (
    AUTHORIZATION_CODE,
    CIBA,
    CLIENT_CREDENTIALS,
    DEVICE_CODE,
    IMPLICIT,
    INTERACTION_CODE,
    JWT_BEARER,
    PASSWORD,
    REFRESH_TOKEN,
    REFRESHABLE_GRANTS,
    TOKEN_EXCHANGE,
    USERLESS_GRANTS,
    user_grants,
)
from auditor.tokens.id_token_encryption import can_encrypt_id_tokens
from auditor.tokens.lifetimes import (
    LONGEST_ACCESS,
    LONGEST_WINDOW,
    SHORTEST_ACCESS,
    SHORTEST_WINDOW,
    UNLIMITED,
)
from auditor.tokens.missing_facts import MissingFact, MissingFactKind
from auditor.tokens.outcome import Outcome
from auditor.tokens.reach.client_groups import ClientGroup
from auditor.tokens.reach.populations import PEOPLE_READS, Populations, shared_populations
from auditor.tokens.reach.regions import Region
from auditor.tokens.reach.rules import Obstacle, RuleReach
from auditor.tokens.reach.servers import ServerReach, TenantReach, tenant_reach
from auditor.tokens.reach.user_sets import Numbering, UserSet
from auditor.tokens.reads import CONSULTS, CUSTOM_SERVER_READS, READS
from auditor.tokens.rejections import (
    CUSTOM_SCOPE_AT_ORG,
    DPOP_MISSING,
    LOCKED_OUT,
    NO_ACTIVE_CLIENT_KEY,
    NO_CLIENT_KEY,
    NO_DEFAULT_SCOPES,
    NO_MATCHING_RULE,
    NOT_ASSIGNED,
    NOT_ASSIGNED_OUT_OF_BAND,
    OPENID_MISSING_AT_AUTHORIZE,
    OPENID_WITH_ASSERTION,
    OPENID_WITHOUT_USER,
    OUTSIDE_ZONES,
    PKCE_MISSING,
    PKCE_MISSING_AND_PUBLIC,
    REFRESH_ENDED,
    SUBJECT_TOKEN_INVALID,
    UNDEFINED_SCOPE,
    UNKNOWN_GRANT,
    WRONG_REDIRECT_URI,
    Rejection,
    claim_not_evaluated,
    grant_not_allowed,
    wrong_response_type,
)
from auditor.tokens.request import ORG_SERVER, TokenRequest
from auditor.tokens.rule_conditions import (
    admits_userless,
    admitted_users,
    excluded_users,
    gives_refresh_tokens,
)
from auditor.tokens.scopes import OFFLINE_ACCESS
from auditor.tokens.token_endpoint import (
    can_authenticate,
    matches_no_address,
    usable_somewhere,
    useless_zones,
)
from auditor.tokens.wording.answers import answer_words
from auditor.tokens.wording.steps import ExplainedStep

__all__ = [
    "AUTHORIZATION_CODE",
    "CIBA",
    "CLIENT_CREDENTIALS",
    "CONSULTS",
    "CUSTOM_SCOPE_AT_ORG",
    "CUSTOM_SERVER_READS",
    "DEVICE_CODE",
    "DPOP_MISSING",
    "FORBIDDEN_CALL",
    "IMPLICIT",
    "INTERACTION_CODE",
    "INVALID_API_TOKEN",
    "JWT_BEARER",
    "LOCKED_OUT",
    "LONGEST_ACCESS",
    "LONGEST_WINDOW",
    "MOST_GROUPS",
    "NOT_ASSIGNED",
    "NOT_ASSIGNED_OUT_OF_BAND",
    "NO_ACTIVE_CLIENT_KEY",
    "NO_CLIENT_KEY",
    "NO_DEFAULT_SCOPES",
    "NO_MATCHING_RULE",
    "OFFLINE_ACCESS",
    "OPENID_MISSING_AT_AUTHORIZE",
    "OPENID_WITHOUT_USER",
    "OPENID_WITH_ASSERTION",
    "ORG_SERVER",
    "OUTSIDE_ZONES",
    "PASSWORD",
    "PEOPLE_READS",
    "PKCE_MISSING",
    "PKCE_MISSING_AND_PUBLIC",
    "READS",
    "REFRESHABLE_GRANTS",
    "REFRESH_ENDED",
    "REFRESH_TOKEN",
    "SHORTEST_ACCESS",
    "SHORTEST_WINDOW",
    "SUBJECT_TOKEN_INVALID",
    "TOKEN_EXCHANGE",
    "UNDEFINED_SCOPE",
    "UNKNOWN_GRANT",
    "UNLIMITED",
    "USERLESS_GRANTS",
    "WRONG_REDIRECT_URI",
    "Answer",
    "AnswerForm",
    "Caveat",
    "CaveatKind",
    "ClaimFault",
    "ClaimFaultKind",
    "ClientGroup",
    "Condition",
    "Decider",
    "Decision",
    "ExplainedStep",
    "MissingFact",
    "MissingFactKind",
    "Numbering",
    "Obstacle",
    "OidcScopes",
    "Outcome",
    "Populations",
    "Region",
    "Rejection",
    "RuleReach",
    "ServerReach",
    "StepKind",
    "TenantReach",
    "TokenRequest",
    "UserSet",
    "Verdict",
    "admits_userless",
    "admitted_users",
    "answer_words",
    "can_authenticate",
    "can_encrypt_id_tokens",
    "claim_fault",
    "claim_not_evaluated",
    "excluded_users",
    "gives_refresh_tokens",
    "grant_not_allowed",
    "matches_no_address",
    "names_authenticator",
    "shared_populations",
    "tenant_reach",
    "usable_somewhere",
    "useless_zones",
    "user_grants",
    "wrong_response_type",
]
