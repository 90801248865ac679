"""A request that failed, held against a snapshot: as much of it as is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from auditor.diagnosis.clues import Clues, TokenClue
from auditor.diagnosis.request_words import RequestWords
from auditor.errors import AuditorError
from auditor.snapshot.models.agents import AgentClient
from auditor.snapshot.models.clients import App
from auditor.snapshot.models.directory import User
from auditor.snapshot.models.servers import AuthorizationServer
from auditor.snapshot.org import Org
from auditor.text import one_line, quoted
from auditor.tokens.advice.search import advise
from auditor.tokens.decide import Decider
from auditor.tokens.decision_steps import DecisionSteps
from auditor.tokens.grants import REFRESH_TOKEN, TOKEN_EXCHANGE
from auditor.tokens.lookup.grants import find_grant
from auditor.tokens.lookup.records import find_client, find_server, find_user
from auditor.tokens.situation import Situation

T = TypeVar("T")


@dataclass(frozen=True)
class Case:
    """A request that failed, and the org in which the cause is looked for.

    Args:
        decider: decides requests of the org.
        words: what is known of the request.
        error_text: what the error says, in Okta's words.
        clues: all that came with it.
    """

    decider: Decider
    words: RequestWords
    error_text: str = ""
    clues: Clues = field(default_factory=Clues)

    @property
    def tokens(self) -> tuple[TokenClue, ...]:
        """Tokens that came with the error."""
        return self.clues.tokens

    @property
    def org(self) -> Org:
        """The org."""
        return self.decider.org

    @cached_property
    def problems(self) -> dict[str, AuditorError]:
        """Why a word names nothing, by its part: `server`, `client`, `user` or `grant`."""
        found: dict[str, AuditorError] = {}
        words = self.words
        _tried(found, "server", words.server, lambda word: find_server(self.org, word))
        _tried(found, "client", words.client, lambda word: find_client(self.org, word))
        _tried(found, "user", words.user, lambda word: find_user(self.org, word))
        _tried(found, "grant", words.grant, find_grant)
        return found

    @cached_property
    def client(self) -> App | None:
        """The client, if it is known and the org has it."""
        word = self.words.client
        return find_client(self.org, word) if word and "client" not in self.problems else None

    @cached_property
    def server(self) -> AuthorizationServer | None:
        """The custom authorization server, if it is known and the org has it."""
        word = self.words.server
        return find_server(self.org, word) if word and "server" not in self.problems else None

    @cached_property
    def at_org(self) -> bool:
        """Whether the request is known to go to the org authorization server."""
        known = bool(self.words.server) and "server" not in self.problems
        return known and self.server is None

    @cached_property
    def user(self) -> User | None:
        """The user, if one is known; of one who is gone, nothing but the id."""
        word = self.words.user
        return find_user(self.org, word) if word and "user" not in self.problems else None

    @property
    def user_id(self) -> str | None:
        """The id of a user whom the snapshot has; None if nobody is named, or somebody else."""
        user = self.user
        return None if user is None or self.org.user(user.id) is None else user.id

    @cached_property
    def grant(self) -> str | None:
        """The grant type, if it is known and Okta has it."""
        word = self.words.grant
        return find_grant(word) if word and "grant" not in self.problems else None

    @cached_property
    def scopes(self) -> frozenset[str] | None:
        """The scopes that were asked for; None if they are not known, or the request has none."""
        return None if self.words.scopes is None else frozenset(self.words.scopes)

    @property
    def scopes_known(self) -> bool:
        """Whether the scopes are known, be it that there are none."""
        return self.words.scopes is not None or bool(self.words.scope_omitted)

    @cached_property
    def servers(self) -> tuple[AuthorizationServer, ...]:
        """The custom authorization servers that may be meant."""
        if self.server is not None:
            return (self.server,)
        if self.words.server:
            return ()
        return tuple(server for server in self.org.servers if server.active)

    @cached_property
    def situations(self) -> tuple[Situation, ...]:
        """What the request of a known client may be: each custom server with each grant type.

        Of servers, if none is named, those with an active policy that covers the client.
        """
        client = self.client
        if client is None:
            return ()
        covering = {server.id for server, _ in self.org.covering(client.client_id)}
        own = (self.grant,) if self.grant else client.grant_types
        return tuple(
            self.decider.situation(server.id, client.client_id, grant)
            for server in self.servers
            if self.server is not None or server.id in covering
            for grant in dict.fromkeys(own)
            if self.grant or not _elsewhere(client, grant)
        )

    @cached_property
    def decision(self) -> DecisionSteps | None:
        """The request decided; None where too little of it is known for a decision."""
        named = self.words.named()
        if named is None or self.problems:
            return None
        request = named.resolve(self.org)
        situation = self.decider.situation(request.server, request.client, request.grant)
        if not self.scopes_known and situation.blocking_check is None:
            return None
        return self.decider.explain(request)

    @cached_property
    def ways_out(self) -> tuple[str, ...]:
        """Changes with which the request was tried and would pass, as clauses after "if"."""
        if self.decision is None:
            return ()
        advice = advise(self.decider, self.decision.request, self.decision.decision)
        return tuple(way.text for way in advice)

    @property
    def client_name(self) -> str:
        """What a sentence calls the client that was named."""
        return quoted(self.client.title if self.client else self.words.client or "")

    @property
    def server_name(self) -> str:
        """What a sentence calls the server that was named."""
        if self.at_org:
            return "the org authorization server"
        name = self.server.title if self.server else self.words.server or ""
        return f"authorization server {quoted(name)}"

    @property
    def user_name(self) -> str:
        """What a sentence calls the user who was named."""
        return quoted(self.user.title if self.user else self.words.user or "")

    def unread(self, collection: str) -> str:
        """Why a collection does not tell, as a clause."""
        entry = self.org.ledger.entry(collection)
        return f"not all {entry.label} were read ({one_line(entry.explanation())})"


def _elsewhere(client: App, grant: str) -> bool:
    """Whether no rule of a custom server has to allow a grant type of a client.

    A refresh meets none; an AI agent exchanges tokens at the org server.
    """
    exchange = isinstance(client, AgentClient) and grant == TOKEN_EXCHANGE
    return grant == REFRESH_TOKEN or exchange


def _tried(
    found: dict[str, AuditorError], key: str, word: str | None, find: Callable[[str], T]
) -> None:
    if not word:
        return
    try:
        find(word)
    except AuditorError as error:
        found[key] = error
