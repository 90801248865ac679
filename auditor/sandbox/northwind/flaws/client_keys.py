"""Mistakes with what clients sign with, and what is encrypted for them (OAM530 to OAM533)."""

from __future__ import annotations

from auditor.sandbox.northwind.company import Company
from auditor.sandbox.northwind.flaws.flaw import flaw, let_browse, oauth
from auditor.sandbox.northwind.records import MACHINE, public_key


@flaw("OAM530")
def sealed_for_nobody(company: Company) -> None:
    """The works council asked for encrypted ID tokens, and has not sent its key yet."""
    redirect = "https://works-council.northwind.example/callback"
    app = company.web_app("works-council", redirect, groups=["People team"])
    oauth(app)["id_token_encrypted_response_alg"] = "RSA-OAEP-256"  # noqa: S105 - an algorithm
    let_browse(company, "works-council")


@flaw("OAM531")
def signed_by_a_stranger(company: Company) -> None:
    """The tender portal signs what it asks for, with a key that Okta never saw."""
    redirect = "https://tenders.northwind.example/callback"
    app = company.web_app("tender-portal", redirect, groups=["Sales"])
    oauth(app)["request_object_signing_alg"] = "ES256"
    let_browse(company, "tender-portal")


@flaw("OAM533")
def second_key_without_a_name(company: Company) -> None:
    """The crane's key was being rotated, and only the new one has an id."""
    app = company.service_app("harbour-crane")
    old = public_key("harbour-crane, old") | {"kid": None}
    oauth(app)["jwks"]["keys"].append(old)
    company.add(f"/api/v1/apps/{app['id']}/credentials/jwks", dict(old))
    cranes = company.at("Fleet Telemetry").policy("Cranes", clients=["harbour-crane"])
    cranes.rule("Report", [MACHINE], ["telemetry:publish"])
