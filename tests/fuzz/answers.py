"""A server that answers as Okta would but for one answer, which is spoiled."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from helpers import tenant
from kinds import Spoil
from mutations import LITERALS, Mutation

TENANT = tenant()
_STATUSES = (200, 200, 200, 200, 204, 302, 400, 401, 403, 404, 418, 429, 500, 503)
_HEADERS = ("Link", "X-Rate-Limit-Remaining", "X-Rate-Limit-Reset", "Content-Type", "Date",
            "Retry-After", "Location", "DPoP-Nonce", "Content-Encoding")  # fmt: skip


@contextmanager
def answering(spoil: Spoil, changes: Sequence[Mutation], record: Path) -> Iterator[str]:
    """Answer requests while the block runs; gives the server's address.

    Args:
        spoil: how the answer is spoiled.
        changes: what is spoiled.
        record: a file that keeps the spoiled answer.
    """
    first = changes[0]
    spoiled_path = list(TENANT)[first.place % len(TENANT)]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            body = json.dumps(TENANT.get(path, [])).encode()
            status, headers = 200, _limits()
            if path == spoiled_path:
                status = _STATUSES[first.way % len(_STATUSES)]
                body = spoil(body, changes)
                if first.what % 2:
                    headers |= _odd_header(first.what)
                record.write_bytes(f"{path} {status} {headers}\n\n".encode() + body)
            self._answer(status, headers, body)

        def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _limits() -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "X-Rate-Limit-Limit": "600",
        "X-Rate-Limit-Remaining": "590",
        "X-Rate-Limit-Reset": str(int(time.time()) + 60),
    }


def _odd_header(number: int) -> dict[str, str]:
    value = LITERALS[number // 2 % len(LITERALS)][:8000]
    shown = value.encode("ascii", "backslashreplace").decode()
    return {_HEADERS[number % len(_HEADERS)]: shown.replace("\r", " ").replace("\n", " ")}
