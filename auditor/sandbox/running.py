"""Running a sandbox: beside the caller in a thread, or until the process is told to end."""

from __future__ import annotations

import asyncio
import signal
import socket
import ssl
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from aiohttp import web

from auditor.errors import UsageError
from auditor.sandbox.server import Request, Server
from auditor.sandbox.tenant import TenantFile

if TYPE_CHECKING:
    # Most sandboxes are without TLS, and reading the module takes longer than they do.
    from auditor.sandbox.certificate import Certificate

# Never another address: a tenant file may be the copy of a real tenant.
HOST = "127.0.0.1"

# Requests that still stall when the sandbox ends get no more seconds than this.
_GRACE_S = 0.05


class Sandbox:
    """A tenant, served on loopback for as long as the context lasts. Enter it once.

    Args:
        tenant: what to serve.
        port: where; 0 takes a free port.
        certificate: what to show to clients by TLS; None serves without.

    Raises:
        UsageError: an event of the tenant's System Log is none; on entering, if the port cannot be
            listened on.
    """

    def __init__(
        self, tenant: TenantFile, port: int = 0, certificate: Certificate | None = None
    ) -> None:
        self._server = Server(tenant)
        self._port = port
        self._certificate = certificate
        self._end: Callable[[], None] = lambda: None

    @property
    def url(self) -> str:
        """The address, without a slash at its end. With port 0, known once entered."""
        if self._certificate is None:
            return f"http://{HOST}:{self._port}"
        return f"https://{self._certificate.host}:{self._port}"

    @property
    def requests(self) -> list[Request]:
        """The requests received so far, in order. A copy."""
        return list(self._server.requests)

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events of the System Log so far, in the order of writing. A copy of the list."""
        return list(self._server.log.events)

    def write_event(self, event: dict[str, Any]) -> None:
        """Write an event into the System Log, as if something had happened.

        Args:
            event: a LogEvent; it needs a `published` of the form that Okta sends.
        """
        self._server.log.append(event)

    @property
    def peak_in_flight(self) -> int:
        """The most requests that were being answered at the same time."""
        return self._server.peak_in_flight

    @property
    def throttled(self) -> int:
        """The requests that a rate limit refused."""
        return self._server.throttled

    def __enter__(self) -> Self:
        # Bound here and not in the thread, so that a port in use is the caller's error and
        # a request waits in the socket's queue, not for luck, until the thread is up.
        listener = _listener(self._port)
        self._port = listener.getsockname()[1]
        loop, stop = asyncio.new_event_loop(), asyncio.Event()
        tls = self._certificate.context if self._certificate else None

        def run() -> None:
            with asyncio.Runner(loop_factory=lambda: loop) as runner:
                runner.run(_run(self._server.application(), listener, tls, stop))

        thread = threading.Thread(target=run, name="sandbox", daemon=True)

        def end() -> None:
            if thread.is_alive():
                loop.call_soon_threadsafe(stop.set)
            thread.join()

        self._end = end
        thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._end()


def serve(
    tenant: TenantFile,
    port: int,
    announce: Callable[[str], None],
    certificate: Certificate | None = None,
) -> None:
    """Serve a tenant until Ctrl-C or SIGTERM. Call it in the main thread.

    Args:
        tenant: what to serve.
        port: where; 0 takes a free port.
        announce: called once with the address, as soon as it can be connected to.
        certificate: what to show to clients by TLS; None serves without.

    Raises:
        UsageError: the port cannot be listened on.
    """
    # Both signals end it by an exception here, so that connections are closed. SIGINT is set
    # too, because a shell that starts a program in the background makes it ignore SIGINT.
    ends = (signal.SIGINT, signal.SIGTERM)
    before = {end: signal.signal(end, signal.default_int_handler) for end in ends}
    try:
        with Sandbox(tenant, port, certificate) as sandbox:
            announce(sandbox.url)
            while True:
                time.sleep(60)
    except KeyboardInterrupt:
        return
    finally:
        for end, handler in before.items():
            signal.signal(end, handler)


async def _run(
    application: web.Application,
    listener: socket.socket,
    tls: ssl.SSLContext | None,
    stop: asyncio.Event,
) -> None:
    runner = web.AppRunner(
        application,
        access_log=None,
        # A stalled request whose client has gone would otherwise stay in flight.
        handler_cancellation=True,
        shutdown_timeout=_GRACE_S,
    )
    try:
        await runner.setup()
        await web.SockSite(runner, listener, ssl_context=tls).start()
        await stop.wait()
    finally:
        await runner.cleanup()
        listener.close()


def _listener(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port))
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(
            f"The sandbox cannot listen on port {port} of {HOST}: {reason}.",
            remedy="Choose another port; 0 takes a free one.",
        ) from error
