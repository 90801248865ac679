"""One server, client and grant type: everything that does not depend on the request.

Built once and asked many times; that is what makes a decision cheap.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from auditor.snapshot.models.clients import App
from auditor.snapshot.models.servers import AuthorizationServer, Scope
from auditor.snapshot.org import Org
from auditor.text import listed, quoted
from auditor.tokens import rejections
from auditor.tokens.candidates import Candidate, candidates
from auditor.tokens.decision import Passed
from auditor.tokens.grants import (
    AUTHORIZATION_CODE,
    BROWSER_GRANTS,
    IMPLICIT,
    INTERACTION_CODE,
    KNOWN_GRANTS,
    REFRESH_TOKEN,
    USER_CHECK_UNDOCUMENTED,
)
from auditor.tokens.people import Test, assignment_test
from auditor.tokens.rejections import Rejection
from auditor.tokens.request import TokenRequest
from auditor.tokens.scopes import OPENID, AskedScopes, at_custom_server, at_org_server
from auditor.tokens.token_endpoint import KEYS, ZONES, can_authenticate, usable_somewhere

_USABLE_AT_SIGN_IN = frozenset({"ACTIVE", "PASSWORD_EXPIRED"})
PEOPLE_OF_EXCHANGE = (
    "whether Okta holds the subject token's user against assignments and the people of a rule"
)
"""The fact that a token exchange lacks where the two readings part; see
`USER_CHECK_UNDOCUMENTED`."""

_ASSIGNMENTS = "the assignments of the client"
_ANY_LABEL = r"[A-Za-z0-9-]+"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one check ended."""

    text: str
    passed: Passed = Passed.YES
    rejection: Rejection | None = None
    missing: str | None = None

    @property
    def ends(self) -> bool:
        """Whether the request ends here. A check that could not be made need not end it."""
        return self.rejection is not None or self.missing is not None


def rejected(text: str, rejection: Rejection) -> Verdict:
    """A check that failed, and Okta's words for it."""
    return Verdict(text, Passed.NO, rejection)


def unknown(text: str, missing: str) -> Verdict:
    """A check that cannot be made."""
    return Verdict(text, Passed.UNKNOWN, missing=missing)


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
    _asked: dict[tuple[frozenset[str] | None, str], AskedScopes] = field(default_factory=dict)

    @cached_property
    def fixed_checks(self) -> tuple[Verdict, ...]:
        """Checks that every request of this situation meets, up to the first that fails."""
        found = []
        for verdict in self._fixed_checks():
            found.append(verdict)
            if verdict.ends:
                break
        return tuple(found)

    @cached_property
    def blocking_check(self) -> Verdict | None:
        """The fixed check that ends every request, if one does."""
        last = self.fixed_checks[-1]
        return last if last.ends else None

    @cached_property
    def assumed(self) -> tuple[str, ...]:
        """What was not read and is taken to stand in nobody's way."""
        if not self.at_token_endpoint:
            return ()
        checks = ((KEYS, can_authenticate), (ZONES, usable_somewhere))
        return tuple(name for name, check in checks if check(self.org, self.client) is None)

    @property
    def at_token_endpoint(self) -> bool:
        """Whether tokens come from the token endpoint, where the client has to show itself."""
        return self.grant != IMPLICIT

    @property
    def user_check_undocumented(self) -> bool:
        """Whether being left out of a list proves nothing about the user.

        See `USER_CHECK_UNDOCUMENTED`.
        """
        return self.grant in USER_CHECK_UNDOCUMENTED

    @cached_property
    def candidates(self) -> tuple[Candidate, ...]:
        """All rules of the server, in order of evaluation; none at the org server."""
        if self.server is None:
            return ()
        return candidates(self.org, self.server, self.client, self.grant)

    @cached_property
    def applicable(self) -> tuple[Candidate, ...]:
        """The candidates that can match."""
        return tuple(item for item in self.candidates if item.skipped is None)

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
        """The response type of a request that does not say: what the client is set up for."""
        if self.grant == IMPLICIT:
            own = {"token", "id_token"} & set(self.client.oauth.response_types)
            return " ".join(sorted(own, reverse=True)) or "token"
        return "code" if self.grant == AUTHORIZATION_CODE else ""

    @cached_property
    def defined_scopes(self) -> dict[str, Scope] | None:
        """The server's scopes by name; None if they were not read."""
        if self.server is None or not self.org.known("scopes", self.server):
            return None
        return {scope.name: scope for scope in self.org.scopes(self.server)}

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

    def asked(self, request: TokenRequest) -> AskedScopes:
        """What the request's scopes alone decide."""
        response_type = request.response_type or self._usual_response_type(request.scopes)
        key = (request.scopes, response_type)
        if key not in self._asked:
            self._asked[key] = self._ask(request.scopes, response_type)
        return self._asked[key]

    def _usual_response_type(self, scopes: frozenset[str] | None) -> str:
        """A client asks for an ID token only together with `openid`."""
        usual = self.default_response_type
        return usual if OPENID in (scopes or ()) else usual.removesuffix(" id_token")

    def _ask(self, scopes: frozenset[str] | None, response_type: str) -> AskedScopes:
        if self.server is None:
            return at_org_server(
                scopes,
                self.granted_okta_scopes,
                self.grant,
                response_type,
                private_key=self.client.auth_method == "private_key_jwt",
            )
        return at_custom_server(
            scopes, self.defined_scopes, self.grant, response_type, service=self.client.service
        )

    def _fixed_checks(self) -> Iterator[Verdict]:
        server, client, name = self.server, self.client, quoted(self.client.title)
        if server is not None:
            title = quoted(server.title)
            if not server.active:
                yield rejected(f"server {title} is not active", rejections.SERVER_INACTIVE)
            yield Verdict(f"server {title} is active")
        if not client.active:
            yield rejected(f"client {name} is not active", rejections.CLIENT_INACTIVE)
        if not client.configurable:
            yield unknown(f"client {name} is Okta's own", "the OAuth settings of Okta's own app")
        if self.at_token_endpoint:
            yield from self._at_token_endpoint(name)
        if self.grant not in KNOWN_GRANTS:
            yield rejected(
                f"Okta knows no grant type {quoted(self.grant)}", rejections.UNKNOWN_GRANT
            )
        if self.grant not in client.grant_types:
            yield rejected(
                f"client {name} may not use {self.grant}",
                rejections.grant_not_allowed(client.grant_types),
            )
        yield Verdict(f"client {name} is active and may use {self.grant}")
        if self.grant == REFRESH_TOKEN:
            yield unknown(
                "whether Okta evaluates the access policy again is not published",
                "whether the access policy is evaluated again when a token is refreshed",
            )

    def _at_token_endpoint(self, name: str) -> Iterator[Verdict]:
        """Whether the client is let in, from wherever it calls and whatever it asks for.

        An authorization code is refused when it is redeemed: nothing at `/authorize` helps.
        """
        client = self.client
        if client.oauth.network.connection == "ZONE":
            usable = usable_somewhere(self.org, client)
            if usable is None:
                yield Verdict("the network zones of the org were not read", Passed.UNKNOWN)
            elif usable:
                yield Verdict(f"client {name} may be used from its network zones")
            else:
                text = f"client {name} may be used from network zones only that match no address"
                yield rejected(text, rejections.OUTSIDE_ZONES)
        if client.auth_method == "private_key_jwt":
            able = can_authenticate(self.org, client)
            has = "keys behind a jwks_uri" if client.oauth.jwks_uri else "an active key"
            if able is None:
                yield Verdict(f"the keys of client {name} were not read", Passed.UNKNOWN)
            elif able:
                yield Verdict(f"client {name} has {has} to authenticate with")
            else:
                text = f"client {name} has no active key for signatures and no jwks_uri"
                yield rejected(text, rejections.NO_CLIENT_KEY)

    def request_checks(self, request: TokenRequest) -> Iterator[Verdict]:
        """Checks of what the request says beyond scopes and user."""
        if self.grant in BROWSER_GRANTS:
            yield from self._at_authorize(request)
        if self.grant in {AUTHORIZATION_CODE, INTERACTION_CODE} and request.pkce is False:
            required = self.client.credentials.oauth_client.pkce_required
            if required:
                yield rejected("the client requires PKCE", rejections.PKCE_MISSING)
            yield Verdict("the client does not require PKCE")
        if request.dpop is False and self.client.oauth.dpop_bound_access_tokens:
            yield rejected("the client requires DPoP", rejections.DPOP_MISSING)

    def _at_authorize(self, request: TokenRequest) -> Iterator[Verdict]:
        if request.response_type is not None:
            asked = set(request.response_type.split())
            own = set(self.client.oauth.response_types)
            shown = f"response type {quoted(request.response_type)}"
            fits = "code" in asked if self.grant == AUTHORIZATION_CODE else "code" not in asked
            if not asked or asked - own or not fits:
                has = listed(sorted(own))
                yield rejected(
                    f"{shown} is none of the client's ({has})", rejections.WRONG_RESPONSE_TYPE
                )
            if self.grant == AUTHORIZATION_CODE and len(asked) > 1:
                yield unknown(
                    f"{shown} is a hybrid one",
                    "which grant types a rule must allow for a hybrid response type",
                )
            yield Verdict(f"{shown} is one of the client's")
        if request.redirect_uri is not None:
            shown = f"redirect URI {quoted(request.redirect_uri)}"
            if not self._registered(request.redirect_uri):
                yield rejected(f"{shown} is not registered", rejections.WRONG_REDIRECT_URI)
            yield Verdict(f"{shown} is registered")

    def _registered(self, uri: str) -> bool:
        """Exactly, case and trailing slash included; `*` stands for one label if so set."""
        own = self.client.oauth
        if uri in own.redirect_uris:
            return True
        if own.wildcard_redirect != "SUBDOMAIN":
            return False
        patterns = (re.escape(item).replace(r"\*", _ANY_LABEL) for item in own.redirect_uris)
        return any(re.fullmatch(pattern, uri) for pattern in patterns)

    def user_check(self, user_id: str | None) -> Verdict:
        """Whether the user can sign in and is assigned to the client."""
        if user_id is None:
            return unknown("the request names no user", "a user: the grant type needs one")
        user = self.org.user(user_id)
        if user is None:
            if not self.org.known("users"):
                return unknown(f"user {quoted(user_id)} was not read", "the users of the org")
            return rejected("the user is deprovisioned or deleted", rejections.USER_SHUT_OUT)
        name = quoted(user.title)
        if not self.can_sign_in(user.status):
            return rejected(f"user {name} is {user.status}", rejections.USER_SHUT_OUT)
        return self._assignment_check(user_id, name)

    def can_sign_in(self, status: str | None) -> bool:
        """Whether a user's status allows it; an expired password can be changed in a browser."""
        browser = self.grant in BROWSER_GRANTS or self.grant == INTERACTION_CODE
        return status == "ACTIVE" or (browser and status in _USABLE_AT_SIGN_IN)

    def _assignment_check(self, user_id: str, name: str) -> Verdict:
        assigned = self.assigned(user_id)
        if assigned is None:
            text = f"whether {name} is assigned was not read"
            if self.user_check_undocumented:
                return Verdict(text, Passed.UNKNOWN)
            return unknown(text, _ASSIGNMENTS)
        if not assigned and self.user_check_undocumented:
            return Verdict(
                f"user {name} is not assigned to the client; whether a token exchange needs that "
                "is not published",
                Passed.UNKNOWN,
            )
        if not assigned:
            return rejected(f"user {name} is not assigned to the client", rejections.NOT_ASSIGNED)
        return Verdict(f"user {name} is active and {self._how(user_id)}")

    def missing_fact(self, user_id: str | None) -> str | None:
        """The fact without which it is not known whether a user may have what a rule gives.

        Only in token exchange: elsewhere the request ends with such a user. There it goes on,
        because it is rejected whatever the fact is where no rule covers what it asks for.
        """
        if user_id is None or not self.user_check_undocumented:
            return None
        assigned = self.assigned(user_id)
        if assigned is None:
            return _ASSIGNMENTS
        return None if assigned else PEOPLE_OF_EXCHANGE

    def _how(self, user_id: str) -> str:
        if self.client.federation_broker:
            return "needs no assignment (Federation Broker Mode)"
        groups = [
            quoted(group.title)
            for item in self.org.assigned_groups(self.client)
            if (group := self.org.group(item.id)) and user_id in self.org.members(item.id)
        ]
        return f"assigned through group {listed(groups)}" if groups else "assigned directly"
