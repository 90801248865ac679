"""The one module that touches the okta SDK: its request executor, with our parts beneath it.

The SDK's typed calls lose unknown fields and fail on real records, its own retries ignore
most faults, its log prints the Authorization header, its signing knows RSA keys only, and its
check of the configuration refuses any host name with `-admin` in it. So only its request
executor is used, which puts requests together and authenticates them. The HTTP client beneath
it (a documented extension point) and the source of its tokens are ours.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

from okta.cache.no_op_cache import NoOpCache
from okta.constants import LOGGER_NAME
from okta.http_client import HTTPClient
from okta.oauth import OAuth
from okta.request_executor import RequestExecutor

from auditor.collect.api.errors import NOT_LICENSED
from auditor.collect.auth.access_tokens import AccessTokens
from auditor.collect.auth.credentials import PRIVATE_KEY, Credentials
from auditor.collect.auth.dpop import NONCE_REQUIRED, DpopProofs
from auditor.collect.auth.token_request import AccessToken, TokenEndpoint
from auditor.collect.http.errors import TransportError
from auditor.collect.http.exchange import Exchange
from auditor.collect.http.proxy_and_tls import NetworkRoute, route_to
from auditor.collect.http.transport import Response, ResponseLimits, Transport
from auditor.version import __version__

__all__ = ["OktaClient", "Response", "TransportError"]

# At DEBUG level the SDK logs whole header dictionaries, Authorization included.
logging.getLogger(LOGGER_NAME).disabled = True


class OktaClient:
    """Sends authenticated requests to one org.

    Use it as an async context manager; it holds one connection pool.

    Args:
        credentials: the org, and who asks.
        connections: how many at most.
        limits: what one answer may cost.
        watch: is told of every request, those for tokens included.

    Raises:
        UsageError: the proxy or the certificate authorities of the environment are unusable.
    """

    def __init__(
        self,
        credentials: Credentials,
        *,
        connections: int,
        limits: ResponseLimits | None = None,
        watch: Callable[[Exchange], None] = lambda _: None,
    ) -> None:
        route = route_to(credentials.org_url, loopback=credentials.loopback)
        self._transport = Transport(
            route, connections=connections, limits=limits or ResponseLimits(), watch=watch
        )
        self._executor = _Executor(credentials, self._transport)
        self._tokens = self._executor.tokens

    @property
    def route(self) -> NetworkRoute:
        """The proxy and the certificate authorities in use."""
        return self._transport.route

    @property
    def sent(self) -> int:
        """HTTP requests sent so far: of tokens, and answers to DPoP challenges, included."""
        return self._transport.sent

    async def __aenter__(self) -> Self:
        self._transport.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._tokens is not None:
            await self._tokens.close()
        await self._transport.close()

    async def get(self, url: str) -> Response:
        """Send a GET request and read the answer, whatever its status.

        Args:
            url: an absolute URL of the org.

        Raises:
            TransportError: no complete answer came back in time, or one that is refused: too
                large, or a redirect.
            CollectError: Okta refused to issue an access token.
        """
        if self._tokens is None:
            return await self._executor.get(url)
        token = await self._tokens.current()
        response = await self._executor.get(url)
        if _requires_nonce(self._tokens.proofs, response):
            response = await self._executor.get(url)
        self._tokens.note_use(token, accepted=not _refuses_token(response))
        return response

    async def get_anonymously(self, url: str) -> Response:
        """Send a GET request without credentials.

        Args:
            url: an absolute URL of the org.

        Raises:
            TransportError: as for `get`.
        """
        return await self._transport.send("GET", url, {"Accept": "application/json"})

    async def token(self) -> AccessToken | None:
        """The access token in use, asked for if need be; None with an API token.

        Raises:
            TokenRefusedError: Okta issues none.
            TransportError: no usable answer came back.
        """
        return None if self._tokens is None else await self._tokens.current()

    async def renew(self) -> bool:
        """Get a new access token if Okta has refused the current one with a 401.

        Callers share one renewal, also those who learn of the refusal after it.

        Returns:
            Whether trying again makes sense. False for API tokens, and when a renewed token
            was refused as well.

        Raises:
            CollectError: Okta refused to issue an access token.
            TransportError: no usable answer came back.
        """
        return False if self._tokens is None else await self._tokens.renew()


class _HttpClient(HTTPClient):
    """Makes the SDK's executor send through our transport."""

    transport: Transport

    async def send_request(self, request: dict[str, Any]) -> tuple[Any, Any, Any, Any]:
        """Send a request of the executor's making.

        Returns:
            What the SDK expects: the request, the response, its body, an error.
        """
        headers = {k: v for k, v in request["headers"].items() if k != "Content-Type"}
        try:
            response = await self.transport.send(
                request["method"], request["url"], headers, request["form"] or None
            )
        except TransportError as error:
            return None, None, None, error
        return request, response, response.body, None


class _OAuth(OAuth):
    """Gives the SDK's executor our tokens and our DPoP proofs."""

    tokens: AccessTokens

    async def get_oauth_token(self) -> tuple[str | None, str, Exception | None]:
        """The current token, its kind, no error: errors are raised."""
        token = await self.tokens.current()
        return token.value, token.kind, None

    def get_dpop_generator(self) -> DpopProofs | None:
        """What makes proofs for requests with tokens of the DPoP kind."""
        return self.tokens.proofs


class _Executor(RequestExecutor):
    """The SDK's executor with our HTTP client and, for service apps, our tokens."""

    def __init__(self, credentials: Credentials, transport: Transport) -> None:
        config = _sdk_config(credentials)
        super().__init__(config, NoOpCache(), _HttpClient)  # type: ignore[no-untyped-call] # the SDK is partly annotated
        self._http_client: _HttpClient
        self._http_client.transport = transport
        self.tokens: AccessTokens | None = None
        if credentials.mode == PRIVATE_KEY:
            self.tokens = AccessTokens(TokenEndpoint(credentials, self._post))
            self._oauth = _OAuth(self, config)
            self._oauth.tokens = self.tokens

    async def get(self, url: str) -> Response:
        request, _ = await self.create_request("GET", url)
        return await self._sent(request)

    async def _post(
        self, url: str, headers: Mapping[str, str], form: Mapping[str, str]
    ) -> Response:
        request, _ = await self.create_request(
            "POST", url, headers=dict(headers), form=dict(form), oauth=True
        )
        return await self._sent(request)

    async def _sent(self, request: dict[str, Any] | None) -> Response:
        assert request is not None
        _, response, _, error = await self._http_client.send_request(request)
        if error is not None:
            raise error
        assert isinstance(response, Response)
        return response


def _sdk_config(credentials: Credentials) -> dict[str, Any]:
    """The executor's whole configuration. No file and no variable is merged into it."""
    client: dict[str, Any] = {
        "orgUrl": credentials.org_url,
        "authorizationMode": credentials.mode,
        "userAgent": f"okta-auditor/{__version__}",
        "requestTimeout": 0,
        "rateLimit": {"maxRetries": 0},
    }
    if credentials.mode != PRIVATE_KEY:
        client["token"] = credentials.token
    return {"client": client}


def _requires_nonce(proofs: DpopProofs | None, response: Response) -> bool:
    """Learn the nonce that an answer brings; whether it asks for the same request with it."""
    if proofs is None or not proofs.learn(response.headers, resource=True):
        return False
    challenge = response.headers.get("WWW-Authenticate", "")
    return response.status == HTTPStatus.UNAUTHORIZED and (
        NONCE_REQUIRED in challenge or NONCE_REQUIRED.encode() in response.body
    )


def _refuses_token(response: Response) -> bool:
    # Okta answers 401 as well where a feature is not licensed.
    return response.status == HTTPStatus.UNAUTHORIZED and NOT_LICENSED.encode() not in response.body
