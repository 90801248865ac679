"""The way to the org: through which proxy, and trusting which certificate authorities."""

from __future__ import annotations

import os
import ssl
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from auditor.errors import UsageError

CA_BUNDLE = "REQUESTS_CA_BUNDLE"
CA_FILE = "SSL_CERT_FILE"


@dataclass(frozen=True)
class NetworkRoute:
    """How requests reach an org. Credentials of the proxy never show in its repr."""

    context: ssl.SSLContext | None = field(repr=False)
    """What TLS trusts; None for an org without TLS, on this machine."""

    authorities: str
    """Which certificate authorities are trusted, in words."""

    proxy: str | None = None
    """The proxy's address without credentials; None without one."""

    proxy_headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What the proxy is told: its credentials."""

    passwords: tuple[str, ...] = field(default=(), repr=False)
    """What of the proxy's credentials nobody may see."""


def route_to(org_url: str, *, loopback: bool) -> NetworkRoute:
    """Find the way to an org in this process's environment.

    `HTTPS_PROXY` and `NO_PROXY` are read as curl and Python read them; an org on this machine
    is never asked for through a proxy. `SSL_CERT_FILE` and `SSL_CERT_DIR` replace the system's
    certificate authorities, as OpenSSL has it; `REQUESTS_CA_BUNDLE` is added to them.

    Raises:
        UsageError: a variable is set to something that cannot work.
    """
    parts = urlsplit(org_url)
    context, authorities = _trust() if parts.scheme == "https" else (None, "")
    proxy = None if loopback else _proxy(parts)
    if proxy is None:
        return NetworkRoute(context, authorities)
    host = proxy.netloc.rpartition("@")[2]
    address = proxy._replace(netloc=host, path="", query="", fragment="").geturl()
    headers = _proxy_credentials(proxy)
    encoded = [value.partition(" ")[2] for value in headers.values()]
    passwords = (proxy.password or "", unquote(proxy.password or ""), *encoded)
    return NetworkRoute(context, authorities, address, headers, passwords)


def _proxy(org: SplitResult) -> SplitResult | None:
    value = getproxies().get(org.scheme, "")
    if not value or proxy_bypass(org.netloc):
        return None
    proxy = _http_address(value if "://" in value else f"http://{value}")
    if proxy is None:
        # Not the value: it may hold a password.
        raise UsageError(
            f"{org.scheme.upper()}_PROXY is no address of an HTTP proxy.",
            remedy="It looks like http://proxy.example.com:3128.",
        )
    return proxy


def _http_address(value: str) -> SplitResult | None:
    try:
        parts = urlsplit(value)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return parts if usable else None


def _proxy_credentials(proxy: SplitResult) -> dict[str, str]:
    if proxy.username is None:
        return {}
    pair = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return {"Proxy-Authorization": f"Basic {b64encode(pair.encode()).decode()}"}


def _trust() -> tuple[ssl.SSLContext, str]:
    # OpenSSL silently trusts nobody if the file is not there.
    system = os.environ.get(CA_FILE, "")
    if system:
        _load(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), CA_FILE, system)
    context = ssl.create_default_context()
    trusted = [f"{CA_FILE}={system}" if system else "the system's"]
    if extra := os.environ.get(CA_BUNDLE, ""):
        _load(context, CA_BUNDLE, extra)
        trusted.append(f"{CA_BUNDLE}={extra}")
    return context, " and ".join(trusted)


def _load(context: ssl.SSLContext, variable: str, value: str) -> None:
    path = Path(value)
    try:
        if path.is_dir():
            context.load_verify_locations(capath=path)
        else:
            context.load_verify_locations(cafile=path)
    except (OSError, ValueError):  # an SSLError is an OSError
        raise UsageError(
            f"{variable} names no file with certificates in PEM form.",
            remedy="Name the file that holds your certificate authority, or unset the variable.",
        ) from None
