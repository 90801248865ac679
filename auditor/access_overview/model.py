"""What clients can obtain from the authorization servers of a tenant, as reports show it.

Plain values without any of a snapshot's records, so that a report needs to know nothing of
how token requests are decided.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MOST_LOGINS = 5
"""How many people are named for one scope."""

MOST_PATHS = 10
"""How many ways to obtain one scope are shown. A policy for all clients would have thousands."""


class Obtains(StrEnum):
    """What somebody can obtain for certain from one server through one client."""

    NOTHING = "nothing"
    SCOPES = "scopes"
    SENSITIVE = "sensitive scopes"
    UNKNOWN = "not known"
    """Nothing for certain, but somebody may obtain scopes: something was not read, or Okta does
    not document it."""


class RuleUse(StrEnum):
    """Whether any request ends in a policy rule."""

    REACHED = "reached"
    NEVER = "never reached"
    INACTIVE = "inactive"
    UNKNOWN = "not known"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientServerAccess:
    """What one client obtains from one server."""

    obtains: Obtains
    scopes: tuple[str, ...] = ()
    """Obtained for certain, by name."""
    sensitive: tuple[str, ...] = ()
    """Those of `scopes` that are sensitive."""
    more: bool = False
    """Whether there may be more than `scopes`, which the snapshot does not say."""
    failure: str = ""
    """Why nothing can be obtained although a policy names the client; empty otherwise."""


@dataclass(frozen=True, slots=True)
class ClientAccess:
    """One active client, with what it obtains from each server of the overview, in their order."""

    id: str
    """The app's id."""
    name: str
    kind: str
    """`service`, `public`, `confidential` or `AI agent`."""
    cells: tuple[ClientServerAccess, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleAccess:
    """One rule of a policy, in its place in the order of evaluation."""

    id: str
    name: str
    grants: tuple[str, ...]
    scopes: tuple[str, ...]
    """As configured; `*` is every scope of the server."""
    people: str
    """Whom it admits, in words with the tenant's names."""
    use: RuleUse
    why: str = ""
    """Why no request reaches it, in words; empty where one does or that is not known."""
    taken_by: tuple[str, ...] = ()
    """Names of the earlier rules that take its requests, in order of evaluation."""
    access_minutes: int | None = None
    refresh_minutes: int | None = None
    """0 is without end. None where Okta sends none."""
    window_minutes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyAccess:
    """One access policy, in its place in the order of evaluation."""

    id: str
    name: str
    active: bool
    clients: str
    """Which clients it is for, in words with the tenant's names."""
    rules: tuple[RuleAccess, ...]
    complete: bool
    """Whether all of its rules were read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopePath:
    """One way to obtain a scope: through one client, by one rule."""

    client_id: str
    """The app's id."""
    client: str
    policy: str
    rule_id: str
    rule: str
    people: int
    """Distinct people who obtain the scope so for certain; 0 in a grant type without users."""
    certain: bool
    """Whether it is certain that somebody, or the client, obtains the scope so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeAccess:
    """A sensitive scope of a server and who obtains it."""

    name: str
    paths: tuple[ScopePath, ...]
    """The first `MOST_PATHS`: certain ones, then by most people, then by the names of client and
    rule."""
    more_paths: int
    """How many more ways there are."""
    people: int
    """Distinct people who obtain it for certain."""
    logins: tuple[str, ...]
    """Of some of these people, at most `MOST_LOGINS`, in order."""
    machines: int
    """Clients that obtain it for certain without a user."""
    more: bool
    """Whether there may be more people or clients, which the snapshot does not say."""

    @property
    def clients(self) -> tuple[str, ...]:
        """Names of the clients of `paths`."""
        names = {path.client_id: path.client for path in self.paths}
        return tuple(sorted(names.values(), key=str.casefold))


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerAccess:
    """One authorization server."""

    id: str
    name: str
    active: bool
    policies: tuple[PolicyAccess, ...]
    complete: bool
    """Whether all of its policies were read."""
    sensitive: tuple[ScopeAccess, ...]
    """Sensitive scopes that somebody obtains or may obtain: by most people, then by name."""
    unobtainable: tuple[str, ...]
    """Scopes that nobody can obtain."""
    unknown: tuple[str, ...]
    """Scopes of which it is not known whether anybody can obtain them."""


@dataclass(frozen=True, slots=True)
class Named:
    """A server, a client or a policy as what mentions it needs it."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class FailingClient:
    """A client that obtains nothing from a server although a policy there names it."""

    client: Named
    server: Named
    why: str


@dataclass(frozen=True, slots=True)
class UnreachedRule:
    """A rule that is active and never reached."""

    server: Named
    policy: Named
    rule: RuleAccess


@dataclass(frozen=True, slots=True)
class ServerScope:
    """A sensitive scope of a server that somebody obtains or may obtain."""

    server: Named
    scope: ScopeAccess


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessFacts:
    """What stands out of all servers and all active clients, however many a picture shows."""

    failing: tuple[FailingClient, ...]
    """By the client's name."""
    unnamed: tuple[Named, ...]
    """Clients that obtain nothing from any server, and that no active policy is known to name."""
    never: tuple[UnreachedRule, ...]
    """Those that earlier rules shadow come first."""
    sensitive: tuple[ServerScope, ...]
    """By most people, then machines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessOverview:
    """Servers and clients of a tenant; of a large one only some, and how many there are."""

    servers: tuple[ServerAccess, ...]
    clients: tuple[ClientAccess, ...]
    all_servers: int
    all_clients: int
    """Active clients that the org configures; Okta's own apps are left out."""
    facts: AccessFacts
    """Of all of them."""
    sensitivity_defined: bool
    """Whether anything says which scopes are sensitive; if nothing does, none is marked."""
    unread: tuple[str, ...]
    """Labels of what was not read completely and bears on it."""
    notes: tuple[str, ...] = ()
    """Sentences on what is taken for granted, and on what Okta does not document."""
