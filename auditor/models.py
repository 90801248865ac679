"""Records of the Management API, as rules and programs read them, and the words they use.

Every field keeps Okta's name in snake_case. A snapshot keeps no field that no model names.
"""

from auditor.snapshot.models.agents import (
    AGENT_GRANTS,
    AgentClient,
    AgentConnection,
    AiAgent,
    DelegationLink,
    is_agent_id,
)
from auditor.snapshot.models.base import Record, RecordPlace
from auditor.snapshot.models.clients import (
    KEY_TYPES,
    AdminRole,
    App,
    CustomRole,
    Grant,
    GroupAssignment,
    RolePermission,
    UserAssignments,
)
from auditor.snapshot.models.directory import Group, GroupRule, User
from auditor.snapshot.models.org import (
    ApiServiceIntegration,
    ApiToken,
    ClientPrivileges,
    CustomDomain,
    InlineHook,
    NetworkZone,
    OrgProfile,
    PrincipalRateLimit,
    TrustedOrigin,
)
from auditor.snapshot.models.servers import (
    ALL_CLIENTS,
    ALL_SCOPES,
    EVERYONE,
    OIDC_SCOPES,
    AccessPolicy,
    AuthorizationServer,
    Claim,
    Key,
    PeopleCondition,
    PolicyRule,
    Scope,
    TokenAction,
)

__all__ = [
    "AGENT_GRANTS",
    "ALL_CLIENTS",
    "ALL_SCOPES",
    "EVERYONE",
    "KEY_TYPES",
    "OIDC_SCOPES",
    "AccessPolicy",
    "AdminRole",
    "AgentClient",
    "AgentConnection",
    "AiAgent",
    "ApiServiceIntegration",
    "ApiToken",
    "App",
    "AuthorizationServer",
    "Claim",
    "ClientPrivileges",
    "CustomDomain",
    "CustomRole",
    "DelegationLink",
    "Grant",
    "Group",
    "GroupAssignment",
    "GroupRule",
    "InlineHook",
    "Key",
    "NetworkZone",
    "OrgProfile",
    "PeopleCondition",
    "PolicyRule",
    "PrincipalRateLimit",
    "Record",
    "RecordPlace",
    "RolePermission",
    "Scope",
    "TokenAction",
    "TrustedOrigin",
    "User",
    "UserAssignments",
    "is_agent_id",
]
