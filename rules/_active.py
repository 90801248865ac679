"""What takes part in decisions, and how messages name it."""

from __future__ import annotations

from collections.abc import Iterator

from auditor import Org, quoted
from auditor.models import AccessPolicy, AuthorizationServer, PolicyRule


def active_servers(org: Org) -> Iterator[AuthorizationServer]:
    """Authorization servers that mint tokens."""
    return (server for server in org.servers if server.active)


def active_policies(org: Org) -> Iterator[tuple[AuthorizationServer, AccessPolicy]]:
    """Active policies of active servers, in order of evaluation."""
    for server in active_servers(org):
        for policy in org.active_policies(server):
            yield server, policy


def active_rules(org: Org) -> Iterator[tuple[AuthorizationServer, AccessPolicy, PolicyRule]]:
    """Active rules of active policies of active servers, in order of evaluation."""
    for server in active_servers(org):
        for policy, policy_rule in org.active_rules(server):
            yield server, policy, policy_rule


def policy_name(policy: AccessPolicy, server: AuthorizationServer) -> str:
    """The policy with its server, as a sentence begins with it."""
    return f"Policy {quoted(policy.title)} of authorization server {quoted(server.title)}"


def rule_name(policy_rule: PolicyRule, policy: AccessPolicy, server: AuthorizationServer) -> str:
    """The rule with its policy and server, as a sentence begins with it."""
    return (
        f"Rule {quoted(policy_rule.title)} in policy {quoted(policy.title)} "
        f"of authorization server {quoted(server.title)}"
    )
