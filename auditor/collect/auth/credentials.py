"""Reads the org and its credentials from the SDK's `OKTA_CLIENT_*` variables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from auditor.collect.auth.org_url import checked_org_url, is_loopback
from auditor.errors import UsageError
from auditor.input_files import LARGEST_SECRET, InputProblem, read_bytes
from auditor.snapshot.collections import COLLECTIONS

if TYPE_CHECKING:
    from auditor.collect.auth.private_key import SigningKey

SSWS = "SSWS"
PRIVATE_KEY = "PrivateKey"

_KEY = "OKTA_CLIENT_PRIVATEKEY"

_SCOPE = re.compile(r"okta\.[A-Za-z]+(?:\.[A-Za-z]+){1,3}")
_CLIENT_ID = re.compile(r"[A-Za-z0-9._~-]{1,100}")
_API_TOKEN = re.compile(r"00[\w-]{40}|ey\w+\.[\w.-]+")

READ_SCOPES = tuple(sorted({row.oauth_scope for row in COLLECTIONS}))
"""The OAuth scopes that it takes to read everything."""

_EARLIER = {row.oauth_scope for row in COLLECTIONS if not row.later}
LATER_SCOPES = tuple(scope for scope in READ_SCOPES if scope not in _EARLIER)
"""Those that a service app may lack because it was set up for an earlier version."""


@dataclass(frozen=True)
class Credentials:
    """An org and one way to authenticate to it. Secrets never show in its repr."""

    org_url: str
    mode: str
    token: str = field(default="", repr=False)
    client_id: str = ""
    signing_key: SigningKey | None = field(default=None, repr=False)
    scopes: tuple[str, ...] = READ_SCOPES
    optional_scopes: tuple[str, ...] = ()
    """Those of `scopes` that are given up where Okta does not grant them: nobody named them."""
    dpop: bool = False
    """Whether to send DPoP proofs at once. An app that demands them gets them in any case."""

    @property
    def loopback(self) -> bool:
        """Whether the org is a server on this machine."""
        return is_loopback(urlsplit(self.org_url).hostname or "")

    @property
    def secrets(self) -> tuple[str, ...]:
        """Texts that nobody may see: the token, the private parts of the key."""
        return (self.token, *(self.signing_key.secret_parts if self.signing_key else ()))

    @property
    def description(self) -> str:
        """How the exporter authenticates, without any secret."""
        return SSWS if self.mode == SSWS else f"private_key_jwt, client {self.client_id}"


def read_credentials(
    environment: Mapping[str, str], names: Mapping[str, str] | None = None
) -> Credentials:
    """Read the SDK's environment variables.

    Args:
        environment: the variables.
        names: what messages call them, where the user calls them otherwise.

    Nothing else is consulted: an `okta.yaml` in the working folder could otherwise send
    the token to another host.

    Raises:
        UsageError: a variable is missing or unusable.
    """
    variables = _Variables(environment, names or {})
    org_url = checked_org_url(
        variables.value("OKTA_CLIENT_ORGURL"), variables.name("OKTA_CLIENT_ORGURL")
    )
    mode = variables.value("OKTA_CLIENT_AUTHORIZATIONMODE") or (
        PRIVATE_KEY if environment.get(_KEY) else SSWS
    )
    if mode == SSWS:
        return Credentials(org_url, SSWS, token=_token(variables))
    if mode == PRIVATE_KEY:
        scopes = _scopes(variables)
        return Credentials(
            org_url,
            PRIVATE_KEY,
            client_id=_client_id(variables),
            signing_key=_signing_key(variables),
            scopes=scopes or READ_SCOPES,
            optional_scopes=() if scopes else LATER_SCOPES,
            dpop=_flag(variables, "OKTA_CLIENT_DPOPENABLED"),
        )
    raise UsageError(
        "OKTA_CLIENT_AUTHORIZATIONMODE is unknown.", remedy=f"Use {SSWS} or {PRIVATE_KEY}."
    )


@dataclass(frozen=True)
class _Variables:
    """The environment, and what messages call its variables."""

    environment: Mapping[str, str] = field(repr=False)
    names: Mapping[str, str]

    def name(self, variable: str) -> str:
        """What messages call a variable."""
        return self.names.get(variable, variable)

    def value(self, variable: str) -> str:
        """The value of a variable; empty if it is not set."""
        return self.environment.get(variable, "").strip()

    def required(self, variable: str, meaning: str) -> str:
        """The value of a variable that has to be set."""
        value = self.value(variable)
        if not value:
            raise UsageError(f"{self.name(variable)} is not set.", remedy=f"Set it to {meaning}.")
        return value


def _token(variables: _Variables) -> str:
    meaning = "an API token (Security > API > Tokens)"
    if not variables.names:  # the user speaks of the SDK's variables
        meaning += ", or set OKTA_CLIENT_CLIENTID and OKTA_CLIENT_PRIVATEKEY of a service app"
    token = variables.required("OKTA_CLIENT_TOKEN", meaning)
    if not token.isascii() or not token.isprintable() or " " in token:
        raise UsageError(
            f"{variables.name('OKTA_CLIENT_TOKEN')} is no API token: it holds blanks or characters "
            "that none has.",
            remedy="Copy the token again, without quotes and without the word SSWS.",
        )
    return token


def _client_id(variables: _Variables) -> str:
    client_id = variables.required("OKTA_CLIENT_CLIENTID", "the service app's client id")
    if not _CLIENT_ID.fullmatch(client_id) or _API_TOKEN.fullmatch(client_id):
        # Not the value: messages name the client, and this may be a secret by mistake.
        raise UsageError(
            f"{variables.name('OKTA_CLIENT_CLIENTID')} is no client id.",
            remedy="It looks like 0oa1gjh63g214q0Hq0g4 and stands on the service app's page.",
        )
    return client_id


def _scopes(variables: _Variables) -> tuple[str, ...]:
    """The scopes that the user named; none if all are meant."""
    scopes = variables.value("OKTA_CLIENT_SCOPES").replace(",", " ").split()
    if not all(map(_SCOPE.fullmatch, scopes)):
        # Not the value: messages name scopes, and this may be something else by mistake.
        raise UsageError(
            f"{variables.name('OKTA_CLIENT_SCOPES')} holds something that is no okta.* scope.",
            remedy="Name scopes such as okta.apps.read, with commas or blanks between them.",
        )
    return tuple(dict.fromkeys(scopes))


def _signing_key(variables: _Variables) -> SigningKey:
    # Reading a key takes libraries that no API token needs.
    from auditor.collect.auth.private_key import read_key  # noqa: PLC0415

    name = variables.name(_KEY)
    text = variables.required(_KEY, "a PEM or JWK private key, or a file that holds one")
    if not text.startswith(("{", "-----")):
        try:
            text = read_bytes(Path(text).expanduser(), LARGEST_SECRET).decode()
        except (InputProblem, UnicodeDecodeError, RuntimeError):
            # Not the value: it may be a key in a form that was not recognised.
            raise UsageError(
                f"{name} is neither a PEM or JWK private key nor a readable file.",
                remedy="Give the key itself, or the path of a file that holds it.",
            ) from None
    return read_key(text, variables.value("OKTA_CLIENT_KID"), variable=name)


def _flag(variables: _Variables, name: str) -> bool:
    value = variables.value(name).lower()
    if value in {"true", "1"}:
        return True
    if value in {"", "false", "0"}:
        return False
    raise UsageError(f"{name} is neither true nor false.", remedy="Use true or false.")
