"""HTTP with bounds: on the time for connecting, for silence, for a whole answer, on its size.

Knows nothing of Okta or of authentication. One request is one request: nothing is repeated
and no redirect is followed, so that counting calls of `send` counts requests.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from urllib.parse import urlsplit

import aiohttp

from auditor.collect.http.errors import DroppedError, TransportError, transport_error
from auditor.collect.http.exchange import Exchange
from auditor.collect.http.proxy_and_tls import NetworkRoute
from auditor.collect.http.response import MIB, Response, ResponseLimits
from auditor.collect.http.scrubbing import Scrubber
from auditor.text import one_line

_LOGGER = logging.getLogger(__name__)

# They warn of odd headers, cookies for one, with all that is in them.
for _name in ("aiohttp.client", "aiohttp.internal"):
    logging.getLogger(_name).disabled = True


class Transport:
    """A pool of connections to one org. Open it before use, close it afterwards.

    Args:
        route: proxy and certificate authorities.
        connections: how many at most.
        limits: the bounds of one answer.
        scrubber: takes credentials out of answers and errors.
        watch: is told of every request that was answered or failed.
    """

    def __init__(
        self,
        route: NetworkRoute,
        *,
        connections: int,
        limits: ResponseLimits,
        scrubber: Scrubber | None = None,
        watch: Callable[[Exchange], None] = lambda _: None,
    ) -> None:
        self.route = route
        self.sent = 0
        """Requests sent so far, whatever came of them."""
        self._connections = connections
        self._limits = limits
        self._scrubber = scrubber or Scrubber()
        self._watch = watch

    def open(self) -> None:
        """Make the pool. Call it inside the event loop."""
        limits = self._limits
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._connections, ssl=self.route.context or True),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(
                total=limits.total_s,
                connect=limits.establish_s,
                sock_connect=limits.connect_s,
                sock_read=limits.silence_s,
            ),
            # Not `trust_env`: it would also look for credentials in ~/.netrc.
            proxy=self.route.proxy,
            middlewares=(_without_repeats,),
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()

    async def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        form: Mapping[str, str] | None = None,
    ) -> Response:
        """Send one request and read the answer, whatever its status.

        Nothing that the request carried as a credential is in what it returns or raises. Only the
        body of a successful answer to a form is left as it came: it brings a token.

        Args:
            method: GET or POST.
            url: an absolute URL.
            headers: all headers but those that HTTP itself needs.
            form: the fields of a form-encoded body.

        Raises:
            TransportError: no complete answer came back in time, it is too large, or it is a
                redirect.
        """
        self.sent += 1
        began = time.perf_counter()
        parts = urlsplit(url)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        # Not the values of the query: one may be a cursor.
        logged = f"{method} {parts.scheme}://{parts.hostname}{parts.path}"
        try:
            response = await self._answer(method, url, headers, form)
        except TransportError as error:
            took = time.perf_counter() - began
            _LOGGER.debug("%s: %s, after %.0f ms", logged, error, took * 1000)
            self._watch(Exchange(method, target, None, took, error=str(error)))
            raise
        took = time.perf_counter() - began
        _LOGGER.debug(
            "%s: %d in %.0f ms, %d bytes%s",
            logged, response.status, took * 1000, len(response.body), _rate_limit(response),
        )  # fmt: skip
        remaining = response.headers.get("X-Rate-Limit-Remaining", "")
        self._watch(Exchange(method, target, response.status, took, remaining))
        return response

    async def _answer(
        self, method: str, url: str, headers: Mapping[str, str], form: Mapping[str, str] | None
    ) -> Response:
        scrubber = self._scrubber.without(*_credentials(headers, form or {}))
        try:
            async with self._session.request(
                method,
                url,
                headers=headers,
                data=form,
                # A redirect would carry the request, and with it the token, elsewhere.
                allow_redirects=False,
                proxy_headers=self.route.proxy_headers if self.route.proxy else None,
            ) as response:
                _refuse_redirect(response, scrubber)
                body = await self._body(response)
                failed = response.status >= HTTPStatus.BAD_REQUEST
                if failed or form is None:
                    body = scrubber.body(body, error=failed)
                return Response(response.status, scrubber.headers(response.headers), body)
        except (aiohttp.ClientError, TimeoutError) as error:
            limits = self._limits
            raise transport_error(
                error,
                scrub=scrubber.words,
                proxy=self.route.proxy,
                connect_s=limits.connect_s,
                silence_s=limits.silence_s,
                total_s=limits.total_s,
            ) from None

    async def _body(self, response: aiohttp.ClientResponse) -> bytes:
        most = self._limits.body_bytes
        body = bytearray()
        announced = response.content_length or 0
        if announced <= most:
            async for chunk in response.content.iter_any():
                body += chunk
                if len(body) > most:
                    break
        if announced > most or len(body) > most:
            response.close()
            raise TransportError(f"the answer is larger than {most / MIB:g} MiB", retryable=False)
        return bytes(body)


async def _without_repeats(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Keep aiohttp from silently sending a GET again when a kept connection turns out dead."""
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise DroppedError from error


def _rate_limit(response: Response) -> str:
    """The rate-limit headers as a log shows them; numbers only."""
    values = {
        name: response.headers.get(f"X-Rate-Limit-{name}", "")
        for name in ("Limit", "Remaining", "Reset")
    }
    return "".join(
        f", {name.lower()} {value}"
        for name, value in values.items()
        if value.isascii() and value.isdecimal()
    )


def _credentials(headers: Mapping[str, str], form: Mapping[str, str]) -> list[str]:
    """What of a request proves who sends it."""
    authorization = headers.get("Authorization", "")
    return [
        *(authorization.partition(" ")[2], headers.get("DPoP", "")),
        *(form.get(name, "") for name in ("client_assertion", "client_secret")),
    ]


def _refuse_redirect(response: aiohttp.ClientResponse, scrubber: Scrubber) -> None:
    if not HTTPStatus.MULTIPLE_CHOICES <= response.status < HTTPStatus.BAD_REQUEST:
        return
    try:
        host = urlsplit(response.headers.get("Location", "")).netloc.rpartition("@")[2]
    except ValueError:
        host = ""
    target = f" to {one_line(scrubber.words(host))[:80]}" if host else ""
    raise TransportError(
        f"the answer is a redirect ({response.status}{target}), which is not followed",
        retryable=False,
    )
