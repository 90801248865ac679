"""Which clients, scopes and rules of a snapshot were used by the requests that a log has.

Only of a log that holds all that was granted in its period can it be said that something was not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from auditor.lint.log_summary import UsageUnknown
from auditor.snapshot.models.clients import App
from auditor.snapshot.models.servers import AccessPolicy, AuthorizationServer, PolicyRule, Scope
from auditor.snapshot.org import Org
from auditor.system_log.groups import Grant, GroupedLog, GroupKey
from auditor.system_log.reading import LogReading
from auditor.system_log.situations import situations
from auditor.tokens.decide import Decider
from auditor.tokens.grants import KNOWN_GRANTS, USERLESS_GRANTS
from auditor.tokens.outcome import Outcome
from auditor.tokens.request import ORG_SERVER
from auditor.tokens.usual_request import usual_request


@dataclass(frozen=True, slots=True)
class UnusedRule:
    """An active rule by which no request of the period was granted."""

    server: AuthorizationServer
    policy: AccessPolicy
    rule: PolicyRule


@dataclass(frozen=True, slots=True)
class UnusedScope:
    """A custom scope that no request of the period was granted."""

    server: AuthorizationServer
    scope: Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What was not used in the period of a log."""

    clients: tuple[App, ...] | None
    """Active clients to which nothing was granted; None if an event does not name its client."""
    scopes: tuple[UnusedScope, ...]
    rules: tuple[UnusedRule, ...]
    scopes_unknown: tuple[AuthorizationServer, ...]
    """Servers of which it is not known, because an event does not say what it granted."""
    rules_unknown: tuple[AuthorizationServer, ...]
    """Servers of which it is not known by which rule a request was granted: also where policies or
    rules, or groups of a user who was granted something, were changed in the period."""


def usage_unknown(reading: LogReading, log: GroupedLog) -> UsageUnknown | None:
    """Why a log cannot say what was not used; None if it can."""
    if reading.header is None:
        return UsageUnknown.EXPORT
    if not reading.header.with_grants:
        return UsageUnknown.WITHOUT_GRANTS
    if not reading.complete:
        return UsageUnknown.INCOMPLETE
    return UsageUnknown.TOO_MANY if log.grants_left_out or log.changes_left_out else None


def usage(log: GroupedLog, org: Org, decider: Decider) -> Usage:
    """What of a snapshot the granted requests of a log did not use.

    Args:
        log: the events; they must hold all that was granted.
        org: the snapshot.
        decider: of the same.
    """
    use = _Use({target.id for change in log.changes for target in change.targets})
    for grant in log.grants:
        use.add(org, decider, grant)
    return use.unused(org)


class _Use:
    def __init__(self, changed: set[str]) -> None:
        self._changed = changed
        self._clients: set[str] = set()
        self._scopes: dict[str, set[str]] = {}
        self._rules: set[str] = set()
        self._scopes_unknown: set[str] = set()
        self._rules_unknown: set[str] = set()
        self._nameless = False

    def add(self, org: Org, decider: Decider, grant: Grant) -> None:
        """Take a granted request in."""
        key = GroupKey(
            grant.type, "", grant.server, grant.server_name, grant.client, grant.grant, grant.asked
        )
        known = situations(org, key)
        self._clients.update({known.client.client_id} if known.client else ())
        if not grant.client:
            self._nameless = True
        server = known.server
        if server is None:
            if known.unknown is not None and not _at_org_server(grant):
                self._doubt(org)
            return
        for scopes in (grant.asked, grant.granted):
            self._scopes.setdefault(server.id, set()).update(scopes or ())
        if grant.asked is None and grant.granted is None:
            self._scopes_unknown.add(server.id)
        scopes = grant.granted if grant.asked is None else grant.asked
        # Before a change of the user's groups another rule may have granted it.
        moved = bool(grant.user) and grant.user in self._changed
        if known.unknown is not None or known.client is None or scopes is None or moved:
            self._rules_unknown.add(server.id)
            return
        for grant_type in known.grants:
            user = None if grant_type in USERLESS_GRANTS else grant.user or None
            request = usual_request(server, known.client, grant_type, user, scopes or None)
            decision = decider.decide(request)
            if decision.outcome is Outcome.MINTED and decision.rule is not None:
                self._rules.add(decision.rule.id)
            else:
                self._rules_unknown.add(server.id)

    def _doubt(self, org: Org) -> None:
        """A request at a server that is not known may have been at any."""
        for server in org.servers if org.known("authorization_servers") else ():
            self._scopes_unknown.add(server.id)
            self._rules_unknown.add(server.id)

    def unused(self, org: Org) -> Usage:
        """What was not used, each list in the order of the snapshot."""
        servers = org.servers if org.known("authorization_servers") else ()
        live = [server for server in servers if server.active]
        # By which rule a request was granted before a change, the snapshot does not say.
        self._rules_unknown.update(server.id for server in live if self._was_changed(org, server))
        return Usage(
            clients=None if self._nameless or not org.known("apps") else self._unused_clients(org),
            scopes=tuple(
                UnusedScope(server, scope)
                for server in live
                if server.id not in self._scopes_unknown and org.known("scopes", server)
                for scope in org.scopes(server)
                if not scope.system and scope.name not in self._scopes.get(server.id, ())
            ),
            rules=tuple(self._unused_rules(org, live)),
            scopes_unknown=tuple(s for s in live if s.id in self._scopes_unknown),
            rules_unknown=tuple(s for s in live if s.id in self._rules_unknown),
        )

    def _was_changed(self, org: Org, server: AuthorizationServer) -> bool:
        """Whether the log has a change of the server, or of a policy or rule of it."""
        policies = org.policies(server) if org.known("policies", server) else ()
        ids = {server.id, *(policy.id for policy in policies)}
        for policy in policies:
            if org.known("policy_rules", policy):
                ids.update(rule.id for rule in org.rules(policy))
        return not ids.isdisjoint(self._changed)

    def _unused_clients(self, org: Org) -> tuple[App, ...]:
        return tuple(
            app
            for app in org.clients
            if app.active
            and app.configurable
            and KNOWN_GRANTS & set(app.grant_types)
            and app.client_id not in self._clients
        )

    def _unused_rules(self, org: Org, live: list[AuthorizationServer]) -> Iterator[UnusedRule]:
        for server in live:
            if server.id in self._rules_unknown or not org.known("policies", server):
                continue
            for policy in org.active_policies(server):
                if org.known("policy_rules", policy):
                    for rule in org.live_rules(policy):
                        if rule.id not in self._rules:
                            yield UnusedRule(server, policy, rule)


def _at_org_server(grant: Grant) -> bool:
    """Whether a request went to the org authorization server."""
    return grant.server == ORG_SERVER
