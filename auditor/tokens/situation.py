"""One server, client and grant type: everything that does not depend on the request.

Built once and asked many times; that is what makes a decision cheap.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeAlias

from auditor.snapshot.models.agents import AgentClient
from auditor.snapshot.models.clients import App
from auditor.snapshot.models.servers import AuthorizationServer, Claim, Scope
from auditor.snapshot.org import Org
from auditor.tokens.agents import id_jag, with_connections
from auditor.tokens.checks import Check
from auditor.tokens.claims.group_claims import MatchingGroups, may_match
from auditor.tokens.claims.refusals import ClaimRefusals, claim_refusals, unevaluated
from auditor.tokens.client_checks import client_checks
from auditor.tokens.conditions import Condition
from auditor.tokens.grants import (
    AUTHORIZATION_CODE,
    BROWSER_GRANTS,
    IMPLICIT,
    JWT_BEARER,
    PAGELESS_GRANTS,
    TOKEN_EXCHANGE,
    USER_CHECK_UNDOCUMENTED,
    USERLESS_GRANTS,
)
from auditor.tokens.interclient import is_trusted
from auditor.tokens.missing_facts import MissingFact, MissingFactKind
from auditor.tokens.people import Test, assignment_test, members_known
from auditor.tokens.request import TokenRequest
from auditor.tokens.rules_in_order import Candidate, PolicyCandidates, policies_in_order
from auditor.tokens.scopes import (
    CONSENTED,
    INTERCLIENT_ACCESS,
    OPENID,
    AskedScopes,
    at_custom_server,
    at_org_server,
)
from auditor.tokens.server_tables import ServerTables
from auditor.tokens.token_endpoint import can_authenticate, usable_somewhere
from auditor.tokens.usual_request import usual_request

_Asking: TypeAlias = tuple[frozenset[str] | None, frozenset[str] | None, str, str | None]
"""Scopes, scopes of the assertion, response type and prompt of a request."""

ClientKind: TypeAlias = tuple[str, bool, str, bool, bool, str | None]
"""See `Situation.client_kind`."""


@dataclass
class Situation:
    """One server, client and grant type.

    Args:
        org: the tenant.
        server: a custom authorization server; None for the org server.
        client: the client.
        grant: the grant type.
    """

    org: Org
    server: AuthorizationServer | None
    client: App
    grant: str
    _asked: dict[_Asking, AskedScopes] = field(default_factory=dict)

    _matching: dict[str, MatchingGroups] = field(default_factory=dict)

    @cached_property
    def fixed_checks(self) -> tuple[Check, ...]:
        """Checks that every request of this situation meets, up to the first that ends it."""
        checks = []
        for check in client_checks(self.org, self.server, self.client, self.grant):
            checks.append(check)
            if check.ends:
                break
        return tuple(checks)

    @cached_property
    def blocking_check(self) -> Check | None:
        """The fixed check that ends every request, if one does."""
        last = self.fixed_checks[-1]
        return last if last.ends else None

    @cached_property
    def unsettled(self) -> MissingFact | None:
        """The fact without which no token of this situation is certain, if there is one."""
        return next((check.unsettled for check in self.fixed_checks if check.unsettled), None)

    @property
    def waits_for_user(self) -> bool:
        """Whether every request of a client in order is left open: a refresh, but for its user."""
        last = self.blocking_check
        return last is not None and last.condition is Condition.REFRESH

    @cached_property
    def assumed(self) -> tuple[MissingFact, ...]:
        """Facts that were not read and are assumed to let the client in."""
        if not self.at_token_endpoint:
            return ()
        checks = (
            (MissingFactKind.CLIENT_KEYS, can_authenticate),
            (MissingFactKind.NETWORK_ZONES, usable_somewhere),
        )
        return tuple(
            MissingFact(kind=kind) for kind, check in checks if check(self.org, self.client) is None
        )

    @property
    def at_token_endpoint(self) -> bool:
        """Whether tokens come from the token endpoint, where the client authenticates."""
        return self.grant != IMPLICIT

    @property
    def user_check_undocumented(self) -> bool:
        """Whether a user may get a token without being assigned, or named by a rule.

        See `USER_CHECK_UNDOCUMENTED`.
        """
        return self.grant in USER_CHECK_UNDOCUMENTED

    @property
    def audience(self) -> str | None:
        """The audience of the server, which has one only; None at the org server."""
        return next(iter(self.server.audiences), None) if self.server else None

    @cached_property
    def policies(self) -> tuple[PolicyCandidates, ...]:
        """All policies of the server, in order of evaluation; none at the org server."""
        if self.server is None:
            return ()
        return tuple(policies_in_order(self.org, self.server, self.client, self.grant))

    @cached_property
    def candidates(self) -> tuple[Candidate, ...]:
        """All rules of the server, in order of evaluation, skipped ones included."""
        return tuple(candidate for policy in self.policies for candidate in policy.candidates)

    @cached_property
    def applicable(self) -> tuple[Candidate, ...]:
        """The rules that can match, in order of evaluation; for many clients the same objects."""
        if self.server is None:
            return ()
        tables = ServerTables.of(self.org)
        return tables.applicable(self.server, self.client.client_id, self.grant)

    @cached_property
    def policies_known(self) -> bool:
        """Whether the server's policies were read."""
        return self.server is None or self.org.known("policies", self.server)

    @cached_property
    def assigned(self) -> Test:
        """Whether a user is assigned to the client."""
        return assignment_test(self.org, self.client)

    @cached_property
    def default_response_type(self) -> str:
        """The response type of a request that names none: what the client is set up for."""
        if self.grant == IMPLICIT:
            own = {"token", "id_token"} & set(self.client.oauth.response_types)
            return " ".join(sorted(own, reverse=True)) or "token"
        return "code" if self.grant == AUTHORIZATION_CODE else ""

    @cached_property
    def defined_scopes(self) -> Mapping[str, Scope] | None:
        """The server's scopes by name; None if they were not read."""
        return ServerTables.of(self.org).scopes(self.server) if self.server else None

    @property
    def client_kind(self) -> ClientKind:
        """What about client and grant type decides which scopes may be asked for.

        The grant type, whether it is a service app, the default response type, whether it requires
        consent where nobody can be asked, whether an app trusts it, and which AI agent it is, if it
        is one: its connections decide.
        """
        client = self.client
        return (
            *(self.grant, client.service, self.default_response_type),
            *(self.asks_in_vain, is_trusted(self.org, client)),
            client.client_id if isinstance(client, AgentClient) else None,
        )

    @property
    def asks_in_vain(self) -> bool:
        """Whether the client requires consent in a grant type in which nobody can be asked."""
        required = self.client.oauth.consent_method == "REQUIRED"
        return required and self.grant in PAGELESS_GRANTS

    @cached_property
    def consent_unasked(self) -> frozenset[str]:
        """Scopes to which a user would have to consent where nobody can be asked."""
        scopes = (self.defined_scopes or {}).values() if self.asks_in_vain else ()
        return frozenset(scope.name for scope in scopes if scope.consent in CONSENTED)

    @property
    def claims_unevaluated(self) -> bool:
        """Whether the server has claims, for all that is known, that are not evaluated here."""
        if self.server is None:
            return False
        return not self.org.known("claims", self.server) or unevaluated(self.claims)

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The server's claims, if they were read."""
        known = self.server is not None and self.org.known("claims", self.server)
        return self.org.claims(self.server) if self.server and known else ()

    def matching_groups(self, claim: Claim) -> MatchingGroups | None:
        """The groups that a claim may match; None if the groups were not read."""
        if not self.org.known("groups"):
            return None
        if claim.id not in self._matching:
            groups = {group.id for group in self.org.groups if may_match(claim, group)}
            read = frozenset(group for group in groups if members_known(self.org, group))
            self._matching[claim.id] = MatchingGroups(read, len(groups - read))
        return self._matching[claim.id]

    @cached_property
    def claim_refusals(self) -> ClaimRefusals:
        """The tokens that are refused for a claim, where there is an access token."""
        return self._claim_refusals(access_token=True)

    @cached_property
    def id_token_refusals(self) -> ClaimRefusals:
        """The tokens that are refused for a claim, where there is an ID token alone."""
        return self._claim_refusals(access_token=False)

    @property
    def usual_refusals(self) -> ClaimRefusals:
        """The tokens that are refused for a claim, of requests that name no response type."""
        alone = self.default_response_type == "id_token"
        return self.id_token_refusals if alone else self.claim_refusals

    def _claim_refusals(self, *, access_token: bool) -> ClaimRefusals:
        user = self.grant not in USERLESS_GRANTS
        return claim_refusals(self.claims, user=user, access_token=access_token)

    @cached_property
    def granted_okta_scopes(self) -> frozenset[str] | None:
        """The `okta.` scopes granted to the client; None if they were not read."""
        if not self.org.known("app_grants", self.client):
            return None
        return frozenset(
            grant.scope_id
            for grant in self.org.grants(self.client)
            if grant.active and grant.scope_id
        )

    def request(self, user: str | None, scopes: frozenset[str] | None) -> TokenRequest:
        """The usual request of this situation."""
        return usual_request(self.server, self.client, self.grant, user, scopes)

    def asked(self, request: TokenRequest) -> AskedScopes:
        """What the request's scopes decide by themselves."""
        response_type = request.response_type or self._usual_response_type(request.scopes)
        prompt = request.prompt if self.grant in BROWSER_GRANTS else None
        key = (request.scopes, request.assertion_scopes, response_type, prompt)
        if key not in self._asked:
            alone = self.grant == IMPLICIT and "token" not in response_type.split()
            asked = self._of_assertion(request) or self._ask(request.scopes, response_type)
            if asked.unsettled is None:
                asked = replace(asked, unsettled=self._unsettled(asked.scopes))
            self._asked[key] = replace(asked, access_token=not alone, prompt=prompt)
        return self._asked[key]

    def _unsettled(self, scopes: frozenset[str]) -> MissingFactKind | None:
        """The fact without which a token with some scopes is not certain.

        A client may ask for `interclient_access` only if an app trusts it (guide "Configure
        Native to Web SSO").
        """
        if INTERCLIENT_ACCESS in scopes and not is_trusted(self.org, self.client):
            return MissingFactKind.INTERCLIENT_TRUST
        return MissingFactKind.CONSENT_WITHOUT_PAGE if self.consent_unasked & scopes else None

    def _usual_response_type(self, scopes: frozenset[str] | None) -> str:
        """A client asks for an ID token only together with `openid`."""
        usual = self.default_response_type
        return usual if OPENID in (scopes or ()) else usual.removesuffix(" id_token")

    def _of_assertion(self, request: TokenRequest) -> AskedScopes | None:
        """What the scopes of the assertion decide; None if they are not known, or do not count."""
        carried = request.assertion_scopes
        if self.grant != JWT_BEARER or self.server is None or request.scopes or not carried:
            return None
        asked = replace(self._ask(carried, ""), unsettled=None)
        if isinstance(self.client, AgentClient):
            return with_connections(asked, self.org, self.client, self.server)
        return asked

    def _ask(self, scopes: frozenset[str] | None, response_type: str) -> AskedScopes:
        if self.server is None:
            exchange = self.grant == TOKEN_EXCHANGE
            if isinstance(self.client, AgentClient) and exchange and scopes:
                return id_jag(self.org, self.client, scopes)
            return at_org_server(
                scopes,
                self.granted_okta_scopes,
                self.grant,
                response_type,
                private_key=self.client.auth_method == "private_key_jwt",
                service=self.client.service,
            )
        return at_custom_server(
            scopes, self.defined_scopes, self.grant, response_type, service=self.client.service
        )
