"""Everything that is read from a tenant, as one table.

The collector walks it, the index and the JSON Schema are built from it, the sandbox
serves it, and the ledger has one entry for each of its rows. To read one more kind of
object, add a row here and an accessor in `auditor.snapshot.org`.

Paths, OAuth scopes and page limits: Okta Management API 2026.06.3; rate-limit buckets:
the last per-endpoint table Okta published (2025-12).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import chain, groupby
from typing import Any

from auditor.snapshot.credentials_in_text import without_credentials
from auditor.snapshot.models.agents import AgentConnection, AiAgent, DelegationLink
from auditor.snapshot.models.base import Part, Record
from auditor.snapshot.models.clients import (
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
    AccessPolicy,
    AuthorizationServer,
    Claim,
    Key,
    PolicyRule,
    Scope,
)
from auditor.snapshot.needed_lists import why_keys_not_asked, why_not_asked, why_people_not_asked

Json = dict[str, Any]

MANAGEMENT = "/api/v1"
APPS = "/api/v1/apps"
GROUPS = "/api/v1/groups"
USERS = "/api/v1/users"
CLIENTS = "/oauth2/v1/clients"
AGENTS = "/workload-principals/api/v1"
INTEGRATIONS = "/integrations/api/v1"


def own_id(record: Any) -> str | None:
    """What most parents contribute to a path."""
    return str(record.id)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Collection:
    """One kind of object that is read from a tenant."""

    name: str
    """The name in the ledger, in `reads` of a rule, and in messages."""

    label: str
    """How a sentence calls the objects, in the plural."""

    path: str
    """The API path. `{}` stands for the key of a parent, outermost first."""

    model: type[Part] | None
    """What a record is read into; None where the snapshot keeps bare ids. The fields that it
    declares are kept of a record, and no others: see `kept_fields`."""

    oauth_scope: str
    """The OAuth scope that reading takes."""

    bucket: str
    """The rate-limit bucket that a request counts against."""

    query: Mapping[str, str] = field(default_factory=dict)
    """Query parameters of the first page."""

    parent: str | None = None
    """The collection whose records this one is read for, one list each."""

    parent_key: Callable[[Any], str | None] = own_id
    """What a parent contributes to the path; None where it can have no such objects."""

    not_needed: Callable[[Any], str | None] = lambda _: None
    """Why a parent's list is not asked for, a clause for the ledger; None if it is needed."""

    single: bool = False
    """Whether the path answers with one object instead of a list."""

    member: str | None = None
    """The member of the answer that holds the list, where the answer is not the list itself."""

    bare_ids: bool = False
    """Whether the list holds ids instead of records."""

    named_by: str | None = None
    """The member that names a record, where the answers give it no id."""

    keep: Callable[[Json], bool] = lambda _: True
    """Which records are kept; the others are counted as left out."""

    pack: Callable[[list[Json]], list[Any]] | None = None
    """Folds the records of one list into a smaller form, which holds nothing else of them."""

    join: Callable[[Iterable[list[Any]]], list[Any]] | None = None
    """Makes one packed list of those of its pages."""

    names_groups: Callable[[Any], Iterable[str]] | None = None
    """Ids of the groups whose members matter because of a record; None if it names none."""

    names_apps: Callable[[Any], Iterable[str | None]] | None = None
    """Ids or client ids of apps whose people matter because of a record, needed or not."""

    if_named: bool = False
    """Whether it is read only for those parents whose members matter to some record."""

    feature: str | None = None
    """The licensed feature without which Okta answers E0000015."""

    unknown_without: bool = False
    """Whether an org without the feature may not know the path at all. How Okta answers there is
    not published; a 404 of Okta's own for the whole list leaves nothing else to think."""

    later: bool = False
    """Whether earlier versions did not read it, so that their snapshots have no entry of it and
    service apps that were set up for them lack its scope."""

    def resource(self, parent_path: str, key: str) -> str:
        """The path of the list that belongs to one parent record.

        Args:
            parent_path: the resource path the parent was read from.
            key: what `parent_key` gave for the parent.
        """
        outer = resource_keys(parent_path)
        return self.path.format(*outer, key)

    def with_ids(self, values: list[Any]) -> list[Any]:
        """The values of an answer's list, as objects that have an id each.

        Args:
            values: what the list holds; what is no value of its kind stays as it is.
        """
        if self.bare_ids:
            return [{"id": each} if isinstance(each, str) else each for each in values]
        name = self.named_by
        if name is None:
            return values
        return [
            {"id": each[name], **each} if isinstance(each, dict) and name in each else each
            for each in values
        ]


def packed_ids(records: list[Json]) -> list[str]:
    """The ids of records, sorted."""
    return sorted(str(record["id"]) for record in records)


def _packed_assignments(records: list[Json]) -> list[Json]:
    def way(record: Json) -> tuple[str, str]:
        return _word(record.get("scope")), _word(record.get("status"))

    return [
        {"scope": scope, "status": status, "ids": packed_ids(list(rows))}
        for (scope, status), rows in groupby(sorted(records, key=way), key=way)
    ]


def _word(value: Any) -> str:
    """A word of Okta's; anything else may hold anything."""
    return without_credentials(value) if isinstance(value, str) else str(None)


def joined_ids(pages: Iterable[list[str]]) -> list[str]:
    """The ids of all pages, sorted."""
    return sorted(chain.from_iterable(pages))


def _joined_assignments(pages: Iterable[list[Json]]) -> list[Json]:
    ways: dict[tuple[str, str], list[list[str]]] = {}
    for way in chain.from_iterable(pages):
        ways.setdefault((way["scope"], way["status"]), []).append(way["ids"])
    return [
        {"scope": scope, "status": status, "ids": joined_ids(ways[scope, status])}
        for scope, status in sorted(ways)
    ]


def is_oidc(app: Json) -> bool:
    """Whether a record is an OIDC app's."""
    return app.get("signOnMode") == "OPENID_CONNECT"


def _configurable(app: App) -> str | None:
    return app.id if app.configurable else None


def _with_own_keys(app: App) -> str | None:
    settings = app.oauth
    uses_keys = (
        app.auth_method == "private_key_jwt"
        or settings.jwks.keys
        or settings.id_token_encrypted_response_alg
        or settings.request_object_signing_alg
    )
    return app.id if app.configurable and uses_keys else None


def _service_client(app: App) -> str | None:
    return app.client_id if app.service else None


def _may_exchange(app: App) -> str | None:
    return app.id if app.configurable and _EXCHANGE in app.grant_types else None


def _named_in_a_rule(rule: PolicyRule) -> tuple[str, ...]:
    return rule.people.groups.include + rule.people.groups.exclude


_API_AM = "API Access Management"
_FOR_AGENTS = "Okta for AI Agents"
_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
"""Without this grant type no app can make use of interclient access, whoever trusts it."""

_SERVERS = "okta.authorizationServers.read"
_AI_AGENTS = "okta.aiAgents.read"
PAGE = {"limit": "200"}
"""The usual size of a page."""

COLLECTIONS: tuple[Collection, ...] = (
    Collection(
        name="org",
        label="org profile",
        path="/api/v1/org",
        model=OrgProfile,
        oauth_scope="okta.orgs.read",
        bucket=MANAGEMENT,
        single=True,
    ),
    Collection(
        name="client_privileges",
        label="client privileges setting",
        path="/api/v1/org/settings/clientPrivilegesSetting",
        model=ClientPrivileges,
        oauth_scope="okta.orgs.read",
        bucket=MANAGEMENT,
        single=True,
    ),
    Collection(
        name="authorization_servers",
        label="authorization servers",
        path="/api/v1/authorizationServers",
        model=AuthorizationServer,
        oauth_scope=_SERVERS,
        bucket=MANAGEMENT,
        query=PAGE,
        feature=_API_AM,
    ),
    Collection(
        name="associated_servers",
        label="trusted servers",
        path="/api/v1/authorizationServers/{}/associatedServers",
        model=AuthorizationServer,
        oauth_scope=_SERVERS,
        bucket=MANAGEMENT,
        query={"trusted": "true", **PAGE},
        parent="authorization_servers",
    ),
    Collection(
        name="claims",
        label="claims",
        path="/api/v1/authorizationServers/{}/claims",
        model=Claim,
        oauth_scope=_SERVERS,
        bucket=MANAGEMENT,
        parent="authorization_servers",
    ),
    Collection(
        name="server_keys",
        label="signing keys",
        path="/api/v1/authorizationServers/{}/credentials/keys",
        model=Key,
        oauth_scope=_SERVERS,
        bucket=MANAGEMENT,
        parent="authorization_servers",
    ),
    Collection(
        name="policies",
        label="access policies",
        path="/api/v1/authorizationServers/{}/policies",
        model=AccessPolicy,
        oauth_scope=_SERVERS,
        bucket=MANAGEMENT,
        parent="authorization_servers",
    ),
    Collection(
        name="policy_rules",
        label="policy rules",
        path="/api/v1/authorizationServers/{}/policies/{}/rules",
        model=PolicyRule,
        oauth_scope=_SERVERS,
        bucket=MANAGEMENT,
        parent="policies",
        names_groups=_named_in_a_rule,
    ),
    Collection(
        name="resource_server_keys",
        label="token encryption keys",
        path="/api/v1/authorizationServers/{}/resourceservercredentials/keys",
        model=Key,
        oauth_scope=_SERVERS,
        bucket=MANAGEMENT,
        parent="authorization_servers",
    ),
    Collection(
        name="scopes",
        label="scopes",
        path="/api/v1/authorizationServers/{}/scopes",
        model=Scope,
        oauth_scope=_SERVERS,
        bucket=MANAGEMENT,
        query=PAGE,
        parent="authorization_servers",
    ),
    Collection(
        name="apps",
        label="OIDC apps",
        path="/api/v1/apps",
        model=App,
        oauth_scope="okta.apps.read",
        bucket=APPS,
        # Without includeNonDeleted, inactive apps are not reliably listed.
        query={"includeNonDeleted": "true", **PAGE},
        keep=is_oidc,
    ),
    Collection(
        name="app_jwks",
        label="client keys",
        path="/api/v1/apps/{}/credentials/jwks",
        model=Key,
        oauth_scope="okta.apps.read",
        bucket=APPS,
        parent="apps",
        parent_key=_with_own_keys,
        not_needed=why_keys_not_asked,
    ),
    Collection(
        name="app_grants",
        label="scope grants",
        path="/api/v1/apps/{}/grants",
        model=Grant,
        oauth_scope="okta.appGrants.read",
        bucket=APPS,
        parent="apps",
        parent_key=_configurable,
        not_needed=why_not_asked,
    ),
    Collection(
        name="app_groups",
        label="group assignments",
        path="/api/v1/apps/{}/groups",
        model=GroupAssignment,
        oauth_scope="okta.apps.read",
        bucket=APPS,
        query=PAGE,
        parent="apps",
        parent_key=_configurable,
        not_needed=why_people_not_asked,
        names_groups=lambda assignment: (assignment.id,),
    ),
    Collection(
        name="app_users",
        label="user assignments",
        path="/api/v1/apps/{}/users",
        model=UserAssignments,
        oauth_scope="okta.apps.read",
        bucket=APPS,
        query={"limit": "500"},
        parent="apps",
        parent_key=_configurable,
        not_needed=why_people_not_asked,
        pack=_packed_assignments,
        join=_joined_assignments,
    ),
    # Okta lists both ways. Few apps may exchange tokens, and any app may trust them, SAML apps too.
    Collection(
        name="interclient_target_apps",
        label="apps that may be opened by interclient access",
        path="/api/v1/apps/{}/interclient-target-apps",
        model=None,
        oauth_scope="okta.apps.interclientTrust.read",
        bucket=APPS,
        parent="apps",
        parent_key=_may_exchange,
        not_needed=why_not_asked,
        bare_ids=True,
        pack=packed_ids,
        join=joined_ids,
        feature="Native to Web SSO",
        later=True,
    ),
    Collection(
        name="client_roles",
        label="admin roles of service apps",
        path="/oauth2/v1/clients/{}/roles",
        model=AdminRole,
        oauth_scope="okta.roles.read",
        bucket=CLIENTS,
        parent="apps",
        parent_key=_service_client,
        not_needed=why_not_asked,
    ),
    # A custom role's permissions are a fraction of what its holders may do: its resource sets say
    # to which servers, apps, groups and users they apply.
    Collection(
        name="custom_roles",
        label="custom admin roles",
        path="/api/v1/iam/roles",
        model=CustomRole,
        oauth_scope="okta.roles.read",
        bucket=MANAGEMENT,
        member="roles",
        later=True,
    ),
    Collection(
        name="role_permissions",
        label="permissions of custom admin roles",
        path="/api/v1/iam/roles/{}/permissions",
        model=RolePermission,
        oauth_scope="okta.roles.read",
        bucket=MANAGEMENT,
        parent="custom_roles",
        member="permissions",
        named_by="label",
        later=True,
    ),
    # The workload principals API: "Okta for AI Agents" reference, pages of 200 at most. Super
    # Administrator is the role that its pages name for reading, too.
    Collection(
        name="ai_agents",
        label="AI agents",
        path="/workload-principals/api/v1/ai-agents",
        model=AiAgent,
        oauth_scope=_AI_AGENTS,
        bucket=AGENTS,
        query=PAGE,
        member="data",
        names_apps=lambda agent: (agent.linked_app, agent.client_id),
        feature=_FOR_AGENTS,
        unknown_without=True,
        later=True,
    ),
    Collection(
        name="agent_connections",
        label="resource connections of AI agents",
        path="/workload-principals/api/v1/ai-agents/{}/connections",
        model=AgentConnection,
        oauth_scope=_AI_AGENTS,
        bucket=AGENTS,
        query=PAGE,
        parent="ai_agents",
        member="data",
        later=True,
    ),
    # Okta lists delegation links for a filter only, and has none for all of them. This one leaves
    # out the links from one agent to another.
    Collection(
        name="delegation_links",
        label="delegation links of apps to AI agents",
        path="/workload-principals/api/v1/delegation-links",
        model=DelegationLink,
        oauth_scope=_AI_AGENTS,
        bucket=AGENTS,
        query={"filter": 'from.clientType eq "apps"'},
        member="data",
        names_apps=lambda link: (link.app_id,),
        feature=_FOR_AGENTS,
        unknown_without=True,
        later=True,
    ),
    Collection(
        name="api_service_integrations",
        label="API service integrations",
        path="/integrations/api/v1/api-services",
        model=ApiServiceIntegration,
        oauth_scope="okta.oauthIntegrations.read",
        bucket=INTEGRATIONS,
        later=True,
    ),
    # Okta lists them for one type of principal at a time. Those of API tokens are not read.
    Collection(
        name="client_rate_limits",
        label="rate limits of clients",
        path="/api/v1/principal-rate-limits",
        model=PrincipalRateLimit,
        oauth_scope="okta.principalRateLimits.read",
        bucket=MANAGEMENT,
        query={"filter": 'principalType eq "OAUTH_CLIENT"', "limit": "50"},
        later=True,
    ),
    Collection(
        name="api_tokens",
        label="API tokens",
        path="/api/v1/api-tokens",
        model=ApiToken,
        oauth_scope="okta.apiTokens.read",
        bucket=MANAGEMENT,
    ),
    Collection(
        name="token_owner_roles",
        label="admin roles of API token owners",
        path="/api/v1/users/{}/roles",
        model=AdminRole,
        oauth_scope="okta.roles.read",
        bucket=MANAGEMENT,
        parent="api_tokens",
        parent_key=lambda token: token.user_id,
    ),
    Collection(
        name="custom_domains",
        label="custom domains",
        path="/api/v1/domains",
        model=CustomDomain,
        oauth_scope="okta.domains.read",
        bucket=MANAGEMENT,
        member="domains",
        later=True,
    ),
    Collection(
        name="network_zones",
        label="network zones",
        path="/api/v1/zones",
        model=NetworkZone,
        oauth_scope="okta.networkZones.read",
        bucket=MANAGEMENT,
        query=PAGE,
    ),
    Collection(
        name="inline_hooks",
        label="inline hooks",
        path="/api/v1/inlineHooks",
        model=InlineHook,
        oauth_scope="okta.inlineHooks.read",
        bucket=MANAGEMENT,
    ),
    Collection(
        name="trusted_origins",
        label="trusted origins",
        path="/api/v1/trustedOrigins",
        model=TrustedOrigin,
        oauth_scope="okta.trustedOrigins.read",
        bucket=MANAGEMENT,
        query=PAGE,
    ),
    Collection(
        name="groups",
        label="groups",
        path="/api/v1/groups",
        model=Group,
        oauth_scope="okta.groups.read",
        bucket=GROUPS,
        query=PAGE,
    ),
    Collection(
        name="group_rules",
        label="group rules",
        path="/api/v1/groups/rules",
        model=GroupRule,
        oauth_scope="okta.groups.read",
        bucket=GROUPS,
        query=PAGE,
        later=True,
    ),
    Collection(
        name="group_members",
        label="group members",
        path="/api/v1/groups/{}/users",
        model=None,
        oauth_scope="okta.groups.read",
        bucket=GROUPS,
        query=PAGE,
        parent="groups",
        pack=packed_ids,
        join=joined_ids,
        if_named=True,
    ),
    Collection(
        name="users",
        label="users",
        path="/api/v1/users",
        model=User,
        oauth_scope="okta.users.read",
        bucket=USERS,
        query={"fields": "id,status,profile:(login)", **PAGE},
    ),
)

BY_NAME: Mapping[str, Collection] = {row.name: row for row in COLLECTIONS}

_PATTERNS = [
    (re.compile(re.escape(row.path).replace(r"\{\}", "([^/]+)") + r"\Z"), row)
    for row in COLLECTIONS
]
_BY_LENGTH = {
    length: [(pattern, row) for pattern, row in _PATTERNS if row.path.count("/") == length]
    for length in {row.path.count("/") for row in COLLECTIONS}
}
"""Patterns by the number of slashes: a large tenant has 15,000 paths."""


@cache
def match(path: str) -> tuple[Collection, tuple[str, ...]] | None:
    """The collection a resource path belongs to, and the parent keys in it."""
    for pattern, row in _BY_LENGTH.get(path.count("/"), ()):
        if matched := pattern.match(path):
            return row, matched.groups()
    return None


@cache
def resource_keys(path: str) -> tuple[str, ...]:
    """The parent keys in a resource path; empty where it has none.

    >>> resource_keys("/api/v1/authorizationServers/aus1/policies/p1/rules")
    ('aus1', 'p1')
    """
    matched = match(path)
    return matched[1] if matched else ()


def children(name: str) -> Iterator[Collection]:
    """The collections that are read for each record of the named one."""
    return (row for row in COLLECTIONS if row.parent == name)


def roots() -> Iterator[Collection]:
    """The collections that are read once for the org."""
    return (row for row in COLLECTIONS if row.parent is None)


def lineage(names: Iterable[str]) -> frozenset[str]:
    """The named collections and all their parents."""
    wanted: set[str] = set()
    for name in names:
        row: Collection | None = BY_NAME[name]
        while row is not None:
            wanted.add(row.name)
            row = BY_NAME[row.parent] if row.parent else None
    return frozenset(wanted)


def is_record(model: type[Part] | None) -> bool:
    """Whether a collection's rows are records with an id and a place of their own."""
    return model is not None and issubclass(model, Record)
