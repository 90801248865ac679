"""A client that may be used from certain network zones only, and calls from elsewhere."""

from __future__ import annotations

from auditor.diagnosis.case import Case
from auditor.diagnosis.causes.needs import of_settings
from auditor.diagnosis.causes.verdict import (
    CauseVerdict,
    Evidence,
    evidence,
    not_so,
    proven,
    unknown,
)
from auditor.diagnosis.known_error import KnownError, of_rejection, request, setting
from auditor.snapshot.models.clients import App
from auditor.text import listed, quoted
from auditor.tokens import rejections
from auditor.tokens.token_endpoint import usable_somewhere, useless_zones


def _zone_evidence(case: Case, client: App) -> tuple[Evidence, ...]:
    network = client.oauth.network
    shown = [
        evidence(
            client,
            "settings.oauthClient.network",
            f"{network.connection} {listed(network.include, most=9)}",
        )
    ]
    if case.org.known("network_zones"):
        for name, fault, zone in useless_zones(case.org, client):
            if zone is not None:
                shown.append(evidence(zone, fault, zone.status))
            else:
                shown.append(evidence(client, fault, name))
    return tuple(shown[:6])


@of_settings
def _useless(case: Case, client: App) -> CauseVerdict:
    usable = usable_somewhere(case.org, client)
    name = quoted(client.title)
    if usable is None:
        return unknown(case.unread("network_zones"))
    if client.oauth.network.connection != "ZONE":
        return not_so(f"client {name} may be used from anywhere", *_zone_evidence(case, client))
    if usable:
        return not_so(f"some zone of client {name} lets addresses in")
    text = f"no zone of client {name} matches any address, so it is refused from everywhere"
    return proven(text, *_zone_evidence(case, client)).fixed_by(
        f"give a zone of client {name} addresses, or name one that exists and is active"
    )


@of_settings
def _elsewhere(case: Case, client: App) -> CauseVerdict:
    if client.oauth.network.connection != "ZONE":
        return not_so(f"client {quoted(client.title)} may be used from anywhere")
    usable = usable_somewhere(case.org, client)
    if usable is None:
        return unknown(case.unread("network_zones"))
    if not usable:
        return not_so("no zone lets anybody in")
    zones = [case.org.network_zone(one) for one in client.oauth.network.include]
    names = listed([quoted(zone.title) for zone in zones if zone], most=5)
    text = (
        f"client {quoted(client.title)} may be used from {names}, and the call came from elsewhere"
    )
    return proven(text, *_zone_evidence(case, client)).fixed_by(
        "call from an address of these zones", "add the caller's address to a zone of the client"
    )


ROWS: tuple[KnownError, ...] = (
    of_rejection(
        "outside-zones",
        rejections.OUTSIDE_ZONES,
        "The client may be used from certain network zones, and calls from elsewhere.",
        setting(
            "zones-match-nothing",
            "the app's zones are empty, inactive or gone",
            "give one of them addresses",
            _useless,
        ),
        request(
            "called-from-elsewhere",
            "the caller's address is in none of the app's zones",
            "add its address to a zone, or call from one",
            _elsewhere,
        ),
        status="403",
    ),
)
