"""Holds an API token (SSWS) against a snapshot: whether it is there, and what its owner may do.

Sources: help.okta.com and support.okta.com on API tokens. A token has the rights of its owner, as
they are at the time; it ends after 30 days without use, or with its owner's deactivation; the
admin who made it may bind it to network zones. Okta lists active tokens only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from auditor.diagnosis.api_rights.admin_roles import JudgedRole, RoleVerdict, in_force, judged
from auditor.diagnosis.api_rights.endpoints import Endpoint
from auditor.errors import UsageError
from auditor.snapshot.credentials_in_text import without_credentials
from auditor.snapshot.models.org import ApiToken
from auditor.snapshot.org import Org
from auditor.text import quoted


class TokenFaultKind(Enum):
    """What is wrong with an API token."""

    NOT_LISTED = auto()
    """No active token of the org has the name: it was revoked, or ended for want of use."""
    EXPIRED = auto()
    NOT_ACTIVE = auto()
    OWNER_GONE = auto()
    OWNER_SHUT_OUT = auto()
    OWNER_WITHOUT_ROLE = auto()
    OWNER_ROLE_TOO_WEAK = auto()
    OWNER_ROLE_UNPUBLISHED = auto()
    NETWORK = auto()
    """It may be used from certain network zones only."""


@dataclass(frozen=True, slots=True)
class TokenFault:
    """One fault."""

    kind: TokenFaultKind
    names: tuple[str, ...] = ()
    """Roles, zones or a status, sorted."""
    certain: bool = False


@dataclass(frozen=True, kw_only=True)
class ApiTokenState:
    """What a snapshot says of an API token."""

    name: str
    owner: str | None
    """The owner's login, or id; None if that is not known."""
    expires_at: datetime | None
    roles: tuple[JudgedRole, ...] | None
    """The owner's, held against the call; None if they or the call are not known."""
    faults: tuple[TokenFault, ...]
    owner_known: bool
    """Whether the status of the owner was read."""

    @property
    def settled(self) -> bool:
        """Whether a fault is certain."""
        return any(fault.certain for fault in self.faults)


def api_token_state(name: str, org: Org, endpoint: Endpoint | None, now: datetime) -> ApiTokenState:
    """What a snapshot says of an API token.

    Args:
        name: the token's name or id.
        org: the snapshot.
        endpoint: what was called; None if that is not known.
        now: when the call failed.

    Raises:
        UsageError: it is a token itself, the list of API tokens was not read, or several have the
            name.
    """
    if without_credentials(name) != name:
        raise UsageError("--api-token takes the name or id of an API token, not the token.")
    if not org.known("api_tokens"):
        raise UsageError("--api-token: the API tokens are not in the snapshot.")
    tokens = [each for each in org.api_tokens if name in {each.id, each.name}]
    if len(tokens) > 1:
        ids = ", ".join(token.id for token in tokens)
        raise UsageError(
            f"--api-token: several API tokens are called {quoted(name)}.",
            remedy=f"Give an id: {ids}.",
        )
    if not tokens:
        return ApiTokenState(
            name=name,
            owner=None,
            expires_at=None,
            roles=None,
            faults=(TokenFault(TokenFaultKind.NOT_LISTED, certain=True),),
            owner_known=False,
        )
    return _state(tokens[0], org, endpoint, now)


def _state(token: ApiToken, org: Org, endpoint: Endpoint | None, now: datetime) -> ApiTokenState:
    roles = None
    if endpoint is not None and org.known("token_owner_roles", token):
        roles = tuple(judged(role, endpoint, org) for role in in_force(org.owner_roles(token)))
    known = org.known("users") and token.user_id is not None
    owner = org.user(token.user_id) if known and token.user_id else None
    return ApiTokenState(
        name=token.title,
        owner=owner.title if owner else token.user_id,
        expires_at=token.expires_at,
        roles=roles,
        faults=(
            *_own_faults(token, now),
            *(_owner_faults(token, org) if known else ()),
            *_role_faults(roles, endpoint),
            *_network(token, org),
        ),
        owner_known=known,
    )


def _own_faults(token: ApiToken, now: datetime) -> Iterator[TokenFault]:
    if token.expires_at is not None and token.expires_at <= now:
        # Each use moves the expiry, so a token that was used since the snapshot lives on.
        yield TokenFault(TokenFaultKind.EXPIRED)
    if token.status is not None and not token.active:
        yield TokenFault(TokenFaultKind.NOT_ACTIVE, (token.status,), certain=True)


def _owner_faults(token: ApiToken, org: Org) -> Iterator[TokenFault]:
    owner = org.user(token.user_id or "")
    if owner is None:
        yield TokenFault(TokenFaultKind.OWNER_GONE, certain=True)
    elif owner.shut_out:
        yield TokenFault(TokenFaultKind.OWNER_SHUT_OUT, (str(owner.status),), certain=True)


def _role_faults(
    roles: tuple[JudgedRole, ...] | None, endpoint: Endpoint | None
) -> Iterator[TokenFault]:
    if roles is None or endpoint is None:
        return
    if any(role.verdict is RoleVerdict.COVERS for role in roles):
        return
    names = tuple(sorted({role.title for role in roles}))
    if not roles:
        # A call about one user may be about the owner, who needs no role for that.
        own = endpoint.path.startswith("/api/v1/users/{")
        yield TokenFault(TokenFaultKind.OWNER_WITHOUT_ROLE, certain=not own)
    elif any(role.verdict is RoleVerdict.UNPUBLISHED for role in roles):
        yield TokenFault(TokenFaultKind.OWNER_ROLE_UNPUBLISHED, names)
    else:
        certain = all(role.certain for role in roles)
        yield TokenFault(TokenFaultKind.OWNER_ROLE_TOO_WEAK, names, certain)


def _network(token: ApiToken, org: Org) -> Iterator[TokenFault]:
    network = token.network
    if network.connection != "ZONE":
        return
    titles = [_zone(zone, org) for zone in (*network.include, *network.exclude)]
    yield TokenFault(TokenFaultKind.NETWORK, tuple(sorted(titles)))


def _zone(zone_id: str, org: Org) -> str:
    zone = org.network_zone(zone_id) if org.known("network_zones") else None
    return zone.title if zone else zone_id
