"""What a refused call of the Okta APIs takes and what its caller has, as text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from auditor.diagnosis.api_limits.rate_limit import endpoint_title
from auditor.diagnosis.api_rights.admin_roles import JudgedRole, RoleVerdict
from auditor.diagnosis.api_rights.api_token import (
    OPEN_FAULTS,
    ApiTokenState,
    TokenFault,
    TokenFaultKind,
)
from auditor.diagnosis.api_rights.endpoints import documents
from auditor.diagnosis.api_rights.features import FeatureState, FeatureVerdict
from auditor.diagnosis.api_rights.refusal import OPEN, Reason, ReasonKind, Refusal
from auditor.text import listed, one_line, quoted

_MOST = 9
_REQUEST = frozenset(
    {
        ReasonKind.API_TOKENS_REFUSED,
        ReasonKind.ACCESS_TOKENS_REFUSED,
        ReasonKind.OTHER_SERVER,
        ReasonKind.TOKEN_TOO_OLD,
    }
)
"""Of these the request is at fault."""


def refusal_lines(refusal: Refusal, snapshot_at: datetime | None) -> Iterator[str]:
    """The lines of one call.

    Args:
        refusal: what can be said of it.
        snapshot_at: when the snapshot was taken; None if there is none.
    """
    yield from _takes(refusal)
    yield from _has(refusal)
    told_of_token = any(one.kind is ReasonKind.SCOPE_NOT_IN_TOKEN for one in refusal.reasons)
    for reason in refusal.reasons:
        yield from _reason(reason, refusal, told_of_token=told_of_token)
    if refusal.sound:
        yield from _elsewhere(refusal, snapshot_at)
    if refusal.call.request_id:
        yield f"  Okta's request id: {one_line(refusal.call.request_id)}"


def _takes(refusal: Refusal) -> Iterator[str]:
    call, endpoint = refusal.call, refusal.endpoint
    names = one_line(endpoint_title(call))
    source = "; ".join(f"{one.title} {one.version}" for one in documents()[:1])
    if endpoint is None and refusal.methods:
        methods = listed(refusal.methods, most=_MOST, word="or")
        if call.method:
            yield f"{quoted(names)}: Okta documents no such method of the path, but {methods}."
        else:
            yield f"{quoted(names)} may be {methods}; --call with the method tells what it takes."
    elif endpoint is None:
        yield f"{quoted(names)} is in none of Okta's OpenAPI documents ({source} and others)."
    if refusal.by_api_token and endpoint is not None:
        yield f"{names} takes an admin role of the owner of the API token ({source})."
    elif refusal.scopes:
        scopes = " or ".join(listed(sorted(each), most=_MOST) for each in refusal.scopes)
        whose = "by its own answer" if call.demanded else source
        yield f"{names} takes the scope {scopes} ({whose})."
    elif endpoint is not None:
        yield f"{names} takes no scope ({source})."
    if endpoint is not None:
        yield from _published_roles(refusal)


def _published_roles(refusal: Refusal) -> Iterator[str]:
    endpoint = refusal.endpoint
    if endpoint is None or not refusal.scopes:
        return
    if endpoint.admin_roles:
        names = listed(sorted(endpoint.admin_roles), most=_MOST, word="or")
        yield f"  Admin roles that Okta suggests: {names}."
    if endpoint.permissions:
        names = listed(sorted(endpoint.permissions), most=_MOST, word="or")
        yield f"  Permissions of custom roles that Okta suggests: {names}."
    if not endpoint.admin_roles and not endpoint.permissions:
        like = (
            f"; by its name, the permission {refusal.permission} fits" if refusal.permission else ""
        )
        yield f"  Which admin role it takes is not published{like}."


def _has(refusal: Refusal) -> Iterator[str]:
    if refusal.token_scopes is not None:
        yield f"  The token has {listed(refusal.token_scopes, most=_MOST, empty='no scope')}."
    if refusal.client is None:
        return
    name = quoted(refusal.client.title)
    if refusal.grants is not None:
        grants = listed(refusal.grants, most=_MOST, empty="no scope")
        yield f"  Client {name} is granted {grants}."
    if refusal.roles is not None:
        yield f"  Its admin roles: {listed(map(_role, refusal.roles), most=_MOST)}."


def _role(role: JudgedRole) -> str:
    ends = {
        RoleVerdict.COVERS: "covers the call",
        RoleVerdict.LACKS: "does not cover it",
        RoleVerdict.UNPUBLISHED: "not published whether it does",
    }
    by = ", by its permissions" if role.custom else ", by Okta's help on roles"
    if role.certain or role.verdict is RoleVerdict.UNPUBLISHED:
        by = ""
    return f"{quoted(role.title)} ({ends[role.verdict]}{by})"


def _reason(reason: Reason, refusal: Refusal, *, told_of_token: bool) -> Iterator[str]:
    what, fix = _words(reason, refusal)
    if reason.kind in OPEN:
        yield f"Not known: {what}."
    elif reason.certain:
        yield f"Cause: {what}."
    else:
        where = "in the request" if reason.kind in _REQUEST else "in the configuration"
        yield f"Possible, {where}: {what}."
    follows = reason.kind is ReasonKind.SCOPE_NOT_IN_TOKEN and len(refusal.reasons) > 1
    if fix and not (follows and told_of_token):
        yield f"  Fix: {fix}."


def _words(reason: Reason, refusal: Refusal) -> tuple[str, str]:
    """A clause that says what it is, and one that says what to do."""
    names = listed(reason.names, most=_MOST)
    client = f"client {quoted(refusal.client.title)}" if refusal.client else "the client"
    roles = listed(map(quoted, reason.names), most=_MOST)
    fitting = _fitting_role(refusal)
    grant = (
        f'grant {names} in the app\'s tab "Okta API Scopes", which takes a super admin, and ask '
        "for a new token with it"
    )
    table = {
        ReasonKind.API_TOKENS_REFUSED: (
            "the endpoint takes access tokens of OAuth only, and an API token (SSWS) was sent",
            "use a service app, and send its access token with Bearer",
        ),
        ReasonKind.ACCESS_TOKENS_REFUSED: (
            "the endpoint takes API tokens (SSWS) only, and an access token was sent",
            "send an API token with SSWS",
        ),
        ReasonKind.OTHER_SERVER: (
            (
                "a custom authorization server issued the token, and the Okta APIs take tokens "
                "of the org authorization server only"
            ),
            "ask /oauth2/v1/token for it, without the id of a server",
        ),
        ReasonKind.SCOPE_NOT_IN_TOKEN: (
            f"the token does not have {names}",
            f"ask for a token with {names}; the app has to be granted it",
        ),
        ReasonKind.SCOPE_NOT_GRANTED: (f"{client} is not granted {names}", grant),
        ReasonKind.GRANT_REVOKED: (f"the grant of {names} to {client} was revoked", grant),
        ReasonKind.TOKEN_TOO_OLD: (
            (
                f"{client} is granted {names}, so the token was asked for without it, or is older "
                "than the grant"
            ),
            f"ask for a new token, and name {names} in its scope",
        ),
        ReasonKind.CLIENT_INACTIVE: (f"{client} is not active", "activate it, or use another"),
        ReasonKind.NO_ADMIN_ROLE: (
            f"{client} has no admin role, so Okta refuses all that it calls",
            fitting,
        ),
        ReasonKind.ROLE_TOO_WEAK: (f"no admin role of {client} covers the call: {roles}", fitting),
        ReasonKind.ROLE_UNPUBLISHED: (
            f"whether {roles} covers the call, Okta does not publish",
            "",
        ),
        ReasonKind.USERS_RIGHTS: (
            (
                f"{client} acts for a user, so that the user's own admin roles count, which the "
                "snapshot does not have"
            ),
            "",
        ),
        ReasonKind.GRANTS_UNREAD: (f"the grants of {client} are not in the snapshot", ""),
        ReasonKind.ROLES_UNREAD: (f"the admin roles of {client} are not in the snapshot", ""),
    }
    return table[reason.kind]


def _fitting_role(refusal: Refusal) -> str:
    endpoint = refusal.endpoint
    if endpoint is not None and endpoint.admin_roles:
        return f"assign it one of {listed(sorted(endpoint.admin_roles), most=_MOST, word='or')}"
    custom = f" with the permission {refusal.permission}" if refusal.permission else ""
    return (
        f"assign it a custom role{custom} whose resource set has the object, or a standard role "
        "that covers the call"
    )


def _elsewhere(refusal: Refusal, snapshot_at: datetime | None) -> Iterator[str]:
    """What else may refuse a call whose caller has all rights."""
    client = refusal.client
    when = f" of {snapshot_at:%Y-%m-%d %H:%M} UTC" if snapshot_at else ""
    yield f"The configuration{when} is not at fault, as far as it tells: scope and role are there."
    yield "What else may refuse the call:"
    targets = any(role.verdict is RoleVerdict.COVERS for role in refusal.roles or ())
    if targets:
        yield "  - targets or resource set of the role leave the object out (not in snapshots)"
    yield "  - the token is older than the grant or the role: ask for a new one"
    if client is not None and client.oauth.network.connection == "ZONE":
        yield "  - the caller is outside the network zones of the client"
    if client is not None and client.oauth.dpop_bound_access_tokens:
        yield "  - the client's tokens are bound to a key (DPoP), and the call proves none"
    yield "  - the object is a user or an app with admin roles of its own, which few may change"
    yield "  - the configuration has changed since the snapshot"


def api_token_lines(state: ApiTokenState) -> Iterator[str]:
    """The lines of an API token."""
    owner = f", owned by {quoted(state.owner)}" if state.owner else ""
    yield f"API token {quoted(state.name)}{owner}: it may do what its owner may do at the time."
    if state.roles is not None:
        yield f"  Admin roles of the owner: {listed(map(_role, state.roles), most=_MOST)}."
    for fault in state.faults:
        what, fix = _fault(fault, state)
        if fault.kind in OPEN_FAULTS:
            yield f"Not known: {what}."
        else:
            yield f"{'Cause' if fault.certain else 'Possible, in the configuration'}: {what}."
        if fix:
            yield f"  Fix: {fix}."
    if not state.faults:
        unknown = "" if state.owner_known else ", as far as was read"
        yield f"The snapshot has no fault of the API token{unknown}: token and owner are active."


def _fault(fault: TokenFault, state: ApiTokenState) -> tuple[str, str]:
    names = listed(map(quoted, fault.names), most=_MOST)
    new = "make a new one under a service account; better, use a service app"
    expiry = f"{state.expires_at:%Y-%m-%d %H:%M} UTC" if state.expires_at else "an unknown time"
    table = {
        TokenFaultKind.NOT_LISTED: (
            (
                "no active API token of the org has the name: it was revoked, ended after 30 days "
                "without use, or is another org's"
            ),
            new,
        ),
        TokenFaultKind.EXPIRED: (
            f"it was to end on {expiry} if nobody used it after the snapshot",
            new,
        ),
        TokenFaultKind.NOT_ACTIVE: (f"its status is {names}", new),
        TokenFaultKind.OWNER_GONE: ("its owner is not there any more", new),
        TokenFaultKind.OWNER_SHUT_OUT: (f"its owner is {names}", new),
        TokenFaultKind.OWNER_WITHOUT_ROLE: (
            "its owner has no admin role",
            "assign the owner one that covers the call",
        ),
        TokenFaultKind.OWNER_ROLE_TOO_WEAK: (
            f"no admin role of its owner covers the call: {names}",
            "assign the owner one that covers the call",
        ),
        TokenFaultKind.OWNER_ROLE_UNPUBLISHED: (
            f"whether {names} covers the call, Okta does not publish",
            "",
        ),
        TokenFaultKind.NETWORK: (
            f"whether the caller is in the network zones that the token is bound to: {names}",
            "",
        ),
    }
    return table[fault.kind]


def feature_lines(state: FeatureState) -> Iterator[str]:
    """The lines of a feature that an error says the org has not."""
    if state.verdict is FeatureVerdict.ABSENT:
        yield f"Cause: the org does not have {state.name}: Okta told the snapshot so as well."
        yield f"  Fix: ask Okta for {state.name}, or leave such calls out."
    elif state.verdict is FeatureVerdict.PRESENT:
        yield (
            f"The org had {state.name} when the snapshot was taken: the call is about another "
            "feature, or went to another org."
        )
    elif state.name:
        yield f"The call is about {state.name}; a snapshot tells whether the org has it."
