"""Mistakes with assignments, grants and admin roles (OAM6)."""

from __future__ import annotations

from auditor.sandbox.northwind.company import EVERYBODY, Company
from auditor.sandbox.northwind.flaws.flaw import flaw, let_browse
from auditor.sandbox.northwind.records import CODE, grant
from auditor.sandbox.northwind.servers import SIGN_IN, STAY


@flaw("OAM601")
def yearbook(company: Company) -> None:
    """The yearbook was assigned to nobody, the alumni page to a group without members."""
    company.web_app("yearbook", "https://yearbook.northwind.example/callback")
    let_browse(company, "yearbook")
    company.group("Alumni")
    company.web_app("alumni-page", "https://alumni.northwind.example/callback", groups=["Alumni"])
    let_browse(company, "alumni-page")


@flaw("OAM602")
def auditors_without_the_app(company: Company) -> None:
    """Finance may look into firmware releases, but has never been assigned the console."""
    console = company.at("Robot Firmware").find_policy("Console")
    console.rule("Audit", [CODE], [*SIGN_IN, "firmware:download"], groups=["Finance"], first=True)


@flaw("OAM603")
def app_without_a_rule(company: Company) -> None:
    """Support was assigned the discount tool; its rule still knows Sales alone."""
    redirect = "https://discounts.northwind.example/callback"
    groups = ["Sales", "Support"]
    company.web_app("discount-tool", redirect, grants=[CODE], groups=groups)
    discounts = company.at("Orders").policy("Discounts", clients=["discount-tool"])
    discounts.rule("Haggle", [CODE], [*SIGN_IN, "orders:read"], groups=["Sales"])


@flaw("OAM604")
def user_provisioner(company: Company) -> None:
    """The onboarding script may manage all users, groups and apps, to save a ticket."""
    company.service_app(
        "user-provisioner",
        okta_scopes=["okta.users.manage", "okta.groups.manage", "okta.apps.manage"],
        roles=["USER_ADMIN"],
    )


@flaw("OAM605")
def report_robot(company: Company) -> None:
    """A monthly report did not work until somebody made it a super administrator."""
    company.service_app("report-robot", okta_scopes=["okta.logs.read"], roles=["SUPER_ADMIN"])


@flaw("OAM606")
def log_shipper(company: Company) -> None:
    """The log shipper was granted its scope; the admin role was forgotten."""
    company.service_app("log-shipper", okta_scopes=["okta.logs.read"])


@flaw("OAM607")
def lunch_orders(company: Company) -> None:
    """Lunch orders are for everyone, service accounts included."""
    redirect = "https://lunch.northwind.example/callback"
    company.web_app("lunch-orders", redirect, groups=[EVERYBODY])
    let_browse(company, "lunch-orders")


@flaw("OAM608")
def calendar_sync(company: Company) -> None:
    """The room calendar's installation guide said to make it an organization administrator."""
    company.service_app("calendar-sync", okta_scopes=["okta.users.read"], roles=["ORG_ADMIN"])


@flaw("OAM609")
def handy_browser_tool(company: Company) -> None:
    """An administrator pressed Allow when a handy tool asked to manage users."""
    redirect = "https://handy.northwind.example/"
    app = company.browser_app("handy-tool", redirect, groups=["Platform engineering"])
    let_browse(company, "handy-tool")
    row = grant(app["id"], app["id"], "okta.users.manage") | {"source": "END_USER"}
    company.add(f"/api/v1/apps/{app['id']}/grants", row)


@flaw("OAM610")
def half_of_what_it_asks_for(company: Company) -> None:
    """The org chart drawer lost one of its two scopes in a review, and still asks for both."""
    scopes = ["okta.users.read", "okta.groups.read"]
    app = company.service_app("org-chart", okta_scopes=scopes, roles=["READ_ONLY_ADMIN"])
    company.lists[f"/api/v1/apps/{app['id']}/grants"][1]["status"] = "REVOKED"


@flaw("OAM611")
def help_yourself(company: Company) -> None:
    """To save tickets, people may add the demo robot's remote control themselves."""
    redirect = "https://demo-robot.northwind.example/callback"
    app = company.web_app("demo-robot", redirect, groups=["Sales"])
    app["accessibility"]["selfService"] = True
    let_browse(company, "demo-robot")


@flaw("OAM612", also=["OAM607"])
def everybody_sets_prices(company: Company) -> None:
    """Everyone should see the menu of the canteen, and got the app that also sets its prices."""
    company.web_app("menu", "https://menu.northwind.example/callback", groups=[EVERYBODY])
    scopes = {"menu:read": "See the menu.", "menu:write": "Set prices."}
    server = company.server("Menu", "https://api.northwind.example/menu", scopes)
    server.policy("Staff", clients=["menu"]).rule("Eat", [CODE], [*STAY, *scopes])


@flaw("OAM613")
def the_last_one_left(company: Company) -> None:
    """The archive's only user has been suspended since the party."""
    redirect = "https://archive.northwind.example/callback"
    company.web_app("archive", redirect, users=["quentin"])
    let_browse(company, "archive")
