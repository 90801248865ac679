"""A token request as people write it: by names, labels, logins or ids."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.snapshot.org import Org
from auditor.tokens.lookup.grants import find_grant
from auditor.tokens.lookup.records import find_client, find_server, find_user
from auditor.tokens.request import ORG_SERVER, TokenRequest


@dataclass(frozen=True, kw_only=True)
class NamedRequest:
    """A token request by names, labels, logins or ids; see `TokenRequest`."""

    server: str
    client: str
    grant: str
    user: str | None = None
    scopes: tuple[str, ...] | None = None
    assertion_scopes: tuple[str, ...] | None = None
    response_type: str | None = None
    redirect_uri: str | None = None
    prompt: str | None = None
    pkce: bool | None = None
    dpop: bool | None = None

    def resolve(self, org: Org) -> TokenRequest:
        """The request that is meant, by ids.

        Raises:
            NotFoundError: a word names nothing, or several objects.
            UnreadError: the collection in which a word would be looked up was not read.
        """
        grant = find_grant(self.grant)
        server = find_server(org, self.server)
        return TokenRequest(
            server=ORG_SERVER if server is None else server.id,
            client=find_client(org, self.client).client_id,
            grant=grant,
            user=None if self.user is None else find_user(org, self.user).id,
            scopes=None if self.scopes is None else frozenset(self.scopes),
            assertion_scopes=(
                None if self.assertion_scopes is None else frozenset(self.assertion_scopes)
            ),
            response_type=self.response_type,
            redirect_uri=self.redirect_uri,
            prompt=self.prompt,
            pkce=self.pkce,
            dpop=self.dpop,
        )
