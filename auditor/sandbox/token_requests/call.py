"""A request to `/token` or `/authorize`, before anything is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from auditor.tokens.request import ORG_SERVER

if TYPE_CHECKING:
    from yarl import URL

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request."""

    url: URL
    """Its address, with the query."""

    server: Json | None
    """The custom authorization server; None for the org server."""

    form: Mapping[str, str]
    """The parameters: of the body at /token, of the query at /authorize."""

    authorization: str = field(default="", repr=False)
    proof: str = field(default="", repr=False)
    """The DPoP header; empty if there is none."""

    ip_address: str | None = None
    user_agent: str = ""

    @property
    def address(self) -> str:
        """The endpoint's own address, without query."""
        return str(self.url.with_query(None))

    @property
    def issuer(self) -> str:
        """The `iss` of tokens: the address of the server at this sandbox."""
        origin = str(self.url.origin())
        return origin if self.server is None else f"{origin}/oauth2/{self.server['id']}"

    @property
    def server_id(self) -> str:
        """The id of the server, or `org`."""
        return ORG_SERVER if self.server is None else self.server["id"]

    @property
    def scopes(self) -> frozenset[str] | None:
        """The scopes asked for; None if the parameter is left out."""
        return frozenset(self.form.get("scope", "").split()) or None
