"""Authorization servers of an org, and what belongs to them."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.snapshot.collections import resource_keys
from auditor.snapshot.models.base import Record
from auditor.snapshot.models.servers import (
    ALL_CLIENTS,
    AccessPolicy,
    AuthorizationServer,
    Claim,
    Key,
    PolicyRule,
    Scope,
)
from auditor.snapshot.view import View


class ServersOfOrg(View):
    """Authorization servers with their policies, rules, scopes, claims and keys."""

    @property
    def servers(self) -> tuple[AuthorizationServer, ...]:
        """Custom authorization servers."""
        return self._all("authorization_servers", AuthorizationServer)

    def server(self, server_id: str) -> AuthorizationServer:
        """The server with an id.

        Raises:
            KeyError: there is none.
        """
        return self._lookup("authorization_servers", AuthorizationServer)[server_id]

    def policies(self, server: AuthorizationServer) -> tuple[AccessPolicy, ...]:
        """The server's access policies in order of evaluation, inactive ones included."""
        return self._of("policies", AccessPolicy, server)

    def rules(self, policy: AccessPolicy) -> tuple[PolicyRule, ...]:
        """The policy's rules in order of evaluation, inactive ones included."""
        return self._of("policy_rules", PolicyRule, policy)

    def scopes(self, server: AuthorizationServer) -> tuple[Scope, ...]:
        """The server's scopes, built-in ones included."""
        return self._of("scopes", Scope, server)

    def claims(self, server: AuthorizationServer) -> tuple[Claim, ...]:
        """The server's claims."""
        return self._of("claims", Claim, server)

    def signing_keys(self, server: AuthorizationServer) -> tuple[Key, ...]:
        """The keys the server signs tokens with."""
        return self._of("server_keys", Key, server)

    def encryption_keys(self, server: AuthorizationServer) -> tuple[Key, ...]:
        """The keys access tokens are encrypted with."""
        return self._of("resource_server_keys", Key, server)

    def trusted_servers(self, server: AuthorizationServer) -> tuple[AuthorizationServer, ...]:
        """Servers whose tokens this one accepts in a token exchange."""
        return self._of("associated_servers", AuthorizationServer, server)

    def server_of(self, record: Record) -> AuthorizationServer | None:
        """The server a policy, rule, scope, claim or key belongs to, or the server itself."""
        if isinstance(record, AuthorizationServer):
            return record
        if not record.place.path.startswith("/api/v1/authorizationServers/"):
            return None
        keys = resource_keys(record.place.path)
        return self._lookup("authorization_servers", AuthorizationServer).get(keys[0])

    def policy_of(self, rule: PolicyRule) -> AccessPolicy:
        """The policy a rule belongs to."""
        server = self.server_of(rule)
        assert server is not None
        key = resource_keys(rule.place.path)[1]
        return next(policy for policy in self.policies(server) if policy.id == key)

    def active_policies(self, server: AuthorizationServer) -> Iterator[AccessPolicy]:
        """The server's active policies in order of evaluation."""
        return (policy for policy in self.policies(server) if policy.active)

    def active_rules(
        self, server: AuthorizationServer
    ) -> Iterator[tuple[AccessPolicy, PolicyRule]]:
        """Active rules of active policies, in the order in which Okta tries them."""
        for policy in self.active_policies(server):
            for rule in self.live_rules(policy):
                yield policy, rule

    def live_rules(self, policy: AccessPolicy) -> tuple[PolicyRule, ...]:
        """The policy's active rules in order of evaluation, whether or not it is active itself."""
        self._check("policy_rules")
        cache = self._tables.live_rules
        if policy.place not in cache:
            cache[policy.place] = tuple(rule for rule in self.rules(policy) if rule.active)
        return cache[policy.place]

    def covering(self, client_id: str) -> Iterator[tuple[AuthorizationServer, AccessPolicy]]:
        """Active policies of active servers whose client condition includes a client.

        In order of evaluation within a server. Worked out once for all clients.
        """
        self._check("policies")
        cache = self._tables.covering
        if client_id not in cache:
            cache[client_id] = tuple(self._covering(client_id))
        return iter(cache[client_id])

    def _covering(self, client_id: str) -> Iterator[tuple[AuthorizationServer, AccessPolicy]]:
        lookup = self._tables.lookups.setdefault("covering", {})
        if not lookup:
            lookup[ALL_CLIENTS] = []
            live = [(s, p) for s in self.servers if s.active for p in self.active_policies(s)]
            for number, (server, policy) in enumerate(live):
                for covered in dict.fromkeys(policy.clients):
                    lookup.setdefault(covered, []).append((number, server, policy))
        pairs = {number: pair for number, *pair in lookup.get(client_id, ())}
        pairs |= {number: pair for number, *pair in lookup[ALL_CLIENTS]}
        return ((server, policy) for _, (server, policy) in sorted(pairs.items()))
