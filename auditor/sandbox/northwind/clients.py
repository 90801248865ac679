"""The OAuth clients: what people use, and the machines that run behind it.

Every one of them appears in a policy of `servers.py`, under the same name.
"""

from __future__ import annotations

from auditor.sandbox.northwind import records
from auditor.sandbox.northwind.company import Company
from auditor.sandbox.northwind.ids import made_kid
from auditor.sandbox.northwind.records import CODE, DEVICE, EXCHANGE, MACHINE, REFRESH

_SITE = "northwind.example"

_SIGNED_OUT_WITH_THE_TOKEN = {
    "checkout-web",
    "finance-console",
    "hr-portal",
    "onboarding-checklist",
}
"""Apps for money and personal data, which keep nobody signed in."""


def add_clients(company: Company) -> None:
    """Register everything that asks for tokens, and a few apps that never do."""
    _add_web_apps(company)
    _add_browser_apps(company)
    _add_native_apps(company)
    _add_services(company)
    _add_okta_api_clients(company)
    _add_the_rest(company)


def _add_web_apps(company: Company) -> None:
    for label, groups in {
        "checkout-web": ["Checkout staff", "Payment operators"],
        "finance-console": ["Finance", "Leadership"],
        "orders-portal": ["Sales", "Support"],
        "support-desk": ["Support"],
        "fleet-dashboard": ["Fleet operations", "Field technicians", "Leadership"],
        "grafana": ["Fleet operations", "Platform engineering"],
        "warehouse-planner": ["Warehouse shift leads", "Sales"],
        "partner-portal": ["Partner managers"],
        "hr-portal": ["People team", "Leadership"],
    }.items():
        redirect = f"https://{label}.{_SITE}/oauth/callback"
        grants = [CODE] if label in _SIGNED_OUT_WITH_THE_TOKEN else [CODE, REFRESH]
        app = company.web_app(label, redirect, grants=grants, groups=groups)
        settings = app["settings"]["oauthClient"]
        settings["post_logout_redirect_uris"] = [f"https://{label}.{_SITE}/goodbye"]

    # Older than client ids made by Okta; the dashboard's code has it in forty places.
    company.rename_client("fleet-dashboard", "fleet-dashboard")

    # What this client may do ends up in robots, so it holds a key instead of a secret.
    console = company.app(
        "firmware-console",
        "web",
        "private_key_jwt",
        redirects=[f"https://firmware-console.{_SITE}/oauth/callback"],
        grants=[CODE],
        groups=["Firmware engineers", "Release managers"],
    )
    jwks_uri = f"https://firmware-console.{_SITE}/.well-known/jwks.json"
    console["settings"]["oauthClient"] |= {
        "jwks_uri": jwks_uri,
        "post_logout_redirect_uris": [f"https://firmware-console.{_SITE}/goodbye"],
    }


def _add_browser_apps(company: Company) -> None:
    for label, groups in {
        "telemetry-live": ["Fleet operations"],
        "parts-catalog": ["Sales", "Support", "Field technicians"],
        "robot-simulator": ["Firmware engineers"],
        "onboarding-checklist": ["People team"],
        "stock-wallboard": ["Warehouse"],
    }.items():
        grants = [CODE] if label in _SIGNED_OUT_WITH_THE_TOKEN else [CODE, REFRESH]
        redirect = f"https://{label}.{_SITE}/signed-in"
        company.browser_app(label, redirect, grants=grants, groups=groups)


def _add_native_apps(company: Company) -> None:
    company.native_app(
        "picker-handheld", "example.northwind.picker:/callback", groups=["Warehouse"]
    )
    company.native_app(
        "forklift-tablet", "example.northwind.forklift:/callback", groups=["Warehouse shift leads"]
    )
    company.native_app(
        "field-technician",
        "example.northwind.field:/callback",
        groups=["Field technicians"],
        users=["priya"],
    )
    company.native_app(
        "fleet-cli",
        "http://127.0.0.1/callback",
        grants=[CODE, DEVICE, REFRESH],
        groups=["Fleet operations", "Platform engineering"],
    )


def _add_services(company: Company) -> None:
    for label in (
        "payment-reconciler",
        "invoice-mailer",
        "order-sync",
        "telemetry-ingest",
        "warehouse-replenisher",
        "partner-bluebird-retail",
        "partner-harbor-logistics",
        "payroll-export",
        "firmware-builder",
        "firmware-publisher",
    ):
        company.service_app(label)
    # Calls the Orders API on behalf of whoever called the partner gateway.
    company.service_app("partner-gateway", grants=[MACHINE, EXCHANGE])


def _add_okta_api_clients(company: Company) -> None:
    """Machines that read Okta itself; the org server is all they need."""
    company.service_app(
        "okta-auditor",
        okta_scopes=["okta.authorizationServers.read", "okta.apps.read", "okta.users.read"],
        roles=["READ_ONLY_ADMIN"],
    )
    company.service_app("access-reviews", okta_scopes=["okta.groups.read"], roles=["REPORT_ADMIN"])
    permissions = ["okta.groups.read", "okta.users.read"]
    company.custom_role("Access reviewers", *permissions, holder="access-reviews")


def _add_the_rest(company: Company) -> None:
    company.other_app(records.okta_app("saasure", "Okta Admin Console"))
    company.other_app(records.saml_app("travelbooker", "Travel Booker", "https://travel.example"))
    company.other_app(records.saml_app("ledgerly", "Ledgerly", "https://ledgerly.example"))
    company.other_app(records.bookmark("Canteen menu", f"https://canteen.{_SITE}/this-week"))
    for app in company.lists["/api/v1/apps"]:
        app["credentials"].setdefault("signing", {"kid": made_kid(app["id"])})

    kiosk = company.web_app("lobby-kiosk", f"https://kiosk.{_SITE}/callback")
    kiosk["status"] = "INACTIVE"
