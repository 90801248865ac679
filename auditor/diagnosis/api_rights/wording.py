"""What refuses a call, what to do about it, and why it is not known whether it is at fault."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.diagnosis.api_rights.api_token import ApiTokenState, TokenFault, TokenFaultKind
from auditor.diagnosis.api_rights.refusal import Reason, ReasonKind, Refusal
from auditor.text import listed, quoted

_MOST = 9


@dataclass(frozen=True, slots=True)
class CauseWords:
    """A cause in clauses without a full stop; names of the tenant are quoted in them."""

    what: str
    fix: str
    open_since: str = ""
    """Why it is not known whether it is so; empty if it is."""


def reason_words(reason: Reason, refusal: Refusal) -> CauseWords:
    """A reason in words.

    Args:
        reason: a reason of the refusal.
        refusal: the refused call.
    """
    if reason.kind in _REQUESTS:
        return _REQUESTS[reason.kind]
    names = listed(reason.names, most=_MOST)
    client = f"client {quoted(refusal.client.title)}" if refusal.client else "the client"
    roles = listed(map(quoted, reason.names), most=_MOST)
    needed = " or ".join(listed(sorted(each), most=_MOST) for each in refusal.scopes)
    fitting = _fitting_role(refusal)
    grant = (
        f'grant {names or needed} in the app\'s tab "Okta API Scopes", which takes a super admin, '
        "and ask for a new token with it"
    )
    no_role = f"no admin role of {client} covers the call"
    older = (
        f"{client} is granted {names}, so the token was asked for without it, or is older than "
        "the grant"
    )
    table = {
        ReasonKind.SCOPE_NOT_IN_TOKEN: CauseWords(
            f"the token does not have {names}",
            f"ask for a token with {names}; the app has to be granted it",
        ),
        ReasonKind.SCOPE_NOT_GRANTED: CauseWords(f"{client} is not granted {names}", grant),
        ReasonKind.GRANT_REVOKED: CauseWords(
            f"the grant of {names} to {client} was revoked", grant
        ),
        ReasonKind.TOKEN_TOO_OLD: CauseWords(
            older, f"ask for a new token, and name {names} in its scope"
        ),
        ReasonKind.CLIENT_INACTIVE: CauseWords(
            f"{client} is not active", "activate it, or use another"
        ),
        ReasonKind.NO_ADMIN_ROLE: CauseWords(
            f"{client} has no admin role, so Okta refuses all that it calls", fitting
        ),
        ReasonKind.ROLE_TOO_WEAK: CauseWords(f"{no_role}: {roles}", fitting),
        ReasonKind.ROLE_UNPUBLISHED: CauseWords(
            no_role, fitting, f"Okta does not publish whether {roles} does"
        ),
        ReasonKind.USERS_RIGHTS: CauseWords(
            f"the user for whom {client} calls has no admin role that covers the call",
            "assign the user one",
            "the snapshot does not have the admin roles of users",
        ),
        ReasonKind.GRANTS_UNREAD: CauseWords(
            f"{client} is not granted {needed}", grant, "its grants are not in the snapshot"
        ),
        ReasonKind.ROLES_UNREAD: CauseWords(
            no_role, fitting, "its admin roles are not in the snapshot"
        ),
    }
    return table[reason.kind]


_OTHER_SERVER = (
    "a custom authorization server issued the token, and the Okta APIs take tokens of the org "
    "authorization server only"
)
_REQUESTS = {
    ReasonKind.API_TOKENS_REFUSED: CauseWords(
        "the endpoint takes access tokens of OAuth only, and an API token (SSWS) was sent",
        "use a service app, and send its access token with Bearer",
    ),
    ReasonKind.ACCESS_TOKENS_REFUSED: CauseWords(
        "the endpoint takes API tokens (SSWS) only, and an access token was sent",
        "send an API token with SSWS",
    ),
    ReasonKind.OTHER_SERVER: CauseWords(
        _OTHER_SERVER, "ask /oauth2/v1/token for it, without the id of a server"
    ),
}


def _fitting_role(refusal: Refusal) -> str:
    endpoint = refusal.endpoint
    if endpoint is not None and endpoint.admin_roles:
        return f"assign it one of {listed(sorted(endpoint.admin_roles), most=_MOST, word='or')}"
    custom = f" with the permission {refusal.permission}" if refusal.permission else ""
    return (
        f"assign it a custom role{custom} whose resource set has the object, or a standard role "
        "that covers the call"
    )


def fault_words(fault: TokenFault, state: ApiTokenState) -> CauseWords:
    """A fault of an API token in words.

    Args:
        fault: a fault of the token.
        state: the token.
    """
    names = listed(map(quoted, fault.names), most=_MOST)
    token = f"API token {quoted(state.name)}"
    owner = f"the owner of {token}"
    new = "make a new one under a service account; better, use a service app"
    assign = "assign the owner one that covers the call"
    no_role = f"no admin role of {owner} covers the call"
    expiry = f"{state.expires_at:%Y-%m-%d %H:%M} UTC" if state.expires_at else "an unknown time"
    unlisted = (
        f"no active API token of the org is called {quoted(state.name)}: it was revoked, ended "
        "after 30 days without use, or is another org's"
    )
    table = {
        TokenFaultKind.NOT_LISTED: CauseWords(unlisted, new),
        TokenFaultKind.EXPIRED: CauseWords(
            f"{token} was to end on {expiry} unless somebody used it after the snapshot", new
        ),
        TokenFaultKind.NOT_ACTIVE: CauseWords(f"the status of {token} is {names}", new),
        TokenFaultKind.OWNER_GONE: CauseWords(f"{owner} is not there any more", new),
        TokenFaultKind.OWNER_SHUT_OUT: CauseWords(f"{owner} is {names}", new),
        TokenFaultKind.OWNER_WITHOUT_ROLE: CauseWords(f"{owner} has no admin role", assign),
        TokenFaultKind.OWNER_ROLE_TOO_WEAK: CauseWords(f"{no_role}: {names}", assign),
        TokenFaultKind.OWNER_ROLE_UNPUBLISHED: CauseWords(
            no_role, assign, f"Okta does not publish whether {names} does"
        ),
        TokenFaultKind.NETWORK: CauseWords(
            f"the caller is outside the network zones that {token} is bound to: {names}",
            "call from there, or widen the zones",
            "from where the call came is not known",
        ),
    }
    return table[fault.kind]
