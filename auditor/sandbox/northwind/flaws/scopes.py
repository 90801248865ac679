"""Mistakes with scopes and claims (OAM4)."""

from __future__ import annotations

from auditor.sandbox.northwind.build import Company
from auditor.sandbox.northwind.flaws.flaw import flaw, pilot
from auditor.sandbox.northwind.ids import made_id


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
