"""Where the org is and how to prove who asks, from the SDK's `OKTA_CLIENT_*` variables."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from auditor.errors import UsageError
from auditor.snapshot.collections import COLLECTIONS
from auditor.text import one_line

if TYPE_CHECKING:
    from auditor.collect.auth.private_key import SigningKey

SSWS = "SSWS"
PRIVATE_KEY = "PrivateKey"

READ_SCOPES = tuple(sorted({row.oauth_scope for row in COLLECTIONS}))
"""The OAuth scopes that reading everything takes."""

# Okta's own domains: production, preview, EMEA, government, and Okta's own tests.
# In a custom domain, `-admin` may mean anything.
_ADMIN_CONSOLE = re.compile(
    r"([^.]+)-admin\.((?:okta|oktapreview|okta-emea|okta-gov|trexcloud)\.com|okta\.mil)"
)


@dataclass(frozen=True)
class Credentials:
    """An org and one way to authenticate to it. Secrets never show in its repr."""

    org_url: str
    mode: str
    token: str = field(default="", repr=False)
    client_id: str = ""
    signing_key: SigningKey | None = field(default=None, repr=False)
    scopes: tuple[str, ...] = READ_SCOPES
    dpop: bool = False
    """Whether to send DPoP proofs at once. An app that demands them gets them in any case."""

    @property
    def loopback(self) -> bool:
        """Whether the org is a server on this machine."""
        return is_loopback(urlsplit(self.org_url).hostname or "")

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
    called = _Called(names or {})
    org_url = checked_org_url(
        environment.get("OKTA_CLIENT_ORGURL", ""), called["OKTA_CLIENT_ORGURL"]
    )
    mode = environment.get("OKTA_CLIENT_AUTHORIZATIONMODE", "").strip() or (
        PRIVATE_KEY if environment.get("OKTA_CLIENT_PRIVATEKEY") else SSWS
    )
    if mode == SSWS:
        return Credentials(org_url, SSWS, token=_token(environment, called))
    if mode == PRIVATE_KEY:
        return Credentials(
            org_url,
            PRIVATE_KEY,
            client_id=_required(
                environment, called, "OKTA_CLIENT_CLIENTID", "the service app's client id"
            ),
            signing_key=_signing_key(environment, called),
            scopes=_scopes(environment),
            dpop=_flag(environment, "OKTA_CLIENT_DPOPENABLED"),
        )
    raise UsageError(
        f"OKTA_CLIENT_AUTHORIZATIONMODE is {mode!r}.", remedy=f"Use {SSWS} or {PRIVATE_KEY}."
    )


class _Called(dict[str, str]):
    """What messages call a variable: by its own name, unless it has another."""

    def __missing__(self, variable: str) -> str:
        return variable


def checked_org_url(value: str, called: str = "OKTA_CLIENT_ORGURL") -> str:
    """The org's URL as `https://host`, or `http://` for a loopback host.

    Args:
        value: what the user gave.
        called: what messages call it.

    Raises:
        UsageError: it is missing, not an org's URL, or would send a token in clear.
    """
    value = value.strip().rstrip("/")
    if not value:
        raise UsageError(
            "There is no org to read: OKTA_CLIENT_ORGURL is not set.",
            remedy="Set OKTA_CLIENT_ORGURL (https://your-org.okta.com) and OKTA_CLIENT_TOKEN, "
            'or try "okta-auditor demo", which needs neither.',
        )
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise _unusable_url(called, "it is not a URL") from None
    if parts.scheme not in {"https", "http"} or not host:
        raise _unusable_url(called, "it does not begin with https://")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise _unusable_url(called, "it holds more than a scheme and a host")
    if parts.path:
        raise _unusable_url(called, f"it has a path; use {parts.scheme}://{parts.netloc}")
    if parts.scheme == "http" and not is_loopback(host):
        raise _unusable_url(called, "http:// would send the token in clear; use https://")
    if "{" in host or "yourokta" in host:
        raise _unusable_url(called, "it is still the placeholder of an example")
    if found := _ADMIN_CONSOLE.fullmatch(host):
        raise _unusable_url(called, f"it is the Admin Console's; use https://{found[1]}.{found[2]}")
    return value


def is_loopback(host: str) -> bool:
    """Whether a host name can only mean this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _unusable_url(called: str, why: str) -> UsageError:
    return UsageError(
        f"{called} cannot be used: {why}.",
        remedy="It looks like https://your-org.okta.com.",
    )


def _required(
    environment: Mapping[str, str], called: Mapping[str, str], name: str, meaning: str
) -> str:
    value = environment.get(name, "").strip()
    if not value:
        raise UsageError(f"{called[name]} is not set.", remedy=f"Set it to {meaning}.")
    return value


def _token(environment: Mapping[str, str], called: Mapping[str, str]) -> str:
    meaning = "an API token (Security > API > Tokens)"
    if not called:  # the user speaks of the SDK's variables
        meaning += ", or set OKTA_CLIENT_CLIENTID and OKTA_CLIENT_PRIVATEKEY of a service app"
    token = _required(environment, called, "OKTA_CLIENT_TOKEN", meaning)
    if not token.isascii() or not token.isprintable() or " " in token:
        raise UsageError(
            f"{called['OKTA_CLIENT_TOKEN']} is no API token: it holds blanks or characters that "
            "none has.",
            remedy="Copy the token again, without quotes and without the word SSWS.",
        )
    return token


def _scopes(environment: Mapping[str, str]) -> tuple[str, ...]:
    named = environment.get("OKTA_CLIENT_SCOPES", "").replace(",", " ").split()
    return tuple(dict.fromkeys(named)) or READ_SCOPES


def _signing_key(environment: Mapping[str, str], called: Mapping[str, str]) -> SigningKey:
    # Reading a key takes libraries that no API token needs.
    from auditor.collect.auth.private_key import VARIABLE, read_key  # noqa: PLC0415

    name = called[VARIABLE]
    meaning = "a PEM or JWK private key, or a file that holds one"
    value = _required(environment, called, VARIABLE, meaning)
    if not value.startswith(("{", "-----")):
        try:
            value = Path(value).expanduser().read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError, ValueError, RuntimeError):
            # Not the value: it may be a key in a form that was not recognised.
            raise UsageError(
                f"{name} is neither a PEM or JWK private key nor a readable file.",
                remedy="Give the key itself, or the path of a file that holds it.",
            ) from None
    try:
        return read_key(value, environment.get("OKTA_CLIENT_KID", "").strip())
    except UsageError as error:
        raise UsageError(error.message.replace(VARIABLE, name), remedy=error.remedy) from None


def _flag(environment: Mapping[str, str], name: str) -> bool:
    value = environment.get(name, "").strip().lower()
    if value in {"true", "1"}:
        return True
    if value in {"", "false", "0"}:
        return False
    raise UsageError(f"{name} is {one_line(value)!r}.", remedy="Use true or false.")
