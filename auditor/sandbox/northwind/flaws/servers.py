"""Mistakes with authorization servers and access policies (OAM1, OAM2)."""

from __future__ import annotations

from auditor.sandbox.northwind.company import ANY_CLIENT, Company
from auditor.sandbox.northwind.flaws.flaw import flaw, pilot
from auditor.sandbox.northwind.ids import made_id
from auditor.sandbox.northwind.records import CODE
from auditor.sandbox.northwind.servers import SIGN_IN


@flaw("OAM101")
def contractor_sandbox(company: Company) -> None:
    """A contractor's test server was never given a policy."""
    company.server("Contractor Sandbox", "https://sandbox.northwind.example", {})


@flaw("OAM102")
def merged_loyalty_programmes(company: Company) -> None:
    """Two loyalty programmes merged, and so did their audiences."""
    loyalty = pilot(company, "Loyalty").record
    loyalty["audiences"].append("https://api.northwind.example/bonus-points")


@flaw("OAM103")
def orders_for_europe(company: Company) -> None:
    """The European copy of Orders kept the audience of the original."""
    pilot(company, "Orders EU", audience="https://api.northwind.example/orders")


@flaw("OAM104")
def relative_audience(company: Company) -> None:
    """Somebody took the audience of the label printer from its router's configuration."""
    pilot(company, "Shipping Labels", audience="/shipping-labels")


@flaw("OAM105")
def first_prototype(company: Company) -> None:
    """The first prototype still runs on the server that came with the org."""
    pilot(company, "default", audience="api://default").record["default"] = True


@flaw("OAM106")
def half_retired(company: Company) -> None:
    """The returns desk was shut down, but only at the front door."""
    pilot(company, "Returns Desk").record["status"] = "INACTIVE"


@flaw("OAM107")
def half_moved(company: Company) -> None:
    """When the sign-in page moved to a domain of its own, one server moved, and no app."""
    company.add(
        "/api/v1/domains",
        {
            "id": made_id("OcD", "login"),
            "domain": "login.northwind.example",
            "validationStatus": "COMPLETED",
        },
    )
    cafeteria = pilot(company, "Cafeteria").record
    cafeteria["issuerMode"] = "CUSTOM_URL"
    cafeteria["issuer"] = f"https://login.northwind.example/oauth2/{cafeteria['id']}"


@flaw("OAM201")
def canteen_for_all(company: Company) -> None:
    """Everybody eats, so the canteen's policy is for every client."""
    canteen = pilot(company, "Canteen")
    everybody = canteen.policy("Everybody", clients=[ANY_CLIENT])
    everybody.rule("Lunch", [CODE], [*SIGN_IN, "canteen:use"])


@flaw("OAM202")
def night_shift(company: Company) -> None:
    """The night shift ended, and its only rule with it; the policy was left."""
    night = company.at("Warehouse").policy("Night shift", clients=["picker-handheld"])
    night.rule("Pick at night", [CODE], [*SIGN_IN, "stock:read"])["status"] = "INACTIVE"


@flaw("OAM203")
def clients_that_left(company: Company) -> None:
    """The lobby's kiosk was switched off and the fax gateway deleted; Orders was not told."""
    lobby = company.at("Orders").policy("Lobby", clients=["lobby-kiosk"])
    lobby.rule("Visitors", [CODE], [*SIGN_IN, "orders:read"])
    machines = company.at("Orders").find_policy("Machines").record
    machines["conditions"]["clients"]["include"].append(made_id("0oa", "fax-gateway"))


@flaw("OAM204")
def two_at_once(company: Company) -> None:
    """Two policies were imported from spreadsheets that both began to count at one."""
    fair = pilot(company, "Trade Fair")
    second = fair.policy("Visitors", clients=["orders-portal", "support-desk"])
    second.rule("Look around", [CODE], [*SIGN_IN, "trade-fair:use"])
    second.record["priority"] = 1


@flaw("OAM205")
def drones(company: Company) -> None:
    """The drones have a policy, and will have clients once they fly."""
    drones = company.at("Fleet Telemetry").policy("Drones", clients=[])
    drones.rule("Fly", [CODE], [*SIGN_IN, "telemetry:read"])


@flaw("OAM206")
def too_late_for_the_gym(company: Company) -> None:
    """The gym got a policy of its own, behind one that already lets the same people in."""
    gym = pilot(company, "Gym")
    late = gym.policy("Members", clients=["orders-portal"])
    late.rule("Train", [CODE], ["openid", "gym:use"], groups=["Sales"], access=10)
