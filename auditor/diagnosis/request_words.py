"""What is known of a request that failed, in the words in which it was given."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

from auditor.tokens.lookup.named_request import NamedRequest


@dataclass(frozen=True, kw_only=True)
class RequestWords:
    """Parts of a request by names, labels, logins or ids; None where a part is not known."""

    server: str | None = None
    """A name, an id, an issuer, or `org`."""
    client: str | None = None
    grant: str | None = None
    user: str | None = None
    scopes: tuple[str, ...] | None = None
    scope_omitted: bool | None = None
    """Whether the request names no scope. Without scopes and without this, nobody knows."""
    response_type: str | None = None
    redirect_uri: str | None = None
    logout_redirect_uri: str | None = None
    prompt: str | None = None
    pkce: bool | None = None
    dpop: bool | None = None

    def or_else(self, other: RequestWords) -> RequestWords:
        """These words, and another's for what these leave open."""
        missing: dict[str, Any] = {
            one.name: getattr(other, one.name)
            for one in fields(self)
            if getattr(self, one.name) is None
        }
        if self.scopes:
            missing.pop("scope_omitted", None)
        return replace(self, **missing)

    def named(self) -> NamedRequest | None:
        """The request; None where server, client or grant type is not known."""
        if not (self.server and self.client and self.grant):
            return None
        return NamedRequest(
            server=self.server,
            client=self.client,
            grant=self.grant,
            user=self.user,
            scopes=self.scopes,
            response_type=self.response_type,
            redirect_uri=self.redirect_uri,
            prompt=self.prompt,
            pkce=self.pkce,
            dpop=self.dpop,
        )
