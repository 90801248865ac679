"""What a refused call of the Okta APIs takes and what its caller has, as text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from auditor.diagnosis.api_limits.rate_limit import endpoint_title
from auditor.diagnosis.api_rights.admin_roles import JudgedRole, RoleVerdict
from auditor.diagnosis.api_rights.api_token import (
    ApiTokenState,
)
from auditor.diagnosis.api_rights.endpoints import documents
from auditor.diagnosis.api_rights.features import FeatureState, FeatureVerdict
from auditor.diagnosis.api_rights.refusal import OF_REQUEST, Refusal
from auditor.diagnosis.api_rights.wording import CauseWords, fault_words, reason_words
from auditor.text import listed, one_line, quoted

_MOST = 9


def refusal_lines(
    refusal: Refusal, snapshot_at: datetime | None, *, reasons: bool
) -> Iterator[str]:
    """The lines of one call.

    Args:
        refusal: what can be said of it.
        snapshot_at: when the snapshot was taken; None if there is none.
        reasons: whether to say why it is refused, which causes of an error may have said.
    """
    yield from _takes(refusal)
    yield from _has(refusal)
    for reason in refusal.reasons if reasons else ():
        yield from _cause(
            reason_words(reason, refusal),
            certain=reason.certain,
            in_configuration=reason.kind not in OF_REQUEST,
        )
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


def _cause(words: CauseWords, *, certain: bool, in_configuration: bool = True) -> Iterator[str]:
    where = "configuration" if in_configuration else "request"
    yield f"{'Cause' if certain else f'Possible, in the {where}'}: {words.what}."
    if words.open_since:
        yield f"  Not checked: {words.open_since}."
    yield f"  Fix: {words.fix}."


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


def api_token_lines(state: ApiTokenState, *, faults: bool) -> Iterator[str]:
    """The lines of an API token.

    Args:
        state: what a snapshot says of it.
        faults: whether to say what is wrong with it, which causes of an error may have said.
    """
    owner = f", owned by {quoted(state.owner)}" if state.owner else ""
    yield f"API token {quoted(state.name)}{owner}: it may do what its owner may do at the time."
    if state.roles is not None:
        yield f"  Admin roles of the owner: {listed(map(_role, state.roles), most=_MOST)}."
    for fault in state.faults if faults else ():
        yield from _cause(fault_words(fault, state), certain=fault.certain)
    if not state.faults:
        unknown = "" if state.owner_known else ", as far as was read"
        yield f"The snapshot has no fault of the API token{unknown}: token and owner are active."


def feature_lines(state: FeatureState) -> Iterator[str]:
    """What there is to say of a feature, besides the causes of the error."""
    if state.name and state.verdict is FeatureVerdict.UNKNOWN:
        yield f"The call is about {state.name}; a snapshot tells whether the org has it."
