"""Mistakes with scopes and claims (OAM4)."""

from __future__ import annotations

from auditor.sandbox.northwind.company import Company
from auditor.sandbox.northwind.flaws.flaw import flaw, pilot
from auditor.sandbox.northwind.ids import made_id
from auditor.sandbox.northwind.records import MACHINE


@flaw("OAM401")
def recall_that_nobody_may(company: Company) -> None:
    """A scope for recalling robots was made in a hurry, and no rule allows it."""
    telemetry = company.at("Fleet Telemetry")
    telemetry.scope("robots:recall", "Call robots back to the depot.")
    telemetry.scope("robots:reboot", "Restart robots from afar.")


@flaw("OAM402")
def scope_twice(company: Company) -> None:
    """A migration was run twice and made the same scope a second time."""
    catalog = company.at("Parts Catalog")
    twin = made_id("scp", "Parts Catalog", "catalog:browse", "again")
    catalog.scope("catalog:browse", "Leaf through the catalog.", id=twin)


@flaw("OAM403")
def meters_and_meters(company: Company) -> None:
    """Both of the depot's servers know `meters:read`: one for kilowatts, one for kilometres."""
    pilot(company, "Depot Energy", scopes={"meters:read": "Read electricity meters."})
    pilot(company, "Depot Vehicles", scopes={"meters:read": "Read odometers."})


@flaw("OAM404")
def default_that_is_refused(company: Company) -> None:
    """The newsletter's default scope was forgotten in its only rule."""
    newsletter = pilot(company, "Newsletter")
    newsletter.scope("newsletter:read", "Read past issues.", default=True)


@flaw("OAM405")
def claim_without_its_scope(company: Company) -> None:
    """The claim for shifts waits for a scope that was never made."""
    conditions = {"scopes": ["shifts:read"]}
    company.at("Warehouse").claim("shift", "user.shift", conditions=conditions)


@flaw("OAM406")
def keys_to_everything(company: Company) -> None:
    """Whoever asks the key cabinet for nothing in particular gets to manage it."""
    scopes = {"keys:borrow": "Borrow a key.", "keys:manage": "Hand out keys."}
    cabinet = pilot(company, "Key Cabinet", scopes=scopes)
    for scope in company.lists[f"{cabinet.path}/scopes"]:
        scope["default"] = scope["name"] == "keys:manage"


@flaw("OAM408")
def all_groups_in_a_token(company: Company) -> None:
    """To be on the safe side, tokens for Orders name every group somebody is in."""
    company.at("Orders").groups_claim("REGEX", ".*")


@flaw("OAM407")
def okta_in_the_wrong_place(company: Company) -> None:
    """A scope of Okta's own API was defined at Returns, because asking for it had failed."""
    pilot(company, "Returns", scopes={"returns:use": "Return things.", "okta.users.read": "Users."})


@flaw("OAM410")
def all_or_nothing(company: Company) -> None:
    """Spare parts in bulk began as a prototype with a single scope, `full_access`."""
    pilot(company, "Bulk Parts", scopes={"full_access": "Do anything with bulk orders."})


@flaw("OAM411")
def a_menu_for_burglars(company: Company) -> None:
    """The museum of failed robots tells the world which scope deletes exhibits."""
    cellar = pilot(company, "Cellar", scopes={"cellar:visit": "Look."})
    cellar.find_policy("Pilot users").find_rule("Try it")["conditions"]["scopes"]["include"].append(
        "exhibits:delete"
    )
    cellar.scope("exhibits:delete", "Throw exhibits away.", metadataPublish="ALL_CLIENTS")


@flaw("OAM412")
def known_by_mail(company: Company) -> None:
    """The ride-sharing API was built around e-mail addresses, so they became the subject."""
    rides = pilot(company, "Ride Sharing")
    for claim in company.lists[f"{rides.path}/claims"]:
        if claim["name"] == "sub":
            claim["value"] = "(user != null) ? user.email : app.clientId"


@flaw("OAM413")
def birthday_greetings(company: Company) -> None:
    """Somebody wanted the dashboards to congratulate people on their birthdays."""
    company.at("Fleet Telemetry").claim("birthday", "user.birthDate")


@flaw("OAM414")
def consent_of_a_machine(company: Company) -> None:
    """Sharing locations needs consent, and the map service was to share them by night."""
    maps = pilot(company, "Maps")
    maps.scope("maps:share", "Share where people are.", consent="REQUIRED")
    company.service_app("map-service")
    night = maps.policy("Night", clients=["map-service"])
    night.rule("Share", [MACHINE], ["maps:share"])


@flaw("OAM415")
def nothing_to_ask_for(company: Company) -> None:
    """The elevator's server was set up for machines, and its scopes were left for later."""
    company.service_app("elevator")
    shaft = company.server("Elevators", "https://api.northwind.example/elevators", {})
    shaft.policy("Machines", clients=["elevator"]).rule("Anything", [MACHINE], ["*"])
