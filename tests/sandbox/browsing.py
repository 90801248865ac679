"""What a test needs to talk to a sandbox: one request, one reply, nothing hidden."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any
from urllib.parse import urlencode, urlsplit

from auditor.sandbox import Sandbox, TenantFile

SSWS = {"Authorization": "SSWS made-up"}


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Message
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def link(self, relation: str) -> str | None:
        for line in self.headers.get_all("Link", []):
            address, _, name = line.partition("; ")
            if name == f'rel="{relation}"':
                return address.strip("<>")
        return None


def tenant(document: dict[str, Any]) -> Sandbox:
    return Sandbox(TenantFile.from_document(document))


def send(
    method: str,
    address: str,
    headers: Mapping[str, str] = SSWS,
    form: Mapping[str, str] | None = None,
    timeout: float = 5,
) -> Reply:
    """One request on a connection of its own, with no proxy, redirect or retry."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=timeout)
    body = urlencode(form) if form is not None else None
    if form is not None:
        headers = {**headers, "Content-Type": "application/x-www-form-urlencoded"}
    try:
        connection.request(method, parts._replace(scheme="", netloc="").geturl(), body, headers)
        response = connection.getresponse()
        with response:
            return Reply(response.status, response.headers, response.read())
    finally:
        connection.close()


def get(address: str, headers: Mapping[str, str] = SSWS, timeout: float = 5) -> Reply:
    return send("GET", address, headers, timeout=timeout)


def pages(address: str) -> Iterator[Reply]:
    following: str | None = address
    while following:
        reply = get(following)
        yield reply
        following = reply.link("next")
