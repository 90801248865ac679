"""A token request, as far as configuration decides what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass

ORG_SERVER = "org"
"""Stands for the org authorization server, which has no id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRequest:
    """One request, by ids. What it leaves open is what a well-behaved client does."""

    server: str
    """The id of a custom authorization server, or `org`."""

    client: str
    """The client id."""

    grant: str

    user: str | None = None
    """The id of the user who signs in, or whom the assertion or subject token names."""

    scopes: frozenset[str] | None = None
    """The scopes asked for; None if the request leaves the parameter out."""

    assertion_scopes: frozenset[str] | None = None
    """The scopes that the assertion of a JWT bearer request carries, which count where the request
    names none; None if that is not known."""

    response_type: str | None = None
    """Space-separated; None means `code`, or what the client has for the implicit grant."""

    redirect_uri: str | None = None
    """None means one that is registered."""

    resource: str | None = None
    """The resource indicator (RFC 8707); None if the request names none."""

    subject_server: str | None = None
    """The id of the server that issued the subject token of a token exchange, or `org`; None means
    one whose tokens the exchanging server takes."""

    prompt: str | None = None
    """`none`, `consent` or `login`; None means that Okta shows what pages it has to."""

    pkce: bool | None = None
    """Whether a code challenge is sent; None means if the client requires it."""

    dpop: bool | None = None
    """Whether a DPoP proof is sent; None means if the client requires it."""
