"""Asks the decision engine about a tenant file."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from auditor.snapshot.models.agents import AgentClient
from auditor.snapshot.org import Org
from auditor.tokens.decide import Decider
from auditor.tokens.decision import Decision
from auditor.tokens.request import TokenRequest


class Decisions:
    """Decides requests; the tenant file is read when the first one comes."""

    def __init__(self, make_org: Callable[[], Org]) -> None:
        self._make_org = make_org

    @cached_property
    def _decider(self) -> Decider:
        return Decider(self._make_org())

    def knows(self, client: str) -> bool:
        """Whether the client is an OAuth client of the tenant file."""
        return self._decider.org.client(client) is not None

    def agent(self, client: str) -> AgentClient | None:
        """The AI agent that is a client; None if it is none."""
        found = self._decider.org.client(client)
        return found if isinstance(found, AgentClient) else None

    def decide(self, request: TokenRequest) -> Decision:
        """The decision of a request.

        Args:
            request: the request; without a user where it proves none.
        """
        return self._decider.decide(request)
