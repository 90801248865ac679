"""Authenticated requests to one org."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from types import TracebackType
from typing import Self

from auditor.collect.api.errors import NOT_LICENSED, OktaError
from auditor.collect.api.sdk_executor import SdkExecutor
from auditor.collect.auth.credentials import Credentials
from auditor.collect.auth.dpop import NONCE_REQUIRED, DpopProofs
from auditor.collect.auth.fetch_token import AccessToken
from auditor.collect.http.exchange import Exchange
from auditor.collect.http.proxy_and_tls import NetworkRoute, route_to
from auditor.collect.http.response import Response, ResponseLimits
from auditor.collect.http.scrubbing import Scrubber
from auditor.collect.http.transport import Transport


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
        scrubber = Scrubber(credentials.secrets, route.passwords)
        self._transport = Transport(
            route,
            connections=connections,
            limits=limits or ResponseLimits(),
            scrubber=scrubber,
            watch=watch,
        )
        self._executor = SdkExecutor(credentials, self._transport, scrubber)
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
    return response.status == HTTPStatus.UNAUTHORIZED and (
        OktaError.of(response).code != NOT_LICENSED
    )
