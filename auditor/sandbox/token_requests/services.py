"""What both endpoints of a tenant file work with, made once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from auditor.sandbox.client_assertions import ClientAssertions
from auditor.sandbox.clock import Clock
from auditor.sandbox.tenant import TenantFile
from auditor.sandbox.token_requests.clients import Clients
from auditor.sandbox.token_requests.decisions import Decisions
from auditor.sandbox.token_requests.events import OAuthEvents
from auditor.sandbox.token_requests.issued_grants import Register
from auditor.sandbox.token_requests.minting import Mint
from auditor.sandbox.token_requests.people import People
from auditor.snapshot.org import Org


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The parts of the sandbox that decide requests, issue tokens and log both.

    They are shared, because a code of `/authorize` is redeemed at `/token`.
    """

    clock: Clock
    assertions: ClientAssertions
    clients: Clients
    decisions: Decisions
    people: People
    register: Register
    mint: Mint
    events: OAuthEvents

    @classmethod
    def of(
        cls, tenant: TenantFile, clock: Clock, events: OAuthEvents, make_org: Callable[[], Org]
    ) -> Self:
        """The services of one tenant file.

        Args:
            tenant: the file.
            clock: the time by which codes and tokens expire.
            events: where requests are logged.
            make_org: reads the file as an org, when the first request is decided.
        """
        assertions, decisions = ClientAssertions(tenant), Decisions(make_org)
        register = Register(clock)
        return cls(
            clock=clock,
            assertions=assertions,
            clients=Clients(tenant, assertions, decisions),
            decisions=decisions,
            people=People(tenant),
            register=register,
            mint=Mint(clock, register),
            events=events,
        )
