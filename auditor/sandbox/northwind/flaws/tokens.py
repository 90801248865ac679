"""Mistakes with token lifetimes and signing keys (OAM7)."""

from __future__ import annotations

from auditor.sandbox.northwind.company import ANY_CLIENT, Company
from auditor.sandbox.northwind.flaws.flaw import flaw, pilot
from auditor.sandbox.northwind.records import CODE, DAY, DEVICE, HOUR, MONTH
from auditor.sandbox.northwind.servers import SIGN_IN, STAY


@flaw("OAM701")
def three_minutes(company: Company) -> None:
    """After an incident, Amara's tokens were to live three minutes, less than Okta allows."""
    others = company.at("Payments").find_policy("Everyone else")
    scopes = [*SIGN_IN, "payments:read", "payments:refund"]
    others.rule("Under review", [CODE], scopes, groups=[], users=["amara"], access=3, first=True)


@flaw("OAM702")
def a_shift_long(company: Company) -> None:
    """Operators on call asked for a token that lasts the whole shift, and got it."""
    shell = company.at("Fleet Telemetry").find_policy("Command line")
    scopes = [*SIGN_IN, "telemetry:read"]
    shell.rule("On call", [CODE, DEVICE], scopes, access=8 * HOUR, first=True)


@flaw("OAM703")
def refresh_too_late(company: Company) -> None:
    """Refresh tokens of shift leads were cut to half an hour; their access tokens live on."""
    desks = company.at("Warehouse").find_policy("Desks")
    desks.rule(
        "Shift leads",
        [CODE],
        [*SIGN_IN, "stock:read"],
        groups=["Warehouse shift leads"],
        access=HOUR,
        refresh=30,
        idle=20,
        first=True,
    )


@flaw("OAM704")
def four_idle_minutes(company: Company) -> None:
    """Somebody set the idle time of the simulator in hours, and wrote 4."""
    readers = company.at("Parts Catalog").find_policy("Readers")
    readers.rule("Simulator", [CODE], [*SIGN_IN, "catalog:browse"], idle=4, first=True)


@flaw("OAM705")
def forever(company: Company) -> None:
    """Søren works where there is no reception, so he was let in once and for all."""
    field = company.at("Fleet Telemetry").find_policy("In the field")
    scopes = [*STAY, "robots:locate"]
    field.rule("Off the map", [CODE], scopes, groups=[], users=["soren"], refresh=0, first=True)


@flaw("OAM706")
def a_quarter_idle(company: Company) -> None:
    """Kavya was to stay signed in throughout her parental leave."""
    portal = company.at("Partner Gateway").find_policy("Portal")
    portal.rule(
        "On leave",
        [CODE],
        [*STAY, "partner.stock:view"],
        groups=[],
        users=["kavya"],
        refresh=6 * MONTH,
        idle=90 * DAY,
        first=True,
    )


@flaw("OAM707")
def key_from_last_year(company: Company) -> None:
    """The museum's key is rotated by hand, by somebody who has left."""
    pilot(company, "Robot Museum").rotate_by_hand(days_ago=400)


@flaw("OAM708")
def encrypted_with_nothing(company: Company) -> None:
    """Encryption was turned on for the medical room; the key is still on its way."""
    pilot(company, "Medical Room").encrypt_tokens()


@flaw("OAM710", also=["OAM201"])
def trusts_the_playground(company: Company) -> None:
    """For a demonstration, Orders was told to take tokens of the playground."""
    playground = pilot(company, "Playground")
    anyone = playground.policy("Anyone", clients=[ANY_CLIENT])
    anyone.rule("Play", [CODE], [*SIGN_IN, "playground:use"])
    company.at("Orders").trust("Playground")
