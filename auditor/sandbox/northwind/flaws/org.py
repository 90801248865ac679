"""Mistakes with the org's settings and API tokens (OAM8)."""

from __future__ import annotations

from auditor.sandbox.northwind.company import Company
from auditor.sandbox.northwind.flaws.flaw import flaw
from auditor.sandbox.northwind.ids import made_id
from auditor.sandbox.northwind.org import add_origin, add_token, add_zone


@flaw("OAM801")
def quarterly_import(company: Company) -> None:
    """The quarterly import was last run almost a month ago; its token ends in three days."""
    add_token(company, "quarterly-import", "svc-scim", days_idle=27)


@flaw("OAM802")
def forgotten_script(company: Company) -> None:
    """A script that tidied up groups has not been run for three weeks."""
    add_token(company, "group-tidy-up", "svc-scim", days_idle=20)


@flaw("OAM803")
def token_of_a_leaver(company: Company) -> None:
    """Wilhelmina has left, and the wallboards still read Okta with a token of hers."""
    token = add_token(company, "wallboard", "svc-scim", days_idle=2)
    token["userId"] = made_id("00u", "wilhelmina")


@flaw("OAM804")
def token_from_anywhere(company: Company) -> None:
    """A token was made for a conference and may be used from anywhere."""
    token = add_token(company, "conference-demo", "svc-backup", days_idle=1)
    token["network"] = {"connection": "ANYWHERE"}


@flaw("OAM805")
def token_of_the_boss(company: Company) -> None:
    """Marta, who may do anything, made a token under her own name."""
    add_token(company, "marta-laptop", "marta", days_idle=1)


@flaw("OAM806")
def everybody_super(company: Company) -> None:
    """New service apps become super administrators, because the default once was so."""
    setting = company.objects["/api/v1/org/settings/clientPrivilegesSetting"]
    setting["clientPrivilegesSetting"] = True


@flaw("OAM807")
def insecure_origins(company: Company) -> None:
    """The wallboards load over plain HTTP, and previews come from any subdomain."""
    add_origin(company, "Wallboards", "http://wallboard.northwind.example")
    add_origin(company, "Previews", "https://*.preview.northwind.example")


@flaw("OAM808")
def zone_of_nowhere(company: Company) -> None:
    """The zone for the Oslo office was made before the office had a network."""
    add_zone(company, "Oslo office")


@flaw("OAM809")
def origin_with_a_slash(company: Company) -> None:
    """The address of the price board was copied from a browser, slash and all."""
    add_origin(company, "Price board", "https://board.northwind.example/")


@flaw("OAM810")
def zone_that_was_tidied_up(company: Company) -> None:
    """The archive's token is for the old office, whose network zone was deleted."""
    token = add_token(company, "archive-index", "svc-backup", days_idle=1)
    token["network"]["include"] = [made_id("nzo", "Old office")]


@flaw("OAM812")
def import_in_a_hurry(company: Company) -> None:
    """For one weekend, the order sync was allowed all that Okta gives, to catch up."""
    company.add(
        "/api/v1/principal-rate-limits",
        {
            "id": made_id("prl", "order-sync"),
            "principalId": company.client("order-sync")["id"],
            "principalType": "OAUTH_CLIENT",
            "defaultPercentage": 100,
            "defaultConcurrencyPercentage": 100,
        },
    )


@flaw("OAM811")
def integration_that_does_more(company: Company) -> None:
    """Sales connected a travel agency, which asked for more than the names of travellers."""
    company.add(
        "/integrations/api/v1/api-services",
        {
            "id": made_id("0oa", "Travel agency"),
            "name": "Travel agency",
            "type": "travel_agency",
            "grantedScopes": ["okta.users.read", "okta.users.manage"],
            "createdAt": company.ago(days=200),
            "createdBy": company.user("marta")["id"],
        },
    )
