"""One HTTP answer, and what it may cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class ResponseLimits:
    """What one answer may cost. Times are in seconds."""

    connect_s: float = 5
    """For the TCP connection to one address."""

    establish_s: float = 15
    """For the connection as a whole: name, TCP, proxy, TLS."""

    silence_s: float = 10
    """Between two reads. Okta's own advice for clients, and the field's."""

    total_s: float = 60
    """From the request to the last byte, however steadily it drips."""

    body_bytes: int = 64 * MIB
    """For a body, after decompression."""


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP answer, read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes
