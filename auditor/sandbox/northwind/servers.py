"""The authorization servers: one per API, each with its scopes and who may have them.

What to read first is `_add_payments`. Rules of one server nest: who may write may also read
by the same rule, because Okta never combines two rules for one request.
"""

from __future__ import annotations

from auditor.sandbox.northwind.company import Company
from auditor.sandbox.northwind.records import CODE, DAY, DEVICE, EXCHANGE, MACHINE, MONTH, WEEK

_API = "https://api.northwind.example"

SIGN_IN = ["openid", "profile"]
"""What an app asks for to know who somebody is."""

STAY = [*SIGN_IN, "offline_access"]
"""The same, for an app that keeps people signed in with a refresh token."""


def add_servers(company: Company) -> None:
    """Set up all authorization servers."""
    _add_payments(company)
    _add_partner_gateway(company)
    _add_orders(company)
    _add_fleet_telemetry(company)
    _add_warehouse(company)
    _add_people(company)
    _add_robot_firmware(company)
    _add_parts_catalog(company)
    _add_retired(company)


def _add_payments(company: Company) -> None:
    payments = company.server(
        "Payments",
        f"{_API}/payments",
        {
            "payments:read": "See payments.",
            "payments:write": "Take payments.",
            "payments:refund": "Give money back.",
        },
        "Card payments for spare parts and service contracts",
    )
    checkout = payments.policy("Checkout", clients=["checkout-web"])
    checkout.rule("Readers", [CODE], [*SIGN_IN, "payments:read"])
    checkout.rule(
        "Writers",
        [CODE],
        [*SIGN_IN, "payments:read", "payments:write"],
        groups=["Payment operators"],
        access=15,
    )
    others = payments.policy("Everyone else", clients=["finance-console", "support-desk"])
    others.rule("Look up", [CODE], [*SIGN_IN, "payments:read"])
    others.rule(
        "Refund",
        [CODE],
        [*SIGN_IN, "payments:read", "payments:refund"],
        groups=["Finance"],
        access=10,
    )
    machines = payments.policy("Machines", clients=["payment-reconciler", "invoice-mailer"])
    machines.rule("Settle", [MACHINE], ["payments:read"], access=15)


def _add_partner_gateway(company: Company) -> None:
    gateway = company.server(
        "Partner Gateway",
        f"{_API}/partners",
        {
            "partner.orders:submit": "Order for a partner's customers.",
            "partner.stock:view": "See what is in stock.",
        },
        "The API that partners integrate with",
    )
    machines = gateway.policy(
        "Partners", clients=["partner-bluebird-retail", "partner-harbor-logistics"]
    )
    machines.rule("Integrations", [MACHINE], ["partner.orders:submit", "partner.stock:view"])
    portal = gateway.policy("Portal", clients=["partner-portal"])
    portal.rule(
        "Managers",
        [CODE],
        [*STAY, "partner.stock:view"],
        groups=["Partner managers"],
        refresh=WEEK,
        idle=DAY,
    )


def _add_orders(company: Company) -> None:
    orders = company.server(
        "Orders",
        f"{_API}/orders",
        {
            "orders:read": "See orders.",
            "orders:place": "Place orders.",
            "orders:cancel": "Cancel orders.",
        },
        "Orders for robots, parts and repairs",
    )
    orders.trust("Partner Gateway")
    portals = orders.policy("Portals", clients=["orders-portal", "support-desk"])
    portals.rule("Browse", [CODE], [*STAY, "email", "orders:read"])
    portals.rule(
        "Sell",
        [CODE],
        [*STAY, "email", "orders:read", "orders:place", "orders:cancel"],
        groups=["Sales"],
        access=30,
    )
    machines = orders.policy("Machines", clients=["order-sync", "partner-gateway"])
    machines.rule("Synchronise", [MACHINE], ["orders:read", "orders:place"], access=30)
    machines.rule("On behalf of a partner", [EXCHANGE], ["orders:read", "orders:place"], access=5)


def _add_fleet_telemetry(company: Company) -> None:
    telemetry = company.server(
        "Fleet Telemetry",
        f"{_API}/telemetry",
        {
            "telemetry:read": "Follow what robots report.",
            "telemetry:publish": "Report as a robot.",
            "robots:locate": "See where robots are.",
        },
        "What four thousand robots have to say",
    )
    telemetry.groups_claim("STARTS_WITH", "Fleet ")
    watching = telemetry.policy(
        "Watching", clients=["fleet-dashboard", "grafana", "telemetry-live"]
    )
    watching.rule("Watch", [CODE], [*STAY, "telemetry:read", "robots:locate"])
    shell = telemetry.policy("Command line", clients=["fleet-cli"])
    shell.rule("Operators", [CODE, DEVICE], [*STAY, "telemetry:read", "robots:locate"], access=20)
    field = telemetry.policy("In the field", clients=["field-technician"])
    # Basements have no reception: a technician signs in on Mondays.
    field.rule("Repairs", [CODE], [*STAY, "robots:locate"], refresh=MONTH, idle=WEEK)
    robots = telemetry.policy("Robots", clients=["telemetry-ingest"])
    robots.rule("Report", [MACHINE], ["telemetry:publish"])


def _add_warehouse(company: Company) -> None:
    warehouse = company.server(
        "Warehouse",
        f"{_API}/warehouse",
        {
            "stock:read": "See stock.",
            "stock:move": "Move stock between shelves.",
            "stock:count": "Correct what should be on a shelf.",
        },
        "The trial warehouse in Aarhus",
    )
    warehouse.claim("site", "user.site", conditions={"scopes": ["stock:move", "stock:count"]})
    handhelds = warehouse.policy("Handhelds", clients=["picker-handheld", "forklift-tablet"])
    handhelds.rule("Pick", [CODE], [*STAY, "stock:read", "stock:move"], idle=DAY)
    handhelds.rule(
        "Count",
        [CODE],
        [*STAY, "stock:read", "stock:move", "stock:count"],
        groups=["Warehouse shift leads"],
        access=15,
    )
    desks = warehouse.policy("Desks", clients=["warehouse-planner", "stock-wallboard"])
    desks.rule("Plan", [CODE], [*STAY, "stock:read"])
    machines = warehouse.policy("Machines", clients=["warehouse-replenisher"])
    machines.rule("Replenish", [MACHINE], ["stock:read", "stock:move"])
    # Stocktaking is in January.
    stocktaking = warehouse.policy("Stocktaking", clients=["warehouse-planner"])
    stocktaking.record["status"] = "INACTIVE"


def _add_people(company: Company) -> None:
    people = company.server(
        "People",
        f"{_API}/people",
        {
            "profile:view": "See your own file.",
            "leave:request": "Ask for days off.",
            "payroll:export": "Hand this month's salaries to the bank.",
        },
        "Human resources; its tokens are encrypted",
    )
    people.encrypt_tokens()
    people.encryption_key()
    people.claim("department", "user.department", conditions={"scopes": ["profile:view"]})
    staff = people.policy("Staff", clients=["hr-portal", "onboarding-checklist"])
    staff.rule("Myself", [CODE], [*SIGN_IN, "profile:view", "leave:request"], access=30)
    payroll = people.policy("Payroll", clients=["payroll-export"])
    run = payroll.rule("Monthly run", [MACHINE], ["payroll:export"], access=5)
    hook = company.lists["/api/v1/inlineHooks"][0]
    run["actions"]["token"]["inlineHook"] = {"id": hook["id"]}


def _add_robot_firmware(company: Company) -> None:
    firmware = company.server(
        "Robot Firmware",
        f"{_API}/firmware",
        {
            "firmware:download": "Get released firmware.",
            "firmware:sign": "Have a build signed.",
            "firmware:release": "Send a build to the fleet.",
        },
        "Builds, signatures and releases",
    )
    # The robots have the key burnt in, so the firmware team changes it with each release.
    firmware.rotate_by_hand(days_ago=30)
    console = firmware.policy("Console", clients=["firmware-console"])
    console.rule("Look", [CODE], [*SIGN_IN, "firmware:download"])
    console.rule(
        "Release",
        [CODE],
        [*SIGN_IN, "firmware:download", "firmware:release"],
        groups=["Release managers"],
        access=5,
    )
    build = firmware.policy("Build farm", clients=["firmware-builder"])
    build.rule("Sign", [MACHINE], ["firmware:sign"], access=5)
    air = firmware.policy("Over the air", clients=["firmware-publisher"])
    air.rule("Publish", [MACHINE], ["firmware:download"])


def _add_parts_catalog(company: Company) -> None:
    catalog = company.server(
        "Parts Catalog",
        f"{_API}/catalog",
        {
            "catalog:browse": "Leaf through the catalog.",
            "catalog:search": "Search the catalog.",
        },
        "Spare parts; nothing in it is secret",
    )
    catalog.scope("catalog:suggest", "Get suggestions.", default=True)
    readers = catalog.policy("Readers", clients=["parts-catalog", "robot-simulator"])
    # Every scope, present and future: reading is all that this API does.
    readers.rule("Anything", [CODE], ["*"])


def _add_retired(company: Company) -> None:
    retired = company.server(
        "Payments 2019", f"{_API}/payments/2019", {"pay": "Take payments."}, "Replaced by Payments"
    )
    retired.record["status"] = "INACTIVE"
    shut = retired.policy("Checkout", clients=["checkout-web"])
    shut.record["status"] = "INACTIVE"
