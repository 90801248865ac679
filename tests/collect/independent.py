"""An org's rate limit by itself: counts, announces and refuses without the sandbox's code.

Times are seconds of whatever clock the caller has. Others spend the same bucket: steadily, or
in bursts; what is refused them is counted.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from heapq import merge
from typing import Any

EPOCH = 1_790_000_000.6


def steady(per_window: int, phase: float, window_s: float) -> Iterator[float]:
    """When the requests of a client come that asks evenly."""
    at = phase * window_s / per_window
    while True:
        yield at
        at += window_s / per_window


def bursts(of: int, phase: float, window_s: float) -> Iterator[float]:
    """When the requests of a client come that asks for so many at once, once in a window."""
    at = phase * window_s
    while True:
        yield from [at] * of
        at += window_s


@dataclass
class RateLimitedOrg:
    """One bucket of an org.

    Args:
        limit: requests in a window, for all.
        announces: "honest" headers; "closing" ones, whose 429 says that nothing remains; those of
            the "token", whose ceiling is `cap`; "constant" ones, which never change; "moving"
            ones, whose reset is always a window away; "absurd" ones; none at all ("missing"),
            or honest ones on every third answer ("rare").
        cap: what our token may spend of a window; None for the limit.
        others: when requests of others come.
    """

    limit: int
    announces: str = "honest"
    cap: int | None = None
    window_s: float = 60.0
    others: Iterable[Iterator[float]] = ()
    refused: int = 0
    refused_others: int = 0
    served: int = 0
    by_window: deque[int] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self._arrivals = merge(*self.others)
        self._next = next(self._arrivals, float("inf"))
        self._ends = -1.0
        self._spent = self._ours = self._answers = 0

    def ask(self, now: float) -> tuple[int, dict[str, str]]:
        """One request of ours; the status and the headers of its answer."""
        self._let_others_ask(now)
        self._open(now)
        self._answers += 1
        over = self._spent >= self.limit or (self.cap is not None and self._ours >= self.cap)
        if over:
            self.refused += 1
        else:
            self._spent += 1
            self._ours += 1
            self.served += 1
            self.by_window[-1] += 1
        headers = self._headers(now)
        if over and self.announces == "closing":
            headers["X-Rate-Limit-Remaining"] = "0"
        return (429 if over else 200), headers

    def end_window(self) -> None:
        """Let others ask until the window ends in which we asked last."""
        self._let_others_ask(self._ends - 1e-6)

    def _let_others_ask(self, until: float) -> None:
        while self._next <= until:
            self._open(self._next)
            if self._spent < self.limit:
                self._spent += 1
            else:
                self.refused_others += 1
            self._next = next(self._arrivals)

    def _open(self, at: float) -> None:
        if at >= self._ends:
            self._ends = at + self.window_s
            self._spent = self._ours = 0
            self.by_window.append(0)

    def _headers(self, now: float) -> dict[str, str]:
        limit, left, reset = self.limit, self.limit - self._spent, self._ends
        match self.announces:
            case "token":
                limit = self.cap or self.limit
                left = limit - self._ours
            case "constant":
                left, reset = self.limit - 1, 0.0
            case "moving":
                reset = now + self.window_s
            case "absurd":
                return {
                    "X-Rate-Limit-Limit": "1e9",
                    "X-Rate-Limit-Remaining": "-5",
                    "X-Rate-Limit-Reset": "tomorrow",
                }
            case "missing":
                return {}
            case "rare" if self._answers % 3:
                return {}
        return {
            "X-Rate-Limit-Limit": str(limit),
            "X-Rate-Limit-Remaining": str(max(0, left)),
            "X-Rate-Limit-Reset": str(int(EPOCH + reset + 0.999)),
            "Date": formatdate(int(EPOCH + now), usegmt=True),
        }


@asynccontextmanager
async def served_over_http(
    lists: Mapping[str, Any], buckets: Mapping[str, RateLimitedOrg], latency_s: float = 0.0
) -> AsyncIterator[int]:
    """Serve lists over HTTP/1.1 on loopback, without pages; gives the port.

    Args:
        lists: JSON values by path; any other path is an empty list.
        buckets: by the beginning of a path; the first that fits counts.
        latency_s: how long each answer takes.
    """
    loop = asyncio.get_running_loop()
    begin = loop.time()

    async def answer(path: str) -> bytes:
        bucket = next(bucket for start, bucket in buckets.items() if path.startswith(start))
        await asyncio.sleep(latency_s)
        status, headers = bucket.ask(loop.time() - begin)
        body = json.dumps(lists.get(path, []) if status == 200 else {"errorCode": "E0000047"})
        lines = [f"{name}: {value}" for name, value in headers.items()]
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}", "", body]
        return "\r\n".join([f"HTTP/1.1 {status} -", *lines]).encode()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (line := await reader.readline()).startswith(b"GET "):
                while (await reader.readline()).strip():
                    pass
                writer.write(await answer(line.split()[1].decode().partition("?")[0]))
                await writer.drain()
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
