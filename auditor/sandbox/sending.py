"""Sending an answer, whole or as a fault has it: cut off, reset, dripping, padded."""

from __future__ import annotations

import asyncio
import socket
import struct

from aiohttp import web

from auditor.sandbox.answers import Answer
from auditor.sandbox.tenant import Fault

_PADDING = b" " * 65_536
_DRIPS_PER_S = 20


async def sent(answer: Answer, fault: Fault, request: web.Request) -> web.StreamResponse:
    """Send an answer the way a fault asks for."""
    if fault.truncate or fault.reset:
        return await _half(answer, request, reset=fault.reset)
    if fault.bytes_per_second is not None:
        return await _dripping(answer, request, fault.bytes_per_second)
    if fault.pad_bytes is not None:
        return await _padded(answer, request, fault.pad_bytes)
    return whole(answer)


def whole(answer: Answer) -> web.Response:
    """The answer as it is."""
    return web.Response(status=answer.status, body=answer.body, headers=answer.headers)


def dropped(request: web.Request) -> web.StreamResponse:
    """Close the connection without an answer."""
    if request.transport is not None:
        request.transport.close()
    # aiohttp wants a response to send; on a closed connection it goes nowhere.
    return web.Response()


async def _half(answer: Answer, request: web.Request, *, reset: bool) -> web.StreamResponse:
    response = await _begun(answer, request, len(answer.body))
    await response.write(answer.body[: len(answer.body) // 2])
    if reset and request.transport is not None:
        connection = request.transport.get_extra_info("socket")
        # To linger for no time makes closing a reset (RST) instead of an end (FIN).
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()
    return response


async def _dripping(answer: Answer, request: web.Request, rate: int) -> web.StreamResponse:
    response = await _begun(answer, request, len(answer.body))
    step = max(1, rate // _DRIPS_PER_S)
    for place in range(0, len(answer.body), step):
        await response.write(answer.body[place : place + step])
        await asyncio.sleep(step / rate)
    return response


async def _padded(answer: Answer, request: web.Request, length: int) -> web.StreamResponse:
    """Blanks after a JSON value are still JSON, so only the size is out of bounds."""
    response = await _begun(answer, request, len(answer.body) + length)
    await response.write(answer.body)
    for place in range(0, length, len(_PADDING)):
        await response.write(_PADDING[: length - place])
    return response


async def _begun(answer: Answer, request: web.Request, length: int) -> web.StreamResponse:
    response = web.StreamResponse(status=answer.status, headers=answer.headers)
    response.content_length = length
    # Closing makes the client notice the end; it would wait for the rest otherwise.
    response.force_close()
    await response.prepare(request)
    return response
