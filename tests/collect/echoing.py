"""A server that echoes a secret in one place of its answers, and the forms it can write it in."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote

from helpers import TENANT

TOKEN = "00echoMe-NeverKeep_0123456789abcdefGHIJKLM"
ZONES = "/api/v1/zones"

Answer = tuple[int, str, bytes, dict[str, str]]


def forms(secret: str) -> list[str]:
    """Ways in which a server may write a secret."""
    once = quote(secret, safe="")
    around = [(before, after) for before in ("", "a", "ab", "SSWS ") for after in ("", "!", "!!")]
    encoded = [
        base64.b64encode(f"{before}{secret}{after}".encode()).decode() for before, after in around
    ]
    return [
        *(secret, secret.upper(), secret.lower(), once, quote(once, safe="")),
        "".join(f"%{ord(char):02X}" for char in secret),
        "".join(f"%{ord(char):02x}" for char in secret),
        "".join(f"\\u{ord(char):04x}" for char in secret),
        "".join(f"&#{ord(char)};" for char in secret),
        "".join(f"&#x{ord(char):x};" for char in secret),
        *encoded,
        *(text.replace("+", "-").replace("/", "_") for text in encoded),
        f"https://{secret}.evil.example/?x={secret}#{secret}",
        f"SSWS {secret}",
        f"<b>{secret}</b>",
    ]


def _json(value: Any) -> bytes:
    # What is written as an escape of JSON is one.
    return json.dumps(value).replace("\\\\u", "\\u").encode()


def _error(text: str) -> bytes:
    return _json({"errorCode": text, "errorSummary": text, "errorCauses": [{"errorSummary": text}]})


def _records(field: str) -> bytes:
    rows = enumerate(forms(TOKEN))
    return _json([{"id": f"nzo{number}", "name": "a", field: form} for number, form in rows])


ANSWERS: dict[str, Callable[[str], Answer]] = {
    "status reason": lambda text: (400, text, b"{}", {}),
    "error": lambda text: (403, "Forbidden", _error(text), {}),
    "everywhere": lambda text: (403, text, _error(text), {}),
    "401": lambda text: (401, "Unauthorized", _error(text), {}),
    "500": lambda text: (500, text, _error(text), {}),
    "page of HTML": lambda text: (200, "OK", text.encode(), {"Content-Type": "text/html"}),
    "media type": lambda text: (200, "OK", b"[]", {"Content-Type": text}),
    "header": lambda text: (
        *(403, "No", b"{}"),
        dict.fromkeys(("X-Echo", "WWW-Authenticate", "Set-Cookie", "DPoP-Nonce", "Date"), text),
    ),
    "odd cookie": lambda text: (200, "OK", b"[]", {"Set-Cookie": f"{text} {text}={text}"}),
    "redirect": lambda text: (302, text, b"{}", {"Location": f"https://{text}.evil.example/"}),
    "redirect to it": lambda text: (302, text, b"{}", {"Location": text}),
    "next link": lambda text: (200, "OK", b"[]", {"Link": f'<{ZONES}?after={text}>; rel="next"'}),
    "next host": lambda text: (200, "OK", b"[]", {"Link": f'<https://{text}.e/>; rel="next"'}),
    "odd link": lambda text: (200, "OK", b"[]", {"Link": f"{text} next"}),
    "odd record": lambda text: (200, "OK", _json([{"id": text, "name": {text: text}}]), {}),
    "string": lambda text: (200, "OK", _json(text), {}),
    "no HTTP": lambda text: (0, f"{text}\r\n{text}\r\n\r\n", b"", {}),
    "odd header": lambda text: (0, f"HTTP/1.1 200 {text}\r\n{text}\x01\r\n: {text}\r\n", b"", {}),
    "odd length": lambda text: (200, "OK", b"[]", {"Transfer-Encoding": text}),
    "all as name": lambda _: (200, "OK", _records("name"), {}),
    "all as id": lambda _: (200, "OK", _records("id"), {}),
}  # fmt: skip


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        where: str = self.server.where  # type: ignore[attr-defined]
        form: str = self.server.form  # type: ignore[attr-defined]
        path = self.path.partition("?")[0]
        if path == ZONES or where == "everywhere":
            status, reason, body, headers = ANSWERS[where](form)
        else:
            status, reason, body, headers = 200, "OK", json.dumps(TENANT.get(path, [])).encode(), {}
        if not status:
            self.wfile.write(reason.encode())
            self.close_connection = True
            return
        fields = {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}
        head = [f"HTTP/1.1 {status} {reason}", *(f"{key}: {text}" for key, text in fields.items())]
        self.wfile.write("\r\n".join([*head, "", ""]).encode() + body)


@contextmanager
def echoing(where: str, form: str = "") -> Iterator[str]:
    """Run the server; its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    vars(server).update(where=where, form=form)
    run = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    run.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
