"""The one module that touches the okta SDK: configuration, authentication, transport.

The SDK's typed calls lose unknown fields and fail on real records, its own retries ignore
most faults, and its log prints the Authorization header. So only its request executor is
used, with an HTTP client of our own beneath it (both are documented extension points).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, cast

import aiohttp
from okta.cache.no_op_cache import NoOpCache
from okta.config.config_validator import ConfigValidator
from okta.constants import LOGGER_NAME
from okta.http_client import HTTPClient
from okta.request_executor import RequestExecutor

from auditor import __version__
from auditor.collect.credentials import PRIVATE_KEY, Credentials
from auditor.errors import CollectError, UsageError
from auditor.text import one_line

CONNECT_TIMEOUT_S = 5
READ_TIMEOUT_S = 10
"""Okta's own advice for clients, and the field's: fail fast rather than hang."""
ANSWER_TIMEOUT_S = 60
"""From the request to the last byte, however steadily it drips."""
MOST_BODY_BYTES = 64 << 20

# At DEBUG level the SDK logs whole header dictionaries, Authorization included.
logging.getLogger(LOGGER_NAME).disabled = True


class TransportError(Exception):
    """No usable HTTP answer came back. The message says why and holds no secret.

    Args:
        reason: why.
        again: whether another try may help.
    """

    def __init__(self, reason: str, *, again: bool = True) -> None:
        super().__init__(reason)
        self.again = again


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP answer, read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class OktaClient:
    """Sends authenticated requests to one org.

    Use it as an async context manager; it holds one connection pool.

    Raises:
        UsageError: the SDK refuses the configuration.
    """

    def __init__(self, credentials: Credentials, *, connections: int) -> None:
        self._credentials = credentials
        self._connections = connections
        config = _sdk_config(credentials)
        try:
            ConfigValidator(config)
        except ValueError as error:
            raise UsageError(
                f"The Okta SDK refuses the configuration: {_scrubbed(error, credentials)}"
            ) from None
        self._executor = RequestExecutor(config, NoOpCache(), _Transport)
        # The SDK builds the client itself and offers no accessor to it.
        self._transport = cast("_Transport", self._executor._http_client)  # noqa: SLF001

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._connections),
            cookie_jar=aiohttp.DummyCookieJar(),
            # Proxies come from the environment, NO_PROXY included; never for this machine.
            trust_env=not self._credentials.loopback,
        )
        self._transport.set_session(self._session)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._session.close()

    async def get(self, url: str) -> Response:
        """Send a GET request and read the answer, whatever its status.

        Args:
            url: an absolute URL of the org.

        Raises:
            TransportError: no complete answer came back in time.
            CollectError: Okta refused to issue an access token.
            UsageError: the private key cannot be used.
        """
        try:
            request, error = await self._executor.create_request("GET", url)
        except (ValueError, TypeError, AttributeError) as problem:
            raise UsageError(
                f"The private key cannot be used: {_scrubbed(problem, self._credentials)}.",
                remedy="Use an RSA key in PEM or JWK form; the okta SDK takes no other.",
            ) from None
        if error is not None or request is None:
            raise self._token_error(error)
        _, response, body, error = await self._transport.send_request(request)
        if error is not None:
            again = not isinstance(error, _TooLargeError)
            raise TransportError(_described(error), again=again)
        return Response(
            response.status,
            response.headers,
            body.encode() if isinstance(body, str) else body,
        )

    async def renew(self) -> bool:
        """Drop the access token, so that the next request gets a new one.

        Returns:
            Whether there is one to renew: an API token is what it is.
        """
        if self._credentials.mode != PRIVATE_KEY:
            return False
        oauth = self._executor._oauth  # noqa: SLF001 - the SDK has no accessor to it
        assert oauth is not None
        oauth.clear_access_token()
        return True

    def _token_error(self, error: Exception | None) -> Exception:
        if isinstance(error, (aiohttp.ClientError, TimeoutError)):
            return TransportError(_described(error))
        code = getattr(error, "error_code", "")
        scopes = ", ".join(self._credentials.scopes)
        remedy = {
            "invalid_scope": "Grant the service app these scopes, or name the granted ones in "
            f"OKTA_CLIENT_SCOPES: {scopes}.",
            "invalid_client": "Check OKTA_CLIENT_CLIENTID, and that the key's public half is "
            "registered with the service app.",
        }.get(code, "Check the service app's credentials and its Okta API Scopes.")
        summary = getattr(error, "error_summary", "") or "no reason given"
        said = f"{code}: {summary}" if code else summary
        return CollectError(
            f"Okta issued no access token to client {self._credentials.client_id} "
            f"({_scrubbed(said, self._credentials)}).",
            remedy=remedy,
        )


class _TooLargeError(aiohttp.ClientError):
    """A body is larger than any page of Okta's."""


class _Transport(HTTPClient):
    """The SDK's HTTP client with timeouts, without redirects and without its logging."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__({**config, "proxy": None})  # type: ignore[no-untyped-call] # the SDK is partly annotated
        self._timeout = aiohttp.ClientTimeout(
            total=ANSWER_TIMEOUT_S, sock_connect=CONNECT_TIMEOUT_S, sock_read=READ_TIMEOUT_S
        )

    async def send_request(self, request: dict[str, Any]) -> tuple[Any, Any, Any, Any]:
        """Send a request of the executor's making.

        Returns:
            What the SDK expects: request information, response, body, error.
        """
        try:
            assert self._session is not None
            async with self._session.request(
                request["method"],
                request["url"],
                headers={k: v for k, v in request["headers"].items() if k != "Content-Type"},
                data=request["form"] or None,
                timeout=self._timeout,
                # A redirect would carry the request, and with it the token, elsewhere.
                allow_redirects=False,
            ) as response:
                body = bytearray()
                async for chunk in response.content.iter_any():
                    body += chunk
                    if len(body) > MOST_BODY_BYTES:
                        raise _TooLargeError
                return response.request_info, response, body.decode(), None
        except (aiohttp.ClientError, TimeoutError, UnicodeDecodeError) as error:
            return None, None, None, error


def _sdk_config(credentials: Credentials) -> dict[str, Any]:
    """The executor's whole configuration. No file and no variable is merged into it."""
    client: dict[str, Any] = {
        "orgUrl": credentials.org_url,
        "authorizationMode": credentials.mode,
        "userAgent": f"okta-auditor/{__version__}",
        "requestTimeout": 0,
        "rateLimit": {"maxRetries": 0},
        "cache": {"enabled": False},
        "oauthTokenRenewalOffset": 5,
    }
    if credentials.mode == PRIVATE_KEY:
        client |= {
            "clientId": credentials.client_id,
            "scopes": list(credentials.scopes),
            "privateKey": credentials.private_key,
            "kid": credentials.key_id or None,
        }
    else:
        client["token"] = credentials.token
    # The validator insists on https; the loopback check was made with the credentials.
    return {"client": client, "testing": {"testingDisableHttpsCheck": credentials.loopback}}


def _described(error: BaseException) -> str:
    if isinstance(error, aiohttp.ClientConnectorError) and not isinstance(
        error, aiohttp.ClientConnectorCertificateError
    ):
        return error.os_error.strerror or "the connection failed"
    words = {
        _TooLargeError: f"the answer is larger than {MOST_BODY_BYTES / (1 << 20):g} MiB",
        aiohttp.ClientConnectorCertificateError: "the server's certificate is not trusted",
        aiohttp.ServerTimeoutError: f"no answer within {READ_TIMEOUT_S} s",
        TimeoutError: f"the answer was not complete after {ANSWER_TIMEOUT_S} s",
        aiohttp.ClientPayloadError: "the answer was cut off",
        aiohttp.ServerDisconnectedError: "the server closed the connection without an answer",
        aiohttp.ClientOSError: "the server closed the connection without an answer",
        UnicodeDecodeError: "the answer is not UTF-8",
    }
    return next((said for kind, said in words.items() if isinstance(error, kind)), _name(error))


def _name(error: BaseException) -> str:
    return type(error).__name__


def _scrubbed(said: object, credentials: Credentials) -> str:
    text = one_line(str(said))
    for secret in credentials.secrets:
        text = text.replace(secret, "[redacted]")
    return text[:300]
