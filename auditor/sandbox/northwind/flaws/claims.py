"""Mistakes with what tokens say (OAM416 to OAM420)."""

from __future__ import annotations

from auditor.sandbox.northwind.company import Company
from auditor.sandbox.northwind.flaws.flaw import flaw, oauth, pilot
from auditor.sandbox.northwind.records import IMPLICIT, MACHINE


@flaw("OAM416")
def chargers_without_a_user(company: Company) -> None:
    """The subject of a charging station's token was to be a login, which no machine has."""
    charging = pilot(company, "Charging")
    for claim in company.lists[f"{charging.path}/claims"]:
        if claim["name"] == "sub":
            claim["value"] = "appuser.userName"
    company.service_app("charging-station")
    stations = charging.policy("Stations", clients=["charging-station"])
    stations.rule("Report", [MACHINE], ["charging:use"])


@flaw("OAM417")
def depot_without_quotes(company: Company) -> None:
    """The name of the depot went into tokens as it is written on the door, without quotes."""
    pilot(company, "Depot Doors").claim("depot", "Aarhus North")


@flaw("OAM418")
def five_hundred_teams(company: Company) -> None:
    """Somebody set the limit of a groups claim to a number that would last for years."""
    pilot(company, "Rosters").claim("teams", "Groups.startsWith('OKTA', 'Team ', 500)")


@flaw("OAM419")
def somebody_elses_name(company: Company) -> None:
    """The customer id was called `cid`, which is what Okta calls the client."""
    pilot(company, "Customer Care").claim("cid", "user.customerId")


@flaw("OAM420", also=["OAM304"])
def groups_in_the_address(company: Company) -> None:
    """The oldest page of all still gets an ID token in its address, with every group in it."""
    redirect = "https://noticeboard.northwind.example/"
    app = company.browser_app("noticeboard", redirect, grants=[IMPLICIT], groups=["Support"])
    oauth(app)["response_types"] = ["id_token"]
    notices = pilot(company, "Notices")
    readers = notices.policy("Readers", clients=["noticeboard"])
    readers.rule("Read", [IMPLICIT], ["openid", "profile"])
    notices.groups_claim("REGEX", ".*")["claimType"] = "IDENTITY"
