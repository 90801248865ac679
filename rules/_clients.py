"""The clients that rules judge, and the policies and rules that those can meet."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.snapshot.index import Org
from auditor.snapshot.models.clients import App, Grant
from auditor.snapshot.models.servers import AccessPolicy, AuthorizationServer, PolicyRule


def own_clients(org: Org) -> Iterator[App]:
    """Active apps that the org configures itself; Okta's own ones are not judged."""
    return (app for app in org.apps if app.active and app.configurable)


def covering_policies(org: Org, client: App) -> Iterator[AccessPolicy]:
    """Active policies of active servers that name the client or apply to all clients."""
    return (policy for _, policy in org.policies_for(client.client_id))


def reachable_rules(org: Org, client: App) -> Iterator[PolicyRule]:
    """Active rules that the client can meet, on whichever active server."""
    return (rule for _, _, rule in org.rules_for(client.client_id))


def servers_naming(org: Org, client: App) -> Iterator[AuthorizationServer]:
    """Active servers of which an active policy names the client."""
    covering = org.policies_for(client.client_id)
    servers = {server.id: server for server, policy in covering if named(client, policy)}
    return iter(servers.values())


def named(client: App, policy: AccessPolicy) -> bool:
    """Whether the policy names the client, rather than applying to all clients."""
    return client.client_id in policy.clients


def served(org: Org, client: App) -> bool:
    """Whether an authorization server is meant for the client, or gives it a token anyway.

    It is meant if an active policy names the client. A policy for all clients counts where
    one of its rules allows a grant type of the client. Needs `policy_rules`.
    """
    if any(named(client, policy) for policy in covering_policies(org, client)):
        return True
    own = set(client.grant_types)
    return any(own & set(rule.grant_types) for rule in reachable_rules(org, client))


def okta_grants(org: Org, client: App) -> tuple[Grant, ...]:
    """Grants in force for scopes of the Okta APIs. Needs `app_grants`."""
    return tuple(
        grant
        for grant in org.grants(client)
        if grant.active and (grant.scope_id or "").startswith("okta.")
    )
