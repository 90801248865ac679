"""A TLS server with a certificate authority of its own, a forward proxy, and odd servers."""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from helpers import unhurried

from auditor.sandbox.server import Server

ORG = "acme.okta.example"
"""A host name that no DNS knows; only the proxy can reach it."""

Connection = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Authority:
    """Files of a certificate authority and of the certificate that it gave `ORG` and 127.0.0.1."""

    authority: Path
    server: Path


def make_authority(folder: Path) -> Authority:
    now = dt.datetime.now(dt.UTC)

    def certificate(
        name: str, issuer: str, key: Any, signer: Any, *extensions: x509.ExtensionType
    ) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, issuer)]))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=1))
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()),
                critical=False,
            )
        )
        for extension in extensions:
            # As RFC 5280 wants them of an authority, and Python 3.13 and newer.
            critical = isinstance(extension, (x509.BasicConstraints, x509.KeyUsage))
            builder = builder.add_extension(extension, critical=critical)
        return builder.sign(signer, hashes.SHA256())

    root, leaf = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    top = certificate(
        "Test CA", "Test CA", root, root,
        x509.BasicConstraints(ca=True, path_length=None),
        x509.SubjectKeyIdentifier.from_public_key(root.public_key()),
        x509.KeyUsage(
            key_cert_sign=True, crl_sign=True, digital_signature=False, content_commitment=False,
            key_encipherment=False, data_encipherment=False, key_agreement=False,
            encipher_only=False, decipher_only=False,
        ),
    )  # fmt: skip
    names = [x509.DNSName(ORG), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    own = certificate(ORG, "Test CA", leaf, root, x509.SubjectAlternativeName(names))
    files = Authority(folder / "ca.pem", folder / "server.pem")
    files.authority.write_bytes(top.public_bytes(Encoding.PEM))
    files.server.write_bytes(
        leaf.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + own.public_bytes(Encoding.PEM)
    )
    return files


@contextmanager
def beside(server: AbstractAsyncContextManager[int]) -> Iterator[int]:
    """Run a server in a thread while the block runs; gives its port."""
    ready, ports = threading.Event(), []
    loop, stop = asyncio.new_event_loop(), asyncio.Event()

    async def serve() -> None:
        async with server as port:
            ports.append(port)
            ready.set()
            await stop.wait()

    def run() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(serve())

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield ports[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()


@contextmanager
def served_with_tls(document: dict[str, Any], files: Authority) -> Iterator[int]:
    """The sandbox behind TLS; gives its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.server)

    @asynccontextmanager
    async def server() -> Any:
        application = Server(unhurried(document)).application()
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
        await site.start()
        yield runner.addresses[0][1]
        await runner.cleanup()

    with beside(server()) as port:
        yield port


@contextmanager
def listening(handle: Connection) -> Iterator[int]:
    """Whatever `handle` makes of a TCP connection; gives the port."""

    async def handled(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await handle(reader, writer)
        writer.close()

    @asynccontextmanager
    async def server() -> Any:
        listener = await asyncio.start_server(handled, "127.0.0.1", 0)
        yield listener.sockets[0].getsockname()[1]
        listener.close()

    with beside(server()) as port:
        yield port


@dataclass
class Proxy:
    """A forward proxy for CONNECT. It takes every host for this machine."""

    wanted: str | None = None
    """The Proxy-Authorization that it insists on."""
    tunnels: list[str] = field(default_factory=list)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        method, target, _ = head.split(" ", 2)
        assert method == "CONNECT"
        if self.wanted is not None and f"Proxy-Authorization: {self.wanted}\r\n" not in head:
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            return
        self.tunnels.append(target)
        port = int(target.rpartition(":")[2])
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        try:
            await asyncio.gather(_pipe(reader, inner_writer), _pipe(inner_reader, writer))
        finally:
            inner_writer.close()


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.write_eof()
