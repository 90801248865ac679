"""Mistakes with assignments, grants and admin roles (OAM6)."""

from __future__ import annotations

from auditor.sandbox.northwind.build import EVERYBODY, Company
from auditor.sandbox.northwind.flaws.flaw import flaw, let_browse
from auditor.sandbox.northwind.records import CODE
from auditor.sandbox.northwind.servers import SIGN_IN


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
    company.web_app("discount-tool", redirect, groups=["Sales", "Support"])
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
