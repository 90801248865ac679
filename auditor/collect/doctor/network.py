"""The doctor's first checks, without any token: the way to the org, the org, the clock."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import orjson

from auditor.collect.api.client import OktaClient
from auditor.collect.api.errors import OktaError
from auditor.collect.doctor.checks import Check, CheckState, unanswered
from auditor.collect.http.errors import TransportError
from auditor.collect.http.response import Response
from auditor.snapshot.credentials_in_text import without_credentials
from auditor.text import one_line

WELL_KNOWN = "/.well-known/okta-organization"

_LARGEST_SKEW_S = 60


def route(client: OktaClient) -> Check:
    """Through which proxy, and trusting whom."""
    used = client.route
    way = f"through the proxy {used.proxy}" if used.proxy else "without a proxy"
    trust = f"trusts {used.authorities} certificate authorities" if used.authorities else "no TLS"
    return Check("route", CheckState.OK, f"{way}, {trust}")


async def organization(client: OktaClient, org_url: str) -> list[Check]:
    """Whether the host answers, is an Okta org, and has the same time."""
    start, clock = time.monotonic(), time.time()
    try:
        response = await client.get_anonymously(org_url + WELL_KNOWN)
    except TransportError as error:
        return [unanswered("connection", error)]
    took = time.monotonic() - start
    reached = Check("connection", CheckState.OK, f"{org_url} answered in {took * 1000:.0f} ms")
    try:
        org = orjson.loads(response.body)
    except orjson.JSONDecodeError:
        org = None
    if response.status != HTTPStatus.OK or not isinstance(org, dict) or not org.get("id"):
        return [
            reached,
            Check(
                "organization",
                CheckState.PROBLEM,
                f"{org_url} does not answer like an Okta org ({OktaError.of(response)} for "
                f"{WELL_KNOWN}); no token was sent",
                "Check OKTA_CLIENT_ORGURL, and whether a proxy or a login page answers instead.",
            ),
        ]
    return [reached, _described(org), *_clock(response, clock + took / 2)]


def _described(org: dict[str, Any]) -> Check:
    links = org.get("_links")
    domains = [
        one_line(without_credentials(str(link["href"])))
        for link in (links.values() if isinstance(links, dict) else ())
        if isinstance(link, dict) and link.get("href")
    ]
    engine = {"idx": "Identity Engine", "v1": "Classic Engine"}.get(
        str(org.get("pipeline")), "unknown engine"
    )
    name = f"Okta org {one_line(without_credentials(str(org['id'])))[:40]}, {engine}"
    return Check("organization", CheckState.OK, ", ".join([name, *domains]))


def _clock(response: Response, our_time: float) -> list[Check]:
    try:
        oktas_time = parsedate_to_datetime(response.headers.get("Date", "")).timestamp()
    except (TypeError, ValueError):
        return []
    # The header has whole seconds.
    skew = our_time - (oktas_time + 0.5)
    if abs(skew) <= _LARGEST_SKEW_S:
        return [Check("clock", CheckState.OK, "agrees with Okta's to the minute")]
    direction = "ahead of" if skew > 0 else "behind"
    return [
        Check(
            "clock",
            CheckState.WARNING,
            f"this machine's clock is {abs(skew):.0f} s {direction} Okta's",
            "Set it (NTP): signed requests are valid for a short time only.",
        )
    ]
