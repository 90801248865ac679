"""What a hostile server may write instead of an answer: always an end in time, with a reason."""

from __future__ import annotations

import gzip
import time
import zlib

import pytest
from test_transport import OK, answer_of, says

from auditor.collect.http.errors import TransportError
from auditor.collect.http.response import ResponseLimits

LIMITS = ResponseLimits(silence_s=0.3, total_s=0.6, body_bytes=1 << 20)
EMPTY = b"Content-Length: 2\r\n\r\n[]"


def encoded(name: bytes, body: bytes) -> bytes:
    return OK + b"Content-Encoding: %s\r\nContent-Length: %d\r\n\r\n%s" % (name, len(body), body)


UNUSABLE = {
    "a bomb of deflate": (encoded(b"deflate", zlib.compress(b"\0" * (32 << 20), 1)), 1),
    "an encoding that is not known": (encoded(b"br", b"[]"), 1),
    "a header of a mebibyte": (OK + b"X: " + b"a" * (1 << 20) + b"\r\n\r\n", 1),
    "many headers": (OK + b"".join(b"X-%d: a\r\n" % n for n in range(50_000)) + EMPTY, 1),
    "endless interim answers": (b"HTTP/1.1 100 Continue\r\n\r\n", 100_000),
    "endless hints": (b"HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=next\r\n\r\n", 100_000),
    "two lengths": (OK + b"Content-Length: 2\r\nContent-Length: 200\r\n\r\n[]", 1),
    "a negative length": (OK + b"Content-Length: -2\r\n\r\n[]", 1),
    "length and chunks": (OK + b"Transfer-Encoding: chunked\r\n" + EMPTY, 1),
    "an endless chunk": (OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"F" * 20 + b"\r\n[", 1),
    "no header at all": (b"[]", 1),
    "a null in a header": (OK + b"X: a\0b\r\n" + EMPTY, 1),
    "a redirect to nowhere": (b"HTTP/1.1 302 x\r\nLocation: http://[::\r\n" + EMPTY, 1),
    "nothing new": (b"HTTP/1.1 304 x\r\n\r\n", 1),
}


@pytest.mark.parametrize("kind", UNUSABLE)
def test_what_a_hostile_server_writes_ends_in_time(kind: str) -> None:
    answer, times = UNUSABLE[kind]
    began = time.monotonic()
    with says(answer, times=times) as port, pytest.raises(TransportError):
        answer_of(port, LIMITS)

    assert time.monotonic() - began < 10


def test_a_bomb_in_a_packed_answer_stays_packed() -> None:
    inner = gzip.compress(b"\0" * (32 << 20), 1)
    with says(encoded(b"gzip, gzip", gzip.compress(inner))) as port:
        assert len(answer_of(port, LIMITS).body) <= len(inner)
