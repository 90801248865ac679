"""Mistakes with tokens that are had for other tokens (OAM319, OAM320, OAM535)."""

from __future__ import annotations

from auditor.sandbox.northwind.company import Company
from auditor.sandbox.northwind.flaws.flaw import flaw, let_browse, pilot
from auditor.sandbox.northwind.records import ASSERTION, CODE, EXCHANGE, MACHINE, REFRESH
from auditor.sandbox.northwind.servers import SIGN_IN


@flaw("OAM319")
def assistant_for_everything(company: Company) -> None:
    """Nobody knew yet what the travel assistant would need, so its rule is for all scopes."""
    redirect = "https://travel-assistant.northwind.example/callback"
    company.web_app("travel-assistant", redirect, grants=[CODE, ASSERTION], groups=["Sales"])
    trips = pilot(company, "Trips", scopes={"trips:plan": "Plan trips."})
    assistants = trips.policy("Assistants", clients=["travel-assistant"])
    assistants.rule("Sign in", [CODE], [*SIGN_IN, "trips:plan"])
    assistants.rule("Plan", [ASSERTION], ["*"])


@flaw("OAM320")
def trust_that_was_forgotten(company: Company) -> None:
    """The route planner was to swap tokens of Orders at Roads, which trusts nobody."""
    company.service_app("route-planner", grants=[MACHINE, EXCHANGE])
    scopes = {"roads:read": "See roadworks."}
    roads = company.server("Roads", "https://api.northwind.example/roads", scopes)
    planners = roads.policy("Planners", clients=["route-planner"])
    planners.rule("On behalf of drivers", [EXCHANGE], ["roads:read"], access=5)


@flaw("OAM535")
def straight_to_the_results(company: Company) -> None:
    """From the survey on their phone people are taken to its results, signed in already."""
    grants = [CODE, REFRESH, EXCHANGE]
    survey = "example.northwind.survey:/callback"
    company.native_app("staff-survey", survey, grants=grants, groups=["Support"])
    results = "https://survey-results.northwind.example/callback"
    company.web_app("survey-results", results, groups=["Support"])
    for label in ("staff-survey", "survey-results"):
        let_browse(company, label)
    company.let_open("staff-survey", "survey-results")
