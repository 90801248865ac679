"""The one module that touches the okta SDK: its request executor, with our parts beneath it.

The SDK's typed calls lose unknown fields and fail on real records, its own retries ignore
most faults, its log prints the Authorization header, its signing knows RSA keys only, and its
check of the configuration refuses any host name with `-admin` in it. So only its request
executor is used, which puts requests together and authenticates them. The HTTP client beneath
it (a documented extension point) and the source of its tokens are ours.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from auditor.collect.api.lean_import import lean_import
from auditor.collect.auth.credentials import PRIVATE_KEY, Credentials
from auditor.collect.auth.dpop import DpopProofs
from auditor.collect.auth.fetch_token import TokenEndpoint
from auditor.collect.auth.token_cache import TokenCache
from auditor.collect.http.errors import TransportError
from auditor.collect.http.response import Response
from auditor.collect.http.scrubbing import Scrubber
from auditor.collect.http.transport import Transport
from auditor.version import __version__

# Its signing and its DPoP proofs are not used: ours are.
with lean_import("okta", {"okta.jwt": {"JWT": None}, "okta.dpop": None}):
    from okta.cache.no_op_cache import NoOpCache
    from okta.constants import LOGGER_NAME
    from okta.http_client import HTTPClient
    from okta.oauth import OAuth
    from okta.request_executor import RequestExecutor

# At DEBUG level the SDK logs whole header dictionaries, Authorization included.
logging.getLogger(LOGGER_NAME).disabled = True


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

    tokens: TokenCache

    async def get_oauth_token(self) -> tuple[str | None, str, Exception | None]:
        """The current token, its kind, no error: errors are raised."""
        token = await self.tokens.current()
        return token.value, token.kind, None

    def get_dpop_generator(self) -> DpopProofs | None:
        """What makes proofs for requests with tokens of the DPoP kind."""
        return self.tokens.proofs


class SdkExecutor(RequestExecutor):
    """The SDK's executor with our HTTP client and, for service apps, our tokens."""

    def __init__(self, credentials: Credentials, transport: Transport, scrubber: Scrubber) -> None:
        config = _sdk_config(credentials)
        super().__init__(config, NoOpCache(), _HttpClient)  # type: ignore[no-untyped-call] # the SDK is partly annotated
        self._http_client: _HttpClient
        self._http_client.transport = transport
        self.tokens: TokenCache | None = None
        if credentials.mode == PRIVATE_KEY:
            self.tokens = TokenCache(TokenEndpoint(credentials, self._post, scrubber))
            self._oauth = _OAuth(self, config)
            self._oauth.tokens = self.tokens

    async def get(self, url: str) -> Response:
        """Send one GET request with the credentials.

        Args:
            url: an absolute URL of the org.

        Raises:
            TransportError: no usable answer came back.
        """
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
