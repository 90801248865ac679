"""A token request as people write it: by names, labels, logins or ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain

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
    resource: str | None = None
    subject_server: str | None = None
    prompt: str | None = None
    pkce: bool | None = None
    dpop: bool | None = None

    @property
    def options(self) -> list[str]:
        """The options of `okta-auditor explain` that stand for the request."""
        valued = {
            "--server": self.server,
            "--client": self.client,
            "--grant": self.grant,
            "--user": self.user,
        }
        later = {
            "--response-type": self.response_type,
            "--redirect-uri": self.redirect_uri,
            "--resource": self.resource,
            "--subject-server": self.subject_server,
            "--prompt": self.prompt,
        }
        flags = {"--no-pkce": self.pkce is False, "--no-dpop": self.dpop is False}
        return [
            *_with_values(valued),
            *chain.from_iterable(("--scope", scope) for scope in self.scopes or ()),
            *chain.from_iterable(
                ("--assertion-scope", scope) for scope in self.assertion_scopes or ()
            ),
            *_with_values(later),
            *(name for name, given in flags.items() if given),
        ]

    def resolve(self, org: Org) -> TokenRequest:
        """The request that is meant, by ids.

        Raises:
            NotFoundError: a word names nothing, or several objects.
            UnreadError: the collection in which a word would be looked up was not read.
        """
        grant = find_grant(self.grant)
        return TokenRequest(
            server=_server_id(org, self.server, "server"),
            client=find_client(org, self.client).client_id,
            grant=grant,
            user=None if self.user is None else find_user(org, self.user).id,
            scopes=_set(self.scopes),
            assertion_scopes=_set(self.assertion_scopes),
            response_type=self.response_type,
            redirect_uri=self.redirect_uri,
            resource=self.resource,
            subject_server=(
                None
                if self.subject_server is None
                else _server_id(org, self.subject_server, "subject_server")
            ),
            prompt=self.prompt,
            pkce=self.pkce,
            dpop=self.dpop,
        )


def _server_id(org: Org, word: str, key: str) -> str:
    server = find_server(org, word, key)
    return ORG_SERVER if server is None else server.id


def _set(scopes: tuple[str, ...] | None) -> frozenset[str] | None:
    return None if scopes is None else frozenset(scopes)


def _with_values(options: Mapping[str, str | None]) -> list[str]:
    """Those of the options that have a value, as words."""
    return [word for name, value in options.items() if value is not None for word in (name, value)]
