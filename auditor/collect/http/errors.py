"""Why no usable HTTP answer came back, in words that hold no secret."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

import aiohttp

from auditor.text import one_line

_CHECK_PROXY = "Check HTTPS_PROXY, or name the org's host in NO_PROXY if it needs no proxy."


class TransportError(Exception):
    """No usable HTTP answer came back. The message says why and holds no secret.

    Args:
        reason: why.
        retryable: whether another try may help.
        remedy: what to do about it, beyond looking at the network; may be empty.
    """

    def __init__(self, reason: str, *, retryable: bool = True, remedy: str = "") -> None:
        super().__init__(reason)
        self.retryable = retryable
        self.remedy = remedy


class DroppedError(aiohttp.ClientConnectionError):
    """A connection was closed or reset before an answer came."""


def transport_error(
    error: aiohttp.ClientError | TimeoutError,
    *,
    scrub: Callable[[str], str],
    proxy: str | None,
    connect_s: float,
    silence_s: float,
    total_s: float,
) -> TransportError:
    """Put an error of aiohttp into words.

    Args:
        error: the error. Its own text is not used: it may hold anything.
        scrub: takes credentials out of what others say.
        proxy: the proxy's address without credentials.
        connect_s: the limit for connecting, in seconds.
        silence_s: the limit between two reads, in seconds.
        total_s: the limit for the whole answer, in seconds.
    """
    specific = _proxy_failure(error, proxy, scrub) or _tls_or_name_failure(error, scrub)
    if specific is not None:
        return specific
    # The order matters: the later ones are superclasses of the earlier.
    for kind, reason in (
        (aiohttp.ConnectionTimeoutError, f"no connection within {connect_s:g} s"),
        (aiohttp.ServerTimeoutError, f"no answer within {silence_s:g} s"),
        (TimeoutError, f"the answer was not complete after {total_s:g} s"),
        (aiohttp.ClientConnectorError, _os_error(error)),
        (aiohttp.ClientPayloadError, "the answer was cut off"),
        (DroppedError, "the server closed the connection without an answer"),
    ):
        if isinstance(error, kind):
            return TransportError(reason)
    return TransportError(f"the answer is not HTTP ({type(error).__name__})")


def _proxy_failure(
    error: BaseException, proxy: str | None, scrub: Callable[[str], str]
) -> TransportError | None:
    if isinstance(error, aiohttp.ClientProxyConnectionError):
        return TransportError(f"the proxy {proxy} could not be reached", remedy=_CHECK_PROXY)
    if isinstance(error, aiohttp.ClientHttpProxyError):
        status = f"{error.status} {one_line(scrub(error.message))[:80]}".strip()
        return TransportError(
            f"the proxy {proxy} refused the connection ({status})",
            retryable=error.status >= HTTPStatus.INTERNAL_SERVER_ERROR,
            remedy=_CHECK_PROXY,
        )
    return None


def _tls_or_name_failure(
    error: BaseException, scrub: Callable[[str], str]
) -> TransportError | None:
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        why = one_line(scrub(getattr(error.certificate_error, "verify_message", "")))
        return TransportError(
            "the server's certificate is not trusted" + (f" ({why})" if why else ""),
            remedy="If your network inspects TLS, or the org has a private certificate "
            "authority, name its PEM file in SSL_CERT_FILE.",
        )
    if isinstance(error, aiohttp.ClientConnectorSSLError):
        return TransportError("TLS failed: the server, or what stands before it, does not speak it")
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return TransportError(
            f"the host name {one_line(error.host)} is not known",
            remedy="Check the host name in OKTA_CLIENT_ORGURL, and whether a proxy is needed.",
        )
    return None


def _os_error(error: BaseException) -> str:
    os_error = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else None
    return one_line(getattr(os_error, "strerror", None) or "the connection failed")
