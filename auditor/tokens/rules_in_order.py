"""The rules that requests of one server, client and grant type can meet, in Okta's order.

Policies are tried by ascending priority, and the rules of each by theirs
(`snapshot/evaluation_order.py`); the first rule that matches decides. A policy whose client
condition holds but none of whose rules matches is fallen through (support article "Tokens not
issued with lifetime configured in Access Rule").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from auditor.snapshot.models.clients import App
from auditor.snapshot.models.servers import (
    ALL_SCOPES,
    OIDC_SCOPES,
    AccessPolicy,
    AuthorizationServer,
    PolicyRule,
)
from auditor.snapshot.org import Org
from auditor.tokens.conditions import Condition
from auditor.tokens.grants import USER_CHECK_UNDOCUMENTED, USERLESS_GRANTS
from auditor.tokens.people import Test, admission_test
from auditor.tokens.rule_conditions import admits_userless


@dataclass(frozen=True)
class Candidate:
    """One rule, or a policy whose rules were not read, seen from one client and grant type."""

    org: Org
    policy: AccessPolicy
    rule: PolicyRule | None
    """None where the policy's rules are not known."""
    grant: str
    skipped: Condition | None
    """Why it takes no part, whatever the request asks for: `status`, `clients` or `grant`."""

    @cached_property
    def scopes(self) -> frozenset[str] | None:
        """Scopes the rule lets through; None means all."""
        assert self.rule is not None
        return None if ALL_SCOPES in self.rule.scopes else frozenset(self.rule.scopes)

    @cached_property
    def _people(self) -> Test:
        assert self.rule is not None
        return admission_test(self.org, self.rule, self.grant)

    def admits(self, user: str | None) -> bool | None:
        """Whether the people condition lets the request through; None if that is not known."""
        named = self.names(user)
        return None if self.grant in USER_CHECK_UNDOCUMENTED and named is False else named

    def names(self, user: str | None) -> bool | None:
        """Whether the people condition holds for the request; None if that was not read."""
        assert self.rule is not None
        if self.grant in USERLESS_GRANTS:
            return admits_userless(self.rule)
        return None if user is None else self._people(user)

    def grants(
        self, scopes: frozenset[str], *, omitted: bool, openid_listed: bool
    ) -> frozenset[str]:
        """The scopes that the rule gives of those asked for; empty if its scope condition fails.

        Args:
            scopes: those asked for, or the server's default scopes.
            omitted: whether they are defaults, of which a part will do.
            openid_listed: whether OpenID scopes must be listed like others.
        """
        allowed = self.scopes
        if allowed is None:
            return scopes
        if not allowed:
            return allowed  # a rule without scopes matches nothing, in either reading
        if not openid_listed:
            allowed = allowed | OIDC_SCOPES
        if omitted:
            return scopes & allowed
        return scopes if scopes <= allowed else frozenset()

    def lacking(self, scopes: frozenset[str], *, openid_listed: bool) -> frozenset[str]:
        """Those of the scopes asked for that the rule does not let through."""
        if self.scopes is None:
            return frozenset()
        allowed = self.scopes if openid_listed else self.scopes | OIDC_SCOPES
        return scopes - allowed


@dataclass(frozen=True)
class PolicyCandidates:
    """One policy and its rules, seen from one client and grant type."""

    policy: AccessPolicy
    skipped: Condition | None
    """Why it takes no part, whatever the request asks for: `status` or `clients`."""

    candidates: tuple[Candidate, ...]
    """All its rules. If the policy takes no part, each of them is skipped."""


def policies_in_order(
    org: Org, server: AuthorizationServer, client: App, grant: str
) -> Iterator[PolicyCandidates]:
    """All policies and rules of a server in order of evaluation, skipped ones included."""
    for policy in org.policies(server):
        skipped = None if policy.active else Condition.STATUS
        if policy.active and not policy.covers(client.client_id):
            skipped = Condition.CLIENTS
        yield PolicyCandidates(policy, skipped, tuple(_candidates(org, policy, grant, skipped)))


def live_candidates(org: Org, policy: AccessPolicy, grant: str) -> Iterator[Candidate]:
    """Of an active policy that covers the client, what can match, in order of evaluation."""
    candidates = _candidates(org, policy, grant, None)
    return (candidate for candidate in candidates if candidate.skipped is None)


def _candidates(
    org: Org, policy: AccessPolicy, grant: str, skipped: Condition | None
) -> Iterator[Candidate]:
    if not org.known("policy_rules", policy):
        yield Candidate(org, policy, None, grant, skipped)
    for rule in org.rules(policy):
        own = skipped or (None if rule.active else Condition.STATUS)
        if own is None and grant not in rule.grant_types:
            own = Condition.GRANT
        yield Candidate(org, policy, rule, grant, own)


def tied(one: Candidate, other: Candidate) -> bool:
    """Whether Okta does not say which of the two it tries first: their priorities are equal."""
    if one.policy is other.policy:
        assert one.rule is not None
        return other.rule is not None and one.rule.priority == other.rule.priority
    return one.policy.priority == other.policy.priority
