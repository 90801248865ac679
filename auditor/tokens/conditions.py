"""The conditions that requests, policies and rules have to meet."""

from __future__ import annotations

from enum import StrEnum


class Condition(StrEnum):
    """What a request, a policy or a rule has to meet. The values are part of the contract."""

    SERVER = "server"
    CLIENT = "client"
    ZONES = "zones"
    KEYS = "keys"
    GRANT = "grant"
    REFRESH = "refresh"
    """That the access policy is evaluated again when a token is refreshed."""
    RESPONSE_TYPE = "response_type"
    REDIRECT_URI = "redirect_uri"
    PKCE = "pkce"
    DPOP = "dpop"
    SUBJECT_TOKEN = "subject_token"  # noqa: S105 - a condition
    """That the server of a subject token is one whose tokens may be exchanged."""
    SCOPES = "scopes"
    CONSENT = "consent"
    OKTA_SCOPES = "grants"
    """That the `okta.` scopes asked for were granted to the client."""
    AUTHENTICATION = "authentication"
    USER = "user"
    ASSIGNMENT = "assignment"
    POLICY = "policy"
    """That some rule matches."""
    CLAIMS = "claims"
    """That every claim of the token can be evaluated."""
    STATUS = "status"
    """Of a policy or a rule."""
    CLIENTS = "clients"
    """The clients that a policy is for."""
    PEOPLE = "people"
    """The users and groups that a rule is for."""
