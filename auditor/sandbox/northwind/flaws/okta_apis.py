"""Mistakes with scopes and admin roles of those who call the Okta APIs (OAM614 to OAM617)."""

from __future__ import annotations

from auditor.sandbox.northwind.company import Company
from auditor.sandbox.northwind.flaws.flaw import credentials, flaw, let_browse
from auditor.sandbox.northwind.records import CODE, MACHINE, REFRESH, grant


@flaw("OAM614")
def phone_book(company: Company) -> None:
    """The phone book reads all users, and was set up with a secret like any other app."""
    scopes = ["okta.users.read"]
    app = company.service_app("phone-book", okta_scopes=scopes, roles=["READ_ONLY_ADMIN"])
    method = "client_secret_basic"
    credentials(app)["token_endpoint_auth_method"] = method


@flaw("OAM615", also=["OAM604"])
def rota_planner(company: Company) -> None:
    """The rota planner is to put people into groups, and may only look at them."""
    scopes = ["okta.groups.manage"]
    company.service_app("rota-planner", okta_scopes=scopes, roles=["READ_ONLY_ADMIN"])


@flaw("OAM616")
def intranet_at_night(company: Company) -> None:
    """The intranet fetches all users each night, or would if it were a service app."""
    redirect = "https://intranet.northwind.example/callback"
    app = company.web_app("intranet", redirect, grants=[CODE, REFRESH, MACHINE], groups=["Support"])
    row = grant(app["id"], app["id"], "okta.users.read")
    company.add(f"/api/v1/apps/{app['id']}/grants", row)
    let_browse(company, "intranet")


@flaw("OAM617")
def app_inventory(company: Company) -> None:
    """The inventory of apps got a role of its own, and a permission too many to list them."""
    company.service_app("app-inventory", okta_scopes=["okta.apps.read"])
    permissions = ["okta.apps.read", "okta.apps.clientCredentials.read"]
    company.custom_role("App inventory", *permissions, holder="app-inventory")
