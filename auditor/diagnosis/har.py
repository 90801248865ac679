"""A HAR file as the transcript that it stands for: requests with their answers, in their order.

HTTP Archive 1.2 (http://www.softwareishard.com/blog/har-12-spec/). What cannot tell why a request
failed is left out before anybody looks at it: cookies, images, scripts, other headers.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import orjson

_HEADERS = frozenset(
    {"authorization", "date", "dpop", "host", "location", "www-authenticate", "x-okta-request-id"}
)
_RATE_LIMIT = "x-rate-limit-"
_NOT_TEXT = ("image/", "font/", "audio/", "video/", "text/css", "javascript", "wasm")
_LONGEST_BODY = 200_000
"""Characters: pages of errors are far below."""


def har_transcript(text: str) -> str | None:
    """The transcript of a HAR file; None for any other text."""
    if '"entries"' not in text or not text.lstrip().startswith("{"):
        return None
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    log = _object(_object(document).get("log"))
    if "entries" not in log:
        return None
    entries = (_object(entry) for entry in _list(log["entries"]))
    return "\n".join(line for entry in entries for line in _lines(entry))


def _lines(entry: dict[str, Any]) -> Iterator[str]:
    request, response = _object(entry.get("request")), _object(entry.get("response"))
    yield f"{_text(request.get('method'))} {_text(request.get('url'))} HTTP/1.1"
    yield from _headers(request)
    yield _form(_object(request.get("postData")))
    status = response.get("status")
    if isinstance(status, int) and status:
        yield f"HTTP/1.1 {status}"
    yield from _headers(response)
    if redirect := _text(response.get("redirectURL")):
        yield f"location: {redirect}"
    yield _body(_object(response.get("content")))


def _headers(message: dict[str, Any]) -> Iterator[str]:
    for header in map(_object, _list(message.get("headers"))):
        name = _text(header.get("name")).lower()
        if name in _HEADERS or name.startswith(_RATE_LIMIT):
            yield f"{name}: {_text(header.get('value'))}"


def _form(data: dict[str, Any]) -> str:
    if text := _text(data.get("text")):
        return text[:_LONGEST_BODY]
    pairs = map(_object, _list(data.get("params")))
    return urlencode([(_text(pair.get("name")), _text(pair.get("value"))) for pair in pairs])


def _body(content: dict[str, Any]) -> str:
    kind = _text(content.get("mimeType")).lower()
    if any(word in kind for word in _NOT_TEXT):
        return ""
    body = _text(content.get("text"))[:_LONGEST_BODY]
    if content.get("encoding") != "base64":
        return body
    try:
        return b64decode(body[: len(body) // 4 * 4]).decode(errors="replace")
    except (binascii.Error, ValueError):
        return ""


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
