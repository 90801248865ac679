"""Holds a call that was refused against the token, and against what a snapshot has of its caller.

Sources. Only the org authorization server issues `okta.*` scopes, and a `.manage` scope does all
that the `.read` scope of its resource does ("Implement OAuth for Okta"). What a service app may do
is what its scopes and its admin roles allow together; a user's token allows what the user may do
("Implement OAuth for Okta with a service app"). A token without the scope is refused with
`insufficient_scope` in WWW-Authenticate, which names the scope (okta-sdk-golang #145,
terraform-provider-okta #2375); a caller without the right with E0000006.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto

from auditor.diagnosis.api_calls import ApiCall
from auditor.diagnosis.api_rights.admin_roles import (
    JudgedRole,
    RoleVerdict,
    in_force,
    judged,
    suggested_permission,
)
from auditor.diagnosis.api_rights.endpoints import Endpoint, endpoint_of, endpoints_of
from auditor.diagnosis.clues import TokenClue
from auditor.snapshot.models.clients import App
from auditor.snapshot.org import Org
from auditor.tokens.lookup.issuers import server_in_url
from auditor.tokens.request import ORG_SERVER


class ReasonKind(Enum):
    """Why a call is refused, or why that is not known."""

    API_TOKENS_REFUSED = auto()
    """The endpoint takes access tokens only."""
    ACCESS_TOKENS_REFUSED = auto()
    """The endpoint takes API tokens only."""
    OTHER_SERVER = auto()
    """A custom authorization server issued the token."""
    SCOPE_NOT_IN_TOKEN = auto()
    SCOPE_NOT_GRANTED = auto()
    GRANT_REVOKED = auto()
    TOKEN_TOO_OLD = auto()
    """The scope is granted, and yet the token has it not."""
    CLIENT_INACTIVE = auto()
    NO_ADMIN_ROLE = auto()
    ROLE_TOO_WEAK = auto()
    ROLE_UNPUBLISHED = auto()
    USERS_RIGHTS = auto()
    """The token acts for a user, whose admin roles count."""
    GRANTS_UNREAD = auto()
    ROLES_UNREAD = auto()


OF_REQUEST = frozenset(
    {
        ReasonKind.API_TOKENS_REFUSED,
        ReasonKind.ACCESS_TOKENS_REFUSED,
        ReasonKind.OTHER_SERVER,
        ReasonKind.TOKEN_TOO_OLD,
    }
)
"""Of these the request is at fault."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason."""

    kind: ReasonKind
    names: tuple[str, ...] = ()
    """Scopes or roles, sorted."""
    certain: bool = False
    """Whether the call fails for it in any case."""


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A refused call, the rights that it takes, and those that its caller has."""

    call: ApiCall
    endpoint: Endpoint | None
    """None if Okta's documents have no such call, or the method is not known."""
    methods: tuple[str, ...]
    """Methods that the path has in Okta's documents."""
    scopes: tuple[frozenset[str], ...]
    """Alternatives of what it takes: from its answer if that names them, else the documents."""
    permission: str | None
    """The permission of a custom role whose name goes with the scope."""
    by_api_token: bool
    """Whether an API token (SSWS) was sent, which has no scopes."""
    client: App | None
    token_scopes: tuple[str, ...] | None
    """None if there is no access token in the text."""
    grants: tuple[str, ...] | None
    """Scopes that the client may ask for; None if that is not known."""
    roles: tuple[JudgedRole, ...] | None
    """Admin roles of a service app; None for another client, or if they are not known."""
    reasons: tuple[Reason, ...]

    @property
    def settled(self) -> bool:
        """Whether a reason is certain."""
        return any(reason.certain for reason in self.reasons)

    @property
    def sound(self) -> bool:
        """Whether caller and token have all rights that are published."""
        return (
            self.endpoint is not None
            and not self.reasons
            and (self.grants is not None or self.token_scopes is not None)
            and self.roles is not None
        )


def refusal(
    call: ApiCall,
    tokens: tuple[TokenClue, ...],
    schemes: tuple[str, ...],
    client: App | None,
    org: Org | None,
    *,
    unauthenticated: bool = False,
) -> Refusal:
    """What a refused call takes, and what of it its caller lacks.

    Args:
        call: the call.
        tokens: the tokens of the text, of which the first access token counts.
        schemes: the Authorization schemes of the text.
        client: whose token it is, as far as known.
        org: the snapshot; None if there is none.
        unauthenticated: whether the answer is 401, which no scope and no role is at fault for.
    """
    endpoint = endpoint_of(call.method, call.path) or _demanding(call)
    if endpoint is not None:
        call = replace(call, method=endpoint.method)
    scopes = (frozenset(call.demanded),) if call.demanded else endpoint.scopes if endpoint else ()
    token = next((each for each in tokens if "scp" in each.claims), None)
    token_scopes = _scopes_of(token)
    grants = roles = None
    if org is not None and client is not None:
        if org.known("app_grants", client) and not org.left_aside("app_grants", client):
            found = org.grants(client)
            grants = tuple(sorted({row.scope_id or "" for row in found if row.active}))
        if client.service and org.known("client_roles", client) and endpoint:
            roles = tuple(judged(role, endpoint, org) for role in in_force(org.admin_roles(client)))
    facts = _Facts(endpoint, scopes, token, token_scopes, client, grants, roles, org)
    return Refusal(
        call=call,
        endpoint=endpoint,
        methods=tuple(row.method for row in endpoints_of(call.path)),
        scopes=scopes,
        permission=suggested_permission(endpoint) if endpoint else None,
        by_api_token="SSWS" in schemes and token is None,
        client=client,
        token_scopes=token_scopes,
        grants=grants,
        roles=roles,
        reasons=tuple(_reasons(facts, schemes, unauthenticated=unauthenticated)),
    )


def _demanding(call: ApiCall) -> Endpoint | None:
    """The one method of a path that takes the scope that the answer demands, if none is known."""
    if call.method or not call.demanded:
        return None
    demanded = frozenset(call.demanded)
    fitting = [row for row in endpoints_of(call.path) if demanded in row.scopes]
    return fitting[0] if len(fitting) == 1 else None


def covered(scopes: tuple[frozenset[str], ...], available: tuple[str, ...]) -> bool:
    """Whether the available scopes are enough for a call; a `.manage` scope reads, too."""
    return not scopes or any(all(_has(available, scope) for scope in each) for each in scopes)


def _has(available: tuple[str, ...], scope: str) -> bool:
    stem, _, last = scope.rpartition(".")
    return scope in available or (last == "read" and f"{stem}.manage" in available)


@dataclass(frozen=True, slots=True)
class _Facts:
    endpoint: Endpoint | None
    scopes: tuple[frozenset[str], ...]
    token: TokenClue | None
    token_scopes: tuple[str, ...] | None
    client: App | None
    grants: tuple[str, ...] | None
    roles: tuple[JudgedRole, ...] | None
    org: Org | None

    @property
    def administers(self) -> bool:
        """Whether the call takes the right of an administrator, and no user's own."""
        names = {scope for scopes in self.scopes for scope in scopes}
        return any(
            name.startswith("okta.") and not name.startswith("okta.myAccount.") for name in names
        )

    def missing(self, available: tuple[str, ...]) -> tuple[str, ...]:
        """Scopes that are missing for the alternative that is nearest."""
        lacking = [tuple(sorted(s for s in each if not _has(available, s))) for each in self.scopes]
        return min(lacking, key=lambda names: (len(names), names), default=())


def _reasons(facts: _Facts, schemes: tuple[str, ...], *, unauthenticated: bool) -> Iterator[Reason]:
    endpoint = facts.endpoint
    if endpoint is not None and endpoint.credentials:
        if "SSWS" in schemes and endpoint.credentials == {"oauth"}:
            yield Reason(ReasonKind.API_TOKENS_REFUSED, certain=True)
            return
        if "oauth" not in endpoint.credentials and (facts.token or "Bearer" in schemes):
            yield Reason(ReasonKind.ACCESS_TOKENS_REFUSED, certain=True)
            return
    if facts.administers and facts.token is not None and _of_other_server(facts.token):
        yield Reason(ReasonKind.OTHER_SERVER, certain=True)
        return
    if "SSWS" in schemes and facts.token is None:
        return
    if facts.client is not None and not facts.client.active:
        yield Reason(ReasonKind.CLIENT_INACTIVE, certain=True)
    if not unauthenticated:
        yield from _scope_reasons(facts)
        yield from _role_reasons(facts)


def _scope_reasons(facts: _Facts) -> Iterator[Reason]:
    token_scopes, grants = facts.token_scopes, facts.grants
    lacking = facts.missing(token_scopes) if token_scopes is not None else ()
    if lacking:
        yield Reason(ReasonKind.SCOPE_NOT_IN_TOKEN, lacking, certain=True)
    if facts.client is None or facts.org is None or not facts.scopes:
        return
    if grants is None:
        if token_scopes is None:
            yield Reason(ReasonKind.GRANTS_UNREAD)
        return
    ungranted = facts.missing(grants)
    if ungranted:
        revoked = {row.scope_id for row in facts.org.grants(facts.client) if not row.active}
        kind = ReasonKind.SCOPE_NOT_GRANTED
        if revoked.issuperset(ungranted):
            kind = ReasonKind.GRANT_REVOKED
        # A token that has the scope is not refused for its grant.
        if token_scopes is None or lacking:
            yield Reason(kind, ungranted, certain=True)
    elif lacking:
        yield Reason(ReasonKind.TOKEN_TOO_OLD, lacking)


def _role_reasons(facts: _Facts) -> Iterator[Reason]:
    client, roles = facts.client, facts.roles
    if client is None or facts.org is None or facts.endpoint is None or not facts.administers:
        return
    if not client.service:
        yield Reason(ReasonKind.USERS_RIGHTS)
    elif roles is None:
        yield Reason(ReasonKind.ROLES_UNREAD)
    elif not roles:
        yield Reason(ReasonKind.NO_ADMIN_ROLE, certain=True)
    elif not any(role.verdict is RoleVerdict.COVERS for role in roles):
        names = tuple(sorted({role.title for role in roles}))
        open_roles = {role.title for role in roles if role.verdict is RoleVerdict.UNPUBLISHED}
        if open_roles:
            yield Reason(ReasonKind.ROLE_UNPUBLISHED, tuple(sorted(open_roles)))
        else:
            certain = all(role.certain for role in roles)
            yield Reason(ReasonKind.ROLE_TOO_WEAK, names, certain)


def _scopes_of(token: TokenClue | None) -> tuple[str, ...] | None:
    if token is None:
        return None
    value = token.claims["scp"]
    words = value.split() if isinstance(value, str) else value if isinstance(value, list) else []
    return tuple(sorted({word for word in words if isinstance(word, str)}))


def _of_other_server(token: TokenClue) -> bool:
    """Whether the issuer is an authorization server of an org, and not the org itself."""
    issuer = token.claims.get("iss")
    return isinstance(issuer, str) and server_in_url(issuer) not in {None, ORG_SERVER}
